# attain load: counts, the same files again, changed and vanished rows, several sources, the report as JSON.
. "$(dirname "$0")/lib.sh"
company co
ask() { run 0 -C co --now 2026-11-21 show "$@" --format json; }
counts() { json '[[t[k] for k in ("read", "new", "changed", "unchanged", "rejected", "skipped", "closed")] for l in d["loads"] for t in l["tables"] if t["table"] == "'"$1"'"]'; }

# --- first, as JSON; the forms of docs/output.md ---
run 0 -C co --now 2026-11-01 load --format json
json_is 'len(d["loads"])' 1
json_is 'd["loads"][0]["source"], d["loads"][0]["done"], d["loads"][0]["error"], d["loads"][0]["load"]' "('crm', True, None, 1)"
is "counts of deals" "$(counts opportunity)" "[[50, 50, 0, 0, 0, 0, 0]]"
is "counts of people" "$(counts person)" "[[8, 8, 0, 0, 0, 0, 0]]"
json_is 'sum(t["new"] for t in d["loads"][0]["tables"])' 86
ask won_deals --period 2026
json_is 'd["rows"][0]["value"]' 18

# --- the same again changes nothing ---
run 0 -C co --now 2026-11-02 load --format json
is "counts of the same again" "$(counts opportunity)" "[[50, 0, 0, 50, 0, 0, 0]]"
json_is 'sum(t["new"] + t["changed"] + t["closed"] for t in d["loads"][0]["tables"])' 0
json_is 'd["loads"][0]["load"]' None
run 0 -C co --now 2026-11-02 load
says "nothing has changed"

# --- one row changed, one added: D-1004 (open, 11,500) is won; D-2001 is new and lost ---
sed -i 's/^D-1004,Dirk Vogel,Inverness Gas,Pump200,Qualify,2026-01-23,,11500,Web/D-1004,Dirk Vogel,Inverness Gas,Pump200,Closed Won,2026-01-23,2026-11-02,11000,Web/' co/exports/deals.csv
echo 'D-2001,Ana Silva,Inverness Gas,Pump 100,Closed Lost,2026-10-20,2026-11-02,0,Web' >> co/exports/deals.csv
run 0 -C co --now 2026-11-03 load --format json
is "counts of changes" "$(counts opportunity)" "[[51, 1, 1, 49, 0, 0, 0]]"
json_is 'd["loads"][0]["load"]' 2
ask won_deals revenue decided_deals --period 2026-11
json_is '[r["value"] for r in d["rows"]]' "[1, 11000, 2]"

# --- a row gone from a full extract is closed: no number holds it any longer ---
grep -v '^D-1001,' co/exports/deals.csv > deals && cp deals co/exports/deals.csv
run 0 -C co --now 2026-11-04 load --format json
is "counts with one vanished" "$(counts opportunity)" "[[50, 0, 0, 50, 0, 0, 1]]"
ask won_deals revenue --period 2026-01
json_is '[r["value"] for r in d["rows"]]' "[1, 3400]"

# --- it comes back ---
echo 'D-1001,Ana Silva,Brightwater Dairy,Pump 100,Closed Won,2026-01-06,2026-01-31,18000,Referral' >> co/exports/deals.csv
run 0 -C co --now 2026-11-05 load --format json
ask won_deals revenue --period 2026-01
json_is '[r["value"] for r in d["rows"]]' "[2, 21400]"

# --- a row missing from an increment is not closed ---
sed -i 's/deals:    {file: deals.csv}/deals:    {file: deals.csv, extract: increment}/' co/sources/crm.yaml
{ head -1 co/exports/deals.csv; grep '^D-1002,' co/exports/deals.csv; } > deals && cp deals co/exports/deals.csv
run 0 -C co --now 2026-11-06 load --format json
is "counts of an increment" "$(counts opportunity)" "[[1, 0, 0, 1, 0, 0, 0]]"
ask won_deals --period 2026
json_is 'd["rows"][0]["value"]' 19

# --- several sources: all, or those named; one that fails keeps none of the others from loading ---
mkdir co/orders
cat > co/orders/orders.csv <<'CSV'
Order;Customer;Rep;Date;Net
O-1;Fjord Seafood;ana@harbour.example;03.02.2026;1.250,50
O-2;Hopwood Schools;ana@harbour.example;04.02.2026;-250,50
O-3;Hopwood Schools;eva@harbour.example;28.02.2026;12.000,00
CSV
cat > co/sources/orders.yaml <<'YAML'
source: orders
folder: orders
date_format: dmy
tables: {orders: {file: "*.csv"}}
map:
  - to: sale
    from: orders
    columns:
      id: Order
      account: {of: Customer, match: name}
      owner: {of: Rep, match: email}
      at: Date
      net_amount: Net
YAML
run 0 -C co --now 2026-11-07 load orders --format json
json_is '[l["source"] for l in d["loads"]]' "['orders']"
is "counts of orders" "$(counts sale)" "[[3, 3, 0, 0, 0, 0, 0]]"
ask invoiced_revenue --by rep --period 2026-02
json_is '{r["members"]["rep"]: r["value"] for r in d["rows"]}' "{'Ana Silva': 1000, 'Eva Novak': 12000}"
printf 'nothing: here\n' > co/sources/broken.yaml
run 1 -C co --now 2026-11-07 load --format json
json_is 'sorted((l["source"], l["done"]) for l in d["loads"])' "[('broken', False), ('crm', True), ('orders', True)]"
json_is '[l["error"].split(":")[1] for l in d["loads"] if not l["done"]]' "['1']"
run 1 -C co load order
complains 'did you mean "orders"?'
rm co/sources/broken.yaml

# --- a workspace without a source ---
mkdir bare && printf 'name: Bare\ncurrency: EUR\n' > bare/attain.yaml
run 1 -C bare load
complains "no source yet"
finish
