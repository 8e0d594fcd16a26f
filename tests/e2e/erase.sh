# Erasing a person beside a running server: the name is nowhere in the data, the numbers are what they were, and it does not come
# back. What is expected stands in erase.py.
. "$(dirname "$0")/lib.sh"
run 0 demo company --people 12 --deals 1000 --until 2026-11-20
checks=$((checks + 1))
python_with jsonschema
"$python" "$here/erase.py" "$ATTAIN" "$work/company" > "$out" 2> "$err" || fail "erase.py"
finish
