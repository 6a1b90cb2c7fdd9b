"""Holds peers against the faults of the mock: how many of them does a generated Schemathesis run notice, and how
many a Prism validating proxy, beside the suite?

    python3 bench/peers/kills.py REBUTTAL --schemathesis ST --prism PRISM [--faults N] [--examples N]

REBUTTAL, ST and PRISM are the three programs. Each fault is served by `rebuttal mock --fault`, and a correct mock
comes first: what a peer says of that one is noise and is not counted against a fault. The OpenAPI document that both
need is made here, from `schemas/`. One line a fault on stdout, and the table at the end.
"""

import argparse
import base64
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERSION = "2019-05-29"


def openapi(target):
    """The contract as far as OpenAPI can say it; the path parameters name what the mock holds."""

    def schema(name):
        """A published schema, with its definitions beside the others and nothing that names its place."""
        text = (ROOT / "schemas" / name).read_text()
        tree = json.loads(text)
        tree.pop("$id", None)
        tree.pop("$schema", None)
        for key, value in tree.pop("$defs", {}).items():
            definitions[key] = value
        return tree

    definitions = {}
    definitions["Document"] = schema(f"{VERSION}/document.json")
    definitions["List"] = schema(f"{VERSION}/document-list.json")
    definitions["Error"] = schema(f"{VERSION}/error.json")
    text = json.dumps(definitions).replace("#/$defs/", "#/components/schemas/")
    definitions = json.loads(text)

    def answer(what, name, links=None):
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
        return {"description": what, "content": content, **({"links": links} if links else {})}

    refusals = {str(status): answer("refused", "Error") for status in (400, 401, 404, 413, 422)}
    disputes = target["disputes"]
    dispute = {
        "name": "dispute", "in": "path", "required": True,
        "schema": {"type": "string", "enum": disputes["open"] + disputes["pending"] + ["dspt_test_unknown"]},
    }
    document = {"name": "document", "in": "path", "required": True,
                "schema": {"type": "string", "pattern": "^docu_test_[0-9a-z]{19}$"}}
    number = {"type": "integer", "minimum": 1, "maximum": 100}
    query = [
        {"name": "limit", "in": "query", "schema": number},
        {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": 1000}},
        {"name": "order", "in": "query", "schema": {"enum": ["chronological", "reverse_chronological"]}},
        {"name": "from", "in": "query", "schema": {"type": "string", "format": "date"}},
        {"name": "to", "in": "query", "schema": {"type": "string", "format": "date"}},
    ]
    form = {
        "type": "object", "required": ["file"],
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "kind": {"enum": ["cardholder_details", "details_of_purchase", "proof_of_receipt", "proof_of_acceptance"]},
        },
    }
    named = {"dispute": "$request.path.dispute", "document": "$response.body#/id"}
    links = {name: {"operationId": name, "parameters": named} for name in ("retrieve", "destroy")}
    links["list"] = {"operationId": "list", "parameters": {"dispute": "$request.path.dispute"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Dispute Documents", "version": VERSION},
        "servers": [{"url": target["url"]}],
        "security": [{"key": []}],
        "paths": {
            "/disputes/{dispute}/documents": {
                "parameters": [dispute],
                "get": {"operationId": "list", "parameters": query,
                        "responses": {"200": answer("the documents", "List"), **refusals}},
                "post": {"operationId": "upload",
                         "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}},
                         "responses": {"200": answer("the document", "Document", links), **refusals}},
            },
            "/disputes/{dispute}/documents/{document}": {
                "parameters": [dispute, document],
                "get": {"operationId": "retrieve",
                        "responses": {"200": answer("the document", "Document"), **refusals}},
                "delete": {"operationId": "destroy",
                           "responses": {"200": answer("the destroyed document", "Document"), **refusals}},
            },
        },
        "components": {
            "schemas": definitions,
            "securitySchemes": {"key": {"type": "http", "scheme": "basic"}},
        },
    }


class Mock:
    """A mock with a fault, or a correct one."""

    def __init__(self, program, folder, fault):
        self.target = folder / "target.toml"
        self.target.unlink(missing_ok=True)
        command = [program, "mock", "--target-out", self.target]
        self.process = subprocess.Popen(command + (["--fault", fault] if fault else []), stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)
        self.process.stdout.readline()
        self.said = tomllib.loads(self.target.read_text())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def suite(arguments, mock, _folder):
    """The clauses that the suite finds broken."""
    command = [arguments.rebuttal, "conformance", "--target", mock.target, "--jobs", "12", "--report", "json"]
    report = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    return {clause["id"] for clause in report["clauses"] if clause["verdict"] in ("fail", "warn")}


def schemathesis(arguments, mock, folder):
    """The failures that Schemathesis tells, each by operation and title."""
    document = folder / "openapi.json"
    document.write_text(json.dumps(openapi(mock.said)))
    key = base64.b64encode((mock.said["keys"]["secret"] + ":").encode()).decode()
    command = [
        arguments.schemathesis, "run", document, "--url", mock.said["url"], "--header", f"Authorization: Basic {key}",
        "--max-examples", str(arguments.examples), "--seed", "1", "--no-color", "--continue-on-failure",
        "--mode", "all", "--suppress-health-check", "all", "--request-timeout", "10",
    ]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, cwd=folder)
    except subprocess.TimeoutExpired:
        return {"timed out"}
    found, operation = set(), ""
    for line in run.stdout.splitlines():
        if match := re.match(r"_+ (\S+ \S+) _+$|_+ (Stateful tests) _+$", line):
            operation = match[1] or match[2]
        elif match := re.match(r"- (.+)$", line):
            found.add(f"{operation}: {match[1]}")
    return found


def prism(arguments, mock, folder):
    """The violations of answers that Prism tells, while the suite asks through it."""
    document = folder / "openapi.json"
    document.write_text(json.dumps(openapi(mock.said)))
    command = [arguments.prism, "proxy", document, mock.said["url"], "-p", str(arguments.port)]
    with open(folder / "prism.log", "w+b") as log:
        proxy = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            for _ in range(100):
                if b"listening" in (folder / "prism.log").read_bytes().lower():
                    break
                try:
                    proxy.wait(0.1)
                except subprocess.TimeoutExpired:
                    pass
            through = folder / "through.toml"
            direct = mock.target.read_text()
            through.write_text(direct.replace(mock.said["url"], f"http://127.0.0.1:{arguments.port}"))
            asked = [arguments.rebuttal, "conformance", "--target", through, "--jobs", "12", "--report", "json"]
            subprocess.run(asked, capture_output=True, check=False, timeout=300)
        except subprocess.TimeoutExpired:
            return {"timed out"}
        finally:
            proxy.kill()
            proxy.wait()
    text = (folder / "prism.log").read_text(errors="replace")
    found = re.findall(r"Violation: (response\S*) (.+)", text)
    return {f"{place} {re.sub(r'[0-9]+', 'N', message)[:120]}" for place, message in found}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rebuttal", type=pathlib.Path)
    parser.add_argument("--schemathesis", type=pathlib.Path)
    parser.add_argument("--prism", type=pathlib.Path)
    parser.add_argument("--faults", type=int, help="only so many, evenly spread")
    parser.add_argument("--examples", type=int, default=25, help="Schemathesis' --max-examples")
    parser.add_argument("--port", type=int, default=4011, help="where Prism listens")
    arguments = parser.parse_args()
    arguments.rebuttal = arguments.rebuttal.resolve()
    listed = subprocess.run([arguments.rebuttal, "mock", "--list-faults"], capture_output=True, text=True, check=True)
    faults = [line.split()[0] for line in listed.stdout.splitlines() if line.strip()]
    if arguments.faults:
        faults = faults[:: max(1, len(faults) // arguments.faults)]
    contestants = {"rebuttal": suite}
    if arguments.schemathesis:
        contestants["schemathesis"] = schemathesis
    if arguments.prism:
        contestants["prism"] = prism
    kills = {name: [] for name in contestants}
    noise = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for fault in [None, *faults]:
            caught = []
            for contestant, ask in contestants.items():
                with Mock(arguments.rebuttal, folder, fault) as mock:
                    found = ask(arguments, mock, folder)
                if fault is None:
                    noise[contestant] = found
                    print(f"# a correct mock: {contestant} says {sorted(found)}", flush=True)
                elif found - noise[contestant]:
                    kills[contestant].append(fault)
                    caught.append(contestant)
            if fault:
                print(f"{fault:<34} {' '.join(caught)}", flush=True)
    print(f"\n| of {len(faults)} faults | noticed | said of a correct mock |\n| --- | --- | --- |")
    for contestant, killed in kills.items():
        share = 100 * len(killed) / max(1, len(faults))
        print(f"| {contestant} | {len(killed)} ({share:.0f} %) | {len(noise[contestant])} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
