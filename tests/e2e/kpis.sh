# attain kpis: the list and its filters, the card of one KPI, and every form.
. "$(dirname "$0")/lib.sh"
company co

# --- outside a workspace: the catalogue ---
run 0 kpis
says "win_rate"
says "median_deal_size"
run 0 kpis --format json
json_is 'len(d["kpis"]) == len({k["name"] for k in d["kpis"]}) > 60' True
json '"\n".join(sorted(k["name"] for k in d["kpis"]))' > names
# what the built-in catalogue must have of each: question, formula, unit, direction, timing, category, anchor, needs, traps, source
json_is '[k["name"] for k in d["kpis"] if not all(k[f] for f in ("title", "question", "formula", "unit", "better", "timing", "category", "anchor", "needs", "source"))]' "[]"
json_is '[k["name"] for k in d["kpis"] if k["better"] not in ("higher", "lower", "neutral") or k["timing"] not in ("leading", "lagging")]' "[]"
run 0 kpis --format csv
is "CSV lists the same" "$(python3 -c 'import csv, sys
print("\n".join(sorted(r["kpi"] for r in csv.DictReader(open(sys.argv[1], newline="")))))' "$out")" "$(cat names)"
run 0 kpis --format md
is "Markdown lists the same" "$(awk -F' *[|] *' '/^\|/ && $3 != "KPI" && $3 !~ /^-/ { print $3 }' "$out" | sort)" "$(cat names)"

# --- filters: each keeps some, not all, and only what fits ---
for filter in "--role manager" "--role leader" "--role rep" "--role marketing" "--role finance" "--business b2b" "--business saas" "--business retail" \
  "--business agency" "--category pipeline" "--category financial" "--category activity" "--category customer" "--category marketing" "--category service" \
  "--category people"; do
  # shellcheck disable=SC2086
  run 0 kpis $filter --format json
  json_is '0 < len(d["kpis"]) < '"$(wc -l < names)" True
done
run 0 kpis --category pipeline --format json
json_is 'set(k["category"] for k in d["kpis"])' "{'pipeline'}"
run 0 kpis --role rep --format json
json_is 'all("rep" in k["roles"] for k in d["kpis"])' True
run 2 kpis --category pipelines
complains "pipeline"

# --- one KPI: all about it ---
run 0 kpis win_rate
for part in "Win rate" "Question" "Formula" "Unit" "Traps" "Needs" "Source" "won_deals" "decided_deals"; do
  case $part in Question) says "what share was won?" ;; *) says "$part" ;; esac
done
run 0 kpis win_rate sales_cycle
says "Sales cycle"
run 0 kpis win_rate --format json
json_is '[k["name"] for k in d["kpis"]]' "['win_rate']"
run 1 kpis win_ratte
complains "did you mean"
complains "win_rate"

# --- in a workspace: its own KPI, and what has data ---
run 0 -C co --now 2026-11-21 load
run 0 -C co kpis pump_share
says "Of the deals won in the period, what share was for pumps?"
says "own.yaml"
run 0 -C co kpis --format json
json_is '[k["has_data"] for k in d["kpis"] if k["name"] == "win_rate"]' "[True]"
json_is '[k["has_data"] for k in d["kpis"] if k["name"] == "nrr"]' "[False]"
json_is '[k["rows"] for k in d["kpis"] if k["name"] == "pump_share"]' "[{'opportunity': 50}]"
run 0 -C co kpis nrr
says "subscription_change"
# asked for all the same: no value, and what to load
run 0 -C co --now 2026-11-21 show nrr --period 2026 --format json
json_is 'd["rows"][0]["value"], d["rows"][0]["flags"]' "(None, ['no_data', 'running'])"
finish
