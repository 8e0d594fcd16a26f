# attain scorecard: KPIs with target, attainment, pace, trend and score, as a card, a matrix, JSON, CSV and a workbook.
. "$(dirname "$0")/lib.sh"

# The clock stands at the end of Friday, 20 November 2026: 15 of November's 21 working days are over, so 5/7 is due.
#   October   Ana 30,000 won
#   November  Ana 10,000 won, 5,000 won   Bo 9,000 won, one lost   Cy 12,000 won, two lost
# Revenue is 36,000 of 84,000, of which 60,000 is due: 60 points. The win rate is 4/7 of at least 1/2: 8/7, 114.3 points.
mkdir data
cat > data/deals.csv <<'CSV'
Id,Name,Owner,Amount,Stage,Created,Closed
1,Alpha,Ana Silva,30000,Won,2026-09-01,2026-10-28
2,Beta,Ana Silva,10000,Won,2026-09-01,2026-11-05
3,Gamma,Ana Silva,5000,Won,2026-09-01,2026-11-12
4,Delta,Bo Lund,9000,Won,2026-09-01,2026-11-03
5,Epsilon,Bo Lund,7000,Lost,2026-09-01,2026-11-04
6,Zeta,Cy Young,12000,Won,2026-09-01,2026-11-16
7,Eta,Cy Young,1000,Lost,2026-09-01,2026-11-17
8,Theta,Cy Young,2000,Lost,2026-09-01,2026-11-18
CSV
run 0 new co --from data/deals.csv
run 0 -C co --now 2026-11-20 load
at="-C co --now 2026-11-20"
row='next(r for r in d["rows"] if r["who"] == WHO)'
cell='{c["kpi"]: c for c in d["rows"][0]["cells"]}'

# --- without targets there is no score ---
run 0 $at scorecard --period 2026-11 --kpi revenue,win_rate
says "Scorecard of"
says "EUR 36,000"
says_not "Points"
run 0 $at scorecard --period 2026-11 --kpi revenue --format json
json_is 'd["rows"][0]["score"], d["rows"][0]["cells"][0]["target"], d["rows"][0]["cells"][0]["forecast"]' "(None, None, None)"

# --- with targets: those that nobody named are on it, too ---
run 0 $at target set "reach 84k revenue this month" --for company
run 0 $at target set "keep win rate above 50% this month" --for company
run 0 $at target set "reach 30k revenue this month" --for "rep:Ana Silva"
run 0 $at target set "reach 12k revenue this month" --for "rep:Cy Young"
run 0 $at scorecard --period this-month --kpi average_deal_size --format json
json_is 'd["who"], d["by"], d["role"], d["period"]["name"], d["cap"], d["currency"]' "('company', [], None, '2026-11', 200, 'EUR')"
json_is '[k["kpi"] for k in d["kpis"]], [k["weight"] for k in d["kpis"]]' "(['average_deal_size', 'revenue', 'win_rate'], [1, 1, 1])"
json_is "[round($cell[k]['points'], 2) for k in ('revenue', 'win_rate')], $cell['average_deal_size']['points']" "([60, 114.29], None)"
json_is 'round(d["rows"][0]["score"], 4), d["rows"][0]["n_scored"]' "(87.1429, 2)"
json_is "[round($cell['revenue']['target'][k], 4) for k in ('amount', 'actual', 'attainment', 'due', 'ahead', 'days_ahead', 'working_days', 'working_days_left')]" "[84000, 36000, 0.4286, 60000, -24000, -6, 21, 6]"
json_is "$cell['revenue']['flags'], $cell['revenue']['target']['phase'], $cell['revenue']['target']['targets']" "(['running'], 'running', [1])"
json_is "len(d['trend_periods']), d['trend_periods'][-1]['name'], $cell['revenue']['trend'][-2:]" "(13, '2026-11', [30000, 36000])"
run 0 $at scorecard --period this-month --kpi win_rate
says "6 days behind"
says "met so far"
says "Score"
says "of 2 KPIs"
says "Trend: 2025-11 to 2026-10"

# --- weights: of the command line before those of attain.yaml ---
run 0 $at scorecard --period this-month --kpi win_rate --weight revenue=3 --format json
json_is 'round(d["rows"][0]["score"], 4)' "73.5714"
printf 'scorecard: {weights: {revenue: 0}, cap: 110}\n' >> co/attain.yaml
run 0 $at scorecard --period this-month --kpi win_rate --format json
json_is 'd["rows"][0]["score"], d["rows"][0]["n_scored"], d["cap"]' "(110, 1, 110)"
run 0 $at scorecard --period this-month --kpi win_rate --weight revenue=1 --format json
json_is 'd["rows"][0]["score"]' "85"
sed -i 's/^scorecard:.*/scorecard: {weights: {revenu: 2}}/' co/attain.yaml
run 1 $at scorecard
complains "attain.yaml:"
complains "the weight is of no KPI"
sed -i '/^scorecard:/d' co/attain.yaml

# --- people by KPIs: Bo has no target, Cy has 12,000 where 60,000/7 is due ---
run 0 $at scorecard --by rep --period this-month --kpi revenue,win_rate --format json
json_is '[(r["level"], r["who"]) for r in d["rows"]]' "[(0, 'company'), (1, 'rep:Ana Silva'), (1, 'rep:Bo Lund'), (1, 'rep:Cy Young')]"
json_is '[r["cells"][0]["value"] for r in d["rows"]]' "[36000, 15000, 9000, 12000]"
json_is '[round(r["cells"][1]["value"], 4) for r in d["rows"]]' "[0.5714, 1, 0.5, 0.3333]"
json_is '[r["score"] and round(r["score"], 4) for r in d["rows"]]' "[87.1429, 70, None, 140]"
json_is 'd["rows"][1]["members"], d["by"]' "({'rep': 'Ana Silva'}, ['rep'])"
run 0 $at scorecard --by rep --period this-month --kpi revenue,win_rate
says "EUR 15,000   50 %"
says "EUR 36,000   43 %"
says "it is no mean of the others"
run 0 $at scorecard --by rep --period this-month --kpi revenue,win_rate --format csv
is "the head" "$(head -1 "$out" | tr -d '\r')" "kpi,rep,period,start,end,value,n,unit,flags,compared_value,target,target_high,attainment,due,ahead,days_ahead,probability,finish,points,weight,score"
is "Ana's line" "$(grep '^revenue,Ana' "$out" | cut -d, -f1-11,13)" "revenue,Ana Silva,2026-11,2026-11-01,2026-12-01,15000,2,money,running,0,30000,0.5"
is "the company's line" "$(grep -c '^revenue,(all)' "$out")" "1"
run 0 $at scorecard --by rep --period this-month --kpi revenue --format md
says "| Ana Silva |"

# --- whose, and of which role ---
run 0 $at scorecard "ana silva" --period this-month --format json
json_is 'd["who"], d["role"]' "('rep:Ana Silva', 'rep')"
run 0 $at scorecard --format json
json_is 'd["role"], d["period"]["name"], len(d["trend_periods"]), d["load"]' "('manager', '2026-Q4', 9, 1)"
run 0 $at scorecard --by rep --format json
json_is 'd["role"]' "rep"
run 0 $at scorecard --role finance --kpi meetings --trend 3 --format json
json_is 'd["kpis"][0]["kpi"], "gross_margin" in [k["kpi"] for k in d["kpis"]], len(d["trend_periods"])' "('meetings', True, 4)"

# --- a quarter held against the targets of one month, and says so; a period that has ended ---
run 0 $at scorecard --kpi revenue --format json
json_is "($cell['revenue']['value'], $cell['revenue']['target']['actual'], $cell['revenue']['target']['start'], $cell['revenue']['target']['end'])" "(66000, 36000, '2026-11-01', '2026-12-01')"
json_is 'any("2026-11-01 to 2026-11-30 only" in n for n in d["notes"])' "True"
run 0 -C co --now 2026-12-15 scorecard --period 2026-11 --kpi revenue,win_rate
says "missed"
says "met"
run 0 -C co --now 2026-12-15 scorecard --period 2026-11 --format json
json_is "(round($cell['revenue']['points'], 2), $cell['revenue']['flags'])" "(42.86, [])"

# --- as it was known: before the targets were set ---
run 0 $at scorecard --period 2026-11 --kpi revenue --as-of 2026-11-19 --format json
json_is 'd["rows"][0]["score"]' "None"

# --- a workbook: a tab a team where there are teams ---
run 0 $at scorecard --by rep --period this-month --kpi revenue,win_rate --format xlsx --output card.xlsx
is "nothing is printed" "$(cat "$out")" ""
python3 - card.xlsx > "$work/.book" 2>&1 <<'PY'
import sys, xml.etree.ElementTree as tree, zipfile
book = zipfile.ZipFile(sys.argv[1])
space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
names = [s.get("name") for s in tree.fromstring(book.read("xl/workbook.xml")).iterfind(".//m:sheet", space)]
shared = ["".join(t.text or "" for t in s.iterfind(".//m:t", space)) for s in tree.fromstring(book.read("xl/sharedStrings.xml"))]
sheet = tree.fromstring(book.read("xl/worksheets/sheet1.xml"))
cells = {}
for cell in sheet.iterfind(".//m:c", space):
    value = cell.find("m:v", space)
    if value is not None:
        cells[cell.get("r")] = shared[int(value.text)] if cell.get("t") == "s" else float(value.text)
print("sheets", names)
print("title", cells["A1"], "|", cells["A2"])
print("head", cells["A4"], cells["B4"], cells["D4"], cells["E4"])
print("revenue", cells["A5"], cells["B5"], cells["D5"], round(cells["E5"], 4), round(cells["F5"], 2))
print("Ana", [cells[c] for c in cells if c.startswith(("A", "B", "C")) and cells.get("A" + c[1:]) == "Ana Silva"])
print("frozen", sheet.find(".//m:pane", space).get("state"), "scales", len(sheet.findall(".//m:colorScale", space)) > 0)
PY
cp "$work/.book" "$out"
says "sheets ['Scorecard']"
says "2026-11-01 to 2026-11-30 · as of 2026-11-20, after 15 of 21 working days"
says "head KPI So far Target Attained"
says "revenue Revenue (bookings) 36000.0 84000.0 0.4286 60.0"
says "Ana ['Ana Silva', 70.0, 15000.0]"
says "frozen frozen scales True"
run 0 $at scorecard --format xlsx
is "a workbook goes into a pipe" "$(head -c 2 "$out")" "PK"

# --- what cannot be ---
run 1 $at scorecard "Ana Sliva"
complains 'did you mean "Ana Silva"?'
run 2 $at scorecard "rep:"
complains "write who behind the colon, or ask by rep for each"
run 2 $at scorecard "rep:Ana Silva" --by rep
complains "of one rep already"
run 2 $at scorecard --by region,team,rep
complains "at most 2 levels"
run 2 $at scorecard --weight revenue
complains "--weight takes a KPI and a number from 0"
run 2 $at scorecard --weight revenue=-1
complains "--weight takes"
run 1 $at scorecard --weight revenu=2
complains "the weight is of no KPI"
run 2 $at scorecard --role chef
complains "no KPI is in the set of"
run 2 $at scorecard --output card.xlsx
complains "--output is for --format xlsx"
run 1 $at scorecard --format xlsx --output nowhere/card.xlsx
run 2 $at scorecard --period never

finish
