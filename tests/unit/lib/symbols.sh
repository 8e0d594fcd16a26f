# tools/check-symbols is content with the library, and not with one that shows more or less than the headers declare.
# Usage: symbols.sh CHECK LIBRARY HEADER…
set -eu
check=$1 library=$2
shift 2
work=$(mktemp -d "${TMPDIR:-/tmp}/attain-symbols.XXXXXX")
trap 'rm -rf "$work"' EXIT

"$check" "$library" - "$@"

cat "$@" | grep -v 'attain_put(' > "$work/less.h"
if "$check" "$library" - "$work/less.h" 2> "$work/err"; then echo "a function that is not declared goes unseen"; exit 1; fi
grep -q 'attain_put$' "$work/err"

echo 'ATTAIN_API void attain_nothing(void);' > "$work/more.h"
if "$check" "$library" - "$@" "$work/more.h" 2> "$work/err"; then echo "a function that is not there goes unseen"; exit 1; fi
grep -q 'attain_nothing$' "$work/err"
