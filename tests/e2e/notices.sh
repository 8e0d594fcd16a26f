# Users are told by mail of changes to how they sign in. The checks are in notices.py.
. "$(dirname "$0")/lib.sh"
checks=1
python_with jsonschema
start_receivers
mkdir company
"$python" "$here/notices.py" "$ATTAIN" company recv || fail "notices to users, see above"
finish
