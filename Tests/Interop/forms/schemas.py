#!/usr/bin/env python3
"""Holds forms against the published JSON Schemas with Python's jsonschema.

usage: schemas.py check | schemas.py validate IN.json OUT.json
IN: {"schema": text, "forms": [text]}; OUT: for each form, the paths that do not validate.
"""

import json
import sys

from jsonschema import Draft202012Validator


def path(error):
    """The place of an error, as Aviso writes it."""
    text = ""
    for step in error.absolute_path:
        text += f"[{step}]" if isinstance(step, int) else ("." if text else "") + step
    return text


def validate(given):
    schema = json.loads(given["schema"])
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    return [
        sorted({path(error) for error in validator.iter_errors(json.loads(form))})
        for form in given["forms"]
    ]


if __name__ == "__main__":
    if sys.argv[1] == "validate":
        with open(sys.argv[2], encoding="utf-8") as source:
            result = validate(json.load(source))
        with open(sys.argv[3], "w", encoding="utf-8") as target:
            json.dump(result, target)
