# attain show, explain and records --as-of: the records as they were believed on a past day.
. "$(dirname "$0")/lib.sh"

header=Id,Name,Owner,Amount,Stage,Created,Closed
deals() { printf '%s\n' "$header" "$@" > deals.csv; }
value() { json '[(r["members"].get("rep"), r["value"]) for r in d["rows"]]'; }

# February: 1,000 of Ana and 500 of Bo are won. In March 100 less is said of Ana's, Bo's is gone, and another is found.
deals 1,Alpha,Ana,1000,Won,2026-01-05,2026-02-10 2,Beta,Bo,500,Won,2026-01-06,2026-02-12 3,Gamma,Ana,700,Open,2026-01-07,
run 0 new co --from deals.csv
run 0 -C co --now 2026-02-20 load
deals 1,Alpha,Ana,900,Won,2026-01-05,2026-02-10 3,Gamma,Bo,700,Won,2026-01-07,2026-03-03 4,Delta,Bo,50,Won,2026-01-08,2026-02-27
run 0 -C co --now 2026-03-05 load

ask() { run 0 -C co --now 2026-03-10 show revenue --by rep --period 2026-02 --format json "$@"; }
ask
is "as it is" "$(value)" "[('Ana', 900), ('Bo', 50)]"
ask --as-of 2026-02-25
is "as it was believed" "$(value)" "[('Ana', 1000), ('Bo', 500)]"
json_is 'd["as_of"]' "2026-02-25T23:59:59Z"
ask --as-of 2026-03-04
is "until the second load" "$(value)" "[('Ana', 1000), ('Bo', 500)]"
ask --as-of 2026-03-05
is "from the second load on" "$(value)" "[('Ana', 900), ('Bo', 50)]"

# The owner and the outcome of then: the deal of 700 was Ana's and open.
run 0 -C co show open_pipeline --by rep --period 2026-02 --as-of 2026-02-25 --format json
is "open then" "$(value)" "[('Ana', 700)]"

run 0 -C co records revenue --period 2026-02 --as-of 2026-02-25 --format csv
is "records of then" "$(tail -n +2 "$out" | cut -d, -f2,3,7 | tr -d '\r' | tr '\n' ' ')" "1,Alpha,1000 2,Beta,500 "
run 0 -C co explain revenue --period 2026-02 --as-of 2026-02-25
says "EUR 1,500"

run 0 -C co show revenue --period 2026-02 --as-of 2026-01-01
says "nothing had been loaded by 2026-01-01"
run 2 -C co show revenue --as-of yesterdayish

# --- what restated the number: record by record, and in sum ---
run 0 -C co --now 2026-03-10 records revenue --period 2026-02 --changed-since 2026-02-25 --format json
json_is '[(r["id"], r["what"], r["then"], r["now"], r["difference"]) for r in d["kpis"][0]["measures"][0]["records"]]' \
  "[('2', 'gone', 500, None, -500), ('1', 'changed', 1000, 900, -100), ('4', 'new', None, 50, 50)]"
json_is '(d["kpis"][0]["then"], d["kpis"][0]["now"])' "(1500, 950)"
json_is 'sum(r["difference"] for r in d["kpis"][0]["measures"][0]["records"])' "-550"
run 0 -C co --now 2026-03-10 show revenue win_rate --period 2026-02 --changed-since 2026-02-25
says "EUR 1,500 as believed at 2026-02-25T23:59:59Z, EUR 950.00 now"
says "Win rate"
run 0 -C co --now 2026-03-10 records open_pipeline --period 2026-02 --changed-since 2026-02-25 --format csv
is "a deal that only changed hands counts as before" "$(wc -l < "$out")" "1"
run 0 -C co --now 2026-03-10 records revenue --period 2026-02 --changed-since 2026-03-06
says "No record behind it counts otherwise."
run 0 -C co --now 2026-03-10 records revenue --period 2026-02 --changed-since 2026-02-01 --where "rep = 'Ana'" --format json
json_is '[(r["id"], r["what"], r["now"]) for r in d["kpis"][0]["measures"][0]["records"]]' "[('1', 'new', 900)]"
run 1 -C co --now 2026-03-10 records revenue --period 2026-02 --changed-since 2026-02-01 --where "rep = 'Anna'"
complains "there is no rep 'Anna'; did you mean 'Ana'?"
run 2 -C co records revenue --changed-since never

# The database is only read.
run 0 -C co --now 2026-03-10 show revenue --period 2026-02 --format json
json_is 'd["rows"][0]["value"]' "950"
finish
