# Commands while another process has the workspace open: they run within it and say what they would have said alone; what they load is
# in its answers; who hangs up ends their command; nonsense at the socket hurts nobody.
. "$(dirname "$0")/lib.sh"
company co
keeper=
at_exit() { [ -z "$keeper" ] || kill -9 "$keeper" 2> /dev/null; }
mkfifo asked.pipe said.pipe
keep() {
  "$KEEPER" co < asked.pipe > said.pipe 2> keeper.err &
  keeper=$!
  exec 6> asked.pipe 7< said.pipe
}
heard() {
  checks=$((checks + 1))
  line=
  timeout 120 sh -c 'IFS= read -r line && printf "%s\n" "$line"' <&7 > heard.line || fail "the keeper says nothing: $1"
  line=$(cat heard.line)
  [ "$line" = "$1" ] || fail "the keeper says '$line', not '$1'"
}
let_go() {
  exec 6>&-
  wait "$keeper" || fail "the keeper ends badly: $(cat keeper.err)"
  keeper=
  exec 7<&-
}
now='--now 2026-11-21'

# each NAME ARGUMENTS…: runs a command, and keeps its streams and exit code.
each() {
  name=$1
  shift
  code=0
  "$ATTAIN" "$@" > "$name.out" 2> "$name.err" < /dev/null || code=$?
  echo "$code" > "$name.code"
}
questions() {
  each "$1.show" -C co $now show win_rate revenue --by rep --period 2026
  each "$1.json" -C co $now show win_rate revenue --by rep --period 2026 --format json
  each "$1.asof" -C co $now show revenue --period 2026 --as-of 2026-10-01
  each "$1.records" -C co $now records won_deals --period 2026
  each "$1.explain" -C co $now explain win_rate --period 2026
  each "$1.kpis" -C co $now kpis win_rate
  each "$1.check" -C co $now check
  each "$1.lint" -C co $now lint
  each "$1.target" -C co $now target
  each "$1.snapshot" -C co snapshot
  each "$1.wrong" -C co show no_such_kpi
  each "$1.usage" -C co show --no-such-option
  each "$1.grid" -C co $now target grid revenue --period 2027 --output "$1.csv"
}

run 0 -C co $now load
run 0 -C co $now target set 'reach 400k revenue in 2026' --for company
questions alone
keep
heard ready
is "who may use the socket" "$(stat -c %a co/data/attain.sock)" 600
questions beside
for file in alone.*; do
  other=beside.${file#alone.}
  sed '/^Timings/d' "$file" > wanted
  sed 's/beside\.csv/alone.csv/; /^Timings/d' "$other" > same
  checks=$((checks + 1))
  cmp -s wanted same || { fail "$file is otherwise beside the server"; diff wanted same | head -10; }
done

# What is loaded is told of, and in the answers: one more won deal.
asked() {
  printf w >&6
  timeout 120 sh -c 'IFS= read -r line && printf "%s\n" "$line"' <&7 > asked.line
  sed 's/won //' asked.line
}
before=$(asked)
echo 'D-9001,Ana Silva,Brightwater Dairy,Pump 100,Closed Won,2026-10-06,2026-10-31,5000,Referral' >> co/exports/deals.csv
run 0 -C co $now load --format json
json_is 'd["loads"][0]["done"]' True
heard 'load 2 of crm, 1 tables'
is 'the won deals of the keeper' "$(asked)" "$((before + 1))"
run 0 -C co $now load
says 'nothing has changed'

# Of what is written beside the ledger, too; and by a command of another folder.
mkdir -p elsewhere/deep
(cd elsewhere/deep && "$ATTAIN" -C ../../co $now target set 'reach 90k revenue in 2026' --for 'team:North' > ../../set.out 2>&1) ||
  fail "a target cannot be set from elsewhere: $(cat set.out)"
run 0 -C co $now target --format json
json_is 'len(d["targets"])' 2
run 0 -C co $now snapshot 2026-Q1
run 0 -C co snapshot --format json
json_is 'len(d["snapshots"])' 1

# The workspace's own files are read from wherever the command stands, and named so that they are found from there.
mkdir -p co/alerts co/goals
echo 'rules: {few: {kpi: won_deals, period: last-month, below: 1, to: [nobody]}}' > co/alerts/ours.yaml
echo 'goals: {ours: {name: Ours, words: [ours], kpis: [{kpi: revenue, why: it is ours}]}}' > co/goals/ours.yaml
from_elsewhere() {
  code=0
  (cd elsewhere && "$ATTAIN" -C ../co $now "$@") > "$out" 2> "$err" < /dev/null || code=$?
  last=$*
}
from_elsewhere show revenue --period 2026
expect_code "$code" 0
from_elsewhere choose --goal ours
expect_code "$code" 0
says 'it is ours'
from_elsewhere check
expect_code "$code" 1
says 'co/alerts/ours.yaml:1'
from_elsewhere load
expect_code "$code" 0
says 'nothing has changed'
rm co/alerts/ours.yaml

# What goes by the server's clock says so, and does nothing by another.
run 1 -C co $now board marketing
complains 'goes by its own clock'
run 1 -C co $now tidy --yes
complains 'goes by its own clock'
run 0 -C co tidy

# What one process cannot do for another says so; standard input and output are those of the command.
run 2 -C co demo co/other --no-such-option
run 0 -C co $now target grid revenue --period 2026 --format csv
cp "$out" grid.csv
code=0
"$ATTAIN" -C co $now target grid --load /dev/stdin --dry-run < grid.csv > "$out" 2> "$err" || code=$?
expect_code "$code" 0
code=0
"$ATTAIN" -C co $now target grid revenue --period 2026 --output /dev/stdout --format csv > "$out" 2> "$err" || code=$?
expect_code "$code" 0
is 'the first line of the grid' "$(head -1 "$out")" "$(head -1 grid.csv)"

# A question on a terminal is answered by the command run again with the answer; no is no; and nobody waits meanwhile: while it is
# asked, another command writes.
cat > terminal.py << 'PY'
import os, pty, subprocess, sys
answer, argv = sys.argv[1], sys.argv[2:]
meanwhile = ["-C", "co", "--now", "2026-11-21", "target", "comment", "1", "--reason", "meanwhile", "--as", "somebody"]
pid, fd = pty.fork()
if pid == 0:
    os.execv(os.environ["ATTAIN"], [os.environ["ATTAIN"]] + argv)
seen = b""
while b"[y/N] " not in seen:
    seen += os.read(fd, 4096)
subprocess.run([os.environ["ATTAIN"]] + meanwhile, check=True, timeout=60, stdout=subprocess.DEVNULL)
os.write(fd, answer.encode() + b"\n")
try:
    while True:
        more = os.read(fd, 4096)
        if not more:
            break
        seen += more
except OSError:
    pass
status = os.waitpid(pid, 0)[1]
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(status))
PY
terminal() {
  code=0
  last=$*
  python3 terminal.py "$@" > "$out" 2> "$err" || code=$?
}
terminal n -C co $now target set 'reach 95k revenue in 2026' --for 'team:South'
expect_code "$code" 1
says 'Nothing was set.'
run 0 -C co $now target --format json
json_is 'len(d["targets"])' 2
terminal y -C co $now target set 'reach 95k revenue in 2026' --for 'team:South'
expect_code "$code" 0
is 'how often it was asked' "$(grep -c 'Is that what is meant' "$out")" 1
says 'Target 3 (agreed)'
run 0 -C co $now target --format json
json_is 'len(d["targets"])' 3

# Nonsense at the socket: the keeper goes on.
python3 - co/data/attain.sock << 'PY'
import os, random, socket, struct, sys
random.seed(7)
bad = [b"", b"R", b"\xff" * 64, b"R" + struct.pack(">I", 0xffffffff), b"R" + struct.pack(">I", 100) + b"x" * 10,
       b"R" + struct.pack(">I", 40) + os.urandom(40), b"X" + struct.pack(">I", 0), b"R" + struct.pack(">I", 0)]
bad += [b"R" + struct.pack(">I", n) + random.randbytes(n) for n in (1, 7, 64, 500, 5000)]
for text in bad:
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(sys.argv[1])
        try:
            s.sendall(text)
            s.shutdown(socket.SHUT_WR)
            while s.recv(4096):
                pass
        except (ConnectionResetError, BrokenPipeError):
            pass
PY
run 0 -C co $now show revenue --period 2026

# Who hangs up ends a command that waits: following begins, is told to end, and ends well.
"$ATTAIN" -C co $now load --follow > follow.out 2> follow.err &
follower=$!
until grep -qs 'nothing has changed' follow.out; do kill -0 "$follower" || break; done
kill -TERM "$follower"
code=0
wait "$follower" || code=$?
is 'the code of a command that was told to end' "$code" 0

# A keeper that dies leaves a socket that nobody listens at; commands then have a process of their own again.
# What it says goes into files of their own: what the one before it said is no sign that this one has begun.
"$ATTAIN" -C co $now load --follow > dying.out 2> dying.err &
follower=$!
until grep -qs 'nothing has changed' dying.out; do kill -0 "$follower" || break; done
kill -9 "$keeper"
wait "$keeper" 2> /dev/null
keeper=
code=0
wait "$follower" || code=$?
is 'the code of a command whose server died' "$code" 1
cp dying.err "$err"
complains 'the server that ran this command ended in the middle of it'
exec 6>&- 7<&-
checks=$((checks + 1))
[ -S co/data/attain.sock ] || fail "the socket of a killed keeper is expected to be there"
run 0 -C co $now show revenue --period 2026
keep
heard ready
run 0 -C co $now show revenue --period 2026
let_go
checks=$((checks + 1))
[ ! -e co/data/attain.sock ] || fail "a keeper that ends well takes its socket away"
run 0 -C co $now show revenue --period 2026
finish
