# Bad input files: each gives an error that names what, where and what to write instead; and what was loaded before is still there.
. "$(dirname "$0")/lib.sh"
company co
cp -R co/exports good
run 0 -C co --now 2026-11-21 load
printf 'limits: {max_rejected: 20%%}\n' >> co/attain.yaml
restore() { rm -rf co/exports && cp -R good co/exports; }
still_there() {
  run 0 -C co --now 2026-11-21 show won_deals revenue --period 2026 --format json
  json_is '[r["value"] for r in d["rows"]]' "[18, 156997]"
}
refused() { # the load fails, names the file and more, and changes nothing
  run 1 -C co --now 2026-11-22 load
  complains "nothing of it has changed"
  for text in "$@"; do complains "$text"; done
  still_there
  restore
}

# --- not there; a folder in its place; empty ---
rm co/exports/deals.csv
refused deals.csv
rm co/exports/deals.csv && mkdir co/exports/deals.csv
refused deals.csv
: > co/exports/deals.csv
refused deals.csv

# --- a workbook, whatever its name ---
printf 'PK\003\004\024\000\006\000xl/workbook.xml' > co/exports/deals.csv
refused deals.csv "an Excel workbook" "save the sheet as CSV"
printf '\320\317\021\340\241\261\032\341' > co/exports/deals.csv
refused "an Excel workbook"
printf 'PK\003\004\024\000\006\000[Content_Types].xml' > book.xlsx
run 1 new book --from book.xlsx
complains "book.xlsx: it is an Excel workbook: save the sheet as CSV (File, Save As, CSV UTF-8)"
[ ! -e book ] || fail "a workspace was made of a workbook"
printf 'id,\002amount\n1,2\n' > control.csv
run 1 new control --from control.csv
complains "control characters"

# --- half written: cut within a quoted field ---
head -c 200 good/deals.csv > co/exports/deals.csv
printf 'D-1002,Ben,"Grant, Ha' >> co/exports/deals.csv
refused "deals.csv:3" "the file ends within this row"
head -c 1000 good/deals.csv > co/exports/deals.csv
refused deals.csv "the file ends within this row"

# … or within a character
iconv -f utf-8 -t utf-16le good/deals.csv | head -c 1001 > co/exports/deals.csv
refused deals.csv "ends within a character of UTF-16LE" "it was not written to its end"

# --- a column that is gone ---
cut -d, -f1-3,5- good/deals.csv > co/exports/deals.csv
refused 'deals.csv has no column "Product"; its columns are' "take this one out of the mapping"

# --- no CSV at all ---
head -c 4000 "$ATTAIN" > co/exports/deals.csv
refused deals.csv

# --- a wrong encoding: bytes that are neither UTF-8 nor what the source says ---
printf 'Deal ID,Owner,Account,Product,Stage,Opened,Closed,Value,Source\nD-1001,Chlo\351 Martin,,Pump 100,Qualify,2026-01-06,,1,Web\n' > co/exports/deals.csv
sed -i 's/deals:    {file: deals.csv}/deals:    {file: deals.csv, csv: {encoding: utf-8}}/' co/sources/crm.yaml
refused deals.csv
# … said rightly, the name is read
printf 'Deal ID,Owner,Account,Product,Stage,Opened,Closed,Value,Source\n' > co/exports/deals.csv
tail -n +2 good/deals.csv | iconv -f utf-8 -t windows-1252 >> co/exports/deals.csv
sed -i 's/encoding: utf-8/encoding: windows-1252/' co/sources/crm.yaml
run 0 -C co --now 2026-11-22 load
says "nothing has changed"
sed -i 's/, csv: {encoding: windows-1252}//' co/sources/crm.yaml
restore
iconv -f utf-8 -t utf-16 good/deals.csv > co/exports/deals.csv
run 0 -C co --now 2026-11-22 load
says "nothing has changed"
restore

# --- a column gone after the first load: named, with the place in the source and the nearest headers ---
sed -i '1s/Opened/Opened On/' co/exports/deals.csv
refused "Opened" "deals.csv" "Opened On" "crm.yaml"
cut -d, -f1,3- good/people.csv > co/exports/people.csv
refused "Email" "people.csv"

# --- rows that are shorter or longer than the head ---
printf 'D-3001,Ana Silva\n' >> co/exports/deals.csv
"$ATTAIN" -C co --now 2026-11-22 load > "$out" 2> "$err" && code=0 || code=$?
last="load with a short row"
[ "$code" -le 1 ] || fail "a short row ends with $code"
restore
run 0 -C co --now 2026-11-22 load

# --- a date that is no date; a number that is none; an id twice; the rest is loaded, the rows are kept with their reason ---
printf 'D-3001,Ana Silva,,Pump 100,Closed Won,2026-02-31,2026-10-05,100,Web\nD-3002,Ana Silva,,Pump 100,Closed Won,2026-10-01,2026-10-05,1.2.3,Web\n' >> co/exports/deals.csv
printf 'D-3003,Ana Silva,,Pump 100,Closed Won,2026-10-01,2026-10-05,200,Web\nD-3003,Ben O'"'"'Neil,,Pump 100,Closed Won,2026-10-01,2026-10-06,300,Web\n' >> co/exports/deals.csv
run 0 -C co --now 2026-11-22 load
says "3"
run 0 -C co --now 2026-11-22 check
says "2026-02-31"
says "1.2.3"
says "D-3003 is already on line 54"
run 0 -C co --now 2026-11-22 show won_deals revenue --period 2026-10 --format json
json_is '[r["value"] for r in d["rows"]]' "[1, 200]"
restore
run 0 -C co --now 2026-11-22 load
still_there

# --- compressed files cut short; JSON cut short ---
mkdir co/more
printf '%s\n' 'source: more' 'folder: more' 'tables: {t: {file: "*"}}' 'map:' '  - to: account' '    from: t' '    columns: {id: id, name: name}' > co/sources/more.yaml
python3 -c 'for i in range(3000): print("{\"id\": \"a%d\", \"name\": \"Customer %d\"}" % (i, i * i))' > whole.ndjson
gzip -c whole.ndjson > whole.ndjson.gz
accounts() { run "${1:-0}" -C co check --format json; json 'sum(l["new"] for l in d["loads"] if l["source"] == "more")'; }
head -c 4000 whole.ndjson.gz > co/more/cut.ndjson.gz
run 1 -C co load more
complains "cut.ndjson.gz"
is "accounts of a file cut short" "$(accounts 1)" 0
rm co/more/*
head -c 4000 whole.ndjson > co/more/cut.ndjson
run 1 -C co load more
complains "cut.ndjson"
is "accounts of JSON cut short" "$(accounts)" 0
rm co/more/*
printf '[{"id": "a1", "name": "One"}, {"id": "a2", "na' > co/more/cut.json
run 1 -C co load more
complains "cut.json"
rm co/more/*
printf 'PAR1 this is no parquet file PAR1' > co/more/bad.parquet
run 1 -C co load more
complains "bad.parquet"
rm co/more/*
cp whole.ndjson.gz co/more/
run 0 -C co load more
is "accounts of the whole file" "$(accounts)" 3000

# --- a currency without a rate: the amount is kept, totals say what is missing ---
mkdir fx fx/sources fx/files
printf 'name: Fx\ncurrency: EUR\n' > fx/attain.yaml
cat > fx/sources/crm.yaml <<'YAML'
source: crm
folder: files
tables: {deals: {file: deals.csv}, rates: {file: rates.csv}}
map:
  - to: fx_rate
    from: rates
    columns: {id: {sql: "Currency || Day"}, currency: Currency, day: Day, rate: Rate}
  - to: opportunity
    from: deals
    columns: {id: Id, owner: Rep, closed_at: Closed, outcome: {constant: won}, amount: Amount, currency: Currency}
YAML
printf 'Currency,Day,Rate\nUSD,2026-01-01,0.9\n' > fx/files/rates.csv
printf 'Id,Rep,Closed,Amount,Currency\n1,Ann,2026-03-01,100,EUR\n2,Ann,2026-03-02,100,USD\n3,Ann,2026-03-03,100,CHF\n' > fx/files/deals.csv
run 0 -C fx --now 2026-11-21 load
run 0 -C fx --now 2026-11-21 show revenue won_deals --period 2026 --format json
json_is '[r["value"] for r in d["rows"]]' "[190, 3]"
json_is 'd["rows"][0]["flags"], d["rows"][0]["missing_rates"]' "(['missing_rates', 'running'], 1)"
run 0 -C fx --now 2026-11-21 show revenue --period 2026
says "leaves out 1 amount in a currency without an exchange rate"
run 0 -C fx --now 2026-11-21 check
says "CHF"
printf 'CHF,2026-01-01,1.05\n' >> fx/files/rates.csv
run 0 -C fx --now 2026-11-22 load
run 0 -C fx --now 2026-11-22 show revenue --period 2026 --format json
json_is 'd["rows"][0]["value"]' 295
finish
