# A load is killed, as by kill -9, at many of its points: it happened or it did not, and loading again gives what an undisturbed load gives.
. "$(dirname "$0")/lib.sh"
prepare

killed() { # after a kill the database opens, is as before or as after, and the next load does the rest
  picture > now.txt
  checks=$((checks + 1))
  cmp -s before.txt now.txt || cmp -s after.txt now.txt || fail "half a load: $(diff before.txt now.txt | head -10)"
  last="load after $1"
  load || fail "the load after $1 fails"
  same after
  undo
}

nth=1
while :; do
  code=0
  ATTAIN_FAULT="*:$nth:kill" "$ATTAIN" -C ws --now 2026-11-02 load > "$out" 2> "$err" < /dev/null || code=$?
  [ "$code" = 0 ] && break
  is "the exit code of a killed load" "$code" 137
  killed "a kill at point $nth"
  nth=$((nth + 23))
  if [ "$nth" -ge 500 ]; then
    fail "points do not end"
    break
  fi
done 2> /dev/null
[ "$nth" -gt 20 ] || fail "only $nth points"
undo

# --- at the commit itself, and from outside at whatever it is doing when some work of ours is done ---
code=0
ATTAIN_FAULT=store.commit:1:kill "$ATTAIN" -C ws --now 2026-11-02 load > "$out" 2> "$err" < /dev/null || code=$?
is "the exit code of a killed load" "$code" 137
killed "a kill at the commit"
for work_done in 20000 120000; do
  "$ATTAIN" -C ws --now 2026-11-02 load > "$out" 2> "$err" < /dev/null &
  loading=$!
  i=0
  while [ "$i" -lt "$work_done" ] && kill -0 "$loading" 2> /dev/null; do i=$((i + 1)); done
  kill -9 "$loading" 2> /dev/null
  wait "$loading" 2> /dev/null
  killed "a kill from outside"
done
finish
