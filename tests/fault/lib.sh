# What the fault tests share: a small workspace whose second load does all that a load can do (new, changed, unchanged, vanished and
# rejected rows), and a picture of the database that shows any difference.
. "$(dirname "$0")/../e2e/lib.sh"

mkdir -p ws/sources ws/files
printf 'name: Faults\ncurrency: EUR\nlimits: {max_rejected: 50%%}\n' > ws/attain.yaml
cat > ws/sources/crm.yaml <<'YAML'
source: crm
folder: files
tables: {deals: {file: deals.csv}, people: {file: people.csv}}
map:
  - to: person
    from: people
    columns: {id: Name, name: Name}
  - to: opportunity
    from: deals
    columns:
      id: Id
      owner: Rep
      created_at: Opened
      closed_at: Closed
      outcome: {of: Stage, values: {Won: won, Lost: lost}, else: open}
      stage: Stage
      amount: Amount
YAML
printf 'Name\nAnn\nBob\n' > ws/files/people.csv
cat > before.csv <<'CSV'
Id,Rep,Opened,Closed,Stage,Amount
1,Ann,2026-01-01,2026-02-01,Won,100
2,Bob,2026-01-02,2026-02-02,Lost,0
3,Ann,2026-01-03,,Quote,300
4,Bob,2026-01-04,2026-02-04,Won,400
CSV
# 1 the same, 2 reopened and won, 3 lost, 4 gone, 5 new, 6 rejected
cat > after.csv <<'CSV'
Id,Rep,Opened,Closed,Stage,Amount
1,Ann,2026-01-01,2026-02-01,Won,100
2,Bob,2026-01-02,2026-03-02,Won,250
3,Ann,2026-01-03,2026-03-03,Lost,0
5,Cid,2026-01-05,2026-03-05,Won,500
6,Ann,2026-01-06,2026-03-36,Won,600
CSV

# Numbers of deals, stages and loads, as text. The picture of a load undone is that of the database before it.
picture() {
  "$ATTAIN" -C ws --now 2026-12-01 show won_deals lost_deals open_deals revenue created_deals stage_conversion sales_cycle --by rep --period 2026 --format csv 2>&1
  "$ATTAIN" -C ws --now 2026-12-01 check --format json 2>&1 | sed 's/"seconds": [0-9.]*//'
}

load() { "$ATTAIN" -C ws --now 2026-11-02 load > "$out" 2> "$err" < /dev/null; }

prepare() {
  cp before.csv ws/files/deals.csv
  run 0 -C ws --now 2026-11-01 load
  cp after.csv ws/files/deals.csv
  cp ws/data/attain.duckdb before.duckdb
  picture > before.txt
  run 0 -C ws --now 2026-11-02 load
  picture > after.txt
  cmp -s before.txt after.txt && fail "the second load changes nothing"
  grep -q '"n_rejected": 1' after.txt || fail "the second load rejects nothing"
  undo
}

undo() {
  rm -rf ws/data/*
  cp before.duckdb ws/data/attain.duckdb
}

same() { # what the picture is to be: before or after
  checks=$((checks + 1))
  picture > now.txt
  cmp -s "$1.txt" now.txt || fail "not as $1: $(diff "$1.txt" now.txt | head -10)"
}
