# attain show --where: conditions, quotes in names, and attempts to say more than a condition.
. "$(dirname "$0")/lib.sh"
company co
run 0 -C co --now 2026-11-21 load
where() { # CONDITION, then FIELD=VALUE that verify.py is to keep
  run 0 -C co --now 2026-11-21 show won_deals decided_deals win_rate revenue --by product --period 2026 --where "$1" --format json
  shift
  checks=$((checks + 1))
  python3 "$here/verify.py" company co/exports "$out" "$@" > "$work/.verify" 2>&1 || fail "$(cat "$work/.verify")"
}
where "rep = 'Ana Silva'" "rep=Ana Silva"
where "rep = 'Ben O''Neil'" "rep=Ben O'Neil"
where "rep = 'Chloé Martin'" "rep=Chloé Martin"
where "account = 'Calder & Sons'" "account=Calder & Sons"
where "account = 'Grant, Hale and Co.'" "account=Grant, Hale and Co."
where "team = 'South'" team=South
where "manager = 'Nils Berg'" "manager=Nils Berg"
where "region = 'Coast'" region=Coast
where "industry = 'Food'" industry=Food
where "product = 'Pump 200'" "product=Pump 200"
where "source = 'Referral' and team = 'South'" source=Referral team=South
where "stage = 'Closed Won'" "stage=Closed Won"

# --- of numbers and dates; several must all hold. Amounts above 10,000 of won deals, counted in the file ---
run 0 -C co --now 2026-11-21 show won_deals --period 2026 --where "amount > 10000" --format json
json_is 'd["rows"][0]["value"]' "$(python3 -c 'import csv
print(sum(r["Stage"] == "Closed Won" and int(r["Value"]) > 10000 for r in csv.DictReader(open("co/exports/deals.csv"))))')"
run 0 -C co --now 2026-11-21 show won_deals --period 2026 --where "amount > 10000" --where "source = 'Web'" --format json
json_is 'd["rows"][0]["value"]' 1
run 0 -C co --now 2026-11-21 show won_deals --period 2026 --where "source in ('Web', 'Referral')" --format json
json_is 'd["rows"][0]["value"]' "$(grep -cE 'Closed Won.*(Web|Referral)$' co/exports/deals.csv)"

# --- a text that nothing has: answered, with a word that may have been meant; so in a list, and where it is left out ---
run 0 -C co --now 2026-11-21 show won_deals --period 2026 --where "source = 'Refferal'"
says "no record has the source 'Refferal'; did you mean 'Referral'?"
run 0 -C co --now 2026-11-21 show won_deals --period 2026 --where "source in ('Web', 'Refferal')" --format json
json_is 'len([n for n in d["notes"] if "no record has" in n])' 1
run 0 -C co --now 2026-11-21 show won_deals --period 2026 --where "product <> 'Pump 2000'"
says "did you mean 'Pump 200'?"
run 0 -C co --now 2026-11-21 show won_deals --period 2026 --where "source = 'referral'"
says_not "no record has"

# --- more than a condition: refused with its place, and everything is still there ---
for wrong in "rep = 'x'; drop table opportunity" "1 = 1) or (1 = 1" "rep = 'x' union select 1" "rep = 'Ana Silva' --" "(select 1) = 1" "rep = 'x" \
  "read_csv('/etc/passwd') = 'x'" "" "amount > 'much'" "count(opportunity) > 1" "rep = \"Ana Silva\" or true" "rep ="; do
  run 2 -C co show won_deals --period 2026 --where "$wrong"
  [ -s "$err" ] || fail "no message for the condition '$wrong'"
  says_not "18"
done
# … a column or a person that this workspace does not have is no wrong use
for unknown in "ammount > 1" "rep = 'Nobody At All'" "$(printf 'rep = \001')"; do
  run 1 -C co show won_deals --period 2026 --where "$unknown"
  [ -s "$err" ] || fail "no message for the condition '$unknown'"
  says_not "18"
done
run 1 -C co show won_deals --period 2026 --where "ammount > 1"
complains "amount"
run 1 -C co show won_deals --period 2026 --where "rep = 'Ana Sliva'"
complains "Ana Silva"
run 1 -C co show won_deals --period 2026 --where "$(python3 -c 'print("(" * 9000 + "amount > 1" + ")" * 9000)')"
complains "nested"
run 1 -C co show won_deals --period 2026 --where "$(python3 -c 'print("(" * 10000 + "amount > 1" + ")" * 10000)')"
complains "max_where"
run 0 -C co --now 2026-11-21 show won_deals --period 2026 --format json
json_is 'd["rows"][0]["value"]' 18
finish
