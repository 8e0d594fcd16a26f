# attain records: the very records behind a number; their sum is the number.
. "$(dirname "$0")/lib.sh"
company co
run 0 -C co --now 2026-11-21 load

# --- which records, by hand: June's won deals ---
run 0 -C co --now 2026-11-21 records revenue --period 2026-06 --format csv
is "head" "$(head -1 "$out" | tr -d '\r')" "measure,id,name,date,rep,account,value,stage,days,of_days"
is "deals" "$(python3 -c 'import csv, sys
print(*sorted((r["id"], r["rep"], r["account"], r["date"], float(r["value"])) for r in csv.DictReader(open(sys.argv[1], newline=""))), sep="\n")' "$out")" \
  "$(python3 -c 'import csv
print(*sorted((r["Deal ID"], r["Owner"], r["Account"], r["Closed"], float(r["Value"])) for r in csv.DictReader(open("co/exports/deals.csv"))
              if r["Stage"] == "Closed Won" and r["Closed"].startswith("2026-06")), sep="\n")')"

# --- the sum of the CSV is the value of show: sums, counts, with conditions and credit ---
sum_of_csv() {
  python3 -c 'import csv, sys
print("%.6f" % sum(float(r["value"] or 0) for r in csv.DictReader(open(sys.argv[1], newline=""))))' "$out"
}
same_as_show() { # KPI, then options of both
  run 0 -C co --now 2026-11-21 records "$@" --format csv
  added=$(sum_of_csv)
  run 0 -C co --now 2026-11-21 show "$@" --format json
  is "sum of records of $*" "$added" "$(json '"%.6f" % d["rows"][0]["value"]')"
}
for kpi in revenue won_deals lost_deals decided_deals created_deals open_deals; do same_as_show "$kpi" --period 2026-Q2; done
same_as_show revenue --period 2026
same_as_show revenue --period 2026 --where "rep = 'Ben O''Neil'"
same_as_show revenue --period 2026 --where "team = 'South'" --credit event
same_as_show revenue --period 2026 --where "team = 'South'" --credit now
same_as_show won_deals --period 2026 --where "product = 'Pump 200'"

# --- a ratio: the sums of its measures are its numerator and denominator ---
run 0 -C co --now 2026-11-21 records win_rate --period 2026-Q2 --format json
json_is '[len(m["records"]) == m["total"] == sum(r["value"] for r in m["records"]) for m in d["measures"]]' "[True, True]"
totals=$(json '[m["total"] for m in d["measures"]]')
run 0 -C co --now 2026-11-21 show win_rate --period 2026-Q2 --format json
is "parts of the win rate" "$totals" "$(json '[int(d["rows"][0]["numerator"]), int(d["rows"][0]["denominator"])]')"

# --- a median lists what it is the median of ---
run 0 -C co --now 2026-11-21 records sales_cycle --period 2026-06 --format json
json_is 'sorted(r["value"] for r in d["measures"][0]["records"])' "[28, 35, 44, 50]"
json_is 'd["measures"][0]["unit"]' days

# --- the other forms; more than the limit is refused, never cut ---
run 0 -C co --now 2026-11-21 records revenue --period 2026-06
says "4 records"
says "GBP 24,149"
run 0 -C co --now 2026-11-21 records revenue --period 2026-06 --format md
is "rows of Markdown" "$(grep -c '^| *D-' "$out")" 4
run 1 -C co --now 2026-11-21 records revenue --period 2026 --limit 3
complains "(limit)"
run 2 -C co records revenue --limit none
run 1 -C co records revenu
complains "revenue"
run 0 -C co --now 2026-11-21 records nrr --period 2026 --format json

# --- a deal's passage through a stage is listed by its deal and stage ---
run 0 -C co --now 2026-11-21 records stage_conversion --period 2026-Q1 --format json
json_is 'all(r["id"].startswith("D-") and r["stage"] for m in d["measures"] for r in m["records"]) and len(d["measures"][0]["records"]) > 0' True

# --- a target is spread over its days: each record counts with those in the period, and they sum to the number ---
cat > co/exports/targets.csv << 'CSV'
Owner,From,Until,Target
Ana Silva,2026-04-01,2026-07-01,910
Finn Larsen,2026-04-01,2026-07-01,500
CSV
sed -i 's/^map:/  targets:  {file: targets.csv}\nmap:/' co/sources/crm.yaml
cat >> co/sources/crm.yaml << 'YAML'
  - to: quota
    from: targets
    columns: {id: Owner, owner: Owner, starts_at: From, ends_at: Until, amount: Target}
YAML
run 0 -C co --now 2026-11-21 load
run 0 -C co --now 2026-11-21 records quota_attainment --period 2026-04 --format json
# April has 30 of the 91 days: 300.00 of 910, 164.83 of 500
json_is '[(r["rep"], r["days"], r["of_days"], r["value"]) for r in d["measures"][1]["records"]]' \
  "[('Ana Silva', 30, 91, 300), ('Finn Larsen', 30, 91, 164.83)]"
json_is 'd["measures"][1]["total"]' 464.83
run 0 -C co --now 2026-11-21 records quota_attainment --period 2026-04
says "30 of 91"
run 0 -C co --now 2026-11-21 show quota_attainment --period 2026-04 --format json
json_is 'd["rows"][0]["denominator"]' 464.83

# --- whoever has a target and sold nothing reached 0 %, and is not said to be without records ---
run 0 -C co --now 2026-11-21 show quota_attainment --period 2026-04 --by rep --format json
json_is '[(r["members"]["rep"], r["value"], r["n"]) for r in d["rows"]]' \
  "[('Ana Silva', 0, 0), (\"Ben O'Neil\", None, 1), ('Dirk Vogel', None, 1), ('Finn Larsen', 0, 0)]"
json_is 'd["without_records"]' "['Chloé Martin', 'Eva Novak']"
finish
