"""uploads.py PROGRAM FOLDER: a file is brought to a server, looked at, mapped, tried and loaded; what must not be is refused, and
leaves nothing. Expected numbers are those of the files below."""
import io
import json
import pathlib
import subprocess
import sys
import zipfile

from serving import Server

PROGRAM, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
# Three deals: one won of 1,000, one lost, one whose date is none. North's amounts have a comma.
DEALS = "Deal ID;Owner;Stage;Amount;Created;Closed\nD1;Ana;Won;1000,50;2026-01-05;2026-02-01\nD2;Ben;Lost;20,00;2026-01-06;2026-02-02\nD3;Ana;Won;7,00;2026-01-07;31.31.2026\n"
MORE = "".join(f"M{i};Ana;Open;5,00;2026-03-01;\n" for i in range(100))
failures = []


def check(holds, words):
    if not holds:
        failures.append(words)
        print("FAILED:", words)


def workbook():
    """An xlsx of one sheet: two columns, two rows; made by hand."""
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>Id</t></is></c><c r="B1" t="inlineStr"><is><t>Name, in full</t></is></c></row>' \
            '<row r="2"><c r="A2" t="inlineStr"><is><t>P1</t></is></c><c r="B2" t="inlineStr"><is><t>Pump "100"</t></is></c></row>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                      '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>')
        file.writestr("_rels/.rels", f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        file.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>')
        file.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        file.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>')
    return held.getvalue()


def bring(server, path, content, wanted=200, words=""):
    status, _, text = server.fetch("PUT", "/api/v1/sources/" + path, content, server.headers({"Content-Type": "application/octet-stream"}))
    check(status == wanted and words in text.decode(), f"PUT {path}: {status}, {text[:200]}")
    return json.loads(text)


def call(server, method, path, body=None, wanted=200, words=""):
    status, text = server.call(method, "/sources/" + path, body)
    check(status == wanted and words in json.dumps(text, ensure_ascii=False), f"{method} {path}: {status}, {str(text)[:300]}")
    return text


company = FOLDER / "co"
subprocess.run([PROGRAM, "new", company, "--currency", "EUR"], check=True, capture_output=True)
with Server(PROGRAM, company, now="2026-11-20T12:00") as server:
    # names that lead elsewhere, kinds that are no table, sources that are none of ours
    bring(server, "north/files/..%2Fattain.yaml", b"a,b\n1,2\n", 400, "slash")
    for path, words in (("north/files/.csv", "letters"), ("north/files/a*.csv", "letters"),
                        ("north/files/deals.exe", "CSV, TSV"), ("North!/files/deals.csv", "small letters"), ("put/files/deals.csv", "small letters")):
        bring(server, path, b"a,b\n1,2\n", 422, words)
    bring(server, "north/files/empty.csv", b"", 422, "from 1 byte")
    check(not (company / "uploads").exists(), "what was refused left a folder")

    told = bring(server, "north/files/deals.csv", (DEALS + MORE).encode())
    check(told == {"source": "north", "file": "deals.csv", "bytes": len(DEALS + MORE)}, told)
    bring(server, "north/files/deals.csv", b"other", 422, "there already")
    check((company / "uploads/north/deals.csv").read_text() == DEALS + MORE, "what was refused changed the file")
    told = bring(server, "books/files/products.xlsx", workbook())
    check(told["file"] == "products.csv" and (company / "uploads/books/products.csv").read_bytes() == b'Id,"Name, in full"\r\nP1,"Pump ""100"""\r\n', told)
    bring(server, "books/files/broken.xlsx", b"PK\x03\x04 no workbook", 422)

    # looked at: columns, kinds, samples; the proposal is what `attain new --from` would write
    proposal = call(server, "GET", "north/proposal")
    columns = {column["column"]: column for column in proposal["files"][0]["columns"]}
    check(proposal["files"][0]["rows"] == 103 and columns["Amount"]["kind"] == "number" and columns["Created"]["kind"] == "date", columns)
    check(columns["Owner"]["distinct"] == 2 and columns["Owner"]["samples"] == ["Ana", "Ben"] and columns["Closed"]["filled"] == 3, columns)
    check(proposal["mapping"]["folder"] == "uploads/north" and "source: north" in proposal["yaml"], proposal["mapping"])
    deals = next(entry for entry in proposal["mapping"]["map"] if entry["to"] == "opportunity")
    check(deals["columns"]["id"] == "Deal ID" and deals["columns"]["amount"] == "Amount", deals)

    tables = {table["table"]: {field["field"]: field for field in table["fields"]} for table in proposal["tables"]}
    check(all(len(table["fields"]) == len({field["field"] for field in table["fields"]}) for table in proposal["tables"]), "a field twice")
    check("lost_reason" in tables["opportunity"] and "currency" in tables["sale"] and "stage_stay" not in tables, list(tables))
    check(all(set(entry.get("columns", {})) <= set(tables[entry["to"]]) for entry in proposal["mapping"]["map"]), "fields that no table has")

    # tried: nothing is written
    trial = call(server, "POST", "north/trial", {"mapping": proposal["mapping"]})
    counts = {table["table"]: table for table in trial["tables"]}["opportunity"]
    check((counts["read"], counts["records"], counts["rejected"], trial["n_rejected"]) == (103, 102, 1, 1), trial)
    check("31.31.2026" in trial["rejected"][0]["reason"] and trial["rejected"][0]["line"] == 4, trial["rejected"])
    check(server.call("GET", "/loads")[1]["loads"] == [] and not (company / "sources/north.yaml").exists(), "a try wrote something")

    # a mapping with what is not its author's to read
    wrong = json.loads(json.dumps(proposal["mapping"]))
    wrong["folder"] = "data"
    call(server, "POST", "north/trial", {"mapping": wrong}, 422, "uploads/north")
    wrong = json.loads(json.dumps(proposal["mapping"]))
    wrong["tables"]["deals"] = {"file": "/etc/passwd"}
    call(server, "PUT", "north", {"mapping": wrong}, 422, "without folders")
    wrong = json.loads(json.dumps(proposal["mapping"]))
    wrong["map"][-1]["where"] = "1 = (SELECT count(*) FROM read_text('/etc/passwd'))"
    call(server, "PUT", "north", {"mapping": wrong}, 422, "was not proposed")
    wrong = json.loads(json.dumps(proposal["mapping"]))
    wrong["map"][-1]["columns"]["id"] = "Deal No"
    call(server, "POST", "north/trial", {"mapping": wrong}, 422, "Deal No")
    call(server, "PUT", "north", {"yaml": "source: other\n"}, 422)
    check(not (company / "sources/north.yaml").exists(), "what was refused was written")

    # written and loaded
    call(server, "PUT", "north", {"mapping": proposal["mapping"]})
    check((company / "sources/north.yaml").read_text().startswith("# How the files"), "the mapping that was written")
    report = call(server, "POST", "north/load")
    check((report["n_rejected"], report["load"] > 0) == (1, True), report)
    status, answer = server.call("GET", "/ask?kpi=revenue,won_deals&period=2026-Q1")
    check([row["value"] for row in answer["rows"]] == [1000.5, 1], answer)
    call(server, "PUT", "north", {"mapping": proposal["mapping"]}, 422, "there already")
    call(server, "PUT", "north?replace=1", {"yaml": proposal["yaml"]})
    check((company / "sources/north.yaml").read_text() == proposal["yaml"], "the comments of the proposal stay")

    # what has its files elsewhere is its owner's
    (company / "sources/erp.yaml").write_text("source: erp\nfolder: exports\ntables: {deals: {file: deals.csv}}\nmap:\n  - to: opportunity\n    from: deals\n    columns: {id: Id, created_at: Created}\n")
    (company / "sources/old.yaml").write_text("source: legacy\nfolder: exports\ntables: {deals: {file: deals.csv}}\nmap:\n  - to: opportunity\n    from: deals\n    columns: {id: Id, created_at: Created}\n")
    bring(server, "erp/files/deals.csv", b"Id\n1\n", 422, "elsewhere")
    bring(server, "old/files/deals.csv", b"Id\n1\n", 422, "elsewhere")
    call(server, "PUT", "erp?replace=1", {"yaml": proposal["yaml"]}, 422, "elsewhere")
sys.exit(1 if failures else 0)
