# attain demo: a simulated company, loaded, with its faults said; the same seed makes the same company.
. "$(dirname "$0")/lib.sh"
run 0 --now 2026-11-21 demo co --people 10 --deals 1000 --seed 7
says "Next"
run 0 -C co --now 2026-11-21 check --format json
json_is 'd["errors"]' 0
json_is 'd["n_rejected"] > 0' True
run 0 -C co --now 2026-11-21 show win_rate revenue --by team,rep --period last-quarter --format json
json_is 'len(d["rows"]) > 2' True
# parts add up: won deals of the teams to the company's, each won deal once
run 0 -C co --now 2026-11-21 show won_deals --by rep --period last-12-months --format json
json_is 'd["totals"][0]["value"] > 0' True
# what the truth beside it says of the number of people
json_is 'len(json.load(open("co/truth.json"))) > 0' True

# it has objectives, and targets that its teams' come to
run 0 -C co --now 2026-11-21 objective --format json
json_is 'len(d["objectives"]), d["targets_without_objective"]' "(3, [])"
run 0 -C co --now 2026-11-21 target --format json
json_is '[t["kpi"] for t in d["targets"] if t["who"] == "company"]' "['revenue', 'win_rate', 'average_discount', 'resolution_in_sla', 'sales_cycle']"
json_is 'abs(d["targets"][0]["target_value"] - d["targets"][0]["assigned"]) < 0.01, d["targets"][0]["n_parts"] > 0' "(True, True)"

# everything of every role can be shown, and in every grain
for role in manager leader rep marketing finance; do
  run 0 -C co --now 2026-11-21 show --role "$role" --period last-quarter --compare previous --format json
  json_is 'len(d["rows"]) > 2' True
  run 0 -C co --now 2026-11-21 show --role "$role" --by team --period last-quarter
done
run 0 -C co kpis --format csv
all=$(tail -n +2 "$out" | cut -d, -f1 | tr '\n' ' ')
# shellcheck disable=SC2086
run 0 -C co --now 2026-11-21 show $all --by rep --period last-12-months --grain month --format json
json_is 'len({r["kpi"] for r in d["rows"]}) > 100' True

# --- somebody of each role to sign in as; those who are somebody of the records are ---
run 0 --now 2026-11-21 demo staffed --people 60 --deals 1000 --seed 7 --users
run 0 -C staffed user --format json
json_is 'sorted(u["role"] for u in d["users"])' "['administrator', 'coach', 'executive', 'finance', 'leader', 'manager', 'marketing', 'rep']"
json_is 'all(u["has_password"] and not u["is_locked"] for u in d["users"])' True
json_is 'sorted({u["role"] for u in d["users"] if not u["person"]})' "['administrator', 'coach', 'finance']"

# --- refused ---
run 2 demo more --users --no-load
complains "write one of them"
run 2 demo more --deals 12
run 2 demo more --people many
run 2 demo more --seed x
run 1 demo co
complains "co"
finish
