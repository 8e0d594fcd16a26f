# Who put and removed which records stands in the audit log, summed up: by user, token, webhook, source and table. What is
# expected stands in tally.py.
. "$(dirname "$0")/lib.sh"
run 0 demo company --people 10 --deals 1000
run 0 -C company load
checks=$((checks + 1))
python_with jsonschema
"$python" "$here/tally.py" "$ATTAIN" "$work/company" > "$out" 2> "$err" || fail "tally.py"
finish
