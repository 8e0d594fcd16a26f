"""What a server's own description (OpenAPI 3.1) says of its answers, and whether they are so.

    description = Description(document)          # GET /api/v1/openapi.json
    description.faults("GET", "/api/v1/ask?kpi=revenue", 200, headers, body)

Held: that the operation, the status, the media type and the headers are described, and that the body is as the schema says:
JSON Schema 2020-12 by python3-jsonschema, with formats checked. What was asked is kept in `seen`."""
import datetime
import json
import re

import jsonschema

FORMS = {
    "text/csv": lambda body: body.decode("utf-8") is not None,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": lambda body: body[:4] == b"PK\x03\x04",
    "application/vnd.apache.parquet": lambda body: body[:4] == b"PAR1" == body[-4:],
}
formats = jsonschema.FormatChecker(formats=())


@formats.checks("date", raises=ValueError)
def is_day(text):
    return not isinstance(text, str) or bool(datetime.date.fromisoformat(text)) and len(text) == 10


@formats.checks("date-time", raises=ValueError)
def is_instant(text):
    """RFC 3339 in UTC, as every answer writes it."""
    if not isinstance(text, str):
        return True
    whole = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z", text)
    return bool(whole and datetime.datetime.fromisoformat(whole.group(1)))


class Description:
    def __init__(self, document):
        self.root, self.seen, self.validators = document, {}, {}
        paths = sorted(document["paths"].items(), key=lambda item: item[0].count("{"))
        self.paths = [(re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(path))), path, operations) for path, operations in paths]

    def operation(self, method, path):
        """(path as described, operation), or (None, None). HEAD is told as GET."""
        wanted = "get" if method == "HEAD" else method.lower()
        for pattern, known, operations in self.paths:
            if wanted in operations and pattern.fullmatch(path.split("?")[0]):
                return known, operations[wanted]
        return None, None

    def resolved(self, thing):
        while "$ref" in thing:
            at = self.root
            for part in thing["$ref"].lstrip("#/").split("/"):
                at = at[part]
            thing = at
        return thing

    def validator(self, schema):
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            resolver = jsonschema.RefResolver("", self.root)
            self.validators[key] = jsonschema.Draft202012Validator(schema, resolver=resolver, format_checker=formats)
        return self.validators[key]

    def faults(self, method, path, status, headers, body):
        """Yields what an answer has that is not described, and lacks that is."""
        if "json" in (headers.get("Content-Type") or "") and not (headers.get("Content-Disposition") or "").startswith("attachment; filename="):
            yield f"{method} {path} gives JSON that a browser shows"
        known, operation = self.operation(method, path)
        if operation is None:
            if status not in (204, 400, 404, 405, 413, 414, 429, 431):
                yield f"{method} {path} is answered with {status} and not described"
            return
        self.seen.setdefault((("GET" if method == "HEAD" else method), known), set()).add(status)
        responses = operation["responses"]
        said = responses.get(str(status))
        if said is None and status < 400:
            yield f"{method} {known} has no {status}; it has {', '.join(responses)}"
            return
        said = self.resolved(said or responses["default"])
        yield from (f"{method} {known} {status}: {fault}" for fault in self.faults_of_headers(said, headers))
        if method != "HEAD":
            yield from (f"{method} {known} {status}: {fault}" for fault in self.faults_of_body(said, headers, body))

    def faults_of_headers(self, said, headers):
        for name, header in said.get("headers", {}).items():
            header, value = self.resolved(header), headers.get(name)
            if value is None and header.get("required"):
                yield f"there is no header {name}"
            elif value is not None:
                yield from (f"header {name}: {fault.message}" for fault in self.validator(header["schema"]).iter_errors(value))

    def faults_of_body(self, said, headers, body):
        kind = (headers.get("Content-Type") or "").split(";")[0].strip()
        content = said.get("content")
        if not content:
            if body:
                yield f"a body is not described: {body[:80]!r}"
            return
        if kind not in content:
            yield f"the type {kind!r} is none of {', '.join(content)}"
        elif kind.endswith("json"):
            for fault in self.validator(content[kind]["schema"]).iter_errors(json.loads(body)):
                yield f"{fault.json_path}: {fault.message[:300]}"
        elif kind in FORMS and not FORMS[kind](body):
            yield f"it is no {kind}: {body[:40]!r}"


def hold(description, method, path, status, headers, body):
    """Ends the test at an answer that is not as described."""
    found = list(description.faults(method, path, status, headers, body))
    assert not found, "not as described: " + "; ".join(found[:5])
