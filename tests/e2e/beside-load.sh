# Signing in and out while a load has the writer's turn. The checks are in beside_load.py.
. "$(dirname "$0")/lib.sh"
checks=1
python_with jsonschema
"$python" "$here/beside_load.py" "$ATTAIN" "$work" || fail "signing in beside a load, see above"
finish
