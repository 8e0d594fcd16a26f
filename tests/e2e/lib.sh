# What the tests of the commands share. Each is a script of its own: it sources this file, runs the program in a temporary folder,
# and ends with `finish`. Meson gives the program as ATTAIN.
#
#   run CODE ARGUMENTS…    runs attain; its exit code must be CODE; what it printed is in $out and $err
#   says TEXT, says_not    standard output has TEXT in it, or has not
#   complains TEXT         standard error has TEXT in it
#   is WHAT GOT WANTED     two texts are the same
#   json EXPRESSION        a Python expression of the last answer, `d`; prints it
#   json_is EXPR WANTED    … and it must be WANTED
#
# A failed expectation is told and the script goes on; `finish` gives the exit code. A report of a sanitizer fails the test, too.
set -u
export LC_ALL=C.UTF-8 TZ=UTC PYTHONDONTWRITEBYTECODE=1
unset NO_COLOR ATTAIN_FAULT COLUMNS 2>/dev/null || true
here=$(cd "$(dirname "$0")" && pwd)
: "${ATTAIN:?the program to test}"
[ -x "$ATTAIN" ] || { echo "$ATTAIN is no program"; exit 1; }
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1}:exitcode=97"
export LSAN_OPTIONS="${LSAN_OPTIONS:-suppressions=$here/../leaks.supp:print_suppressions=0}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}"

work=$(mktemp -d "${TMPDIR:-/tmp}/attain-e2e.XXXXXX")
out=$work/.out err=$work/.err
failures=0 checks=0 last=
at_exit() { :; }
trap 'at_exit; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1

fail() {
  failures=$((failures + 1))
  echo "FAILED: $*"
  echo "  after:  attain $last"
  sed 's/^/  out: /' "$out" | head -40
  sed 's/^/  err: /' "$err" | head -40
}

# Receivers of mail and calls (receivers.py), which run until the end of their standard input: this script's end of the pipe.
start_receivers() {
  python_with aiosmtpd
  mkdir recv && mkfifo recv/life recv/ready recv/came recv/go
  "$python" "$here/receivers.py" recv < recv/life > recv/log 2>&1 &
  receivers=$!
  exec 9> recv/life
  at_exit() { exec 9>&-; wait "$receivers" 2>/dev/null; }
  timeout 60 cat recv/ready > /dev/null || { cat recv/log; exit 1; }
}

# python_with MODULE: $python is one that has Debian's module; another Python may come first in PATH.
python_with() {
  for python in python3 /usr/bin/python3; do
    "$python" -c "import $1" 2> /dev/null && return
  done
  echo "python3-$1 is missing: tools/setup test installs it"
  exit 1
}

expect_code() {
  checks=$((checks + 1))
  [ "$1" = "$2" ] || fail "the exit code is $1, not $2"
  if grep -qE 'Sanitizer|runtime error:|GLib.*CRITICAL' "$err"; then fail "a sanitizer or GLib reports"; fi
}

run() {
  wanted=$1
  shift
  last=$*
  code=0
  "$ATTAIN" "$@" > "$out" 2> "$err" < /dev/null || code=$?
  expect_code "$code" "$wanted"
}

says() { checks=$((checks + 1)); grep -qF -e "$1" "$out" || fail "does not say: $1"; }
says_not() { checks=$((checks + 1)); ! grep -qF -e "$1" "$out" || fail "says: $1"; }
complains() { checks=$((checks + 1)); grep -qF -e "$1" "$err" || fail "does not complain: $1"; }
is() { checks=$((checks + 1)); [ "$2" = "$3" ] || fail "$1 is '$2', not '$3'"; }

json() {
  python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
rows = lambda **of: [r for r in d["rows"] if all(r.get(k, r["members"].get(k)) == v for k, v in of.items())]
print(eval(sys.argv[2]))' "$out" "$1" 2> "$work/.json" || tail -1 "$work/.json"
}
json_is() { is "$1" "$(json "$1")" "$2"; }

# The company of company/, not loaded, as a workspace.
company() {
  cp -R "$here/company" "$1"
  chmod -R u+w "$1"
}

# Ana and Bo in the autumn, loaded, as the workspace co. October: Ana won 10,000 and 20,000. November: Ana 10,000 and 5,000, Bo 9,000
# and one lost. In $at the clock stands at the end of Friday, 20 November 2026: 15 of November's 21 working days are over.
november_deals() {
  cat > deals.csv <<'CSV'
Id,Name,Owner,Amount,Stage,Created,Closed
1,Alpha,Ana Silva,10000,Won,2026-09-01,2026-10-10
2,Beta,Ana Silva,20000,Won,2026-09-01,2026-10-28
3,Gamma,Ana Silva,10000,Won,2026-09-01,2026-11-05
4,Delta,Ana Silva,5000,Won,2026-09-01,2026-11-12
5,Epsilon,Bo Lund,9000,Won,2026-09-01,2026-11-03
6,Zeta,Bo Lund,7000,Lost,2026-09-01,2026-11-04
CSV
  run 0 new co --from deals.csv
  run 0 -C co --now 2026-11-20 load
  at="-C co --now 2026-11-20"
}

finish() {
  echo "$checks checks, $failures failed"
  [ "$failures" = 0 ] && [ "$checks" -gt 0 ]
  exit
}
