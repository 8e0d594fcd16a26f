# What a later export brings that the first had not: words for won and lost that are understood in advance, and others that load and
# check name until the mapping does.
. "$(dirname "$0")/lib.sh"
mkdir export
cat > export/deals.csv <<'CSV'
id,owner,amount,stage,created,closed
1,Bob,100,Won,2026-01-02,2026-02-03
2,Bob,60,Qualified,2026-01-05,
CSV
run 0 new company --from export
run 0 -C company --now 2026-06-01 load
says_not "in no values:"

# --- two words never seen are right at once: won 1 and 3 (100 + 70), lost 4; a third is open and named, with its stage ---
cat > export/deals.csv <<'CSV'
id,owner,amount,stage,created,closed
1,Bob,100,Won,2026-01-02,2026-02-03
2,Bob,60,Qualified,2026-01-05,
3,Bob,70,Closed Won,2026-01-02,2026-03-04
4,Bob,50,Verloren,2026-01-02,2026-03-04
5,Bob,20,Parked,2026-01-02,
6,Bob,20,Parked,2026-01-02,
7,Bob,10,Lost,2026-01-02,
CSV
run 0 -C company --now 2026-06-01 load --format json
cp "$out" first.json
checks=$((checks + 1))
grep -q 'stage has a value that is in no values: and was read as open: \\"Parked\\" (2)' "$out" || fail "does not name Parked as a value"
grep -q 'deals name stages that are not among the stages: \\"Parked\\" (2)' "$out" || fail "does not name Parked as a stage"
grep -q '1 deal is decided but has no close date, and so counts in no period: 7' "$out" || fail "does not name the deal without a date"
run 0 -C company --now 2026-06-01 show won_deals lost_deals revenue --period 2026 --format json
json_is '[r["value"] for r in d["rows"]]' "[2, 1, 170]"
run 0 -C company --now 2026-06-01 check --format json
json_is 'sum("\"Parked\" (2)" in f["message"] for f in d["findings"])' 2

# --- named in the mapping, it is news no more ---
sed -i 's/Qualified: open/Qualified: open, Parked: open/; s/^\( *\)- {id: "Qualified".*/&\n\1- {id: Parked, name: Parked, position: 9, outcome: open}/' company/sources/deals.yaml
run 0 -C company --now 2026-06-01 load
says_not '"Parked"'
run 0 -C company --now 2026-06-01 check
says_not '"Parked"'
run 0 -C company --now 2026-06-01 load
says "nothing has changed"
finish
