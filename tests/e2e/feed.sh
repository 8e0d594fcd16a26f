# Records put over HTTP (one, several, once under a key, many at once), webhooks (signed, forged, late, deleted), events
# (resumed after every cut, none lost and none twice), and a server killed under load. What is expected stands in feed.py.
. "$(dirname "$0")/lib.sh"
run 0 demo company --people 10 --deals 1000
run 0 -C company load
checks=$((checks + 1))
python_with jsonschema
"$python" "$here/feed.py" "$ATTAIN" "$work/company" > "$out" 2> "$err" || fail "feed.py"
finish
