# A table with a cursor: only rows from the last position on are read, the latest row of an id counts, equal values are not lost, rows
# that come late are read by a full load, and what was rejected before stays told.
. "$(dirname "$0")/lib.sh"
mkdir -p co/sources co/in
printf 'name: Log Ltd\ncurrency: EUR\n' > co/attain.yaml
cat > co/sources/log.yaml <<'YAML'
source: log
folder: in
max_rejected: 50%
tables:
  deals: {file: "deals*.csv", extract: increment, cursor: Changed}
map:
  - to: opportunity
    from: deals
    columns: {id: Deal, amount: Amount, outcome: {constant: won}, created_at: Created, closed_at: Created}
YAML
cat > co/in/deals.csv <<'CSV'
Deal,Amount,Created,Changed
A,100,2026-03-01,2026-03-01T10:00:00Z
B,200,2026-03-01,2026-03-01T11:00:00Z
A,150,2026-03-01,2026-03-02T09:00:00+01:00
C,many,2026-03-01,2026-03-02T08:00:00Z
CSV
ask() { run 0 -C co --now 2026-11-21 show revenue won_deals --period 2026 --format json; json_is '[r["value"] for r in d["rows"]]' "$1"; }
counts() { json '[[t[k] for k in ("read", "new", "changed", "unchanged", "rejected", "skipped", "closed")] for l in d["loads"] for t in l["tables"]][0]'; }

# --- the latest row of A counts: 150 + 200; C is no deal ---
run 0 -C co --now 2026-04-01 load --format json
is "the first load" "$(counts)" "[4, 2, 0, 0, 1, 1, 0]"
ask "[350, 2]"
run 0 -C co check
says "many"

# --- the same again: rows at the position (A of 08:00 UTC, and C) are read again, and nothing changes ---
run 0 -C co --now 2026-04-02 load --format json
is "the same again" "$(counts)" "[4, 0, 0, 1, 1, 2, 0]"
json_is 'd["loads"][0]["load"]' None

# --- appended: a change of B, a new D at the very position, and E, which comes too late ---
cat >> co/in/deals.csv <<'CSV'
B,250,2026-03-01,2026-03-05T00:00:00Z
D,10,2026-03-01,2026-03-02T08:00:00Z
E,1000,2026-03-01,2026-02-01T00:00:00Z
CSV
run 0 -C co --now 2026-04-03 load --format json
is "what came" "$(counts)" "[7, 1, 1, 1, 1, 3, 0]"
ask "[410, 3]"

# --- another file instead, as a system exports only what changed: nothing else is closed, and what was rejected is still told ---
mv co/in/deals.csv whole.csv
printf 'Deal,Amount,Created,Changed\nF,40,2026-03-01,2026-03-06T00:00:00Z\n' > co/in/deals-2.csv
run 0 -C co --now 2026-04-04 load
ask "[450, 4]"
run 0 -C co check
says "many"

# --- a full load reads what came late ---
mv whole.csv co/in/deals.csv
run 0 -C co --now 2026-04-05 load
ask "[450, 4]"
run 0 -C co --now 2026-04-05 load --full
ask "[1450, 5]"
# … and the same records at once give the same
cp -R co once && rm -rf once/data
run 0 -C once --now 2026-04-05 load
run 0 -C once --now 2026-11-21 records won_deals --period 2026 --format csv
cp "$out" wanted
run 0 -C co --now 2026-11-21 records won_deals --period 2026 --format csv
is "the records" "$(cat "$out")" "$(cat wanted)"

# --- killed before the commit, the position is where it was ---
printf 'G,5,2026-03-01,2026-03-07T00:00:00Z\n' >> co/in/deals-2.csv
last="killed in the commit"
ATTAIN_FAULT=store.commit:1:kill "$ATTAIN" -C co --now 2026-04-06 load > "$out" 2> "$err" && fail "was not killed"
ask "[1450, 5]"
run 0 -C co --now 2026-04-06 load
ask "[1455, 6]"

# --- a rising number; and a column that is neither ---
sed -i 's/cursor: Changed/cursor: Amount/' co/sources/log.yaml
run 1 -C co load
complains 'neither a number nor a time'
sed -i 's/cursor: Amount/cursor: Chnged/' co/sources/log.yaml
run 1 -C co load
complains 'did you mean "Changed"'
run 1 -C co check
says 'did you mean "Changed"'
sed -i 's/cursor: Chnged/cursor: Version/' co/sources/log.yaml
rm co/in/deals.csv
printf 'Deal,Amount,Created,Version\nF,41,2026-03-01,9\nF,44,2026-03-01,10\n' > co/in/deals-2.csv
run 0 -C co --now 2026-04-07 load
ask "[1459, 6]"
printf 'Deal,Amount,Created,Version\nF,40,2026-03-01,9\nG,6,2026-03-01,11\n' > co/in/deals-2.csv
run 0 -C co --now 2026-04-08 load
ask "[1460, 6]"
finish
