# A database that is not to be had: in use, of a newer version, damaged, empty, in the way, on a full disk. Nothing is lost, nothing is guessed.
. "$(dirname "$0")/lib.sh"
company co
run 0 -C co --now 2026-11-21 load
database=co/data/attain.duckdb
cp "$database" good.duckdb
still_there() {
  run 0 -C co --now 2026-11-21 show won_deals revenue --period 2026 --format json
  json_is '[r["value"] for r in d["rows"]]' "[18, 156997]"
}

# --- in use by another process, which holds it until told to let go ---
mkfifo go held
"$HOLDER" hold "$database" < go > held &
holder=$!
at_exit() { kill "$holder" 2> /dev/null; }
exec 3> go
read -r word < held
is "the other process" "$word" "held"
run 1 -C co load
complains "in use by"
complains "process $holder"
run 1 -C co show win_rate
complains "in use by"
run 1 -C co check
says "in use by"
exec 3>&-
wait "$holder"
at_exit() { :; }
still_there

# --- written by a newer version ---
"$HOLDER" newer "$database" || fail "the database cannot be made newer"
run 1 -C co show win_rate
complains "update Attain"
run 1 -C co load
complains "update Attain"
cp good.duckdb "$database"
still_there

# --- damaged at its head, within, and cut short ---
damaged() {
  run 1 -C co show win_rate
  complains "attain.duckdb"
  complains "damaged"
  run 1 -C co load
  complains "attain.duckdb"
  cp good.duckdb "$database"
}
head -c 4096 /dev/zero | dd of="$database" conv=notrunc 2> /dev/null
damaged
head -c 100 good.duckdb > "$database"
damaged
printf 'this is a letter, not a database; it was put here by mistake, and it is longer than a line.\n' > "$database"
damaged
size=$(wc -c < good.duckdb)
for part in 3 4 5; do
  cp good.duckdb "$database"
  head -c 20000 /dev/zero | tr '\0' '\377' | dd of="$database" bs=1 seek=$((size * part / 8)) conv=notrunc 2> /dev/null
  last="damaged at $part eighths"
  "$ATTAIN" -C co --now 2026-11-21 show won_deals --period 2026 > "$out" 2> "$err" < /dev/null && code=0 || code=$?
  checks=$((checks + 1))
  case $code in 0) says 18 ;; 1) [ -s "$err" ] || fail "no message" ;; *) fail "a damaged database ends with $code" ;; esac
done
cp good.duckdb "$database"

# --- empty: as after a copy that failed ---
: > "$database"
run 1 -C co show win_rate
[ -s "$err" ] || fail "no word about an empty database"
cp good.duckdb "$database"

# --- a folder in its place ---
rm "$database" && mkdir "$database"
run 1 -C co load
complains "attain.duckdb"
run 1 -C co show win_rate
complains "attain.duckdb"
rmdir "$database"
run 1 -C co show win_rate
complains "attain load"
cp good.duckdb "$database"

# --- a full disk: files may grow no further than the database is now (as ulimit counts: blocks of 512 bytes) ---
{ cat co/exports/deals.csv; awk 'BEGIN { for (i = 1; i <= 60000; i++) printf "E-%d,Ana Silva,,Pump 100,Closed Won,2026-01-%02d,2026-02-%02d,%d,note %d of many\n", i, 1 + i % 28, 1 + i % 28, i, i * 7919 }'; } > deals
cp co/exports/deals.csv few
cp deals co/exports/deals.csv
last="load on a full disk"
code=0
# The signal that comes with the limit is ignored, so that writing fails as on a full disk.
(trap '' XFSZ; ulimit -f $((size / 512 + 256)); exec "$ATTAIN" -C co --now 2026-11-22 load) > "$out" 2> "$err" < /dev/null || code=$?
expect_code "$code" 1
complains "the disk is full"
complains "nothing"
cp few co/exports/deals.csv
still_there
run 0 -C co --now 2026-11-22 load
says "nothing has changed"
finish
