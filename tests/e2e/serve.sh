# attain serve: it says where it listens, that it is ready, and what it does; edits of the files are read anew, faulty ones are not; TLS;
# signals end it, and requests under way are answered first. What the server tells is heard through pipes: nothing waits for time.
. "$(dirname "$0")/lib.sh"
november_deals
server= notified=
at_exit() {
  [ -z "$server" ] || kill -9 "$server" 2> /dev/null
  [ -z "$notified" ] || kill "$notified" 2> /dev/null
}
mkfifo told.pipe wrong.pipe notified.pipe

# serve ARGUMENTS…: begins in the background; $url is where it listens.
serve() {
  last="serve $*"
  "$ATTAIN" -C co serve --listen 127.0.0.1:0 "$@" > told.pipe 2> wrong.pipe < /dev/null 3>&- &
  server=$!
  exec 4< told.pipe 5< wrong.pipe
  line=
  until case $line in Serving*) true ;; *) false ;; esac; do IFS= read -r line <&4 || return; done
  url=$(printf '%s\n' "$line" | sed 's/.* at //; s,/$,,')
}
# warned TEXT: the next line of standard error has it.
warned() {
  checks=$((checks + 1))
  IFS= read -r line <&5
  case $line in *"$1"*) ;; *) fail "said on standard error: $line, not: $1" ;; esac
}
# get CODE PATH [OPTIONS…]: asks; the answer is in $out.
get() {
  wanted=$1 path=$2
  shift 2
  last="get $path"
  : > "$err"
  is "the status of $path" "$(curl -sS -m 60 -o "$out" -w '%{http_code}' "$@" "$url$path" 2> "$err")" "$wanted"
}
# ended CODE: it ends by itself.
ended() {
  wait "$server"
  is "the exit code of the server" $? "$1"
  server=
}

# What a service manager hears.
python3 -c 'import os, socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind("notify.sock")
out = open("notified.pipe", "w")
while True:
    text = s.recv(4096).decode().replace("\n", "|")
    print(text, file=out, flush=True)' &
notified=$!
exec 6< notified.pipe
heard() {
  checks=$((checks + 1))
  IFS= read -r line <&6
  case $line in *"$1"*) ;; *) fail "the manager heard $line, not $1" ;; esac
}
until [ -S notify.sock ]; do :; done

NOTIFY_SOCKET=$work/notify.sock
export NOTIFY_SOCKET
serve --open-metrics --access-log "$work/access.log"
unset NOTIFY_SOCKET
heard "READY=1"
get 200 /healthz
json_is 'd["status"]' ok
get 200 /readyz
json_is 'd["status"]' ready
json_is 'd["files"]' "as they are"
get 404 /nowhere
json_is 'd["type"]' /problems/not-found
get 405 /healthz -X DELETE
get 401 '/api/v1/ask?kpi=revenue'
get 200 /metrics
says 'attain_http_requests_total{route="GET /healthz",status="200"} 1'
says 'attain_ready 1'
says 'attain_files_faulty 0'
says_not '?kpi='
is "the log's routes" "$(python3 -c 'import json
for line in open("access.log"): d = json.loads(line); print(d["method"], d["route"], d["status"])' | head -4 | tr '\n' ';')" \
  "GET /healthz 200;GET /readyz 200;GET None 404;DELETE None 405;"
checks=$((checks + 1))
! grep -q 'kpi=' access.log || fail "the log has a query in it"

# A second server of the same workspace: the database is in use.
run 1 -C co serve --listen 127.0.0.1:0

# Edits: a faulty one keeps what was, a good one takes its place.
mkdir -p co/kpis
cat > co/kpis/own.yaml <<'YAML'
kpis:
  big_deals:
    formula: count(deals where
YAML
heard "RELOADING=1"
warned "co/kpis/own.yaml:3"
heard "faulty"
get 200 /readyz
json_is 'd["files"]' "a faulty edit; those before it hold"
get 200 /metrics
says 'attain_files_faulty 1'
rm co/kpis/own.yaml
heard "RELOADING=1"
warned "read anew"
heard "READY=1"
get 200 /readyz
json_is 'd["files"]' "as they are"

# SIGHUP: the log is opened anew.
mv access.log access.log.1
kill -HUP "$server"
heard "RELOADING=1"
warned "read anew"
heard "READY=1"
get 200 /healthz
checks=$((checks + 1))
grep -q '"route":"/healthz"' access.log || fail "the log was not opened anew"

kill -TERM "$server"
heard "STOPPING=1"
ended 0
kill "$notified"
notified=

# TLS, with a certificate of our own.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem 2> "$err"
serve --certificate cert.pem --key key.pem
is "where it listens" "${url%%:*}" https
get 200 /healthz --cacert cert.pem -D head.txt
checks=$((checks + 1))
grep -qi '^strict-transport-security: max-age=31536000' head.txt || fail "no Strict-Transport-Security"
get 401 /metrics --cacert cert.pem
until case $line in *welcome#*) true ;; *) false ;; esac; do IFS= read -r line <&4; done
get 200 /api/v1/invitation --cacert cert.pem -D head.txt -c jar.txt -H 'Content-Type: application/json' \
  -d "{\"secret\": \"${line##*#}\", \"password\": \"correct horse battery staple\"}"
checks=$((checks + 2))
grep -qi '^set-cookie: __Host-attain_session=[^;]*; Path=/; HttpOnly; SameSite=Lax; Secure' head.txt || fail "the cookie over TLS"
get 200 /api/v1/me --cacert cert.pem -b jar.txt
get 401 /api/v1/me --cacert cert.pem -H "$(sed -n 's/^set-cookie: __Host-\([^;]*\);.*/Cookie: \1/Ip' head.txt)"
! curl -sS --cacert cert.pem --tls-max 1.1 "$url/healthz" > /dev/null 2>&1 || fail "TLS 1.1 is taken"
kill -INT "$server"
ended 0

# attain.yaml says where; what is wrong with it is told with its place.
run 2 -C co serve --key key.pem
complains "--certificate"
run 1 -C co serve --listen nowhere
complains "is no address to listen at"
run 1 -C co serve --listen 127.0.0.1:0 --trusted-proxy 10.0.0.0/40
complains "the trusted proxy 10.0.0.0/40"
run 1 -C co serve --listen 127.0.0.1:0 --certificate access.log
complains "no certificate and its key"
printf 'server:\n  limits: {body_kb: 0}\n' >> co/attain.yaml
run 1 -C co serve
complains '"body_kb" must be from 1 to 1000000, not 0'
finish
