# What may take long is answered later (Prefer: respond-async): watched by events, ended without a trace, and nobody else's. The checks
# are in later.py.
. "$(dirname "$0")/lib.sh"
python_with jsonschema
checks=1
"$python" "$here/later.py" "$ATTAIN" "$work" > "$out" 2> "$err" || fail "work that is answered later"
finish
