"""exports.py ATTAIN FOLDER: what the API exports, opened by other programs, is what it answers as JSON: every row and every
cell, of every list that has tables, of the simulated company. CSV is read by Python's csv, xlsx by openpyxl.

What is expected is made from the JSON here, by what docs/api.md says of tables."""
import csv
import io
import pathlib
import subprocess
import sys

import openpyxl

from serving import Server

NOW = "2026-11-20T12:00:00Z"
RULE = "rules:\n  low: {name: Too low, kpi: win_rate, who: each team, period: last-90-days, below: 95%, to: [hook]}\n"
CHANNEL = '\nalerts: {channels: {hook: {webhook: "http://127.0.0.1:9/none"}}}\n'
ALL = "(all)"
# Where, and which lists have the rows: within one another by dots, one after the other by commas.
QUESTIONS = [
    ("ask?kpi=revenue,win_rate,open_pipeline&by=team&compare=previous", "rows,totals"),
    ("ask?kpi=win_rate,sales_cycle&by=rep,region&grain=month&period=last-6-months", "rows,totals"),
    ("records?kpi=win_rate&limit=10000", "measures.records"), ("records?kpi=open_pipeline&limit=10000", "measures.records"),
    ("changes?kpi=revenue&since=2026-11-01", "kpis.measures.records"), ("explain?kpi=win_rate", "measures.left_out"), ("decompose?kpi=win_rate&by=source&period=2026-Q3", "members"),
    ("targets?all=1", "targets"), ("targets/suggest?kpi=revenue", "suggestions.reachable"), ("objectives", "objectives"),
    ("alerts", "rules"), ("alerts/findings", "findings"), ("alerts/history", "events"), ("kpis", "kpis"), ("lint", "findings"),
    ("check", "findings"), ("organisation", "people"), ("organisation?part=teams", "teams"),
    ("organisation?part=memberships", "memberships"), ("sources", "sources"), ("loads", "loads"), ("rejected", "rejected"),
    ("users", "users"), ("audit?limit=10000", "entries")]
failures = []


def check(holds, words):
    if not holds:
        failures.append(words)
        print("FAILED:", words)


# --- what is expected ---

def flat(value, path, into):
    """{path: cell} of all that an object says of itself; lists of texts and numbers are one text, other lists are no cells."""
    for name, inner in value.items():
        if isinstance(inner, dict):
            flat(inner, path + name + ".", into)
        elif not isinstance(inner, list):
            into[path + name] = inner
        elif all(isinstance(item, (str, int, float)) for item in inner):
            into[path + name] = " ".join(str(item) for item in inner)
    return into


def rows_below(value, steps, path, around):
    """A row for each object of the innermost list, with what the objects around it say of themselves."""
    for item in value.get(steps[0]) or []:
        own = {name: inner for name, inner in item.items() if name != (steps[1] if len(steps) > 1 else None)}
        row = {**around, **flat(own, path, {})}
        if len(steps) == 1:
            yield row
        else:
            yield from rows_below(item, steps[1:], path + steps[1] + ".", row)


def expected(document, lists):
    rows = [row for steps in lists.split(",") for row in rows_below(document, steps.split("."), "", {})]
    members = {path for row in rows for path in row if path.startswith("members.")}
    return [{**{path: ALL for path in members}, **row} for row in rows]


# --- what is read ---

def read_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content):
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    check(all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row), "no cell is a formula")
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def same(form, told, cell):
    """Whether a cell that was read is the JSON's value. CSV has texts only."""
    if cell is None or cell == "":
        return told is None or told == ""
    if form == "csv" and isinstance(cell, bool):
        return told == ("true" if cell else "false")
    if form == "csv" and isinstance(cell, str) and cell[0] in "=+-@":
        return told == "'" + cell  # no spreadsheet takes it for a formula
    if isinstance(cell, bool) or isinstance(cell, str):
        return told == cell and type(told) is type(cell)
    return told not in (None, "") and abs(float(told) - cell) <= 1e-14 * abs(cell)


def names_of(path):
    """What a column of it may be called, the best first."""
    parts = [part for part in path.split(".") if part != "members"]
    inner = parts[:-1] if parts[-1] == "name" and len(parts) > 1 else parts
    return [inner[-1], "_".join(inner), "_".join(inner[-2:]), "_".join(parts[-2:]), parts[-1]]


def columns_of(place, head, rows):
    """Which path each column has, by the names alone: what a row says of itself comes before what objects within it say."""
    free = sorted(dict.fromkeys(path for row in rows for path in row), key=lambda path: path.count("."))
    found = {}
    for rank in range(5):
        for path in list(free):
            name = names_of(path)[rank]
            if name in head and name not in found:
                found[name] = path
                free.remove(path)
    check(set(found) == set(head), f"{place}: columns that are of nothing: {set(head) - set(found)}")
    return found, free


def compare(place, form, table, rows):
    head, body = table[0], table[1:]
    check(len(set(head)) == len(head), f"{place} {form}: each column has a name of its own: {head}")
    check(len(body) == len(rows), f"{place} {form}: {len(body)} rows, not {len(rows)}")
    if not rows:
        return 0
    columns, left = columns_of(f"{place} {form}", head, rows)
    left = [path for path in left if not (form == "csv" and place.startswith("ask") and path.startswith("compared."))]
    check(not left, f"{place} {form}: lacks {left}")
    for number, (told, row) in enumerate(zip(body, rows)):
        for name, cell in zip(head, told):
            wanted = row.get(columns.get(name))
            if not same(form, cell, wanted):
                check(False, f"{place} {form}: row {number} {name}: {cell!r}, not {wanted!r}")
                return 0
    return len(body) * len(head)


def ask(server, path, form):
    status, content = server.ask("GET", f"/{path}{'&' if '?' in path else '?'}format={form}")
    check(status == 200, f"{path} {form}: {status} {content[:200]}")
    return content


# --- what has a form of its own ---

def scorecard_lines(document):
    """What a line of the scorecard's CSV says, by docs/scorecards.md."""
    kpis = {kpi["kpi"]: kpi for kpi in document["kpis"]}
    for row in document["rows"]:
        for cell in row["cells"]:
            target, forecast, compared = cell["target"] or {}, cell["forecast"] or {}, cell["compared"] or {}
            yield {"kpi": cell["kpi"], **{dimension: row["members"].get(dimension, ALL) for dimension in document["by"]},
                   "period": document["period"]["name"], "start": document["period"]["start"], "end": document["period"]["end"],
                   "value": cell["value"], "n": cell["n"], "unit": kpis[cell["kpi"]]["unit"], "flags": " ".join(cell["flags"]),
                   "compared_value": compared.get("value"), "target": target.get("amount"), "target_high": target.get("amount_high"),
                   **{name: target.get(name) for name in ("attainment", "due", "ahead", "days_ahead")},
                   "probability": forecast.get("probability"), "finish": forecast.get("finish"), "points": cell["points"],
                   "weight": kpis[cell["kpi"]]["weight"], "score": row["score"]}


def compare_scorecards(server):
    n_cells = 0
    for path in ("scorecard?by=team", "scorecard?by=region,rep&period=2026-Q3"):
        lines = list(scorecard_lines(server.call("GET", "/" + path)[1]))
        head, *body = read_csv(ask(server, path, "csv"))
        check(lines and list(lines[0]) == head and len(lines) == len(body), f"{path} csv: its lines and columns: {head}")
        for told, line in zip(body, lines):
            wrong = [(name, cell, line[name]) for name, cell in zip(head, told) if not same("csv", cell, line[name])]
            check(not wrong, f"{path} csv: {line['kpi']}: {wrong}")
            n_cells += len(told)
    document = server.call("GET", "/scorecard")[1]
    titles = {kpi["title"]: kpi["kpi"] for kpi in document["kpis"]}
    lines = {line["kpi"]: line for line in scorecard_lines(document)}
    heads = {"So far": "value", "Before": "compared_value", "Target": "target", "Attained": "attainment", "Points": "points",
             "Ahead": "ahead", "Chance": "probability", "Expected at the end": "finish"}
    table = read_xlsx(ask(server, "scorecard", "xlsx"))
    head = next(row for row in table if row[0] == "KPI")
    shown = [row for row in table[table.index(head) + 1:] if row[0] in titles]
    check({titles[row[0]] for row in shown} == set(lines), "scorecard xlsx: each KPI has a row")
    for row in shown:
        for name, of in heads.items():
            told, wanted = row[head.index(name)], lines[titles[row[0]]][of]
            check(same("xlsx", told, wanted), f"scorecard xlsx: {row[0]} {name}: {told!r}, not {wanted!r}")
            n_cells += 1
    return n_cells


def compare_grid(server):
    path = "targets/grid?kpi=revenue&by=team&period=2026&grain=quarter"
    grid = server.call("GET", "/" + path)[1]
    cells = {(cell["member"], cell["period"]): cell["amount"] for cell in grid["cells"]}
    periods = [period["name"] for period in grid["periods"]]
    check(cells, "the grid has targets")
    for form, read in (("csv", read_csv), ("xlsx", read_xlsx)):
        head, *body = read(ask(server, path, form))
        check(head == ["revenue by team", *periods], f"grid {form}: {head}")
        check([row[0] for row in body] == grid["members"], f"grid {form}: its members")
        for row in body:
            for period, told in zip(periods, row[1:]):
                wanted = cells.get((row[0], period))
                check(same(form, told, wanted), f"grid {form}: {row[0]} {period}: {told!r}, not {wanted!r}")
    return 2 * len(periods) * len(grid["members"])


def compare_all(server):
    n_cells = compare_scorecards(server) + compare_grid(server)
    for path, lists in QUESTIONS:
        status, document = server.call("GET", "/" + path)
        check(status == 200, f"{path}: {status} {document}")
        rows = expected(document, lists)
        n_cells += compare(path, "csv", read_csv(ask(server, path, "csv")), rows)
        n_cells += compare(path, "xlsx", read_xlsx(ask(server, path, "xlsx")), rows)
    return n_cells


def main(attain, folder):
    demo = pathlib.Path(folder) / "demo"
    subprocess.run([attain, "demo", demo, "--people", "14", "--deals", "1000", "--until", "2026-11-19"], check=True,
                   capture_output=True)
    (demo / "alerts").mkdir(exist_ok=True)
    (demo / "alerts/sales.yaml").write_text(RULE)
    with open(demo / "attain.yaml", "a") as file:
        file.write(CHANNEL)
    with Server(attain, demo, now=NOW) as server:
        server.call("POST", "/records/opportunity?source=test", {"id": "bad", "amount": "ten"})
        server.call("POST", "/records/opportunity?source=test",
                    {"id": "=1+1", "name": 'Say "hello",\nand bye; ünïcode', "amount": 12.34, "currency": "EUR", "outcome": "won",
                     "created_at": "2026-11-01T09:00:00Z", "closed_at": "2026-11-10T09:00:00Z"})
        n_cells = compare_all(server)
    print(f"{n_cells} cells, {len(failures)} failures")
    return 1 if failures or not n_cells else 0


sys.exit(main(*sys.argv[1:]))
