# A server that is killed under load, again and again: what was acknowledged is there, what is sent again is there once.
. "$(dirname "$0")/lib.sh"
run 0 demo company --people 10 --deals 1000
run 0 -C company load
checks=$((checks + 1))
python_with jsonschema
"$python" "$here/killed.py" "$ATTAIN" "$work/company" > "$out" 2> "$err" || fail "killed.py"
finish
