# attain lint and attain choose: mistakes with their evidence, what silences them, and KPIs for a goal.
. "$(dirname "$0")/lib.sh"

november_deals

# --- no target yet; strict is the only way to a code of 1 ---
run 0 $at lint
says "no_target: company"
says "20 rules looked: 1 finding."
says_not "The last record is of"
run 1 $at lint --strict
# Records of long ago, loaded to try it: the rules look back from the clock, and say how to set it.
run 0 -C co --now "2029-01-01 09:00" lint
says "The last record is of 2026-1"
run 0 $at lint --rules --format json
json_is 'len(d), d[0]["rule"]' "(20, 'too_many_kpis')"
run 1 $at lint no_targets
complains 'did you mean "no_target"'

# --- a rate alone, nobody's, without an objective, and results only ---
run 0 $at target set "keep win rate above 50% this quarter" --for company
run 0 $at lint --format json
json_is 'sorted((f["rule"], f["subject"]) for f in d["findings"])' "[('no_baseline', 'target 1'), ('no_objective', 'company'), ('no_owner', 'target 1'), ('only_lagging', 'company'), ('rate_without_volume', 'target 1')]"
# Six deals were decided in October and November.
json_is '[f["figures"] for f in d["findings"] if f["rule"] == "rate_without_volume"]' "[{'n': 6}]"
json_is '[f["ignore"] for f in d["findings"] if f["rule"] == "no_owner"]' "['no_owner target 1']"
json_is 'all(f["remedy"] and f["evidence"] for f in d["findings"])' "True"
run 0 $at target set "reach 10 won deals this quarter" --for company
run 0 $at target set "reach 3 created deals this quarter" --for "rep:Bo Lund"
run 0 $at objective set Growth --kpi won_deals,win_rate,created_deals
run 0 $at lint --format json
json_is 'sorted((f["rule"], f["subject"]) for f in d["findings"])' "[('no_baseline', 'target 1'), ('no_baseline', 'target 2'), ('no_owner', 'target 1'), ('no_owner', 'target 2'), ('only_lagging', 'company'), ('vanity_count', 'rep:Bo Lund')]"
run 0 $at lint vanity_count --format md
says "| warning | vanity_count | rep:Bo Lund |"

# --- own definitions: a mean of ratios, one that only rises, one that changes in the middle of a target ---
cat > co/kpis/own.yaml <<'YAML'
kpis:
  mean_share: {formula: "mean(opportunity.probability on closed_at)", better: higher}
  ever_won: {formula: "count(opportunity where outcome = 'won' from closed_at)", better: higher}
  big_deals:
    better: higher
    formula: "count(opportunity where amount > 8000 on closed_at)"
    versions:
      - {from: 2026-11-10, formula: "count(opportunity where amount > 9000 on closed_at)"}
YAML
run 0 $at lint ratio_averaged always_rises definition_changed --format json
json_is 'sorted((f["rule"], f["subject"]) for f in d["findings"])' "[('always_rises', 'ever_won'), ('definition_changed', 'big_deals'), ('ratio_averaged', 'mean_share')]"
# None was won by the end of November 2025; two were in October 2026.
json_is '[f["figures"] for f in d["findings"] if f["rule"] == "always_rises"]' "[{'first': 0, 'last': 2}]"

# --- silenced, by rule and by one subject; a rule that is none is told ---
printf 'lint:\n  ignore: [ratio_averaged, "always_rises ever_won", definition_changed mean_share]\n' >> co/attain.yaml
run 0 $at lint ratio_averaged always_rises definition_changed --format json
json_is '[f["subject"] for f in d["findings"]], d["ignored"]' "(['big_deals'], 2)"
sed -i 's/ratio_averaged, /ratio_average, /' co/attain.yaml
run 1 $at lint
complains 'attain.yaml, lint, ignore: there is no rule "ratio_average"; did you mean "ratio_averaged"'
sed -i '/^lint:/,$d' co/attain.yaml

# --- what nobody looks at: noted by show and scorecard, told after a quarter ---
run 0 $at show revenue
rm -f co/data/*.usage
run 0 $at show won_deals
run 0 $at lint unused_kpi
says "nothing found"
is usage "$(cut -f 1,3 co/data/attain.duckdb.usage | tr '\t\n' '  ')" "since won_deals 2026-11-20 "
run 0 -C co --now 2026-12-30 target set "reach 10 won deals next year" --for company
run 0 -C co --now 2026-12-30 target set "reach 10k revenue next year" --for company
run 0 -C co --now 2026-12-30 show revenue
run 0 -C co --now 2027-03-10 lint unused_kpi --format json
json_is 'sorted(f["subject"] for f in d["findings"])' "['big_deals', 'ever_won', 'mean_share', 'won_deals']"
json_is '[f["figures"] for f in d["findings"] if f["subject"] == "won_deals"]' "[{'days': 110}]"
before=$(cat co/data/attain.duckdb.usage)
chmod a-w co/data
run 0 -C co --now 2027-03-10 show created_deals
chmod u+w co/data
printf 'lint: {usage: no}\n' >> co/attain.yaml
run 0 -C co --now 2027-03-11 show lost_deals
is "kept nothing" "$(grep -c lost_deals co/data/attain.duckdb.usage)" "0"
sed -i '/^lint:/,$d' co/attain.yaml

# --- choosing ---
run 0 $at choose --format json
json_is '{"growth", "new-business", "retention", "profitability", "pipeline", "productivity", "satisfaction", "forecast", "development", "marketing"} <= {g["goal"] for g in d}' "True"
json_is 'all(5 <= len(g["kpis"]) <= 7 for g in d)' "True"
run 0 $at choose --goal retention --format json
json_is 'd["goal"], d["exact"]' "('retention', True)"
# Leading before lagging; there is neither a survey nor a case.
json_is '[k["timing"] for k in d["kpis"]] == sorted([k["timing"] for k in d["kpis"]], reverse=True)' "True"
json_is '[k["missing"] for k in d["kpis"] if k["kpi"] == "nps" or k["kpi"] == "resolution_in_sla"]' "[['survey'], ['case']]"
run 0 $at choose growth --format json
json_is '[k["missing"] for k in d["kpis"] if k["kpi"] == "revenue"]' "[[]]"
json_is 'd["commands"][0].startswith("attain objective set \"Growth of revenue\" --kpi ")' "True"
run 0 $at target set "increase revenue by 5% within the next quarter" --for company --dry-run
run 0 $at choose "we lose too many customers"
says "the nearest is retention"
run 0 $at choose retenton
says "the nearest is retention"
run 1 $at choose "cook better pasta"
complains "there are growth, new-business, retention"
run 0 choose marketing
says "None of them has its records yet"
mkdir co/goals
printf 'goals:\n  tidy:\n    name: A tidy CRM\n    words: [hygiene]\n    kpis:\n      - {kpi: untouched_deals, why: "open and forgotten"}\n' > co/goals/own.yaml
run 0 $at choose hygiene
says "A tidy CRM"
sed -i s/untouched_deals/untuched_deals/ co/goals/own.yaml
run 1 $at choose hygiene
complains "goals/own.yaml:6"
complains "untouched_deals"
finish
