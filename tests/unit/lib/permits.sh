#!/bin/sh
# Usage: permits.sh permit.c HEADER…. Each function that the headers declare has a row in the table of what it asks of who calls it, and
# each row a function: one that was forgotten is refused to everybody but the operator, and is to be told here.
set -eu
table=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat "$@" | sed -n 's/^ATTAIN_API .*[ *]attain_\([a-z_]*\)(.*/\1/p' | LC_ALL=C sort -u > "$folder/declared"
sed -n 's/^    {"\([a-z_]*\)", .*/\1/p' "$table" | LC_ALL=C sort > "$folder/permitted"
[ -s "$folder/declared" ]
[ -z "$(uniq -d "$folder/permitted")" ] || { echo "twice in $table: $(uniq -d "$folder/permitted")" >&2; exit 1; }
diff "$folder/declared" "$folder/permitted" >&2 || { echo "< is declared and lacks a row in $table; > is a row without a function" >&2; exit 1; }
