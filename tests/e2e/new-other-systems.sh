# Exports of other systems, loaded as they are proposed: what comes out is held against the raw files, counted by python. The files are those
# of the unit tests of proposals; where a system writes its own way (ids of two lengths, lines that share an order's totals, /Date(…)/,
# minutes and seconds), the numbers show whether it was understood.
. "$(dirname "$0")/lib.sh"
data="$here/../unit/ingest_propose/data"
now=2026-11-20

# --- Shopify: subtotals of what was not voided, less what was given back ---
cp "$data/shopify.csv" .
run 0 new shop --from shopify.csv
run 0 -C shop --now $now load
run 0 -C shop --now $now show invoiced_revenue --period 2026 --format json
expected=$(python3 -c "
import csv
rows = [r for r in csv.DictReader(open('shopify.csv')) if r['Financial Status']]
print(sum(round(100 * float(r['Subtotal'])) for r in rows if r['Financial Status'] != 'voided') - sum(round(100 * float(r['Refunded Amount'])) for r in rows))")
json_is 'round(100 * d["rows"][0]["value"])' "$expected"
run 0 -C shop --now $now load
says "nothing has changed"

# --- a changed order, and one that is gone: its lines are closed ---
sed -i '2s/,paid,/,voided,/' shopify.csv
last=$(tail -n 1 shopify.csv | cut -d, -f1)
grep -v "^$last," shopify.csv > less.csv && mv less.csv shopify.csv
run 0 -C shop --now 2026-11-21 load --format json
json_is 'sum(t["closed"] for t in d["loads"][0]["tables"]) > 0' True

# --- Salesforce: 18 characters in the export, 15 in the history ---
cp -r "$data/salesforce_ids" salesforce
run 0 new force --from salesforce
run 0 -C force --now $now load
says_not "not in the ledger"
says_not "no person record has"

# --- the older feed of Dynamics: won and lost by their codes, days from milliseconds ---
mkdir feed && cp "$data/dynamics_feed.json" feed
run 0 new dynamics --from feed
run 0 -C dynamics --now $now load
run 0 -C dynamics --now $now show won_deals lost_deals revenue --period all --format json
expected=$(python3 -c "
import json
rows = json.load(open('feed/dynamics_feed.json'))['d']['results']
won = [r for r in rows if r['StateCode']['Value'] == 1]
print([len(won), sum(r['StateCode']['Value'] == 2 for r in rows), round(sum(100 * float(r['ActualValue']['Value']) for r in won))])")
json_is '[d["rows"][0]["value"], d["rows"][1]["value"], round(100 * d["rows"][2]["value"])]' "$expected"

# --- Close: cents ---
cp "$data/close_api.csv" .
run 0 new close --from close_api.csv
run 0 -C close --now $now load
run 0 -C close --now $now show revenue --period all --format json
expected=$(python3 -c "
import csv
print(sum(int(r['value']) for r in csv.DictReader(open('close_api.csv')) if r['status_type'] == 'won'))")
json_is 'round(100 * d["rows"][0]["value"])' "$expected"

# --- talk times of minutes and seconds: their sum in seconds ---
cp "$data/call_log.csv" .
run 0 new calls --from call_log.csv
cat > calls/kpis/talk.yaml <<'YAML'
kpis:
  talk_time:
    name: Talk time
    question: How long were calls in the period?
    formula: sum(activity.duration on done_at)
    unit: hours
    better: neutral
YAML
run 0 -C calls --now $now load
run 0 -C calls --now $now show talk_time --period all --format json
expected=$(python3 -c "
import csv
print(sum(int(m) * 60 + int(s) for m, s in (r['Talk Time (mm:ss)'].split(':') for r in csv.DictReader(open('call_log.csv')))))")
json_is 'round(86400 * d["rows"][0]["value"])' "$expected"

# --- HubSpot: a history from its columns: every date of entering a stage is a change ---
cp "$data/hubspot_entered.csv" .
run 0 new hub --from hubspot_entered.csv
run 0 -C hub --now $now load --format json
expected=$(python3 -c "
import csv
print(sum(1 for r in csv.DictReader(open('hubspot_entered.csv')) for c in r if c.startswith('Date entered') and r[c]))")
json_is 'sum(t["new"] for t in d["loads"][0]["tables"] if t["table"] == "stage_change")' "$expected"
finish
