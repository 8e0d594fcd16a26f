# A program that puts records while others ask and are told of changes is killed again and again: when so many changes were acknowledged,
# at the nth point at which something can fail, and before a commit. Each time the workspace is as after all changes that were
# acknowledged, or one more: what cells say is what the records say, and both what an undisturbed workspace says. FAULT_KILLS and
# FAULT_SEED choose how often, and where.
. "$(dirname "$0")/keep.sh"
kills=${FAULT_KILLS:-9}
seed=${FAULT_SEED:-$(date +%s)}
echo "FAULT_SEED=$seed"
mkfifo pipe
n_asked=3 # of the questions; in the end all
done_before=0 in_ref=0 while_writing=0 more=0

# changes that the workspace has, by the records; the undisturbed one is brought there
look() {
  keep 'ws records' "ask records.txt $n_asked\n"
  done=$(($(sed -n '1s/load //p' records.txt) - loads))
  if [ "$done" -gt "$in_ref" ]; then
    keep ref "run $((in_ref + 1)) $done\nask ref.txt $n_asked\n"
    in_ref=$done
  fi
  [ ! -f ref.txt ] || same_answers records.txt ref.txt "after $1"
}

# The program, until it ends: after $1 acknowledged changes it is killed, unless it has been by then.
run_until() {
  acked=$done_before
  seen=0
  rm -f cells.txt
  printf 'ask cells.txt %s\nfollow\nrun %s %s\n' $n_asked $((done_before + 1)) $((done_before + 40)) > commands
  ATTAIN_FAULT=$2 "$KEEPER" ws < commands > pipe 2> "$err" &
  keeper=$!
  exec 4< pipe
  asked=0
  while read -r word step <&4; do
    case $word in
      asked) asked=1 ;;
      acked)
        acked=$step seen=$((seen + 1))
        if [ "$seen" = "$1" ]; then
          spun=0
          while [ "$spun" -lt "$3" ]; do spun=$((spun + 1)); done
          kill -9 "$keeper" 2> /dev/null
        fi ;;
      failed) echo "failed $step" >> "$err" ;;
    esac
  done
  exec 4<&-
  code=0
  wait "$keeper" || code=$?
  keeper=
}

at_exit() { [ -z "${keeper:-}" ] || kill -9 "$keeper" 2> /dev/null; }

awk -v seed="$seed" -v n="$kills" 'BEGIN { srand(seed); for (i = 0; i < n; i++) print int(1 + rand() * 12), int(rand() * 300), int(1 + rand() * 2500), int(1 + rand() * 12) }' > moments
round=0
while read -r n spin point commit <&5; do
  round=$((round + 1))
  case $((round % 3)) in
    0) n=-1 fault=store.commit:$commit:kill ;;
    1) n=$n fault=none:1 ;;
    2) n=-1 fault=*:$point:kill ;;
  esac
  run_until "$n" "$fault" "$spin"
  last="kill $round ($fault, after $n acknowledged)"
  [ "$code" = 137 ] || [ "$seen" = 40 ] || fail "the exit code is $code"
  [ ! -s "$err" ] || fail "it complains"
  [ "$asked" = 0 ] || [ ! -f records.txt ] || same_answers cells.txt records.txt "cells after kill $((round - 1))"
  look "$last"
  [ "$acked" = "$done_before" ] || while_writing=$((while_writing + 1))
  [ "$done" -ge "$acked" ] || fail "acknowledged were $acked, there are $done"
  [ "$done" -le $((acked + 1)) ] || fail "acknowledged were $acked, and there are $done"
  more=$((more + done - acked))
  done_before=$done
  [ $((round % 5)) != 0 ] || well_derived ws
done 5< moments 2> /dev/null
echo "$kills kills, $while_writing of them among changes, $more changes were there unacknowledged; $done_before changes"
[ "$while_writing" -gt $((kills / 3)) ] || fail "only $while_writing kills among changes"

n_asked=0
rm ref.txt
keep ws 'ask cells.txt\n'
look 'all kills'
keep ref 'ask ref.txt\n'
same_answers cells.txt records.txt 'all that cells say after all kills'
same_answers cells.txt ref.txt 'all that is said after all kills'

# Row by row as the undisturbed one, with what is derived and the history. The audit log sums up what was put, over minutes that a kill
# ends early, so that its entries are others; they still follow from each other.
well_derived ws
grep -v '^attain_audit|' kept.dump > ws.dump
well_derived ref
grep -v '^attain_audit|' kept.dump > ref.dump
cmp -s ws.dump ref.dump || fail "not the same rows: $(diff ws.dump ref.dump | head -10)"
"$ATTAIN" -C ws audit --verify > "$out" 2> "$err" || fail "the audit log does not hold together: $(cat "$out" "$err")"
finish
