# Two companies that differ only in what somebody may not see are one to them. The checks are in twins.py.
. "$(dirname "$0")/lib.sh"
python_with jsonschema
checks=1
"$python" "$here/twins.py" "$ATTAIN" "$work" 20261103 > "$out" 2> "$err" || fail "what somebody does not see tells companies apart: $(head -1 "$out")"
finish
