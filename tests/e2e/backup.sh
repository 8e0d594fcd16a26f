# Backups of a workspace into which records are loaded meanwhile: what is restored answers every KPI as the original did at that commit;
# what is damaged, not whole or hostile is not restored; what is there is not overwritten.
. "$(dirname "$0")/lib.sh"
keeper=
at_exit() { [ -z "$keeper" ] || kill -9 "$keeper" 2> /dev/null; }
run 0 demo co --people 12 --deals 1000 --until 2026-11-20
now='--now 2026-11-21'
written='policy.yaml kpis/ours.yaml sources/ours.yaml alerts/ours.yaml goals/ours.yaml webhooks/ours.yaml'
for file in $written; do
  mkdir -p "co/$(dirname "$file")"
  echo "# $file" > "co/$file"
done
run 0 -C co $now kpis --format json
kpis=$(json '" ".join(k["name"] for k in d["kpis"])')
[ "$(echo "$kpis" | wc -w)" -gt 90 ] || fail "the demo has only these KPIs: $kpis"

# every FILE FOLDER: what all KPIs are, in all and by rep; the load that they are of.
every() {
  "$ATTAIN" -C "$2" $now show $kpis --by rep --period 2026-Q3 --format json > "$1.json" 2> "$err" < /dev/null ||
    fail "not answered: $(cat "$err")"
  python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
json.dump({k: d[k] for k in ("rows", "totals")}, open(sys.argv[2], "w"), sort_keys=True)
print(d["load"]["number"] if isinstance(d["load"], dict) else d["load"])' "$1.json" "$1.kpis" > "$1.load"
}

mkfifo asked.pipe said.pipe
"$KEEPER" co < asked.pipe > said.pipe 2> keeper.err &
keeper=$!
exec 6> asked.pipe 7< said.pipe
IFS= read -r line <&7
is 'what the keeper says first' "$line" ready
cat <&7 > loads.told 6>&- &

# Records come while two backups are made: three loads, each with a deal more.
deals=$(ls co/exports/*deal*.csv co/exports/*opportunit*.csv 2> /dev/null | head -1)
change() {
  python3 - "$deals" "$1" << 'PY'
import csv, sys
path, n = sys.argv[1], int(sys.argv[2])
rows = list(csv.reader(open(path, newline="")))
last = list(rows[-1])
last[0] = "X%05d" % n
rows.append(last)
with open(path, "w", newline="") as out:
    csv.writer(out).writerows(rows)
PY
}
(
  for n in 1 2 3; do
    change "$n"
    "$ATTAIN" -C co $now load > load.out 2>&1 || echo "load $n: $(cat load.out)" >> load.failed
    every "at.$n" co
  done
) 6>&- 7<&- &
loader=$!
run 0 -C co backup early
run 0 -C co backup late --format json
late=$(json 'd["load"]')
wait "$loader"
checks=$((checks + 1))
[ ! -e load.failed ] || fail "$(cat load.failed)"
run 0 -C co backup last --format json
last_load=$(json 'd["load"]')

# The checksums are those of sha256sum.
checks=$((checks + 1))
(cd last && sed -n 's/^\([0-9a-f]\{64\}  .*\)/\1/p' manifest.txt | sha256sum -c --quiet) || fail "sha256sum does not agree"

# What is restored answers as the original did at that commit. The last one is of the last load for certain.
for backup in early late last; do
  run 0 restore "$backup" "again-$backup"
  every "again.$backup" "again-$backup"
  for at in at.*.load; do
    [ "$(cat "$at")" = "$(cat "again.$backup.load")" ] || continue
    checks=$((checks + 1))
    cmp -s "${at%.load}.kpis" "again.$backup.kpis" || fail "$backup answers otherwise than load $(cat "$at") did"
  done
done
checks=$((checks + 1))
cmp -s at.3.kpis again.last.kpis || fail "the last backup answers otherwise than the original"
is 'the load of the last backup' "$(cat again.last.load)" "$last_load"
for file in $written; do
  is "$file" "$(cat "again-last/$file")" "# $file"
done
exec 6>&-
wait "$keeper" || fail "the keeper ends badly: $(cat keeper.err)"
keeper=

# Alone it does the same; what is restored takes further records.
run 0 -C again-last backup alone
run 0 restore alone
says 'Every file is as it was written.'
run 1 -C again-last backup alone
complains 'is there already'

# What is there stays, unless told; then it lies beside.
mkdir there
echo kept > there/file
run 1 restore last there
complains 'is there already, and is left as it is'
is 'what was there' "$(cat there/file)" kept
run 0 restore last there --replace
is 'what was put aside' "$(cat there.replaced-*/file)" kept
run 0 -C there $now show revenue --period 2026

# One who has the workspace open keeps it.
"$HOLDER" hold there/data/attain.duckdb < asked.pipe > said.pipe &
keeper=$!
exec 6> asked.pipe 7< said.pipe
IFS= read -r line <&7
run 1 restore last there --replace
complains 'is in use by process'
exec 6>&- 7<&-
wait "$keeper"
keeper=

# Damage: one bit of any file, a file that is gone, a manifest that was edited, paths that lead out, no backup at all.
spoil() {
  rm -rf bad
  cp -R last bad
}
for file in database files/attain.yaml; do
  spoil
  python3 -c 'import sys
f = open(sys.argv[1], "r+b"); f.seek(0, 2); at = f.tell() // 2; f.seek(at); b = f.read(1); f.seek(at); f.write(bytes([b[0] ^ 1]))' "bad/$file"
  run 1 restore bad fresh
  complains 'is not as it was written'
done
spoil
rm bad/files/attain.yaml
run 1 restore bad fresh
complains 'files/attain.yaml'
spoil
sed -i 's/^load: .*/load: 1/' bad/manifest.txt
run 1 restore bad fresh
complains 'manifest.txt is not as it was written'
spoil
python3 - bad << 'PY'
import hashlib, sys
path = sys.argv[1] + "/manifest.txt"
text = open(path).read().split("manifest: ")[0].replace("files/attain.yaml", "files/../../out.yaml")
open(path, "w").write(text + "manifest: " + hashlib.sha256(text.encode()).hexdigest() + "\n")
PY
run 1 restore bad fresh
complains 'says what no backup says'
run 1 restore there fresh
complains 'is no backup'
checks=$((checks + 1))
[ -z "$(ls -d fresh* 2> /dev/null)" ] || fail "something is left of what was not restored: $(ls -d fresh*)"
finish
