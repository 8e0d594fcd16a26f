# Files that people bring to a server: kept, looked at, mapped, tried, loaded. What is expected stands in uploads.py.
. "$(dirname "$0")/lib.sh"
checks=$((checks + 1))
python_with jsonschema
"$python" "$here/uploads.py" "$ATTAIN" "$work" > "$out" 2> "$err" || fail "uploads.py"
finish
