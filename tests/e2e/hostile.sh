# A server among those who mean it harm: requests that could be read in two ways, addresses, sizes, slowness, other sites, planted
# sessions, values that are commands to whatever reads them next. What is expected stands in hostile.py.
. "$(dirname "$0")/lib.sh"
run 0 demo company --people 10 --deals 1000
run 0 -C company load
checks=$((checks + 1))
python_with jsonschema
"$python" "$here/hostile.py" "$ATTAIN" "$work/company" > "$out" 2> "$err" || fail "hostile.py"
finish
