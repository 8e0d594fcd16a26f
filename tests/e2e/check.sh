# attain check: what it finds in definitions, sources and records, as text and as JSON; errors decide the exit code.
. "$(dirname "$0")/lib.sh"
company co

# --- before a load: sound, and it says what is missing ---
run 0 -C co check
says "Definitions: sound"
says "(1 your own)"
says "attain load"
says "nothing was loaded yet"
says_not "All is sound"

# --- loaded ---
run 0 -C co --now 2026-11-21 load
run 0 -C co --now 2026-11-21 check
says "Sources: sound"
says "opportunity 50"
says "8 of 50 deals have no account"
run 0 -C co --now 2026-11-21 check --format json
json_is 'd["errors"]' 0
json_is 'd["n_rejected"]' 0
json_is '[(l["load"], l["source"], l["new"]) for l in d["loads"]]' "[(1, 'crm', 86)]"
json_is 'sorted(set(f["severity"] for f in d["findings"]) - {"note", "warning", "error"})' "[]"

# --- rejected rows: kept with their reason, file and line, and counted ---
sed -i 's/^D-1002,\(.*\),2026-03-21,0,/D-1002,\1,21. Mrz 26 ca.,0,/; s/^D-1003,\(.*\),3400,/D-1003,\1,three thousand,/' co/exports/deals.csv
printf 'D-1004,Eva Novak,,Valve Kit,Quote,2026-02-01,,1,Web\n' >> co/exports/deals.csv
printf 'limits: {max_rejected: 10%%}\n' >> co/attain.yaml
run 0 -C co --now 2026-11-22 load --format json
json_is '[t["rejected"] for t in d["loads"][0]["tables"] if t["table"] == "opportunity"]' "[3]"
run 0 -C co --now 2026-11-22 check --format json
json_is 'd["n_rejected"]' 3
json_is 'sorted((r["line"], r["table"], r["file"]) for r in d["rejected"])' "[(3, 'opportunity', 'deals.csv'), (4, 'opportunity', 'deals.csv'), (52, 'opportunity', 'deals.csv')]"
json_is 'json.loads([r["row"] for r in d["rejected"] if r["line"] == 4][0])["Value"]' "three thousand"
run 0 -C co --now 2026-11-22 check
says "21. Mrz 26 ca."
says "three thousand"
says "D-1004"
says "3 rows were rejected"

# --- the bad rows took nothing from the others; what was known of them stays ---
run 0 -C co --now 2026-11-22 show decided_deals --period 2026-02 --format json
json_is 'd["rows"][0]["value"]' 4

# --- more bad rows than the limit: nothing is changed ---
printf 'max_rejected: 1%%\n' >> co/sources/crm.yaml
run 1 -C co --now 2026-11-23 load
complains "max_rejected"
complains "nothing of it has changed"
run 0 -C co --now 2026-11-23 check --format json
json_is 'len(d["loads"])' 2

sed -i '/^max_rejected/d' co/sources/crm.yaml

# --- definitions and sources that are wrong: places, and exit code 1 ---
printf 'kpis:\n  bad_rate:\n    formula: won_dels / decided_deals\n' > co/kpis/bad.yaml
printf 'source: two\ntables: {a: {file: none.csv}}\nmap:\n  - to: oportunity\n    from: a\n    columns: {id: x}\n' > co/sources/two.yaml
run 1 -C co check
says "bad.yaml:3:14"
says "won_deals"
says "two.yaml:4:"
says "opportunity"
run 1 -C co check --format json
json_is 'd["errors"] >= 2' True
json_is 'sorted(set(f["section"] for f in d["findings"] if f["severity"] == "error"))' "['definitions', 'sources']"
rm co/kpis/bad.yaml co/sources/two.yaml

# --- files as they are now: a column that is gone, an expression over it, a file that is gone; large files cost no more ---
cp co/exports/deals.csv deals.kept
cp co/sources/crm.yaml crm.kept
sed -i '1s/Value/Net Value/' co/exports/deals.csv
run 1 -C co check
says 'crm.yaml:'
says 'deals.csv has no column "Value"; did you mean "Net Value"?'
mv co/exports/people.csv people.kept
run 1 -C co check --format json
json_is 'sum("people.csv" in f["message"] for f in d["findings"] if f["severity"] == "error")' 1
mv people.kept co/exports/people.csv
head -1 deals.kept > co/exports/deals.csv
for i in 1 2 3 4; do yes "$(sed -n 2p deals.kept)" | head -60000 >> co/exports/deals.csv; done
run 0 -C co check
says "Sources: sound"
printf 'PK\003\004xl/workbook.xml' > co/exports/deals.csv
run 1 -C co check
says "an Excel workbook"
cp deals.kept co/exports/deals.csv

# --- a circle of managers, a circle of teams ---
sed -i 's/^Maria Costa,\(.*\),,North/Maria Costa,\1,Ana Silva,North/' co/exports/people.csv
run 0 -C co --now 2026-11-24 load 
run 1 -C co --now 2026-11-24 check
says "Maria Costa"
says "Ana Silva"
run 0 -C co --now 2026-11-24 show won_deals --by manager --period 2026 --format json
json_is 'd["totals"][0]["value"]' 18
finish
