"""The schema of what --json prints, ready to validate with (package python3-jsonschema)."""

import functools
import json
import os

SCHEMA = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
                      "src", "app", "events.schema.json")


@functools.cache
def validator(shape=None):
    """Of the lines of ask, or of the one object of that shape."""
    import jsonschema       # only scenarios with --json need it

    with open(SCHEMA, encoding="utf-8") as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    if shape:
        schema = {"$defs": schema["$defs"], "$ref": f"#/$defs/{shape}"}
    return jsonschema.Draft202012Validator(schema)
