# attain load --follow: what is appended, added and replaced is in the next answer; a database in use is waited for; what is wrong is said
# once; signals end it; killed at any moment and started again, it loses and doubles nothing.
. "$(dirname "$0")/lib.sh"
company co
follower= fault=
at_exit() { [ -z "$follower" ] || kill -9 "$follower" 2> /dev/null; }

# follow ARGUMENTS…: begins in the background. What it prints comes through two pipes, and is kept in told and wrong as it is heard:
# each line is an event that the script waits for.
mkfifo told.pipe wrong.pipe
follow() {
  last="load --follow $*"
  : > told
  : > wrong
  ATTAIN_FAULT=$fault "$ATTAIN" "$@" > told.pipe 2> wrong.pipe < /dev/null 3>&- &
  follower=$!
  exec 4< told.pipe 5< wrong.pipe
}
# hear PIPE FILE: the next line; false when it ended, or for two minutes said nothing.
hear() { timeout 120 sh -c 'IFS= read -r line && printf "%s\n" "$line"' <&"$1" >> "$2"; }
not_heard() {
  fail "never told: $1"
  sed 's/^/  told: /' told wrong
}
# told WHAT N: it told so many lines since it began. told_as WHAT PATTERN: one like it. warned WHAT TEXT: it complained of that.
told() {
  checks=$((checks + 1))
  while [ "$(wc -l < told)" -lt "$2" ]; do hear 4 told || { not_heard "$1"; return; }; done
}
told_as() {
  checks=$((checks + 1))
  until grep -qE "$2" told; do hear 4 told || { not_heard "$1"; return; }; done
}
warned() {
  checks=$((checks + 1))
  until grep -qF -e "$2" wrong; do hear 5 wrong || { not_heard "$1"; return; }; done
}
# The follower has ended, or is ended now; the rest of what it said is in told and wrong.
gone() {
  code=0
  wait "$follower" || code=$?
  follower=
  cat <&4 >> told
  cat <&5 >> wrong
  exec 4<&- 5<&-
  cp told "$out"
  cp wrong "$err"
}
stop() {
  kill -"$1" "$follower"
  gone
  expect_code "$code" 0
}
line() { sed -n "$1p" told > "$out"; }
# Won deals and revenue while it follows: it gives the database back after it told of a batch.
won() {
  "$HOLDER" free co/data/attain.duckdb
  run 0 -C co --now 2026-11-21 show won_deals revenue --period 2026 --format json
  json_is '[r["value"] for r in d["rows"]]' "$1"
}

# --- the first load, an append, and the answer while it follows ---
follow -C co --now 2026-11-03 load --follow --format json
told "the first load" 1
line 1
json_is 'd["source"], d["new"], d["changed"], d["closed"], d["rejected"], d["error"]' "('crm', 86, 0, 0, 0, None)"
won "[18, 156997]"
echo 'D-2001,Ana Silva,Inverness Gas,Pump 100,Closed Won,2026-10-20,2026-11-02,1000,Web' >> co/exports/deals.csv
told "an appended deal" 2
won "[19, 157997]"
line 2
json_is 'd["new"], d["changed"], d["closed"]' "(1, 0, 0)"

# --- replaced by rename: one row changed, one gone ---
sed -e 's/^\(D-2001,.*\),1000,Web/\1,3000,Web/' -e '/^D-1001,/d' co/exports/deals.csv > co/exports/.deals.tmp
mv co/exports/.deals.tmp co/exports/deals.csv
told "a replaced file" 3
line 3
json_is 'd["new"], d["changed"], d["closed"]' "(0, 1, 1)"
won "[18, 141997]"

# --- a bad row is told and kept; a repeated id too ---
echo 'D-2001,Ana Silva,Inverness Gas,Pump 100,Closed Won,2026-10-20,2026-11-02,9,Web' >> co/exports/deals.csv
told "a repeated id" 4
line 4
json_is 'd["new"], d["changed"], d["rejected"]' "(0, 0, 1)"
won "[18, 141997]"

# --- a file that cannot be read is said once, and read when it can be ---
mv co/exports/people.csv people.csv
warned "the missing file" "there is no file"
mv people.csv co/exports/people.csv
told "the file is back" 6

# --- a mapping that was edited is read again ---
sed -i 's/^      source: Source$/      name: Deal ID\n      source: Source/' co/sources/crm.yaml
told_as "the edited mapping" '"changed": [1-9][0-9]'
stop TERM
is "how often the missing file was said" "$(grep -c 'no file' wrong)" 1

# --- somebody else has the database: it waits, and loses nothing ---
mkfifo go held
"$HOLDER" hold co/data/attain.duckdb < go > held &
holder=$!
exec 3> go
read -r word < held
is "the other process" "$word" "held"
echo 'D-2002,Ana Silva,Inverness Gas,Pump 100,Closed Won,2026-10-20,2026-11-02,5,Web' >> co/exports/deals.csv
follow -C co --now 2026-11-04 load --follow
warned "the database is in use" "waiting"
exec 3>&-
wait "$holder"
told "the database is free" 1
won "[19, 142002]"
stop INT

# --- killed at one point after the other (or at rest) while records come, started again each time: as if all were loaded at once ---
company once
company killed
n=0
for point in 2 150 330 60 120 140 150 160 170 180 190 200 215 230 250 400; do
  for step in 1 2; do
    n=$((n + 1))
    echo "K-$n,Ana Silva,Inverness Gas,Pump 100,Closed Won,2026-10-20,2026-11-02,$n,Web" | tee -a killed/exports/deals.csv >> once/exports/deals.csv
  done
  fault="*:$point:kill"
  follow -C killed --now 2026-11-03 load --follow --format json
  fault=
  hear 4 told && kill -9 "$follower"
  gone
done
follow -C killed --now 2026-11-03 load --follow
told "the last start" 1
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
