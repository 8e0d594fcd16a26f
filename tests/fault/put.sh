# A record that is put by a program (docs/example/library.c, through libattain): wherever the put fails or the process is killed, the
# record is there with all that follows from it, or nothing of it is; when the program was told that it is done, it is there. Putting it
# again then gives what an undisturbed put gives.
. "$(dirname "$0")/lib.sh"
: "${EXAMPLE:?the program that puts}"

picture() { # when things were loaded is told by the system's clock
  "$ATTAIN" -C ws --now 2026-12-01 show won_deals created_deals revenue stage_conversion --by rep --period 2026 --format csv 2>&1
  "$ATTAIN" -C ws --now 2026-12-01 check --format json 2>&1 | sed 's/"seconds": [0-9.]*//; s/"\(loaded_\)\?at": "[^"]*"//g'
}

put() {
  last="library-example under ATTAIN_FAULT=$1"
  code=0
  ATTAIN_FAULT=$1 "$EXAMPLE" ws > "$out" 2> "$err" < /dev/null || code=$?
}

told() { grep -q '^-- change' "$out"; }

cp before.csv ws/files/deals.csv
run 0 -C ws --now 2026-11-01 load
cp ws/data/attain.duckdb before.duckdb
picture > before.txt
put none:1
expect_code "$code" 0
told || fail "nobody was told"
picture > after.txt
grep -q '12000' after.txt || fail "the deal is not there"
undo

# --- failing ---
nth=1 failed=0 passed=0
while [ "$passed" -lt 15 ] && [ "$nth" -lt 2000 ]; do # faults in the question before the put, some forty calls, stop nothing
  put "*:$nth"
  if [ "$code" = 0 ]; then
    expect_code "$code" 0
    same after
    passed=$((passed + 1))
  else
    expect_code "$code" 1
    [ -s "$err" ] || fail "fault $nth gives no message"
    if told || grep -q 'records are written' "$err"; then same after; else same before; fi
    passed=0 failed=$((failed + 1))
  fi
  undo
  nth=$((nth + 3))
done
echo "$failed faults"
[ "$failed" -gt 15 ] || fail "only $failed faults"

# --- killed ---
nth=3 killed=0
while put "*:$nth:kill" && [ "$code" != 0 ] && [ "$nth" -lt 2000 ]; do
  is "the exit code of a killed program" "$code" 137
  killed=$((killed + 1))
  if told; then
    same after
  else
    picture > now.txt
    checks=$((checks + 1))
    cmp -s before.txt now.txt || cmp -s after.txt now.txt || fail "half a put: $(diff before.txt now.txt | head -10)"
  fi
  put none:1
  expect_code "$code" 0
  same after
  undo
  nth=$((nth + 13))
done 2> /dev/null
echo "$killed kills"
[ "$killed" -gt 3 ] || fail "only $killed kills"
undo

put store.commit:1:kill
is "the exit code at the commit" "$code" 137
same before
finish
