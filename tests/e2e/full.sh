# A server whose disk is full: it says so, readers go on, and when there is room again so do writers. The checks are in full.py.
. "$(dirname "$0")/lib.sh"
run 0 demo company --people 10 --deals 1000
run 0 -C company load
checks=$((checks + 1))
python_with jsonschema
"$python" "$here/full.py" "$ATTAIN" "$work/company" > "$out" 2> "$err" || fail "full.py"
finish
