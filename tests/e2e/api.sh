# The API over HTTP, as a program uses it: each route, its formats, what is wrong with a request, who may see what, one commit
# for several questions, pages, and every answer held to the description. The checks are in api.py.
. "$(dirname "$0")/lib.sh"
checks=1
python_with jsonschema
"$python" "$here/api.py" "$ATTAIN" "$work" || fail "the API, see above"
finish
