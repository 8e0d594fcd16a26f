# attain board: what policy.yaml shares, as users get it. The random companies are in boards.py.
. "$(dirname "$0")/lib.sh"

# Q3: 100 from each of six in North, three in South and eight in West; Quin has sold nothing. All of it is loaded on 2 November.
mkdir -p co/sources co/exports co/kpis
printf 'name: Boards\ncurrency: EUR\ntime_zone: UTC\n' > co/attain.yaml
cat > co/sources/crm.yaml <<'END'
source: crm
folder: exports
date_format: ymd
tables: {deals: {file: deals.csv}, people: {file: people.csv}, teams: {file: teams.csv}}
map:
  - {to: team, from: teams, columns: {id: Team, name: Team, manager: Lead}}
  - {to: person, from: people, columns: {id: Name, name: Name, team: Team}}
  - to: stage
    rows: [{id: Won, name: Won, position: 1, outcome: won}, {id: Lost, name: Lost, position: 2, outcome: lost}]
  - {to: opportunity, from: deals, columns: {id: Deal, owner: Owner, stage: Stage, created_at: Closed, closed_at: Closed, amount: Value}}
END
cat > co/kpis/own.yaml <<'END'
kpis:
  largest_deal:
    name: Largest deal
    question: What was the largest deal worth?
    formula: max(opportunity.amount where outcome = 'won' on closed_at)
    better: higher
    timing: lagging
    category: financial
END
printf 'Team,Lead\nNorth,Ana\nSouth,Gus\nWest,Jo\n' > co/exports/teams.csv
echo Name,Team > co/exports/people.csv
echo Deal,Owner,Stage,Closed,Value > co/exports/deals.csv
team() { # NAME PERSON…
  name=$1
  shift
  for person in "$@"; do
    echo "$person,$name" >> co/exports/people.csv
    [ "$person" = Quin ] || echo "D-$person,$person,Won,2026-08-05,100" >> co/exports/deals.csv
  done
}
team North Ana Bo Cy Di Ed Flo
team South Gus Hal Ida
team West Jo Kim Lea Max Ned Ola Pia Quin Rob
cat > co/policy.yaml <<'END'
shared:
  boards:
    teams: {kpis: [revenue, largest_deal], by: team, periods: 1, to: [rep, leader]}
    league: {kpis: revenue, by: rep, names: own, periods: 1, to: rep}
    names: {title: Everybody, kpis: won_deals, by: [team, rep], names: shown, periods: 1, grain: year, to: coach}
END
run 0 -C co --now 2026-11-02 load
for user in "pia rep Pia" "quin rep Quin" "gus leader Gus" "coach coach Ana"; do
  set -- $user
  run 0 -C co user add "$1" --role "$2" --person "$3"
done
run 0 -C co user add mia --role marketing

board() { run 0 -C co --now 2026-11-20 board --format json "$@"; }
rows() { json '[(r["kpi"], r["members"].get("team"), r["value"]) for p in d["periods"] for r in p["rows"]]'; }

# Whoever sees everything gets all of it.
board teams
is "all of it" "$(rows)" \
  "[('revenue', 'North', 600), ('largest_deal', 'North', 100), ('revenue', 'South', 300), ('largest_deal', 'South', 100), ('revenue', 'West', 800), ('largest_deal', 'West', 100), ('revenue', None, 1700), ('largest_deal', None, 100)]"
json_is 'd["periods"][0]["as_of"]' "2026-11-02"

# Of South there are three; with North shown they would follow from the whole less West. West's others are seven: it stays.
board teams --as pia
is "a rep" "$(rows)" "[('revenue', 'West', 800), ('revenue', None, 1700)]"
json_is 'd["periods"][0]["hidden"]' "[{'kpi': 'revenue', 'n_rows': 2}, {'kpi': 'largest_deal', 'n_rows': 4}]"
json_is '"of a single record" in d["periods"][0]["notes"][0]' True
# South's leader sees the three anyway.
board teams --as gus
is "a leader" "$(rows)" "[('revenue', 'North', 600), ('revenue', 'South', 300), ('revenue', 'West', 800), ('revenue', None, 1700)]"

# Sixteen others, all with 100: three parts of at least five. The first is North (names go in order), and all less West less North
# is South; West less the third is Jo and Kim.
board league --as pia
json_is '[(s["value"], s["rank"], s["n_peers"], s["better_than"], [(p["n_people"], p["mean"]) for p in s["parts"]]) for s in d["periods"][0]["standings"]]' \
  "[(100, 1, 16, 0, [(6, None), (5, 100), (5, None)])]"
board league --as quin
json_is '[(s["value"], s["rank"], s["n_peers"]) for s in d["periods"][0]["standings"]]' "[(None, None, 17)]"
run 0 -C co --now 2026-11-20 board league --as pia --format csv
says "revenue,Revenue (bookings),money,100,1,16,0"

# For people: groups down, periods across, what is hidden as a sentence; one's own row, rank and the others' parts.
lines() { sed 's/  */ /g; s/ $//' "$out" | grep -E "^($1) "; }
run 0 -C co --now 2026-11-20 board teams --as pia
says "Boards · teams · 2026-Q3"
is "groups" "$(lines 'North|South|West|All')" "West EUR 800 –
All EUR 1,700 –"
says "2026-Q3, Revenue (bookings): 2 rows are not shown: too few people, or they would tell of too few (fewer than 5)"
says "2026-Q3, Largest deal: 4 rows are not shown"
says "of a single record"
says "2026-Q3: the records as they were at the end of 2026-11-02; 2026-Q4 comes after 2027-01-05"
run 0 -C co --now 2026-11-20 board league --as pia
says "Boards · league · Revenue (bookings) · 2026-Q3"
is "a standing" "$(lines 'You|Rank|Ahead|Highest|Middle|Lowest')" "You EUR 100
Rank 1 of 17
Ahead of 0.0 %
Highest third of the others – (5)
Middle third of the others EUR 100 (5)
Lowest third of the others – (6)"
run 0 -C co --now 2026-11-20 board league --as quin
is "without a number" "$(lines 'You|Rank')" "You –
Rank –"
run 0 -C co --now 2026-11-20 board teams --format md
says "| South | EUR 300 | EUR 100 |"
run 0 -C co --now 2026-11-01 board teams
says "There is nothing on it yet: 2026-Q3 comes to it after"
is "as many lines as it takes" "$(wc -l < "$out")" 3
run 0 -C co --now 2026-11-20 board teams --format xlsx --output teams.xlsx
is "a workbook" "$(head -c 2 teams.xlsx)" "PK"
run 2 -C co board teams --output teams.xlsx
complains "--output is for --format xlsx"
run 2 -C co board --format xlsx --output boards.xlsx
complains "attain board NAME --format xlsx"

# Names that are shown; and what one's role does not get.
run 0 -C co --now 2027-01-20 board --format json names --as coach
json_is 'len([r for r in d["periods"][0]["rows"] if len(r["members"]) == 2])' 17
run 1 -C co --now 2026-11-20 board names --as pia
complains "shared with coach: ask who keeps policy.yaml to add rep"
run 1 -C co --now 2026-11-20 board nothing --as pia
complains "those shared with you are teams, league"
board --as mia
json_is '[b["board"] for b in d["boards"]]' "['marketing']"

# The board is made: what is written later is not on it; before it has settled there is none.
echo D-late,Ida,Won,2026-08-06,5 >> co/exports/deals.csv
run 0 -C co --now 2026-11-21 load
board teams --as gus
is "as it was" "$(rows)" "[('revenue', 'North', 600), ('revenue', 'South', 300), ('revenue', 'West', 800), ('revenue', None, 1700)]"
run 0 -C co --now 2026-11-02T18:00 board --format json teams --as gus
json_is '(d["periods"], d["next"]["period"]["name"], d["next"]["after"])' "([], '2026-Q3', '2026-11-02')"

# Ned has 9,000: the others of West, and all others, come to less than a fifth of it.
sed -i 's/^D-Ned,.*/D-Ned,Ned,Won,2026-08-05,9000/' co/exports/deals.csv
printf '  since: 2026-11-25\n' >> co/policy.yaml
run 0 -C co --now 2026-11-25 load
run 0 -C co --now 2026-12-01 board --format json teams --as pia
is "nobody has nearly all" "$(rows)" "[('revenue', 'North', 600)]"
printf '  within: 0%%\n' >> co/policy.yaml
run 0 -C co --now 2026-12-01 board --format json teams --as pia
is "unless that is as it should be" "$(rows)" "[('revenue', 'West', 9700), ('revenue', None, 10605)]"
run 1 -C co board nothing
complains "marketing, teams, league, names"
printf 'shared: {boards: {a: {kpis: revenu, to: rep}}}\n' > co/policy.yaml
run 1 -C co --now 2026-12-01 board a --as pia
complains "board a of policy.yaml: there is no KPI 'revenu'"
finish
