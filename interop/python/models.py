"""Reads bodies with the models that datamodel-code-generator makes of `tolerant/`: every example, every recorded body.

    python3 models.py SCHEMAS MODELS [RECORDINGS]

MODELS is the folder with a module for each tolerant schema, as `datamodel-codegen` wrote it.
"""

import importlib
import json
import pathlib
import sys

from pydantic import ValidationError

ROOT, MODELS = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
RECORDINGS = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None

sys.path.insert(0, str(MODELS))
CLASSES = {
    "document": "Document",
    "document-list": "DocumentList",
    "dispute": "Dispute",
    "dispute-list": "DisputeList",
    "error": "Error",
}


def model(name):
    return getattr(importlib.import_module(name.replace("-", "_")), CLASSES[name])


def subject(body):
    """Which model a recorded body is for; the short answer to destroy is no document."""
    if body.get("object") == "list":
        return "document-list" if body["location"].endswith("/documents") else "dispute-list"
    if body.get("object") == "document" and "filename" not in body:
        return None
    return body.get("object") if body.get("object") in CLASSES else None


def bodies():
    for name in CLASSES:
        schema = json.loads((ROOT / "tolerant" / f"{name}.json").read_text(encoding="utf-8"))
        for index, example in enumerate(schema["examples"]):
            yield f"{name}, example {index}", name, example
    for path in sorted(RECORDINGS.rglob("*.json")) if RECORDINGS else []:
        content = json.loads(path.read_text(encoding="utf-8"))
        body = json.loads(content["body"]) if "body" in content else content
        if name := subject(body):
            yield path.name, name, body


def main():
    wrong, read = [], 0
    for what, name, body in bodies():
        read += 1
        try:
            model(name).model_validate(body)
        except ValidationError as error:
            wrong.append(f"{what}: {error}")
    try:
        model("document").model_validate({"object": "document", "id": 1})
        wrong.append("a document without a name is taken")
    except ValidationError:
        pass
    print(f"datamodel-code-generator: {read} bodies read")
    for line in wrong:
        print("WRONG", line)
    return 1 if wrong or read < 15 else 0


if __name__ == "__main__":
    sys.exit(main())
