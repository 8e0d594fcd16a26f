# policy.yaml edited while the server runs: what people may, and are told, follows it. The checks are in policy_edit.py.
. "$(dirname "$0")/lib.sh"
checks=1
python_with jsonschema
mkdir "$work/company"
"$python" "$here/policy_edit.py" "$ATTAIN" "$work/company" || fail "policy.yaml edited, see above"
finish
