# attain decompose: the change of a number split by members, in every form.
. "$(dirname "$0")/lib.sh"
company co
run 0 -C co --now 2026-11-21 load

# the parts are those of show, and come to its change
run 0 -C co --now 2026-11-21 show win_rate --by team --period 2026-06 --compare previous --format json
change=$(json 'round(d["totals"][0]["compared"]["change"], 9)')
parts=$(json 'sorted((r["members"]["team"], r["numerator"], r["denominator"]) for r in d["rows"] if r["denominator"])')
run 0 -C co --now 2026-11-21 decompose win_rate --by team --period 2026-06 --format json
json_is 'd["method"], d["by"], d["rest_effect"]' "('ratio', 'team', 0)"
json_is 'round(d["change"], 9)' "$change"
json_is 'round(sum(m["effect"] for m in d["members"]), 9)' "$change"
json_is 'round(d["rate_effect"] + d["mix_effect"], 9)' "$change"
json_is 'sorted((m["member"], m["numerator"], m["denominator"]) for m in d["members"] if m["denominator"])' "$parts"

run 0 -C co --now 2026-11-21 decompose revenue --by rep --period 2026-Q3 --format json
json_is 'd["method"], d["compared_period"]["name"][:4], d["rate_effect"]' "('sum', '2026', None)"
json_is 'round(sum(m["effect"] for m in d["members"]) + d["rest_effect"] - d["change"], 6) == 0' True
run 0 -C co --now 2026-11-21 decompose revenue --by rep --period 2026-06
says "what made the change from 2026-05 to 2026-06"
run 0 -C co --now 2026-11-21 decompose revenue --by rep --period 2026-06 --format csv
says "rep,state,value,compared_value,effect,rate_effect,mix_effect"
run 0 -C co --now 2026-11-21 decompose revenue --by rep --period 2026-06 --format md
says "| **All** |"

# what cannot be split says why; wrong use shows how
run 1 -C co --now 2026-11-21 decompose sales_cycle --by team --period 2026-06
complains "a median or quantile of all is not made of those of the members"
run 1 -C co --now 2026-11-21 decompose sales_velocity --by team --period 2026-06
complains "split what drives it in its place: "
run 2 -C co decompose revenue
complains "by the members of one dimension"
run 2 -C co decompose
run 2 -C co decompose revenue --by team --compare never
finish
