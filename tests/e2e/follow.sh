# attain load --follow: what is appended, added and replaced is in the next answer; a database in use is waited for; what is wrong is said
# once; signals end it; killed at any moment and started again, it loses and doubles nothing.
. "$(dirname "$0")/lib.sh"
company co
follower= fault=
at_exit() { [ -z "$follower" ] || kill -9 "$follower" 2> /dev/null; }

# follow ARGUMENTS…: begins in the background; what it prints is in told and wrong.
follow() {
  last="load --follow $*"
  : > "$work/told"
  ATTAIN_FAULT=$fault "$ATTAIN" "$@" > "$work/told" 2> "$work/wrong" < /dev/null 3>&- &
  follower=$!
}
# until WHAT COMMAND…: asks again until the command holds, for at most two minutes.
until_holds() {
  what=$1
  shift
  checks=$((checks + 1))
  deadline=$(($(date +%s) + 120))
  until "$@"; do
    [ "$(date +%s)" -lt "$deadline" ] || { fail "not within two minutes: $what"; sed 's/^/  told: /' "$work/told" "$work/wrong"; return; }
    sleep 0.05
  done
}
told() { [ "$(wc -l < "$work/told")" -ge "$1" ]; }
warned() { grep -qF -e "$1" "$work/wrong"; }
ends() { ! kill -0 "$follower" 2> /dev/null; }
stop() {
  kill -"$1" "$follower"
  code=0
  wait "$follower" || code=$?
  follower=
  cp "$work/told" "$out"
  cp "$work/wrong" "$err"
  expect_code "$code" 0
}
line() { sed -n "$1p" "$work/told" > "$out"; }
# The answer as JSON; the follower may have the database for a moment.
answers() { "$ATTAIN" -C co --now 2026-11-21 show won_deals revenue --period 2026 --format json > "$out" 2> "$err"; }
won() { answers && [ "$(json '[r["value"] for r in d["rows"]]')" = "$1" ]; }

# --- the first load, an append, and the answer while it follows ---
follow -C co --now 2026-11-03 load --follow --format json
until_holds "the first load" told 1
line 1
json_is 'd["source"], d["new"], d["changed"], d["closed"], d["rejected"], d["error"]' "('crm', 86, 0, 0, 0, None)"
until_holds "an answer while it follows" won "[18, 156997]"
echo 'D-2001,Ana Silva,Inverness Gas,Pump 100,Closed Won,2026-10-20,2026-11-02,1000,Web' >> co/exports/deals.csv
until_holds "an appended deal" won "[19, 157997]"
line 2
json_is 'd["new"], d["changed"], d["closed"]' "(1, 0, 0)"

# --- replaced by rename: one row changed, one gone ---
sed -e 's/^\(D-2001,.*\),1000,Web/\1,3000,Web/' -e '/^D-1001,/d' co/exports/deals.csv > co/exports/.deals.tmp
mv co/exports/.deals.tmp co/exports/deals.csv
until_holds "a replaced file" told 3
line 3
json_is 'd["new"], d["changed"], d["closed"]' "(0, 1, 1)"
until_holds "its answer" won "[18, 141997]"

# --- a bad row is told and kept; a repeated id too ---
echo 'D-2001,Ana Silva,Inverness Gas,Pump 100,Closed Won,2026-10-20,2026-11-02,9,Web' >> co/exports/deals.csv
until_holds "a repeated id" told 4
line 4
json_is 'd["new"], d["changed"], d["rejected"]' "(0, 0, 1)"
until_holds "what it changed" won "[18, 141997]"

# --- a file that cannot be read is said once, and read when it can be ---
mv co/exports/people.csv people.csv
until_holds "the missing file" warned "there is no file"
mv people.csv co/exports/people.csv
until_holds "the file is back" told 6
is "how often it was said" "$(grep -c 'no file' "$work/wrong")" 1

# --- a mapping that was edited is read again ---
sed -i 's/^      source: Source$/      name: Deal ID\n      source: Source/' co/sources/crm.yaml
until_holds "the edited mapping" grep -qE '"changed": [1-9][0-9]' "$work/told"
stop TERM

# --- somebody else has the database: it waits, and loses nothing ---
mkfifo go held
"$HOLDER" hold co/data/attain.duckdb < go > held &
holder=$!
exec 3> go
read -r word < held
is "the other process" "$word" "held"
echo 'D-2002,Ana Silva,Inverness Gas,Pump 100,Closed Won,2026-10-20,2026-11-02,5,Web' >> co/exports/deals.csv
follow -C co --now 2026-11-04 load --follow
until_holds "the database is in use" warned "waiting"
exec 3>&-
wait "$holder"
until_holds "the database is free" told 1
until_holds "what waited is there" won "[19, 142002]"
stop INT

# --- killed at one point after the other (or at rest) while records come, started again each time: as if all were loaded at once ---
company once
company killed
n=0
dead_or_done() { ends || told 1; }
for point in 2 150 330 60 120 140 150 160 170 180 190 200 215 230 250 400; do
  for step in 1 2; do
    n=$((n + 1))
    echo "K-$n,Ana Silva,Inverness Gas,Pump 100,Closed Won,2026-10-20,2026-11-02,$n,Web" | tee -a killed/exports/deals.csv >> once/exports/deals.csv
  done
  fault="*:$point:kill"
  follow -C killed --now 2026-11-03 load --follow --format json
  fault=
  until_holds "killed at point $point, or done" dead_or_done
  ends || kill -9 "$follower"
  wait "$follower" 2> /dev/null
  follower=
done
follow -C killed --now 2026-11-03 load --follow
until_holds "the last start" told 1
stop TERM
run 0 -C once --now 2026-11-03 load
for kpi in won_deals revenue open_pipeline decided_deals win_rate; do
  run 0 -C once --now 2026-11-21 show $kpi --by rep --period 2026 --format csv
  cp "$out" wanted
  run 0 -C killed --now 2026-11-21 show $kpi --by rep --period 2026 --format csv
  is "$kpi after the kills" "$(cat "$out")" "$(cat wanted)"
done
run 0 -C once --now 2026-11-21 records won_deals --period 2026 --format csv
cp "$out" wanted
run 0 -C killed --now 2026-11-21 records won_deals --period 2026 --format csv
is "the records after the kills" "$(cat "$out")" "$(cat wanted)"

# --- what cannot begin says so ---
run 1 -C co load crn --follow
complains 'did you mean "crm"?'
finish
