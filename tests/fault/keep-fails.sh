# A program that keeps a workspace open while calls of it fail, the disk is full, and its database is damaged: it says so, goes on
# answering what it knows, and when the fault is over it loses nothing.
. "$(dirname "$0")/keep.sh"
cp -R ws before
keep ref 'run 1 16\nask ref.txt 3\n'
again() {
  rm -rf ws
  cp -R before ws
}
no_faults_but() { # what it said besides the usual, and this
  checks=$((checks + 1))
  grep -v -e '^open$' -e '^asked$' -e '^acked' -e '^limited$' -e '^one ' -e "$1" -e 'Error: ' "$out" > others && fail "it says $(cat others)"
}

# --- every so manieth call fails once: a change is tried again, and is there once ---
for nth in 150 331 506 689 872 1055 1238; do
  again
  export ATTAIN_FAULT="*:$nth"
  keep ws 'again 1 16\nask cells.txt 3\nask cells.txt 3\n'
  unset ATTAIN_FAULT
  no_faults_but '^failed'
  same_answers cells.txt ref.txt "cells after fault $nth"
  keep 'ws records' 'ask records.txt 3\n'
  same_answers records.txt ref.txt "records after fault $nth"
done

# --- the disk is full when a change is written ---
again
trap '' XFSZ
keep ws 'run 1 8\nask cells.txt 3\none revenue\nlimit 20000\nrun 9 16\none revenue\nlimit 0\none revenue\nrun 9 16\nask cells.txt 3\n'
says 'failed 9'
says 'the disk is full'
says 'nothing was changed'
no_faults_but '^failed 9'
is "the questions asked" "$(grep -c '^one ' "$out")" 3
same_answers cells.txt ref.txt "cells after a full disk"
keep 'ws records' 'ask records.txt 3\n'
same_answers records.txt ref.txt "records after a full disk"

# --- … and when the database moves what was written into its file, which has no room for a second ten thousand deals: what was written
# before is there, and it is opened anew ---
again
cp -R ws roomy
keep roomy 'bulk 1\nbulk 2\nrun 1 16\nask roomy.txt 3\n'
keep ws 'one won_deals\nlimit 21000000\nbulk 1\nbulk 2\nrun 1 16\none won_deals\nlimit 0\nrun 3 16\none won_deals\nask cells.txt 3\n'
trap - XFSZ
says 'failed 3'
says 'the disk is full'
says 'the records are written and in the answers'
no_faults_but '^failed 3'
is "the questions asked" "$(grep -c '^one ' "$out")" 3
is "deals with twice ten thousand" "$(($(sed -n 's/^one //p' "$out" | sed -n 2p) - $(sed -n 's/^one //p' "$out" | sed -n 1p) > 19999))" 1
keep 'ws records' 'ask records.txt 3\n'
same_answers cells.txt records.txt "cells after the database was lost"
sed -i 1d cells.txt roomy.txt # the number of the load: what was written when it failed is unchanged when it comes again
same_answers cells.txt roomy.txt "answers after the database was lost, beside those of one with room"

# --- damaged before it is opened: said with the file and what to do ---
damaged() { # FILE WHAT TO DO
  last="keeper of a damaged workspace ($1)"
  code=0
  "$KEEPER" ws < /dev/null > "$out" 2> "$err" || code=$?
  expect_code "$code" 1
  complains "$1"
  complains "$2"
  run 1 -C ws show won_deals
  complains "$1"
}
again
head -c 4096 /dev/zero | dd of=ws/data/attain.duckdb conv=notrunc 2> /dev/null
damaged attain.duckdb 'restore it from a backup'

# The log of a process that was killed: cut off it is as if the last changes were never made; with something else in it, it is damaged.
again
code=0
printf 'run 1 16\n' | ATTAIN_FAULT=store.commit:9:kill "$KEEPER" ws > "$out" 2> "$err" || code=$?
is "the exit code of a killed program" "$code" 137
cp -R ws killed
size=$(wc -c < ws/data/attain.duckdb.wal)
for part in 1 3 5 7; do
  rm -rf ws
  cp -R killed ws
  head -c $((size * part / 8)) killed/data/attain.duckdb.wal > ws/data/attain.duckdb.wal
  keep 'ws records' 'ask records.txt 3\n'
  there=$(($(sed -n '1s/load //p' records.txt) - loads))
  checks=$((checks + 1))
  [ "$there" -ge 0 ] && [ "$there" -lt 8 ] || fail "of a log cut off there are $there changes"
  well_derived ws
done
rm -rf ws
cp -R killed ws
head -c 3000 /dev/zero >> ws/data/attain.duckdb.wal
damaged attain.duckdb.wal 'move it away'
rm ws/data/attain.duckdb.wal
keep ws 'run 1 16\nask cells.txt 3\n'
same_answers cells.txt ref.txt "changes made again after the log was taken away"

# --- damaged while it is open: what is known is answered, nothing crashes, and what cannot be done is said ---
again
mkfifo tell told
"$KEEPER" ws < tell > told 2> "$err" &
keeper=$!
at_exit() { kill -9 "$keeper" 2> /dev/null; }
exec 4> tell 5< told
read -r word <&5
echo 'ask cells.txt 3' >&4
read -r word <&5
is "before it is damaged" "$word" asked
size=$(wc -c < ws/data/attain.duckdb)
head -c $((size - 12288)) /dev/zero | tr '\0' '\377' | dd of=ws/data/attain.duckdb bs=12288 seek=1 conv=notrunc 2> /dev/null
echo 'ask still.txt 3' >&4
read -r word <&5
is "while it is damaged" "$word" asked
same_answers still.txt cells.txt "what is known while the database is damaged"
exec 4>&-
cat <&5 > /dev/null
code=0
wait "$keeper" || code=$?
at_exit() { :; }
expect_code "$code" 0
damaged attain.duckdb 'restore it from a backup'
finish
