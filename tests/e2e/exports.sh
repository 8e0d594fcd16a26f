# What is exported is what was answered: CSV and xlsx, opened by other programs, cell by cell. The checks are in exports.py.
. "$(dirname "$0")/lib.sh"
python_with "jsonschema, openpyxl"
checks=1
"$python" "$here/exports.py" "$ATTAIN" "$work" || fail "the exports, see above"
finish
