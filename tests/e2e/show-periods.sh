# attain show --period and --grain: every form, and what is no period.
. "$(dirname "$0")/lib.sh"
company co
run 0 -C co --now 2026-11-21 load
period() { # PERIOD START END
  run 0 -C co --now 2026-11-21 show won_deals --period "$1" --format json
  json_is 'd["rows"][0]["period"]["start"], d["rows"][-1]["period"]["end"]' "('$2', '$3')"
}
verify() {
  checks=$((checks + 1))
  python3 "$here/verify.py" company co/exports "$out" > "$work/.verify" 2>&1 || fail "$(cat "$work/.verify")"
}

# The clock stands at the end of Saturday, 21 November 2026; its ISO week is 47, from Monday 16.
period 2026-Q3 2026-07-01 2026-10-01
period 2026-07 2026-07-01 2026-08-01
period 2026 2026-01-01 2027-01-01
period FY2026 2026-01-01 2027-01-01
period 2026-W47 2026-11-16 2026-11-23
period 2026-06-30 2026-06-30 2026-07-01
period 2026-01..2026-06 2026-01-01 2026-07-01
period 2026-Q1..2026-Q2 2026-01-01 2026-07-01
period 2026-02-10..2026-02-20 2026-02-10 2026-02-21
period this-day 2026-11-21 2026-11-22
period today 2026-11-21 2026-11-22
period yesterday 2026-11-20 2026-11-21
period this-week 2026-11-16 2026-11-23
period this-month 2026-11-01 2026-12-01
period this-quarter 2026-10-01 2027-01-01
period this-year 2026-01-01 2027-01-01
period last-week 2026-11-09 2026-11-16
period last-month 2026-10-01 2026-11-01
period last-quarter 2026-07-01 2026-10-01
period last-year 2025-01-01 2026-01-01
# whole periods: the running one is not among them
period last-12-months 2025-11-01 2026-11-01
period last-30-days 2026-10-22 2026-11-21
run 0 -C co --now 2026-11-21 show won_deals --period all --format json
json_is 'd["rows"][0]["value"]' 18
run 0 -C co --now 2026-11-21 show won_deals --format json
json_is 'd["rows"][0]["period"]["name"]' 2026-Q4

# --- cut into grains: the parts are those of the records, and counts add up to the whole ---
for grain in day week month quarter year; do
  run 0 -C co --now 2026-11-21 show won_deals win_rate revenue sales_cycle --period 2026-01..2026-06 --grain "$grain" --format json
  verify
  json_is 'sum(r["value"] or 0 for r in d["rows"] if r["kpi"] == "won_deals")' 12
done
run 0 -C co --now 2026-11-21 show won_deals --period 2026-01..2026-06 --grain month --format json
json_is '[r["period"]["name"] for r in d["rows"]]' "['2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06']"
run 0 -C co --now 2026-11-21 show revenue win_rate --by team --period 2026-01..2026-09 --grain quarter --format json
verify

# --- a fiscal year from April, named by the year in which it ends ---
printf 'calendar: {year_starts: april}\n' >> co/attain.yaml
period FY2027 2026-04-01 2027-04-01
period FY2027-Q1 2026-04-01 2026-07-01
period this-year 2026-04-01 2027-04-01
run 0 -C co --now 2026-11-21 show revenue --period FY2027 --grain quarter --format json
verify

# --- no periods ---
for wrong in 2026-Q5 2026-13 2026-02-30 2026-W54 last-0-months tomorrowish "" "2026-06..2026-01" "2026'; drop table opportunity" 99999 \
  last-99999999999999999999-months; do
  run 2 -C co show won_deals --period "$wrong"
  [ -s "$err" ] || fail "no message for the period '$wrong'"
done
run 2 -C co show won_deals --period 2026-Q5
complains "Q1 to Q4"
run 2 -C co show won_deals --period last-moth
complains "last-month"
run 2 -C co show won_deals --grain fortnight
complains "day, week, month, quarter or year"
finish
