# attain explain: formula, measures, filters, days, records used and left out, the SQL, timings.
. "$(dirname "$0")/lib.sh"
company co
run 0 -C co --now 2026-11-21 load

# June 2026 by hand: 50 deals; won 18, of which 4 closed in June; decided 36, of which 6
won=$(grep -c 'Closed Won' co/exports/deals.csv)
decided=$(grep -c 'Closed Won\|Closed Lost' co/exports/deals.csv)
run 0 -C co --now 2026-11-21 explain win_rate --period 2026-06
for part in "won_deals / decided_deals" "closed_at from 2026-06-01 to 2026-06-30" "66.7 %" "4 / 6" "4 used of 50" "6 used of 50" \
  "$((50 - won)) left out" "$((won - 4)) left out" "outside the days" "SELECT" "Timings" "built-in catalogue"; do says "$part"; done

run 0 -C co --now 2026-11-21 explain win_rate --period 2026-06 --format json
json_is 'd["kpi"], d["formula"]' "('win_rate', 'won_deals / decided_deals')"
json_is '[(m["fact"], m["records"], m["used"]) for m in d["measures"]]' "[('opportunity', 50, 4), ('opportunity', 50, 6)]"
json_is 'all(m["records"] == m["used"] + sum(l["records"] for l in m["left_out"]) for m in d["measures"])' True
json_is '[l["records"] for l in d["measures"][1]["left_out"]]' "[$((50 - decided)), $((decided - 6))]"
json_is 'len(d["sql"]) > 0 and all(q.startswith("SELECT") for q in d["sql"])' True
json_is 'all(d[k] >= 0 for k in ("plan_ms", "scan_ms", "evaluate_ms"))' True
json_is 'd["as_of"]' "2026-11-21T23:59:59Z"

# a condition leaves out more, and says so
run 0 -C co --now 2026-11-21 explain won_deals --period 2026-06 --where "rep = 'Finn Larsen'" --format json
json_is '[m["used"] for m in d["measures"]]' "[2]"
json_is 'all(m["records"] == m["used"] + sum(l["records"] for l in m["left_out"]) for m in d["measures"])' True

# a KPI of the workspace's own names its file
run 0 -C co --now 2026-11-21 explain pump_share --period 2026
says "own.yaml"

# every KPI can be explained, with or without records; the records left out always add up
run 0 -C co kpis --format csv
tail -n +2 "$out" | cut -d, -f1 | awk 'NR % 12 == 1' > some
while read -r kpi; do
  run 0 -C co --now 2026-11-21 explain "$kpi" --period 2026 --format json
  json_is '[m["definition"] for m in d["measures"] if m["records"] != m["used"] + sum(l["records"] for l in m["left_out"])]' "[]"
done < some

# by members: each, and all together
run 0 -C co --now 2026-11-21 explain win_rate --period 2026-06 --by team
says "All: 66.7 %  = 4 / 6"

# the formula in force then, not the one of today; a comparison across the change is marked
cat > co/kpis/changed.yaml << 'YAML'
kpis:
  real_wins:
    name: Wins that count
    question: How many deals were won that count?
    formula: count(opportunity where outcome = 'won' on closed_at)
    versions:
      - {from: 2026-06-01, formula: "count(opportunity where outcome = 'won' and amount >= 5000 on closed_at)"}
    better: higher
YAML
run 0 -C co --now 2026-11-21 explain real_wins --period 2026-05
says "Formula     count(opportunity where outcome = 'won' on closed_at)"
says "1 of 2, in force until 2026-05-31"
run 0 -C co --now 2026-11-21 explain real_wins --period 2026-06 --format json
json_is 'd["formula_from"], "5000" in d["formula"]' "('2026-06-01', True)"
run 0 -C co --now 2026-11-21 show real_wins --period 2026-06 --compare previous --format json
json_is 'd["rows"][0]["flags"], d["rows"][0]["compared"]["flags"]' "([], ['definition_changed'])"
run 0 -C co --now 2026-11-21 show real_wins --period 2026-06 --compare previous
says "the definition changed on 2026-06-01"
says " *"
run 0 -C co --now 2026-11-21 show real_wins --period 2026-07 --compare previous
says_not "the definition changed"

run 1 -C co explain win_ratio_of_all
run 2 -C co explain win_rate --period 2026-Q0
run 2 -C co explain win_rate revenue
finish
