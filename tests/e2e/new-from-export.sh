# A whole export, 2,000 deals in the manner of a public CRM data set, made here by awk from a fixed seed: `attain new --from`, load, and
# every figure computed again by verify.py. With the faults of real data: GTXPro beside GTX Pro, open deals without an account or a day of
# opening, lost deals of 0.
. "$(dirname "$0")/lib.sh"
mkdir export
cat > export/sales_teams.csv <<'CSV'
sales_agent,manager,regional_office
Ada Frost,Dora Beck,Central
Ben Okoye,Dora Beck,Central
Cleo Hart,Dora Beck,Central
Dev Patel,Emil Lund,East
Elsa Brandt,Emil Lund,East
Fay Moreno,Emil Lund,East
Gus Adler,Rosa Lima,West
Hana Sato,Rosa Lima,West
Ivo Petrov,Rosa Lima,West
Joan Kerr,Rosa Lima,West
CSV
cat > export/products.csv <<'CSV'
product,series,sales_price
GTX Basic,GTX,550
GTX Pro,GTX,4821
MG Special,MG,55
MG Advanced,MG,3393
GTK 500,GTK,26768
CSV
cat > export/data_dictionary.csv <<'CSV'
Table,Field,Description
sales_pipeline,close_value,Revenue from the deal
CSV
awk 'BEGIN {
  split("software retail medical marketing finance services", sector, " ")
  print "account,sector,year_established,revenue,employees,office_location,subsidiary_of"
  for (i = 1; i <= 40; i++) printf "Customer %02d,%s,%d,%.2f,%d,%s,%s\n", i, sector[1 + i % 6], 1980 + i, 100 + 37.31 * i, 50 * i, i % 4 ? "United States" : "Norway", i % 9 ? "" : "Customer 01"
}' > export/accounts.csv
# Park & Miller 1988: the same numbers from every awk. Days are counted from 2016-10-01; no month arithmetic beyond a table.
awk -F, 'function random(n) { seed = (seed * 16807) % 2147483647; return seed % n }
function day(n,   m, y) { y = 2016; m = 10; while (n >= length_of(y, m)) { n -= length_of(y, m); if (++m > 12) { m = 1; y++ } } return sprintf("%d-%02d-%02d", y, m, n + 1) }
function length_of(y, m) { return m == 2 ? (y % 4 == 0 ? 29 : 28) : (m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31) }
BEGIN { seed = 20261121; n_agents = n_products = 0 }
FILENAME ~ /teams/ && FNR > 1 { agent[n_agents++] = $1 }
FILENAME ~ /products/ && FNR > 1 { product[n_products] = $1; price[n_products++] = $3 }
END {
  print "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
  for (i = 1; i <= 2000; i++) {
    a = random(n_agents); p = random(n_products); c = 1 + random(40); start = random(400); long = 1 + random(120); kind = random(100)
    name = product[p] == "GTX Pro" && random(10) < 7 ? "GTXPro" : product[p]
    account = sprintf("Customer %02d", c)
    if (kind < 8) { stage = "Prospecting"; opened = closed = value = "" }
    else if (kind < 24) { stage = "Engaging"; opened = day(start); closed = value = "" }
    else if (kind < 24 + 40 + a) { stage = "Won"; opened = day(start); closed = day(start + long); value = int(price[p] * (80 + random(41)) / 100) }
    else { stage = "Lost"; opened = day(start); closed = day(start + long); value = 0 }
    if (kind < 24 && random(3) < 2) account = ""
    printf "%08X,%s,%s,%s,%s,%s,%s,%s\n", 100000 * i + random(100000), agent[a], name, account, stage, opened, closed, value
  }
}' export/sales_teams.csv export/products.csv > export/sales_pipeline.csv
is "deals" "$(($(wc -l < export/sales_pipeline.csv) - 1))" 2000

run 0 new company --from export
says 'product "GTXPro"'
says "data_dictionary.csv is left out"
says "no account"
says "no value, or 0"
run 0 -C company --now 2018-06-30 load --format json
json_is '[sum(t[k] for t in d["loads"][0]["tables"] if t["table"] == "opportunity") for k in ("read", "new", "rejected")]' "[2000, 2000, 0]"
run 0 -C company --now 2018-06-30 check --format json
json_is 'd["errors"]' 0

all="won_deals lost_deals win_rate revenue average_deal_size median_deal_size sales_cycle mean_sales_cycle lost_cycle"
verify() {
  run 0 -C company --now 2018-06-30 show $all "$@" --format json
  checks=$((checks + 1))
  python3 "$here/verify.py" pipeline export "$out" > "$work/.verify" 2>&1 || fail "$(cat "$work/.verify")"
}
verify --period all
for by in rep manager region product industry stage account; do verify --by "$by" --period all; done
verify --period 2016-10..2018-02 --grain month
verify --period 2016-10..2018-03 --grain quarter
verify --by manager --period 2017 --grain month
verify --by region,product --period 2017 --grain quarter
verify --by industry,rep --period 2017-Q3

# --- nothing of an unknown product name is left; the same load again changes nothing ---
run 0 -C company --now 2018-06-30 show won_deals --by product --period all
says_not "GTXPro"
run 0 -C company --now 2018-06-30 load
says "nothing has changed"
finish
