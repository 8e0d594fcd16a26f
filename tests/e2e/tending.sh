# The server keeps the alerts by itself: judged when something is loaded and when time changes something, sent when it is due, once,
# and nobody waits meanwhile. The checks are in tending.py; the receivers run until their standard input ends.
. "$(dirname "$0")/lib.sh"
python_with aiosmtpd
mkdir recv && mkfifo recv/life recv/ready recv/came recv/go
"$python" "$here/receivers.py" recv < recv/life > recv/log 2>&1 &
receivers=$!
exec 9> recv/life
at_exit() { exec 9>&-; wait "$receivers" 2>/dev/null; }
timeout 60 cat recv/ready > /dev/null || { cat recv/log; exit 1; }
checks=1
"$python" "$here/tending.py" "$ATTAIN" "$work" || fail "the alerts of the server, see above"
finish
