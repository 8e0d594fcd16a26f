# The server keeps the alerts by itself: judged when something is loaded and when time changes something, sent when it is due, once,
# and nobody waits meanwhile. The checks are in tending.py; the receivers run until their standard input ends.
. "$(dirname "$0")/lib.sh"
start_receivers
checks=1
"$python" "$here/tending.py" "$ATTAIN" "$work" || fail "the alerts of the server, see above"
finish
