# Every operation of the API's description is asked with success and with what goes wrong; the description is OpenAPI 3.1, and the
# one in docs/ is the program's. The checks are in operations.py and openapi.py.
. "$(dirname "$0")/lib.sh"
python_with "jsonschema, cryptography"
checks=2
"$ATTAIN" --write-openapi openapi.json || fail "the description is not written"
"$python" "$here/openapi.py" openapi.json "$here/../../docs/openapi.json" || fail "the description, see above"
"$python" "$here/operations.py" "$ATTAIN" "$work" || fail "the operations, see above"
finish
