"""Holds an answer of `attain show --format json` against the records, computed here again from the CSV files alone.

  verify.py company|pipeline FOLDER ANSWER.json [FIELD=VALUE…]

Every row and total of the answer is computed from the deals of its members and period; FIELD=VALUE keeps only these deals, as --where
does. Each member that has deals must have its row. Nothing of Attain is used.
"""
import csv
import datetime
import json
import math
import os
import statistics
import sys


def rows(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def date(text):
    return datetime.date.fromisoformat(text) if text else None


def company(folder):
    """The 50 deals of company/: a product spelled two ways, people in teams with dates, managers who lead the teams."""
    teams = {row["Team"]: row for row in rows(folder, "teams.csv")}
    accounts = {row["Account"]: row for row in rows(folder, "accounts.csv")}
    spans = [(row["Person"], date(row["From"]) or datetime.date.min, date(row["Until"]) or datetime.date.max, row["Team"])
             for row in rows(folder, "team_history.csv")]

    def place(deal, day):
        team = next((team for person, start, end, team in spans if person == deal["rep"] and day and start <= day < end), None)
        return {"team": team, "region": team and teams[team]["Region"], "manager": team and teams[team]["Lead"]}

    for row in rows(folder, "deals.csv"):
        deal = {"rep": row["Owner"], "account": row["Account"] or None, "source": row["Source"], "stage": row["Stage"],
                "product": {"Pump200": "Pump 200"}.get(row["Product"], row["Product"]),
                "industry": accounts[row["Account"]]["Industry"] if row["Account"] else None,
                "created": date(row["Opened"]), "closed": date(row["Closed"]), "amount": float(row["Value"] or 0),
                "outcome": {"Closed Won": "won", "Closed Lost": "lost"}.get(row["Stage"], "open")}
        yield deal, place


def pipeline(folder):
    """An export in the manner of a public CRM data set: pipeline, reps with manager and region, accounts, products."""
    people = {row["sales_agent"]: row for row in rows(folder, "sales_teams.csv")}
    sectors = {row["account"]: row["sector"] for row in rows(folder, "accounts.csv")}
    for row in rows(folder, "sales_pipeline.csv"):
        person = people[row["sales_agent"]]
        deal = {"rep": row["sales_agent"], "account": row["account"] or None, "stage": row["deal_stage"],
                "product": {"GTXPro": "GTX Pro"}.get(row["product"], row["product"]), "industry": sectors.get(row["account"]),
                "manager": person["manager"], "region": person["regional_office"],
                "created": date(row["engage_date"]), "closed": date(row["close_date"]), "amount": float(row["close_value"] or 0),
                "outcome": {"Won": "won", "Lost": "lost"}.get(row["deal_stage"], "open")}
        yield deal, lambda deal, day: {}


def mean(values):
    return sum(values) / len(values) if values else None


def median(values):
    return statistics.median(values) if values else None


def days(deals, outcome):
    return [(deal["closed"] - deal["created"]).days for deal in deals if deal["outcome"] == outcome and deal["created"]]


def amounts(deals):
    return [deal["amount"] for deal in deals if deal["outcome"] == "won"]


def count(deals, *outcomes):
    return sum(deal["outcome"] in outcomes for deal in deals)


def share(part, whole):
    return part / whole if whole else None


KPIS = {
    "won_deals": lambda deals: count(deals, "won"),
    "lost_deals": lambda deals: count(deals, "lost"),
    "decided_deals": lambda deals: count(deals, "won", "lost"),
    "win_rate": lambda deals: share(count(deals, "won"), count(deals, "won", "lost")),
    "revenue": lambda deals: sum(amounts(deals)),
    "average_deal_size": lambda deals: mean(amounts(deals)),
    "median_deal_size": lambda deals: median(amounts(deals)),
    "sales_cycle": lambda deals: median(days(deals, "won")),
    "mean_sales_cycle": lambda deals: mean(days(deals, "won")),
    "lost_cycle": lambda deals: median(days(deals, "lost")),
    "created_deals": len,
}


def wilson(won, decided):
    """Wilson 1927, 95 %."""
    z = 1.959963984540054
    p, n = won / decided, decided
    middle, width = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - width) / (1 + z * z / n), (middle + width) / (1 + z * z / n)


def near(a, b):
    return a is None and b is None or None not in (a, b) and abs(a - b) <= 1e-9 * max(1, abs(a), abs(b))


def main():
    shape, folder, answer = sys.argv[1:4]
    conditions = dict(argument.split("=", 1) for argument in sys.argv[4:])
    deals = list({"company": company, "pipeline": pipeline}[shape](folder))
    with open(answer, encoding="utf-8") as file:
        result = json.load(file)
    wrong, seen = [], set()

    def of(row, members):
        anchor = "created" if row["kpi"] == "created_deals" else "closed"
        start, end = date(row["period"]["start"]), date(row["period"]["end"])
        for deal, place in deals:
            if deal[anchor] and start <= deal[anchor] < end:
                whole = {**deal, **place(deal, deal[anchor])}
                if all(whole[name] == value for name, value in {**conditions, **members}.items()):
                    yield whole

    for row in result["rows"] + result["totals"]:
        mine = list(of(row, row["members"]))
        if not mine and "before_data" in row["flags"]:
            expected = None  # before the first record there is no value, not 0
        else:
            expected = KPIS[row["kpi"]](mine)
        if not near(row["value"], expected):
            wrong.append(f"{row['kpi']} {row['members']} {row['period']['name']}: {row['value']}, not {expected}")
        if row["kpi"] == "win_rate" and expected is not None:
            parts = count(mine, "won"), count(mine, "won", "lost")
            if (row["numerator"], row["denominator"], row["n"]) != (*parts, parts[1]):
                wrong.append(f"win_rate {row['members']}: parts {row['numerator']}/{row['denominator']}, not {parts}")
            for name, limit in zip(("low", "high"), wilson(*parts)):
                if abs(row[name] - limit) > 1e-9:
                    wrong.append(f"win_rate {row['members']}: {name} {row[name]}, not {limit}")
        seen.add((row["kpi"], row["period"]["name"], tuple(row["members"].values())))

    if result["rows"]:
        names = list(result["rows"][0]["members"])
        for row in {(row["kpi"], row["period"]["name"]): row for row in result["rows"]}.values():
            for deal in of(row, {}):
                if row["kpi"] != "created_deals" and deal["outcome"] == "open":
                    continue
                key = (row["kpi"], row["period"]["name"], tuple(deal[name] for name in names))
                if key not in seen:
                    seen.add(key)
                    wrong.append(f"no row of {key}")
    print("\n".join(wrong[:20]) if wrong else f"{len(result['rows']) + len(result['totals'])} figures agree")
    return 1 if wrong or not result["rows"] else 0


sys.exit(main())
