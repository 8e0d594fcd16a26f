# attain user, token, audit: who may sign in, with what, and who did what.
. "$(dirname "$0")/lib.sh"

printf '%s\n' Id,Name,Owner,Amount,Stage,Created,Closed 1,Alpha,Ana,1000,Won,2026-01-05,2026-02-10 > deals.csv
run 0 new co --from deals.csv
run 0 -C co --now 2026-04-02 load

run 0 -C co user
says "There is none yet"
run 0 -C co user add Ana@Example.com --role rep --person Ana
says "/welcome#"
run 0 -C co user add boss --role administrator --name "The boss"
run 1 -C co user add boss --role rep
complains "already"
run 1 -C co user add nobody --role rep --person Anna
complains "did you mean \"Ana\""
run 1 -C co user add "a b" --role rep
complains "letters, digits"
run 2 -C co user add third --role king
run 2 -C co user add third
run 0 -C co user --format json
json_is '[(u["user"], u["person"], u["role"], u["is_locked"], u["has_password"]) for u in d["users"]]' \
  "[('ana@example.com', 'Ana', 'rep', False, False), ('boss', None, 'administrator', False, False)]"
run 0 -C co user change ana@example.com --role leader
run 0 -C co user lock ANA@example.com
run 1 -C co user invite ana@example.com
complains "unlock them first"
run 0 -C co user
says "leader"
run 0 -C co user unlock ana@example.com
run 1 -C co user lock anna@example.com
complains "did you mean \"ana@example.com\""

run 0 -C co token add boss "CRM sync" --may put,read --days 30
says "attain_"
run 1 -C co token add ana@example.com export --may see_all
complains "may not have more than they"
run 2 -C co token add boss other --may everything
run 2 -C co token add boss other --days 400
run 0 -C co token --format json
json_is '[(t["user"], t["name"], t["may"], t["used_at"]) for t in d["tokens"]]' "[('boss', 'CRM sync', ['read', 'put'], None)]"
run 0 -C co token end boss "CRM sync"
run 1 -C co token end boss "CRM sync"

run 0 -C co audit --format json
json_is '[e["what"] for e in d["entries"]]' \
  "['user added', 'user invited', 'user added', 'user invited', 'user changed', 'user locked', 'user unlocked', 'token made', 'token ended']"
json_is 'all(e["who"].startswith("operator:") for e in d["entries"])' True
run 0 -C co audit --after 7
says "token made"
says_not "user added"
run 0 -C co audit --verify
says "All 9 entries"
run 2 -C co audit --after x

# A policy that is wrong is told with its place, and lets nobody in.
printf 'roles:\n  manager: {sees: everything}\n' > co/policy.yaml
run 1 -C co user
complains "policy.yaml:2:"
printf 'roles:\n  king: {sees: all}\n' > co/policy.yaml
run 1 -C co user
complains "no role \"king\""
printf 'groups:\n  north: {people: [Ana]}\n' > co/policy.yaml
run 0 -C co user change ana@example.com --role coach --group north
run 1 -C co user change ana@example.com --group south
complains "no group \"south\""

finish
