# Events tell restricted readers only of what is theirs: puts, loads, webhooks, people who move, a server that ended or was killed
# meanwhile. What is expected stands in feed_sight.py.
. "$(dirname "$0")/lib.sh"
mkdir "$work/company"
checks=$((checks + 1))
python_with jsonschema
"$python" "$here/feed_sight.py" "$ATTAIN" "$work/company" > "$out" 2> "$err" || fail "feed_sight.py"
finish
