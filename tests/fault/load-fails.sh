# Every call of a load that can fail is made to fail, one after the other: the load says so, exits with 1, leaks nothing, and leaves the
# database as it was; the next load, undisturbed, does all of it.
. "$(dirname "$0")/lib.sh"
prepare

# A fault that a load gets over (a look that is only for hints) must change nothing in what it does; several such in a row are the end.
nth=0 failed=0 passed=0
while [ "$passed" -lt 4 ] && [ "$nth" -lt 500 ]; do
  nth=$((nth + 1))
  last="load with fault $nth"
  code=0
  ATTAIN_FAULT="*:$nth" "$ATTAIN" -C ws --now 2026-11-02 load > "$out" 2> "$err" < /dev/null || code=$?
  if [ "$code" = 0 ]; then
    expect_code "$code" 0
    passed=$((passed + 1))
    same after
    undo
    continue
  fi
  passed=0 failed=$((failed + 1))
  expect_code "$code" 1
  [ -s "$err" ] || fail "fault $nth gives no message"
  # A look at the whole after every tenth: what one of them left behind would still be there.
  if [ $((nth % 10)) = 0 ]; then same before; fi
done
echo "$failed faults"
[ "$failed" -gt 20 ] || fail "only $failed faults"
[ "$nth" -lt 500 ] || fail "faults do not end"

# --- the first load of all: a database that cannot be made is not half there ---
for point in store.open:1 store.run:1 store.run:20 store.query:3 store.commit:1 ingest.write:1; do
  rm -rf ws/data
  code=0
  last="first load with fault $point"
  ATTAIN_FAULT=$point "$ATTAIN" -C ws --now 2026-11-01 load > "$out" 2> "$err" < /dev/null || code=$?
  expect_code "$code" 1
  [ -s "$err" ] || fail "no message"
  run 0 -C ws --now 2026-11-01 load
  run 0 -C ws --now 2026-12-01 show won_deals --period 2026 --format json
  json_is 'd["rows"][0]["value"]' 3
done
finish
