# attain show of a view: KPIs that are read together as one table, and their identity.
. "$(dirname "$0")/lib.sh"

# A quarter's pipeline: Ana's A is due from the start and won, raised from 100 to 150; Bo's B of 300 is opened in the quarter and open at its end;
# Bo's C of 200 is pushed to the next. 300 + 300 + 50 - 200 - 150 = 300.
mkdir -p ws/sources ws/kpis ws/files
printf 'name: Views\ncurrency: EUR\n' > ws/attain.yaml
cat > ws/sources/crm.yaml <<'YAML'
source: crm
folder: files
tables: {deals: {file: deals.csv}, changes: {file: changes.csv}, people: {file: people.csv}}
map:
  - {to: person, from: people, columns: {id: Name, name: Name}}
  - to: opportunity
    from: deals
    columns: {id: Id, owner: Rep, created_at: Opened, closed_at: Closed, expected_close: Due, outcome: Outcome, amount: Amount, forecast_category: Call}
  - to: stage_change
    from: changes
    columns: {id: Id, opportunity: Deal, at: At, stage: Stage, amount: Amount, expected_close: Due, forecast_category: Call}
YAML
printf 'Name\nAna\nBo\n' > ws/files/people.csv
cat > ws/files/deals.csv <<'CSV'
Id,Rep,Opened,Closed,Due,Outcome,Amount,Call
A,Ana,2025-11-01,2026-02-10,2026-02-10,won,150,closed
B,Bo,2026-01-20,,2026-03-30,open,300,commit
C,Bo,2025-11-01,,2026-05-05,open,200,commit
CSV
cat > ws/files/changes.csv <<'CSV'
Id,Deal,At,Stage,Amount,Due,Call
A1,A,2025-11-01,Demo,100,2026-02-01,commit
A2,A,2026-01-15,Demo,150,2026-02-10,commit
B1,B,2026-01-20,Demo,300,2026-03-30,best_case
B2,B,2026-02-03,Demo,300,2026-03-30,commit
C1,C,2025-11-01,Demo,200,2026-03-15,commit
C2,C,2026-02-25,Demo,200,2026-05-05,commit
CSV
run 0 -C ws --now 2026-04-01 load

run 0 -C ws --now 2026-04-01 show pipeline_waterfall --period 2026-Q1 --format json
json_is '[r["value"] for r in d["rows"]]' "[300, 300, 0, 50, 0, 200, 150, 0, 300]"
json_is '[r["kpi"][10:] for r in d["rows"]]' "['start', 'new', 'pulled_in', 'raised', 'lowered', 'pushed', 'won', 'lost', 'end']"
json_is 'd["notes"]' "['it adds up in every row: start + new + pulled in + raised - lowered - pushed - won - lost = end']"
run 0 -C ws --now 2026-04-01 show pipeline_waterfall --period 2026-Q1
says "Views · Pipeline waterfall · 2026-Q1"
says "Pulled in"
says "it adds up in every row"
run 0 -C ws --now 2026-04-01 show pipeline_waterfall --period 2026-Q1 --by rep --grain month --format json
json_is '[r["value"] for r in rows(rep="Ana") if r["period"]["name"] == "2026-02"]' "[150, 0, 0, 0, 0, 0, 150, 0, 0]"
json_is '"it adds up" in d["notes"][0]' "True"

# What was forecast week by week: B becomes a commit on 3 February, C leaves the quarter on 25 February.
run 0 -C ws --now 2026-04-01 show forecast_by_week --period 2026-Q1 --format json
json_is '[r["value"] for r in rows(kpi="commit_as_stood") if r["period"]["start"] in ("2026-01-12", "2026-01-26", "2026-02-02", "2026-02-23")]' \
  "[350, 350, 650, 450]"
json_is '[r["value"] for r in rows(kpi="best_case_as_stood") if r["period"]["start"] == "2026-01-26"]' "[650]"
json_is 'rows(kpi="won_in_quarter")[-1]["value"]' "150"
run 0 -C ws --now 2026-04-01 show forecast_by_week --period 2026-Q1
says "Commit then"
says "7 · 2026-W07"
is "a line a week, and nothing beside" "$(grep -c '^[0-9]* · 2026-W' "$out")" "14"
# What is still to come has no line.
run 0 -C ws --now 2026-02-05 show forecast_by_week --period 2026-Q1
is "the weeks that were" "$(grep -c '^[0-9]* · 2026-W' "$out")" "6"
run 0 -C ws --now 2026-04-01 show forecast_by_week --period 2026-Q1 --grain month
says "2026-02"

# With other KPIs; a name nearly right; a view is not one KPI.
run 0 -C ws --now 2026-04-01 show pipeline_waterfall win_rate --period 2026-Q1 --format csv
is "nine and one" "$(tail -n +2 "$out" | wc -l)" "10"
run 1 -C ws show pipeline_waterfal
complains "did you mean 'pipeline_waterfall'?"
run 1 -C ws explain pipeline_waterfall
complains "is a view of several KPIs"

# One's own view; an identity that does not hold is told.
cat > ws/kpis/own.yaml <<'YAML'
views:
  outcome:
    name: Outcome
    kpis: [won_deals, created_deals]
    identity: won_deals = created_deals
YAML
run 0 -C ws check
run 0 -C ws --now 2026-04-01 show outcome --period 2026-Q1
says "it adds up in every row: Won deals = Created deals"
run 0 -C ws --now 2026-04-01 show outcome --period 2026-Q1 --by rep
says "it does not add up for Ana in 2026-Q1: 1 against 0"
finish
