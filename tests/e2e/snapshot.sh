# attain snapshot and show --reported: a closed period's numbers stay as they were reported, beside what they are now.
. "$(dirname "$0")/lib.sh"

header=Id,Name,Owner,Amount,Stage,Created,Closed
deals() { printf '%s\n' "$header" "$@" > deals.csv; }
pairs() { json '[(r["members"].get("rep", "all"), r["reported"]["value"], r["now"]["value"], r["difference"]) for r in d["rows"]]'; }
own() { printf 'kpis:\n  %s:\n    name: %s\n    question: Which?\n    formula: %s\n    better: higher\n' "$@"; }

# The first quarter: Ana won 1,000 and lost one, Bo won 500. Reported on 3 April: 1,500, two of three decided deals won.
deals 1,Alpha,Ana,1000,Won,2026-01-05,2026-02-10 2,Beta,Bo,500,Won,2026-01-06,2026-02-12 3,Gamma,Ana,700,Lost,2026-01-07,2026-03-01
run 0 new co --from deals.csv
mkdir -p co/kpis
own large_wins "Large wins" "count(opportunity where outcome = 'won' and amount >= 900 on closed_at)" > co/kpis/own.yaml
run 0 -C co --now 2026-04-02 load

run 0 -C co snapshot
says "No period was closed yet"
run 1 -C co show --reported
complains "no period was closed yet"
run 1 -C co --now 2026-03-30 snapshot 2026-Q1
complains "2026-Q1 has not ended: it runs until 2026-03-31"
run 1 -C co --now 2026-04-03 snapshot 2019-Q1
complains "there is nothing to close"
run 2 -C co snapshot Q9
run 2 -C co snapshot --by team
run 1 -C co --now 2026-04-03 snapshot 2026-Q1 no_such_kpi

run 0 -C co --now 2026-04-03 snapshot 2026-Q1 --note "board of April"
says "2026-Q1 is closed (revision 1)"
run 1 -C co --now 2026-04-04 snapshot 2026-Q1
complains "2026-Q1 was closed on 2026-04-03, and its numbers stay as they were reported"
run 0 -C co --now 2026-04-05 show --reported
says "Every number stands as it was reported."
run 0 -C co --now 2026-04-05 show revenue --reported --by rep --format json
is "nothing has changed" "$(pairs)" "[('Ana', 1000, 1000, 0), ('Bo', 500, 500, 0), ('all', 1500, 1500, 0)]"

# On 10 April 100 less is said of Ana's, Bo's is gone (and he with it), and one of Cy is found: 950. Still two of three are won.
deals 1,Alpha,Ana,900,Won,2026-01-05,2026-02-10 3,Gamma,Ana,700,Lost,2026-01-07,2026-03-01 4,Delta,Cy,50,Won,2026-01-08,2026-03-30
run 0 -C co --now 2026-04-10 load
run 0 -C co --now 2026-04-11 show revenue --reported --by rep --format json
is "reported beside now" "$(pairs)" \
  "[('Ana', 1000, 900, -100), ('Bo', 500, 0, -500), ('Cy', 0, 50, 50), ('all', 1500, 950, -550)]"
json_is '(d["snapshot"]["revision"], d["snapshot"]["note"], d["snapshot"]["load"])' "(1, 'board of April', 1)"
known=$(json 'd["snapshot"]["known_at"]')
run 0 -C co --now 2026-04-11 show win_rate --reported --by rep --format json
is "a rate of nothing is no value" "$(pairs)" \
  "[('Ana', 0.5, 0.5, 0), ('Bo', 1, None, None), ('Cy', None, 1, None), ('all', $(json 'd["rows"][3]["now"]["value"]'), $(json 'd["rows"][3]["now"]["value"]'), 0)]"
json_is '[(r["reported"]["numerator"], r["reported"]["denominator"]) for r in d["rows"]][3]' "(2, 3)"

# Without a KPI: what differs. The win rate stands, and is counted.
run 0 -C co --now 2026-04-11 show --reported
says "EUR 1,500"
says "-EUR 550"
says "stand as they were reported and are left out"
says_not "Win rate  "
says "attain records "
run 0 -C co --now 2026-04-11 show revenue --reported --format csv
is "csv" "$(tail -n +2 "$out" | tr -d '\r')" "revenue,2026-Q1,1,1500,950,-550,money"

# The records behind it: those of the moment that it names make the difference, and the number of then is the one reported.
run 0 -C co --now 2026-04-11 records revenue --period 2026-Q1 --changed-since "$known" --format json
json_is 'sum(r["difference"] for r in d["kpis"][0]["measures"][0]["records"])' "-550"
run 0 -C co show revenue --period 2026-Q1 --as-of "$known" --format json
json_is 'd["rows"][0]["value"]' "1500"

# A new revision stands beside the old.
run 0 -C co --now 2026-04-12 snapshot 2026-Q1 --again --note "after the audit"
says "revision 2"
run 0 -C co --now 2026-04-12 show revenue --reported --format json
json_is '(d["snapshot"]["revision"], d["rows"][0]["reported"]["value"])' "(2, 950)"
run 0 -C co --now 2026-04-12 show revenue --reported --period 2026-Q1 --revision 1 --format json
json_is '(d["snapshot"]["revision"], d["rows"][0]["reported"]["value"])' "(1, 1500)"
run 1 -C co show --reported --revision 3
complains "was not closed as revision 3"
run 0 -C co snapshot --format json
json_is '[(s["period"]["name"], s["revision"], s["note"], s["by"]) for s in d["snapshots"]]' \
  "[('2026-Q1', 1, 'board of April', ['rep', 'team']), ('2026-Q1', 2, 'after the audit', ['rep', 'team'])]"
run 0 -C co snapshot
says "after the audit"

# Closed as it was believed on a past day, but not of a day before anything was loaded.
run 1 -C co --now 2026-04-13 snapshot 2026-02 revenue --as-of 2026-03-05
complains "nothing had been loaded by then"
run 0 -C co --now 2026-04-13 snapshot 2026-02 revenue --as-of 2026-04-05 --by rep
run 0 -C co --now 2026-04-13 show --reported --by rep --format json
is "of then" "$(pairs)" "[('Ana', 1000, 900, -100), ('Bo', 500, 0, -500), ('all', 1500, 900, -600)]"

# Another definition: the number now goes by it, the reported one stays and says by what it was computed.
{
  own win_rate "Win rate" "won_deals / count(opportunity where outcome in ('won', 'lost') and amount > 100 on closed_at)"
} > co/kpis/own.yaml
run 0 -C co --now 2026-04-14 show win_rate --reported --period 2026-Q1
says "Win rate was reported by another definition"
says "66.7 %"
says "100.0 %"
run 0 -C co --now 2026-04-14 show win_rate --reported --period 2026-Q1 --format json
json_is 'd["definitions"][0]["formula"]' "won_deals / decided_deals"
json_is '"won_deals = count(opportunity where outcome = '"'won'"' on closed_at)" in d["definitions"][0]["definition"]' "True"
# A KPI that is defined no more keeps its number.
run 0 -C co --now 2026-04-14 show large_wins --reported --period 2026-Q1 --revision 1
says "Large wins"
says "large_wins is defined no more"

# What cannot be asked of it.
run 1 -C co show revenue --reported --by account --period 2026-Q1
complains "was not kept by account when it was closed, but by rep, team"
run 1 -C co show revenu --reported --period 2026-Q1
complains "did you mean 'revenue'?"
run 1 -C co show --reported --period 2025-Q4
complains "2025-Q4 was not closed"
run 2 -C co show revenue --reported --where "amount > 10"
run 2 -C co show revenue --reported --by rep,team
run 2 -C co show revenue --reported --period nonsense

# Every call that can fail leaves either nothing or all of it, and says so.
nth=0 failed=0
while [ "$nth" -lt 400 ]; do
  nth=$((nth + 1)) code=0
  last="snapshot with fault $nth"
  ATTAIN_FAULT="*:$nth" "$ATTAIN" -C co --now 2026-04-15 snapshot 2026-03 revenue --by rep > "$out" 2> "$err" < /dev/null || code=$?
  [ "$code" = 0 ] && break
  expect_code "$code" 1
  [ -s "$err" ] || fail "fault $nth gives no message"
  failed=$((failed + 1))
  run 0 -C co snapshot --format json
  json_is 'len(d["snapshots"])' 3
done
[ "$failed" -gt 5 ] || fail "only $failed faults"
run 0 -C co --now 2026-04-15 show revenue --reported --period 2026-03 --format json
json_is '(d["snapshot"]["kpis"], d["snapshot"]["values"], d["rows"][0]["reported"]["value"])' "(1, 2, 50)"
finish
