"""openapi.py MADE KEPT: whether the description that the program makes is one (OpenAPI 3.1), and docs/ has the same.

Held are the rules of the specification that need no network: what each part must have, names that are used once, parameters
of paths, references, media types, security, and schemas and examples by JSON Schema 2020-12 (python3-jsonschema)."""
import json
import pathlib
import re
import sys

import jsonschema

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
failures = []


def check(holds, words):
    if not holds:
        failures.append(words)
        print("FAILED:", words)


def references(thing):
    if isinstance(thing, dict):
        yield from ([thing["$ref"]] if isinstance(thing.get("$ref"), str) else [])
        thing = list(thing.values())
    for part in thing if isinstance(thing, list) else []:
        yield from references(part)


def resolved(root, thing):
    while "$ref" in thing:
        at = root
        for part in thing["$ref"].removeprefix("#/").split("/"):
            at = at[part]
        thing = at
    return thing


def check_references(root):
    for reference in set(references(root)):
        at = root
        for part in reference.removeprefix("#/").split("/"):
            at = at.get(part) if isinstance(at, dict) else None
        check(reference.startswith("#/") and at is not None, f"{reference} leads somewhere")
    used = {reference.split("/")[-1] for reference in references(root)}
    for name in root["components"]["schemas"]:
        check(name in used, f"the schema {name} is of something")


def check_parameters(path, operation, words):
    named = [(parameter["in"], parameter["name"]) for parameter in operation["parameters"]]
    check(len(named) == len(set(named)), f"{words}: parameters are named once")
    check({name for place, name in named if place == "path"} == set(re.findall(r"\{(.+?)\}", path)), f"{words}: those of its path")
    for parameter in operation["parameters"]:
        check(parameter["in"] in ("path", "query") and "schema" in parameter, f"{words}: {parameter['name']} has place and schema")
        check(parameter["in"] != "path" or parameter["required"] is True, f"{words}: {parameter['name']} is required")
        check(bool(parameter.get("description")), f"{words}: {parameter['name']} is told of")


def check_content(content, words):
    check(len(content) > 0, f"{words}: a body has a type")
    for kind, media in content.items():
        check(re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", kind) is not None, f"{words}: {kind} is a media type")
        check("schema" in media, f"{words}: {kind} has a schema")


def check_replies(root, operation, words):
    replies = operation["responses"]
    check(any(status[0] in "23" for status in replies), f"{words}: it may succeed")
    check("default" in replies, f"{words}: it may fail")
    for status, reply in replies.items():
        reply = resolved(root, reply)
        check(re.fullmatch(r"[1-5]\d\d|default", status) is not None, f"{words}: {status} is a status")
        check(bool(reply.get("description")), f"{words}: {status} is told of")
        if "content" in reply:
            check_content(reply["content"], f"{words} {status}")
        check(status not in ("204", "303", "304") or "application/json" not in reply.get("content", {}), f"{words} {status}: no body")
    failed = resolved(root, replies["default"])["content"]
    check(list(failed) == ["application/problem+json"], f"{words}: what goes wrong is a problem (RFC 9457)")


def check_operation(root, path, method, operation, ids):
    words = f"{method.upper()} {path}"
    check(method in METHODS, f"{words}: a method")
    check(operation["operationId"] not in ids, f"{words}: the operationId {operation['operationId']} is its own")
    ids.add(operation["operationId"])
    check(bool(operation.get("summary")) and len(operation["tags"]) == 1, f"{words}: summary and tag")
    for wanted in operation.get("security", root["security"]):
        check(set(wanted) <= set(root["components"]["securitySchemes"]), f"{words}: the ways to sign in are described")
    check_parameters(path, operation, words)
    if "requestBody" in operation:
        check(method not in ("get", "delete"), f"{words}: takes no body")
        check_content(operation["requestBody"]["content"], words)
    check_replies(root, operation, words)


def check_schemas(root):
    resolver = jsonschema.RefResolver("", root)
    for name, schema in root["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        for example in schema.get("examples", []):
            for fault in jsonschema.Draft202012Validator(schema, resolver=resolver).iter_errors(example):
                check(False, f"the example of {name}: {fault.message}")
        check_closed(name, schema)


def check_closed(name, schema):
    """An object whose members are named takes no others, so that an answer cannot grow unseen."""
    if isinstance(schema, dict):
        if "properties" in schema and name != "openapi":
            check("additionalProperties" in schema, f"{name}: an object with {', '.join(schema['properties'])[:60]} says whether it takes more")
            check(set(schema.get("required", [])) <= set(schema["properties"]), f"{name}: what is required is described")
        for part in schema.values():
            check_closed(name, part)
    elif isinstance(schema, list):
        for part in schema:
            check_closed(name, part)


def once(pairs):
    names = [name for name, _ in pairs]
    check(len(names) == len(set(names)), f"members are named once: {[name for name in names if names.count(name) > 1]}")
    return dict(pairs)


def main():
    made, kept = (pathlib.Path(path) for path in sys.argv[1:3])
    root, ids = json.loads(made.read_text(), object_pairs_hook=once), set()
    check(root["openapi"].startswith("3.1."), "OpenAPI 3.1")
    check({"title", "version"} <= set(root["info"]) and root["paths"], "info and paths")
    for scheme in root["components"]["securitySchemes"].values():
        check(scheme["type"] == "http" and "scheme" in scheme or scheme["type"] == "apiKey" and {"in", "name"} <= set(scheme), f"{scheme}")
    shapes = [re.sub(r"\{.+?\}", "{}", path) for path in root["paths"]]
    check(len(shapes) == len(set(shapes)), "no two paths are the same but for a parameter's name")
    for path, operations in root["paths"].items():
        check(path.startswith("/"), f"{path} begins with /")
        for method, operation in operations.items():
            check_operation(root, path, method, operation, ids)
    check_references(root)
    check_schemas(root)
    check(kept.exists() and json.loads(kept.read_text()) == root, "docs/openapi.json is what the program says: `make docs` writes it")
    print(f"{len(ids)} operations, {len(failures)} failures")
    return 1 if failures else 0


sys.exit(main())
