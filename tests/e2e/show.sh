# attain show: by whom, sorted, credited, compared, in every form. The numbers are computed again by verify.py from the CSV files.
. "$(dirname "$0")/lib.sh"
company co
run 0 -C co --now 2026-11-21 load
ask() { run 0 -C co --now 2026-11-21 show "$@"; }
verify() { # answers in JSON are those of the records
  checks=$((checks + 1))
  python3 "$here/verify.py" company co/exports "$out" "$@" > "$work/.verify" 2>&1 || fail "$(cat "$work/.verify")"
}
all="won_deals lost_deals decided_deals win_rate revenue average_deal_size median_deal_size sales_cycle mean_sales_cycle lost_cycle"

# --- by hand, from company/exports/deals.csv: January has D-1001 (18,000 in 25 days) and D-1003 (3,400 in 13), both won ---
ask $all --period 2026-01 --format json
json_is '[r["value"] for r in d["rows"]]' "[2, 0, 2, 1, 21400, 10700, 10700, 19, 19, None]"
# June: won D-1021, D-1023, D-1026, D-1028; lost D-1022, D-1027. (9,300 + 2,950 + 7,800 + 4,099) / 4 = 6,037.25;
# cycles 44, 50, 35, 28 days: median 39.5, mean 39.25
ask $all --period 2026-06 --format json
json_is '[r["value"] for r in d["rows"]]' "[4, 2, 6, 0.6666666666666666, 24149, 6037.25, 5949.5, 39.5, 39.25, 39]"
json_is '[d["rows"][3][k] for k in ("n", "numerator", "denominator", "unit")]' "[6, 4, 6, 'ratio']"
json_is 'd["rows"][3]["period"]' "{'name': '2026-06', 'start': '2026-06-01', 'end': '2026-07-01'}"
json_is 'd["as_of"], d["currency"]' "('2026-11-21T23:59:59Z', 'GBP')"
verify

# --- every dimension, one and several ---
for by in rep manager team region account industry product source stage; do
  ask $all --by "$by" --period 2026 --format json
  verify
done
ask $all --by team,product --period 2026 --grain quarter --format json
verify
ask win_rate revenue --by region --by rep --period 2026 --format json
verify
ask win_rate --by product --by source --by rep --period 2026 --format json
verify
ask created_deals --by rep --period 2026 --format json
verify

# --- whose credit: Dirk Vogel won D-1011 in April as one of South; he is one of North since May ---
ask won_deals --by team --period 2026-04 --format json
json_is '{r["members"]["team"]: r["value"] for r in d["rows"] if r["value"]}' "{'North': 1, 'South': 1}"
ask won_deals --by team --period 2026-04 --credit now --format json
json_is '{r["members"]["team"]: r["value"] for r in d["rows"] if r["value"]}' "{'North': 2}"
ask won_deals --by team --period 2026-04 --credit event --format json
json_is '{r["members"]["team"]: r["value"] for r in d["rows"] if r["value"]}' "{'North': 1, 'South': 1}"

# --- a KPI of the workspace's own: of 18 won deals 10 are for pumps ---
ask pump_share --period 2026 --format json
json_is '[(r["numerator"], r["denominator"]) for r in d["rows"]]' "[($(grep -c 'Pump.*Closed Won' co/exports/deals.csv), 18)]"

# --- order and the first N ---
ask revenue --by rep --period 2026 --sort value --format csv
ask revenue --by rep --period 2026 --sort value
is "the highest first" "$(awk '/GBP/ { print $1; exit }' "$out")" "$(
  python3 -c 'import csv, collections; t = collections.Counter()
for r in csv.DictReader(open("co/exports/deals.csv")): t[r["Owner"].split()[0]] += int(r["Value"] or 0) * (r["Stage"] == "Closed Won")
print(t.most_common(1)[0][0])')"
ask revenue --by rep --period 2026 --sort name
is "by name" "$(awk '/GBP/ { print $1; exit }' "$out")" "Ana"
ask revenue --by rep --period 2026 --top 2
is "two members" "$(grep -c GBP "$out")" 3
says "more members are not shown (--top)"
says "GBP 156,997"
# … in every form alike, and totals are those of all: Calder & Sons 35,399 and Brightwater Dairy 28,750 of 156,997
ask revenue --by account --period 2026 --top 2 --format csv
is "CSV: the first two, then the total" "$(tail -n +2 "$out" | cut -d, -f2,6 | tr -d '\r' | tr '\n' ' ')" "Calder & Sons,35399 Brightwater Dairy,28750 (all),156997 "
ask revenue --by account --period 2026 --top 2 --format json
json_is '[(r["members"]["account"], r["value"]) for r in d["rows"]], d["totals"][0]["value"]' "([('Calder & Sons', 35399), ('Brightwater Dairy', 28750)], 156997)"
json_is 'd["rows_left_out"]' 6
ask revenue won_deals --by account --period 2026 --grain quarter --sort value --format json
json_is '[d["rows"][i]["members"]["account"] for i in (0, 8)], d["rows_left_out"]' "$(
  python3 -c 'import csv, collections; t = collections.Counter()
for r in csv.DictReader(open("co/exports/deals.csv")):
  if r["Stage"] == "Closed Won" and r["Closed"] < "2026-04": t[r["Account"]] += int(r["Value"] or 0)
print(([a for a, n in t.most_common(2)], 0))')"
ask revenue --by account --period 2026 --top 7
says "1 more member is not shown (--top); the totals hold it"
run 2 -C co show revenue --top 0
run 2 -C co show revenue --sort size

# --- beside another period: February has 3 decided (2 won), January 2 (2 won) ---
ask win_rate --period 2026-02 --compare previous --format json
json_is '[d["rows"][0]["compared"][k] for k in ("value", "n")]' "[1, 2]"
json_is 'd["rows"][0]["compared"]["period"]["name"]' "2026-01"
json_is 'round(d["rows"][0]["compared"]["change"], 12)' "$(python3 -c 'print(round(2 / 4 - 1, 12))')"
ask won_deals --period 2026-02 --compare year-ago --format json
json_is 'd["rows"][0]["compared"]["period"]["name"]' "2025-02"
json_is 'd["rows"][0]["compared"]["value"]' None
json_is '"before_data" in d["rows"][0]["compared"]["flags"]' True
ask win_rate --by team --period 2026-Q2 --compare previous
says "2026-Q1"
ask win_rate revenue --by team --period 2026-Q2 --compare previous
says "2026-Q1"
says "+98.2 %"
# a table has no room for it beside several periods, and says so
ask win_rate --by team --period 2026 --grain quarter --compare previous
says "the comparison is not shown"
run 2 -C co show win_rate --compare tomorrow

# --- constant currency: an answer in one currency is the same at the rates of any day ---
ask revenue --period 2026-06 --rates-of 2026-01-01 --format json
json_is 'd["rows"][0]["value"]' 24149
run 2 -C co show revenue --rates-of soon
complains "such as 2026-01-01"

# --- the forms agree: CSV and Markdown hold what JSON holds ---
ask win_rate revenue --by rep --period 2026-Q2 --format json
json '"\n".join("%s %s %.6g" % (r["kpi"], r["members"].get("rep", "(all)"), r["value"]) for r in d["rows"] + d["totals"] if r["value"] is not None)' > from-json
ask win_rate revenue --by rep --period 2026-Q2 --format csv
python3 -c 'import csv, sys
for r in csv.DictReader(open(sys.argv[1], newline="")):
    if r["value"]: print("%s %s %.6g" % (r["kpi"], r["rep"], float(r["value"])))' "$out" > from-csv
cmp -s from-json from-csv || fail "JSON and CSV differ: $(diff from-json from-csv | head -5)"
is "head of CSV" "$(head -1 "$out" | tr -d '\r')" "kpi,rep,period,start,end,value,n,numerator,denominator,low,high,unit,flags"
ask revenue --by rep --period 2026-Q2 --format md
is "rows of Markdown" "$(grep -c '^|.*GBP' "$out")" "$(grep revenue from-json | grep -vc ' 0$')"
says "without records: Ana Silva, Eva Novak"
ask win_rate --period 2026-Q2 --compare previous --format csv
is "head of CSV compared" "$(head -1 "$out" | tr -d '\r')" "kpi,period,start,end,value,n,numerator,denominator,low,high,unit,flags,compared_period,compared_value"

# --- what a table shows: intervals only where there are any, heads as titles, one precision a column ---
ask revenue --by lost_reason --period 2026
says "Lost reason"
says_not "95 % interval"
ask win_rate --by account.country --period 2026
says "Account country"
says "95 % interval"
ask revenue --by rep --period 2026-06 --where "amount < 3000"
says_not ".00"

# --- a KPI of the workspace's in the place of a built-in one: answers say so ---
printf 'kpis:\n  win_rate: {formula: won_deals / (decided_deals + 1)}\n' > co/kpis/ours.yaml
ask win_rate --period 2026
says "win_rate is redefined in co/kpis/ours.yaml:2"
ask win_rate --period 2026 --format json
json_is 'd["notes"]' "['win_rate is redefined in co/kpis/ours.yaml:2']"
run 0 -C co --now 2026-11-21 explain win_rate --period 2026
says "co/kpis/ours.yaml:2: redefined"
says_not "Losers that nobody closes"
run 0 -C co kpis win_rate
says "redefined in co/kpis/ours.yaml:2"
says_not "Traps"
rm co/kpis/ours.yaml
ask win_rate --period 2026
says_not "redefined"

# --- what cannot be grouped by says so, and what can ---
ask win_rate --by activity.kind --period 2026
says "Win rate cannot be shown by activity.kind"
says "source"
run 2 -C co show win_rate --by closed_at
complains "--grain month"
run 2 -C co show win_rate --by amount
complains "is a number"

# --- wrong use, whatever is loaded ---
run 2 -C co show win_rate --by rep,rep
run 2 -C co show win_rate --by rep --by owner
run 2 -C co show win_rate --by rep,team,manager,region,account,product,source
run 2 -C co show win_rate --where "amount >"
run 2 -C co show win_rate --where "outcome = won"
complains "outcome = 'won'"
run 2 -C co show win_rate --where "rep = 'O'Neill'"
complains "written twice"
run 2 -C co show win_rate --where "name like 'x%'"
complains "contains("

# --- two people of one name: check tells which ---
mkdir namesakes
printf 'id,name,team\nu1,Chris Lee,North\nu2,Chris Lee,South\nu3,Pat Roe,South\n' > namesakes/people.csv
printf 'id,owner,amount,status,created,closed\n1,u1,100,won,2026-01-01,2026-02-01\n2,u2,10,won,2026-01-01,2026-02-01\n3,u3,1,lost,2026-01-01,2026-02-01\n' > namesakes/deals.csv
run 0 new sn --from namesakes
says "show win_rate --by rep"
run 0 -C sn load
run 0 -C sn check
says 'people of one name: "Chris Lee (u1, u2)"'
says_not "Pat Roe ("
# … and answers tell them apart, by their ids
run 0 -C sn --now 2026-11-21 show revenue --by rep --period 2026 --format json
json_is 'sorted((r["members"]["rep"], r["value"]) for r in d["rows"] if r["value"])' "[('Chris Lee (u1)', 100), ('Chris Lee (u2)', 10)]"
json_is 'd["without_records"]' "['Pat Roe']"
run 0 -C sn --now 2026-11-21 show revenue --period 2026 --where "rep = 'Chris Lee (u2)'" --format json
json_is 'd["rows"][0]["value"]' 10
run 0 -C sn --now 2026-11-21 show revenue --period 2026 --where "rep = 'chris lee'" --format json
json_is 'd["rows"][0]["value"]' 110
run 0 -C sn --now 2026-11-21 records revenue --period 2026
says "Chris Lee (u1)"

# --- a first question that the files can answer ---
mkdir shop plans
printf 'Order,Date,Customer,Product,Quantity,Unit Price,Amount\nB1,2026-09-02,K1,Tea,4,2.50,10.00\nB2,2026-09-03,K2,Coffee,1,7.00,7.00\n' > shop/orders.csv
run 0 new shop-ws --from shop
says "show revenue --by product"
printf 'Subscription ID,Customer ID,Plan,MRR,Currency,Start Date\nsub_1,c1,Pro,99,USD,2026-01-26\nsub_2,c2,Basic,29,USD,2026-02-11\n' > plans/subscriptions.csv
run 0 new plans-ws --from plans
says "show mrr"

# --- sets of KPIs; without a KPI, the manager's ---
ask --period 2026-Q2
says "Win rate"
ask --role rep --period 2026-Q2 --format json
json_is 'len(d["rows"]) > 2' True
run 2 -C co show --role king

# --- a name that is not known ---
run 1 -C co show win_rat
complains "win_rate"
run 1 -C co show win_rate --by regin
complains "region"

# --- more figures than the cap are refused before they are made: 6 reps and the total, 12 months ---
cp -R co capped
echo 'limits: {max_groups: 60}' >> capped/attain.yaml
run 1 -C capped --now 2026-11-21 show revenue --by rep --period 2026 --grain month
complains "max_groups"
complains "coarser grain"
run 0 -C capped --now 2026-11-21 show revenue --by rep --period 2026 --grain quarter

# --- decided deals without a date, and sellers without a first day, are in no period; the answer says so ---
cp -R co undated
sed -i 's/^\(D-1001,.*Closed Won,2026-01-06\),2026-01-31,/\1,,/' undated/exports/deals.csv
run 0 -C undated --now 2026-11-21 load
run 0 -C undated --now 2026-11-21 show won_deals --period 2026 --format json
json_is '[n for n in d["notes"] if "1 decided deal has no date of its close" in n] != []' True
run 0 -C undated --now 2026-11-21 show headcount --period 2026
says "6 sellers have no first day"
run 0 -C undated --now 2026-11-21 show created_deals --period 2026
says_not "no date of its close"
finish
