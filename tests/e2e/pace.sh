# Where targets end, how likely they are made, and what is within reach.
. "$(dirname "$0")/lib.sh"

# Ana wins three deals of 1,000 a month, on the 5th, the 15th and the 25th, for two years; in November on the 5th and 15th.
# Bo began in November and has won one.
python3 - > deals.csv <<'PY'
print("Id,Name,Owner,Amount,Stage,Created,Closed")
n = 0
for month in range(24, 48):
    for day in (5, 15, 25):
        if month == 46 and day == 25 or month > 46: continue
        n += 1
        date = f"{2023 + month // 12}-{month % 12 + 1:02}-{day:02}"
        print(f"{n},Deal {n},Ana Silva,1000,Won,{date},{date}")
print("900,Deal 900,Bo Lund,1000,Won,2026-11-03,2026-11-03")
PY
run 0 new co --from deals.csv
run 0 -C co --now 2026-11-20 load
at="-C co --now 2026-11-20"
run 0 $at objective set Growth --kpi revenue,won_deals

# --- the chance of a sentence ---
run 0 $at target set "2 won deals this month" --for "rep:Ana Silva" --dry-run --format json
json_is 'd["probability"], d["missing"]' "(1, [])"
run 0 $at target set "30 won deals this month" --for "rep:Ana Silva" --dry-run --format json
json_is 'd["probability"] < 0.05, d["missing"]' "(True, ['A'])"
run 0 $at target set "30 won deals this month" --for "rep:Ana Silva" --dry-run
says "A: It is hardly within reach"
run 0 $at target set "increase revenue by 10 %" --for "rep:Ana Silva" --dry-run --format json
json_is 'd["probability"]' "None"

# --- of a target ---
run 0 $at target set "3 won deals this month" --for "rep:Ana Silva"
run 0 $at target set "30 won deals this month" --for "rep:Bo Lund"
says "A: It is hardly within reach"
run 0 $at target --format json
json_is 'd["targets"][0]["projected"], d["targets"][0]["probability"] > 0.5' "(3, True)"
json_is 'd["targets"][0]["n_own_periods"], d["targets"][0]["same_day_before"]["value"]' "(21, 2)"
json_is 'd["targets"][0]["projected_low"] <= 3 <= d["targets"][0]["projected_high"]' "True"
json_is 'd["targets"][1]["n_own_periods"], d["targets"][1]["n_peer_periods"]' "(0, 21)"
run 0 $at target show 1
says "It will end near 3, in 8 of 10 such periods between"
says "period before, 2026-10-21, it was 2."
run 0 -C co --now 2026-12-05 target --all --format json
json_is '[t["probability"] for t in d["targets"]]' "[0, 0]"

# --- within reach ---
run 0 $at target suggest won_deals --for "rep:Ana Silva" --period 2026-12 --format json
json_is '[r["percentile"] for r in d["suggestions"][0]["reachable"]]' "[50, 70, 90]"
json_is 'd["suggestions"][0]["reachable"][0]["amount"]' "3"
json_is '[a["kpi"] for a in d["suggestions"][0]["reachable"][0]["asks"]]' "['created_deals', 'win_rate']"
json_is 'd["suggestions"][0]["reachable"][0]["asks"][0]["usual"]' "3"
run 0 $at target suggest revenue --for "rep:Ana Silva"
says "Revenue (bookings) of Ana Silva in 2027-Q1: what is within reach"
run 0 $at target suggest won_deals --for rep: --period 2026-12
says "Bo Lund"
run 0 $at target suggest won_deals --for "rep:Bo Lund" --format json
run 1 $at target suggest won_deals --period 2026-10
complains "the period ends on 2026-10-31, which is over"
run 1 $at target suggest won_deal
complains "did you mean 'won_deals'?"
run 1 $at target suggest won_deals --for "rep:Nobody"
run 2 $at target suggest

finish
