# What the policy keeps for some days goes after them; numbers stay, and the audit log still holds. Users are
# added by a given clock. Loads have the machine's, so refused rows are asked about from long before and long after it.
. "$(dirname "$0")/lib.sh"
run 0 demo company --people 12 --deals 1000 --until 2026-11-20
cd company || exit 1
sed -n '$p' exports/feedback.csv | sed 's/^[^,]*,/FB-bad,/; s/,[^,]*$/,0.5/' > "$work/bad"
cat "$work/bad" >> exports/feedback.csv
run 0 load
run 0 --now 2026-11-21 user add ana --role rep
run 0 --now 2026-11-22 user add ben --role rep
run 0 --now 2026-11-21 show revenue --by rep --period 2026-Q3 --format json
cp "$out" "$work/before"

run 0 audit --verify
says_not 'went'
run 0 --now 2126-01-01 tidy --yes
says '"rejected" under "retention", so all are kept'
says '"audit" under "retention", so all are kept'
printf 'retention: {audit: 30}\n' > policy.yaml
run 1 tidy
complains 'policy.yaml:1:'
complains 'from 31 to'

# 365 days after the end of 2026-11-21 is the end of 2027-11-21: Ana's two entries are older a day later, Ben's are not.
printf 'retention: {audit: 365}\n' > policy.yaml
run 0 --now 2027-11-21 tidy --format json
json_is 'd["gone"][3]["rows"]' 0
run 0 --now 2027-11-22 tidy
says 'Would go:'
says '2 entries of the audit log older than 365 days'
says 'Nothing is changed'
run 0 audit
says ' ana'
run 0 --now 2027-11-22 tidy --yes
says '2 entries of the audit log older than 365 days'
run 0 audit --verify
says '2 entries before them went by the retention of policy.yaml'
run 0 audit --verify --format json
json_is 'd["gone"], d["first_wrong"]' '(2, None)'
run 0 audit
says_not ' ana'
says ' ben'
says 'entries 1 to 2 are gone'
says ' 2 entries of this log'
run 0 --now 2027-11-22 tidy --yes --format json
json_is 'd["gone"][3]["rows"]' 0

printf 'retention: {rejected: 180}\n' > policy.yaml
run 0 --now 2026-11-21 tidy --format json
json_is 'd["gone"][0]["rows"]' 0
run 0 --now 2126-01-01 tidy --format json
json_is 'd["dry_run"]' True
json_is 'd["gone"][0]["rows"] > 0' True
run 0 --now 2126-01-01 tidy --yes --format json
json_is 'd["gone"][0]["rows"] > 0' True
run 0 --now 2126-01-01 tidy --yes --format json
json_is 'd["gone"][0]["rows"]' 0
run 0 audit --verify
run 0 --now 2026-11-21 show revenue --by rep --period 2026-Q3 --format json
cmp -s "$out" "$work/before" || fail "a number changed"

# A server does it by itself: tidying.py.
checks=$((checks + 1))
python_with jsonschema
"$python" "$here/tidying.py" "$ATTAIN" "$work/company" > "$out" 2> "$err" || fail "tidying.py"
finish
