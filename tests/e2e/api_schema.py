"""A validator of the JSON Schema (2020-12) that schemas/api is written in; a keyword it does not know is an error."""
TYPES = {"null": type(None), "boolean": bool, "string": str, "array": list, "object": dict}
SAID = {"description", "examples", "format", "$schema", "$id", "title"}


def is_of(value, name):
    if name in ("number", "integer"):
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return not isinstance(value, bool) and (whole or (name == "number" and isinstance(value, float)))
    return isinstance(value, TYPES[name])


def faults(schema, value, root, place="$"):
    """Yields what is wrong, with its place."""
    for key, wanted in schema.items():
        if key == "$ref":
            yield from faults(root["components"]["schemas"][wanted.split("/")[-1]], value, root, place)
        elif key == "type":
            names = wanted if isinstance(wanted, list) else [wanted]
            if not any(is_of(value, name) for name in names):
                yield f"{place} is {value!r:.60}, not {' or '.join(names)}"
        elif key == "enum" and value not in wanted:
            yield f"{place} is {value!r}, none of {wanted}"
        elif key == "const" and value != wanted:
            yield f"{place} is {value!r}, not {wanted!r}"
        elif key == "anyOf" and all(any(faults(one, value, root, place)) for one in wanted):
            yield f"{place} is {value!r:.60}, nothing that may stand there"
        elif key == "required" and isinstance(value, dict):
            yield from (f"{place} has no {name}" for name in wanted if name not in value)
        elif key == "properties" and isinstance(value, dict):
            for name in value.keys() & wanted.keys():
                yield from faults(wanted[name], value[name], root, f"{place}.{name}")
        elif key == "additionalProperties" and isinstance(value, dict):
            for name in value.keys() - schema.get("properties", {}).keys():
                if wanted is False:
                    yield f"{place}.{name} is not described"
                elif isinstance(wanted, dict):
                    yield from faults(wanted, value[name], root, f"{place}.{name}")
        elif key == "items" and isinstance(value, list):
            for index, item in enumerate(value):
                yield from faults(wanted, item, root, f"{place}[{index}]")
        elif key == "minItems" and isinstance(value, list) and len(value) < wanted:
            yield f"{place} has fewer than {wanted}"
        elif key == "maxItems" and isinstance(value, list) and len(value) > wanted:
            yield f"{place} has more than {wanted}"
        elif key == "minimum" and is_of(value, "number") and value < wanted:
            yield f"{place} is less than {wanted}"
        elif key not in SAID | {"enum", "const", "anyOf", "required", "properties", "additionalProperties", "items",
                                "minItems", "maxItems", "minimum"}:
            raise ValueError(f"{place}: the keyword {key} is not known here")
