# attain target and attain objective: told in sentences, agreed on, adjusted, and where they stand.
. "$(dirname "$0")/lib.sh"

november_deals

run 0 $at target
says "There is no target yet"
run 0 $at objective
says "There is no objective yet"

# --- sentences ---
run 0 $at target set "increase monthly sales revenue by 10% within the next quarter" --for company --dry-run --format json
json_is '[d[k] for k in ("kpi", "who", "kind", "amount", "unit", "per", "start", "end")]' "['revenue', 'company', 'grow', 10, 'percent', 'month', '2027-01-01', '2027-04-01']"
json_is 'd["baseline"]' "{'start': '2026-10-01', 'end': '2027-01-01'}"
json_is 'd["amount_high"], d["missing"]' "(None, ['R'])"
run 0 $at target set "Increase sales" --dry-run --format json
json_is 'd["missing"]' "['S', 'M', 'R', 'T']"
run 1 $at target set "Increase sales"
complains "S: Whose target is it?"
complains "T: From when until when?"
run 0 $at target
says "There is no target yet"
run 0 $at target set "reach 500 demos next month" --for company --dry-run --format json
json_is '"M" in d["missing"]' "True"

# --- objectives ---
run 2 $at objective set Growth
complains "which KPIs tell whether"
run 1 $at objective set Growth --kpi revenu
run 0 $at objective set Growth --kpi revenue --about "more of what we sell"
run 0 $at objective
says "1 objective has no target"

# --- where they stand: 24,000 of 60,000; Ana's 15,000 of 30,000 in November ---
run 0 $at target set "reach 60k revenue this quarter" --for company
says "Target 1 (agreed): Bring revenue of the company to 60,000 EUR in 2026-Q4"
run 0 $at target set "reach 30k revenue this month" --for "rep:ana silva" --format json
json_is 'd["target"], d["state"], d["who"]' "(2, 'agreed', 'rep:Ana Silva')"
run 0 $at target set "keep win rate above 50% this month" --for "rep:Bo Lund" --objective growth
run 0 $at target --format json
json_is 'len(d["targets"])' "3"
json_is '[(t["actual"], t["target_value"], t["attainment"], t["met"]) for t in d["targets"]]' "[(54000, 60000, 0.9, False), (15000, 30000, 0.5, False), (0.5, 0.5, 1, True)]"
json_is '[round(d["targets"][1][k], 2) for k in ("due", "ahead", "days_ahead", "working_days", "working_days_left", "rate_so_far", "rate_needed")]' "[21428.57, -6428.57, -4, 21, 6, 1000, 2500]"
json_is 'd["targets"][2]["objective"], d["targets"][2]["due"]' "('Growth', None)"
run 0 $at target
says "4 days behind"
says "met so far"
run 0 $at target --for "rep:" --kpi revenue --format json
json_is '[t["target"] for t in d["targets"]]' "[2]"
run 0 $at target show 2
says "EUR 15,000 so far: 50.0 %. EUR 15,000 to go. 6 working days left of 21."
run 0 $at objective --format json
json_is 'd["objectives"][0]["targets"], d["targets_without_objective"]' "([1, 2, 3], [])"

# --- for each rep ---
run 0 $at target set "3 won deals per rep this quarter" --dry-run --format json
json_is 'd["who"]' "rep:"

# --- agreeing: nobody accepts their own proposal; a change needs a reason, and both versions stay ---
run 0 $at target propose "reach 40k revenue next quarter" --for "rep:Bo Lund" --as Mia --reason "as in spring"
says "Target 4 (open)"
run 1 $at target accept 4 --as Mia
complains "Mia proposed it: somebody else is to accept it, in their own name"
run 0 $at target counter 4 "reach 30k" --as "Bo Lund" --reason "two accounts move"
run 0 $at target accept 4 --as Mia
says "Target 4 (agreed): Bring revenue of rep Bo Lund to 30,000 EUR in 2027-Q1"
run 1 $at target decline 4 --as Mia --reason "too late"
complains "nothing is proposed of target 4, which is agreed"
run 2 $at target adjust 4 "reach 25k" --as Mia
complains "takes a reason"
run 0 $at target adjust 4 "reach 25k" --as Mia --reason "the plant closes" --from 2027-02-01
run 0 $at target show 4 --format json
json_is '[v["amount"] for v in d["targets"][0]["versions"]], d["targets"][0]["amount"]' "([40000, 30000, 25000], 30000)"
json_is '[(e["act"], e["author"], e["version"]) for e in d["targets"][0]["said"]]' "[('propose', 'Mia', 1), ('counter', 'Bo Lund', 2), ('accept', 'Mia', 2), ('adjust', 'Mia', 3)]"
run 0 -C co --now 2027-02-01 target show 4 --format json
json_is 'd["targets"][0]["amount"]' "25000"
run 0 -C co --now 2027-02-01 target show 4
says "two accounts move"
run 0 $at target comment 4 --reason "we look again in March"
run 0 $at target withdraw 4 --reason "he left"
run 0 $at target --format json
json_is '[t["target"] for t in d["targets"]]' "[1, 2, 3]"
run 0 $at target --all --format json
json_is '[t["state"] for t in d["targets"]]' "['agreed', 'agreed', 'agreed', 'withdrawn']"

# --- handed down: 90 working days of two people alike, with a tenth more; the parts come to it to the cent ---
run 0 $at target set "reach 100k revenue next quarter" --for company
run 2 $at target cascade 5
complains "to whom is it handed down?"
run 1 $at target cascade 4 --to rep
complains "only what is agreed is handed down"
run 0 $at target cascade 5 --to rep --over 10 --dry-run --format json
json_is 'd["assigned"], d["over"], [(p["who"], p["amount"]) for p in d["parts"]]' "(110000, 10000, [('rep:Ana Silva', 55000), ('rep:Bo Lund', 55000)])"
run 0 $at target cascade 5 --to rep --share "ana silva=2" --share "Bo Lund=1"
says "EUR 66,667"
run 0 $at target show 5
says "Handed down to 2 targets, which come to it exactly."
run 1 $at target cascade 5 --to rep
complains "the days overlap"
run 0 $at target withdraw 7 --reason "Bo has another"
run 0 $at target show 5
says "Handed down to 1 target, which comes to EUR 66,667: EUR 33,333 of it is nobody's."
run 0 $at target show 6 --format json
json_is 'd["targets"][0]["parent"], d["targets"][0]["amount"]' "(5, 66666.67)"

# --- as a grid, out and back; a file with wrong cells changes nothing ---
run 0 $at target grid revenue --period 2027-Q2 --format csv
tr -d '\r' < "$out" > grid.csv
is "the grid is empty" "$(cat grid.csv)" "revenue by rep,2027-04,2027-05,2027-06
Ana Silva,,,
Bo Lund,,,"
printf '%s\n' 'revenue by rep;2027-04;2027-13;2027-06' 'Ana Silva;10.000,50;;ten' 'Bo Lun;1;2;3' > wrong.csv
run 1 $at target grid --load wrong.csv
complains "C1: "
complains 'D2: "ten" is no amount'
complains 'A3: there is no rep "Bo Lun": did you mean "Bo Lund"?'
printf '%s\n' 'revenue by rep,2027-04,2027-05,2027-06' 'ana silva,"10,000.50",,9000' 'Bo Lund,,8000,' > grid.csv
run 0 $at target grid --load grid.csv --dry-run
says "3 targets are new, 0 changed, 0 as they were; nothing was kept (dry run)."
says "EUR 10,000.50"
says "EUR 8,000.00"
run 0 $at target grid --load grid.csv
run 0 $at target grid --load grid.csv --format json
json_is '[(c["member"], c["period"], c["amount"], c["state"]) for c in d["cells"]]' "[('Ana Silva', '2027-04', 10000.5, 'same'), ('Ana Silva', '2027-06', 9000, 'same'), ('Bo Lund', '2027-05', 8000, 'same')]"
printf '%s\n' 'revenue by rep,2027-04,2027-06' 'Ana Silva,,9500' 'Bo Lund,7000,' > grid.csv
run 2 $at target grid --load grid.csv
complains "takes a reason"
run 0 $at target grid --load grid.csv --reason "after the kick-off"
says "1 target is new, 1 changed, 0 as they were."
run 0 $at target grid revenue --period 2027-Q2 --format csv
is "the grid has them" "$(tr -d '\r' < "$out")" "revenue by rep,2027-04,2027-05,2027-06
Ana Silva,10000.5,,9500
Bo Lund,7000,8000,"
run 2 $at target grid
complains "of which KPI?"

# The same as a workbook: out, back as it was, and no text where a workbook is meant.
run 0 $at target grid revenue --period 2027-Q2 --output grid.xlsx
run 0 $at target grid --load grid.xlsx
says "0 targets are new, 0 changed, 4 as they were."
run 1 $at target grid --load grid.xlsx --sheet 2028
complains 'the workbook has no sheet "2028": it has Targets, How to'
head -c 900 grid.xlsx > cut.xlsx
run 1 $at target grid --load cut.xlsx
complains "cut.xlsx: this begins like an .xlsx workbook and is damaged or cut short"

# For each rep.
run 0 $at target set "5 won deals per rep per month in 2028" --dry-run --format json
json_is 'd["who"], d["within"]' "('rep:', None)"

# --- as they were known ---
run 0 -C co --now 2026-11-21 target adjust 2 "reach 20k" --reason "a holiday was forgotten"
run 0 -C co --now 2026-11-21 target --for "rep:Ana Silva" --format json
json_is 'd["targets"][0]["amount"]' "20000"

# --- who has no target of their own has their people's, and it says who has none ---
run 0 $at target set "reach 5 won deals this month" --for "rep:Ana Silva" --format json
number=$(json 'd["target"]')
run 0 $at target --for company --kpi won_deals --format json
json_is 'd["targets"][0]["target"], d["targets"][0]["derived"]["by"], d["targets"][0]["derived"]["members"]' \
  "(None, 'rep', ['rep:Ana Silva'])"
json_is 'len(d["targets"][0]["derived"]["without"]) > 0, d["targets"][0]["target_value"]' "(True, 5)"
json_is 'd["targets"][0]["attainment"] == d["targets"][0]["actual"] / 5' "True"
run 0 $at target --for company
says "company has no target of won_deals of its own: it is the sum of its members' (Ana Silva)"
run 0 $at target withdraw "$number" --reason "only looked at"
run 0 $at target --for company --kpi won_deals --format json
json_is 'd["targets"]' "[]"

# --- what cannot be ---
run 1 $at target set "grow revenue by 10% next quarter vs 2023" --for company
complains "10 % of nothing is nothing"
run 1 $at target set "reach 0 revenue next quarter" --for company
complains "met from the start"
run 1 $at target set "reach 30k revenue this month" --for "rep:Nobody"
complains 'there is no rep "Nobody"'
run 1 $at target set "reach 30k revenue this month" --for "rep:Ana Silva"
complains "the days overlap"
run 1 $at target set "reach 30k revenue last quarter" --for company
complains "ended on 2026-09-30"
run 1 $at target set "keep win rate between 40% and 30% next quarter" --for company
run 1 $at target set "reach 90k revenue in Q2" --for company --parts 30000,30000,20000
complains "10000 is missing"
run 1 $at target set "reach 90k revenue in Q2" --for company --parts 30000,60000
complains "has 2 amounts, and the target has 3 months"
run 0 $at target set "reach 90k revenue in Q2" --for company --parts 20000,30000,40000
run 2 $at target set "reach 90k revenue next quarter" --for Ana
complains "does not say whose"
run 1 $at target --kpi revenu
complains "did you mean 'revenue'?"
run 1 $at target show 99
complains "there is no target 99"
run 2 $at target sett x
complains 'did you mean "target set"?'

# --- an objective that is named later is served by the targets of its KPIs that were set for no other ---
run 0 $at target set "10 won deals this quarter" --for company --format json
json_is 'd["kpi"]' "won_deals"
run 0 $at objective --format json
json_is 'len(d["targets_without_objective"])' "1"
run 0 $at objective set "Close more" --kpi won_deals,win_rate
run 0 $at objective --format json
json_is 'd["targets_without_objective"], len(d["objectives"][1]["targets"]), 3 in d["objectives"][0]["targets"]' "([], 1, True)"
run 0 $at objective set "Close more" --end
run 0 $at objective --format json
json_is 'len(d["targets_without_objective"]), d["objectives"][1]["ended"]' "(1, True)"

finish
