"""Holds the package jsonschema against everything that is published: each schema is one, each example fits, and the
bodies of the test vectors get the verdict that ours gives them.

    python3 schemas.py SCHEMAS [RECORDINGS]
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator

ROOT = pathlib.Path(sys.argv[1])
RECORDINGS = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def published():
    """Every schema, by its path."""
    for path in sorted(ROOT.rglob("*.json")):
        content = read(path)
        if isinstance(content, dict) and "$schema" in content:
            yield path.relative_to(ROOT).as_posix(), content


def vectors():
    """The table that our own tests use: each body, and whether the schema of its base takes it.

    A case is its base with at most one operation of JSON Patch, at a member of the whole.
    """
    table = read(ROOT / "vectors" / "bodies.json")
    bases = {base["name"]: base for base in table["bases"]}
    for case in table["cases"]:
        if case["fits"] is None:
            continue
        base = bases[case["base"]]
        body = dict(base["body"])
        for change in case["patch"]:
            member = change["path"][1:].replace("~1", "/").replace("~0", "~")
            if change["op"] == "remove":
                del body[member]
            else:
                body[member] = change["value"]
        yield {"id": f"{case['base']} {case['patch']}", "schema": base["schema"], "body": body, "fits": case["fits"]}


def tolerant(body):
    """The schema that a client reads a recorded answer by."""
    match body.get("object"):
        case "document":
            return "tolerant/destroy-answer.json" if body.get("deleted") else "tolerant/document.json"
        case "dispute" | "error" as name:
            return f"tolerant/{name}.json"
        case "list":
            return f"tolerant/{'document' if body['location'].endswith('/documents') else 'dispute'}-list.json"


def recorded():
    """Recorded answers of the live API."""
    for path in sorted(RECORDINGS.rglob("*.json")) if RECORDINGS else []:
        content = read(path)
        body = json.loads(content["body"]) if "body" in content else content
        if schema := tolerant(body):
            yield path.name, schema, body


def main():
    wrong, validators, examples = [], {}, 0
    for name, schema in published():
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        validators[name] = validator
        for index, example in enumerate(schema.get("examples", [])):
            examples += 1
            wrong += [f"{name}, example {index}: {error.message}" for error in validator.iter_errors(example)]
    bodies = list(vectors())
    for it in bodies:
        # Formats are annotations in these verdicts.
        plain = validators[it["schema"]].evolve(format_checker=None)
        if plain.is_valid(it["body"]) != it["fits"]:
            wrong.append(f"{it['id']}: {it['schema']} should {'take' if it['fits'] else 'refuse'} it, and does not")
    answers = list(recorded())
    for name, schema, body in answers:
        wrong += [f"{name}: {schema}: {error.message}" for error in validators[schema].iter_errors(body)]
    print(f"jsonschema: {len(validators)} schemas, {examples} examples, {len(bodies)} bodies, "
          f"{len(answers)} recorded bodies")
    if len(validators) < 40 or examples < 40 or len(bodies) < 100:
        wrong.append("too little was held against it")
    for line in wrong:
        print("WRONG", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
