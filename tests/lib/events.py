"""The schemas of what octavo prints and keeps, ready to validate with (package python3-jsonschema)."""

import functools
import json
import os

APP = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
                   "src", "app")


@functools.cache
def validator(shape=None, name="events"):
    """Of the lines of ask, or of the one object of that shape; or of another schema's lines."""
    import jsonschema       # only scenarios with --json or --transcript need it

    with open(os.path.join(APP, f"{name}.schema.json"), encoding="utf-8") as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    if shape:
        schema = {"$defs": schema["$defs"], "$ref": f"#/$defs/{shape}"}
    return jsonschema.Draft202012Validator(schema)
