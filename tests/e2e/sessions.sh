# One's own sessions over the API: listed, and all of them ended. The checks are in sessions.py.
. "$(dirname "$0")/lib.sh"
checks=1
python_with jsonschema
mkdir company
"$python" "$here/sessions.py" "$ATTAIN" company || fail "one's own sessions, see above"
finish
