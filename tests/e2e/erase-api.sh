# Erasing a person over HTTP: said first, done when it is confirmed, by who may manage; then no answer has the name, and every
# number is what it was. What is expected stands in erase_api.py.
. "$(dirname "$0")/lib.sh"
run 0 demo company --people 12 --deals 1000 --until 2026-11-20
checks=$((checks + 1))
python_with jsonschema
"$python" "$here/erase_api.py" "$ATTAIN" "$work/company" > "$out" 2> "$err" || fail "erase_api.py"
finish
