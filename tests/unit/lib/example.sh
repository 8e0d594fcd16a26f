# The program in docs/library.md is docs/example/library.c, and does what the page says. Usage: example.sh PAGE PROGRAM
set -eu
page=$1 program=$2
work=$(mktemp -d "${TMPDIR:-/tmp}/attain-example.XXXXXX")
trap 'rm -rf "$work"' EXIT

sed -n '/^```c$/,/^```$/p' "$page" | sed '1d; /^```$/,$d' > "$work/in-page.c"
cmp "$work/in-page.c" "$program"

"$ATTAIN" demo "$work/company" --people 10 --deals 1000 > /dev/null
"$EXAMPLE" "$work/company" > "$work/out"
grep -q '^-- change 6, of my-program$' "$work/out" || { cat "$work/out"; exit 1; }
if "$EXAMPLE" /nowhere/at/all 2> "$work/err"; then echo "opens what is not there"; exit 1; fi
grep -q 'attain.yaml' "$work/err"
