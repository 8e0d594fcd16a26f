# What the tests of a program that keeps a workspace open share (keeper.c): a company, loaded, and a copy of it in which the same changes
# are made undisturbed.
. "$(dirname "$0")/../e2e/lib.sh"
: "${KEEPER:?the program that keeps a workspace open}" "${DUMP:?the program that prints a database}"

cp -R "$here/../e2e/company" ws
chmod -R u+w ws
run 0 -C ws --now 2026-11-20 load
loads=1 # before the first change
cp -R ws ref

keep() { # WORKSPACE COMMANDS: what it said is in $out
  last="keeper $1: $2"
  code=0
  printf '%b' "$2" | "$KEEPER" $1 > "$out" 2> "$err" || code=$?
  expect_code "$code" 0
}

# The answers of $1 are those of the other, and there are some.
same_answers() {
  checks=$((checks + 1))
  [ "$(wc -l < "$1")" -gt 200 ] || fail "$1 has no answers"
  cmp -s "$1" "$2" || fail "$3: $(diff "$1" "$2" | head -10)"
}

# What is derived from the records is what it would be from scratch.
well_derived() {
  checks=$((checks + 1))
  "$DUMP" "$1/data/attain.duckdb" > kept.dump 2> "$err" && "$DUMP" "$1/data/attain.duckdb" derived > made.dump 2> "$err" || fail "no dump"
  grep -q '^opportunity|' kept.dump || fail "an empty dump"
  cmp -s kept.dump made.dump || fail "not derived: $(diff kept.dump made.dump | head -10)"
}
