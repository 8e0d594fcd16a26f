# Wrong files of definitions, of attain.yaml and of sources: each error has its place and what was probably meant; and no question is too big.
. "$(dirname "$0")/lib.sh"
company co
run 0 -C co --now 2026-11-21 load
wrong_kpi() { # YAML, then what is to be said of it
  printf '%b' "$1" > co/kpis/wrong.yaml
  shift
  run 1 -C co check
  for text in "$@"; do says "$text"; done
  run 1 -C co --now 2026-11-21 show win_rate
  complains "wrong.yaml"
  rm co/kpis/wrong.yaml
}
wrong_kpi 'kpis:\n  a:\n    formula: won_deels / decided_deals\n' "wrong.yaml:3:14" "did you mean" "won_deals"
wrong_kpi 'kpis:\n  a:\n    formula: won_deals + revenue\n' "wrong.yaml:3:" "money"
wrong_kpi 'kpis:\n  a:\n    formula: (won_deals / decided_deals\n' "wrong.yaml:3:"
wrong_kpi 'kpis:\n  a:\n    formla: won_deals\n' "wrong.yaml:3:5" "formula"
wrong_kpi 'kpis:\n  a: {formula: b + 1}\n  b: {formula: c + 1}\n  c: {formula: a + 1}\n' "wrong.yaml:" "a" "b" "c"
wrong_kpi 'kpis:\n  a: {formula: a + 1}\n' "wrong.yaml:2:"
wrong_kpi 'measures:\n  m: count(opportunity where outcome = won on closed_at)\n' "wrong.yaml:2:" "won"
wrong_kpi 'measures:\n  m: count(opportunity where outcom = '"'won'"' on closed_at)\n' "wrong.yaml:2:" "outcome"
wrong_kpi 'measures:\n  m: cuont(opportunity on closed_at)\n' "wrong.yaml:2:6" "count"
wrong_kpi 'kpis:\n  a:\n    formula: [won_deals\n' "wrong.yaml:"
wrong_kpi 'kpis:\n\ta: 1\n' "wrong.yaml:2:1"
wrong_kpi 'kpis:\n  a: {formula: won_deals}\n  a: {formula: lost_deals}\n' "wrong.yaml:3:3" "twice"
wrong_kpi 'kpis: &x\n  a: *x\n' "wrong.yaml:1:"
wrong_kpi '\377\376\000k' "wrong.yaml"

# --- ten thousand levels deep: said, by the name of the limit, and no crash ---
python3 -c 'print("kpis:\n  deep:\n    formula: " + "(" * 10000 + "won_deals" + ")" * 10000)' > co/kpis/deep.yaml
run 1 -C co check
says "max_nesting"
says "deep.yaml:3:"
python3 -c 'print("kpis:\n  deep:\n    formula: " + "-" * 10000 + "won_deals")' > co/kpis/deep.yaml
run 1 -C co check
says "deep.yaml:3:"
python3 -c 'print("kpis: " + "[" * 10000 + "]" * 10000)' > co/kpis/deep.yaml
run 1 -C co check
says "deep.yaml:1:"
python3 -c 'print("kpis:\n  k0: {formula: won_deals}")
for i in range(1, 3000): print("  k%d: {formula: k%d + 1}" % (i, i - 1))' > co/kpis/deep.yaml
"$ATTAIN" -C co check > "$out" 2> "$err" < /dev/null && code=0 || code=$?
last="check with 3,000 KPIs, each of the one before"
[ "$code" -le 1 ] || fail "a long chain of KPIs ends with $code"
rm co/kpis/deep.yaml
run 0 -C co check

# --- attain.yaml ---
cp co/attain.yaml attain.yaml
wrong_attain() {
  printf '%b' "$1" > co/attain.yaml
  shift
  run 1 -C co show win_rate
  for text in "$@"; do complains "$text"; done
  cp attain.yaml co/attain.yaml
}
wrong_attain 'name: X\ncurency: EUR\n' "attain.yaml:2:1" "currency"
wrong_attain 'name: X\ncurrency: EURO\n' "attain.yaml:2:11"
wrong_attain 'name: X\ncurrency: EUR\ntime_zone: Europe/Lundon\n' "attain.yaml:3:12"
wrong_attain 'name: X\ncurrency: EUR\ncalendar: {year_starts: apil}\n' "attain.yaml:3:" "april"
wrong_attain 'currency: EUR\n' "attain.yaml" "name"
wrong_attain 'name: X\ncurrency: EUR\nlimits: {max_groups: many}\n' "attain.yaml:3:"
wrong_attain '' "attain.yaml"
wrong_attain '%' "attain.yaml"

# --- sources ---
cp co/sources/crm.yaml crm.yaml
wrong_source() { # sed script, then what is to be said
  sed "$1" crm.yaml > co/sources/crm.yaml
  cmp -s crm.yaml co/sources/crm.yaml && fail "nothing is wrong by $1"
  shift
  run 1 -C co --now 2026-11-21 load
  for text in "$@"; do complains "$text"; done
  run 0 -C co --now 2026-11-21 show won_deals --period 2026 --format json
  json_is 'd["rows"][0]["value"]' 18
}
wrong_source 's/to: opportunity/to: oportunity/' "crm.yaml:" "opportunity"
wrong_source 's/closed_at: Closed/closd_at: Closed/' "crm.yaml:" "closed_at"
wrong_source 's/from: deals/from: dels/' "crm.yaml:" "deals"
wrong_source 's/closed_at: Closed/closed_at: Closd/' "Closd" "Closed" "deals.csv"
wrong_source 's/file: deals.csv/file: dealz.csv/' "dealz.csv"
wrong_source 's/folder: exports/folder: export/' "export"
wrong_source 's/date_format: ymd/date_format: yyy/' "crm.yaml:3:"
wrong_source 's/{of: Stage, values: {Closed Won: won, Closed Lost: lost}, else: open}/{sql: "Stage; drop table opportunity"}/' "crm.yaml:"
wrong_source 's/tables:/tables: [/' "crm.yaml:"
cp crm.yaml co/sources/crm.yaml

# --- a question that is too big is refused by the name of its limit; and by how much ---
printf 'limits: {max_groups: 20}\n' >> co/attain.yaml
run 1 -C co --now 2026-11-21 show won_deals --by account,rep,product --period 2026 --grain day
complains "max_groups"
run 0 -C co --now 2026-11-21 show won_deals --by team --period 2026 --format json
cp attain.yaml co/attain.yaml
run 1 -C co --now 2026-11-21 show won_deals --by account --period 1900-01-01..2026-12-31 --grain day
complains "periods"
run 2 -C co --now 2026-11-21 show won_deals --by rep,team,region,account,industry,product,source,stage,manager --period 2026
[ -s "$err" ] || fail "no message for nine dimensions"

# --- a circle in the hierarchy of teams ---
printf 'Team,Region,Lead,Above\nNorth,Coast,Maria Costa,South\nSouth,Inland,Nils Berg,North\n' > co/exports/teams.csv
sed -i 's/manager: Lead}/manager: Lead, parent: Above}/' co/sources/crm.yaml
run 0 -C co --now 2026-11-22 load
run 1 -C co --now 2026-11-22 check
says "North"
says "South"
run 0 -C co --now 2026-11-22 show won_deals --by team --period 2026 --format json
json_is 'd["totals"][0]["value"]' 18
finish
