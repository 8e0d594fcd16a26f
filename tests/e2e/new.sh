# attain new: an empty workspace, and one proposed from a file or a folder.
. "$(dirname "$0")/lib.sh"

# --- empty: what is there, and that it is sound ---
run 0 new my-company
says "my-company is a workspace now"
for file in attain.yaml sources/example.yaml kpis/my-kpis.yaml alerts/my-alerts.yaml data/.gitignore; do
  [ -f "my-company/$file" ] || fail "there is no $file"
done
grep -q "^name: .*My company" my-company/attain.yaml || fail "the name is not the folder's"
run 0 -C my-company check
run 1 -C my-company load
complains "no source yet"
run 1 -C my-company show
complains "attain load"
run 0 -C my-company kpis win_rate

# --- with answers ---
run 0 new us --name "US: \"Sales\"" --currency USD --time-zone America/New_York --year-starts april
run 0 -C us check
grep -q "USD" us/attain.yaml && grep -q "America/New_York" us/attain.yaml && grep -qi "april" us/attain.yaml || fail "the answers are not in attain.yaml"

# --- a currency that no file says is said to be taken for granted ---
run 0 new deals --from "$here/../../docs/example/deals.csv"
says "so amounts count as EUR"
run 0 new dollars --currency USD --from "$here/../../docs/example/deals.csv"
says_not "amounts count as"

# --- refused, and nothing made ---
run 1 new my-company
complains "not empty"
echo x > a-file
run 1 new a-file
complains "is a file"
run 2 new no1 --currency EURO
complains "EURO"
run 2 new no2 --time-zone Mars/Olympus
complains "Mars/Olympus"
run 2 new no3 --year-starts brumaire
run 1 new no4 --from nothing-there.csv
complains "nothing-there.csv"
: > empty.csv
run 1 new no5 --from empty.csv
[ -s "$err" ] || fail "no word about an empty file"
mkdir void
run 1 new no6 --from void
[ -s "$err" ] || fail "no word about an empty folder"
head -c 3000 /dev/urandom > noise.csv
"$ATTAIN" new noise --from noise.csv > "$out" 2> "$err" && code=0 || code=$?
last="new noise --from noise.csv"
[ "$code" -le 1 ] || fail "noise ends with $code"
for folder in no1 no2 no3 no4 no5 no6; do [ ! -e "$folder" ] || fail "$folder was made all the same"; done

# --- from one file of deals, semicolons and decimal commas, day first ---
cat > Angebote.csv <<'CSV'
Nr;Verkäufer;Kunde;Status;Angelegt am;Abgeschlossen am;Betrag
1;Anna Weiß;Müller GmbH;Gewonnen;03.01.2026;31.01.2026;1.234,50 €
2;Jörg Kern;Bäcker KG;Verloren;05.01.2026;28.02.2026;0,00 €
3;Anna Weiß;Ätna AG;Gewonnen;13.01.2026;15.03.2026;10.000,00 €
4;Jörg Kern;Müller GmbH;Offen;02.02.2026;;2.500,00 €
CSV
run 0 new de --from Angebote.csv
says "To check"
run 0 -C de --now 2026-11-21 load
run 0 -C de --now 2026-11-21 show won_deals lost_deals revenue --period 2026 --format json
json_is '[r["value"] for r in d["rows"]]' "[2, 1, 11234.5]"
json_is 'd["currency"]' EUR

# --- from an export of a known CRM: labels of Salesforce ---
mkdir sf
cat > sf/Opportunity.csv <<'CSV'
Id,AccountId,OwnerId,Name,StageName,Amount,Probability,CloseDate,CreatedDate,IsClosed,IsWon,ForecastCategoryName,Type,LeadSource
0065g00000AAAA1AAA,0015g00000BBBB1AAA,0055g00000CCCC1AAA,Acme roll-out,Closed Won,12000,100,2026-03-31,2026-01-05T09:00:00.000Z,true,true,Closed,New Business,Web
0065g00000AAAA2AAA,0015g00000BBBB1AAA,0055g00000CCCC1AAA,Acme spare parts,Closed Lost,3000,0,2026-04-15,2026-02-05T09:00:00.000Z,true,false,Omitted,New Business,Web
0065g00000AAAA3AAA,0015g00000BBBB2AAA,0055g00000CCCC2AAA,Beta pilot,Negotiation/Review,8000,60,2026-12-15,2026-09-05T09:00:00.000Z,false,false,Best Case,New Business,Partner
CSV
cat > sf/Account.csv <<'CSV'
Id,Name,Industry,OwnerId
0015g00000BBBB1AAA,Acme Ltd,Retail,0055g00000CCCC1AAA
0015g00000BBBB2AAA,Beta plc,Energy,0055g00000CCCC2AAA
CSV
cat > sf/User.csv <<'CSV'
Id,Name,Email,ManagerId,IsActive
0055g00000CCCC1AAA,Rita Moss,rita@x.example,,true
0055g00000CCCC2AAA,Sam Reed,sam@x.example,0055g00000CCCC1AAA,true
CSV
run 0 new sales --from sf
says "Salesforce"
run 0 -C sales --now 2026-11-21 load
run 0 -C sales --now 2026-11-21 show won_deals lost_deals open_deals revenue --by rep --period 2026 --format json
json_is '{(r["members"]["rep"], r["kpi"]): r["value"] for r in d["rows"] if r["value"]}' \
  "{('Rita Moss', 'won_deals'): 1, ('Rita Moss', 'lost_deals'): 1, ('Rita Moss', 'revenue'): 12000, ('Sam Reed', 'open_deals'): 1}"

# --- JSON and NDJSON, which nobody has seen ---
cat > odd.ndjson <<'JSON'
{"ref": "a1", "seller": "Kim", "opened": "2026-01-02", "closed": "2026-01-30", "state": "won", "total": 100.5}
{"ref": "a2", "seller": "Lou", "opened": "2026-01-03", "closed": "2026-02-20", "state": "lost", "total": 50}
{"ref": "a3", "seller": "Kim", "opened": "2026-01-04", "closed": null, "state": "open", "total": 75}
JSON
run 0 new odd --from odd.ndjson
run 0 -C odd --now 2026-11-21 load
run 0 -C odd --now 2026-11-21 show won_deals decided_deals revenue --period 2026 --format json
json_is '[r["value"] for r in d["rows"]]' "[1, 2, 100.5]"

# --- a folder inside the workspace-to-be is refused like any that has something in it; beside it is right ---
run 0 new beside --from sf/
grep -q '^folder:' beside/sources/*.yaml || fail "the source names no folder"
run 0 -C beside check
finish
