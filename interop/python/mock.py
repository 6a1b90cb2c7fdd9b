"""Drives Schemathesis by our OpenAPI document against our mock: on a correct one it finds nothing, on planted faults it
finds what it is built to see.

    python3 mock.py REBUTTAL SCHEMATHESIS OPENAPI FOLDER [EXAMPLES]

What is changed in the document: the identifiers in paths are those that the mock has, since no tool can guess one.
What is told to the tool: an upload of bytes that are no image, and a change to a dispute that is not open, are rightly
refused, which no schema can say.
"""

import contextlib
import json
import pathlib
import subprocess
import sys
import tomllib

REBUTTAL, SCHEMATHESIS, OPENAPI, FOLDER = sys.argv[1:5]
EXAMPLES = sys.argv[5] if len(sys.argv) > 5 else "20"
FAULTS = ["created-answers-201", "error-without-message", "empty-list-data-null"]

CONFIG = """
base-url = "{url}"
color = false
[auth.basic]
username = "{secret}"
password = ""
[generation]
with-security-parameters = false
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "404", "422"]
"""


@contextlib.contextmanager
def mock(folder, *arguments):
    target = folder / "target.toml"
    target.unlink(missing_ok=True)
    command = [REBUTTAL, "mock", "--target-out", target, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        process.stdout.readline()
        yield tomllib.loads(target.read_text())
    finally:
        process.kill()
        process.wait()


def run(folder, *arguments):
    """What Schemathesis says of a mock: its exit status and its words."""
    with mock(folder, *arguments) as target:
        document = json.loads(pathlib.Path(OPENAPI).read_text(encoding="utf-8"))
        disputes, parameters = target["disputes"], document["components"]["parameters"]
        known = [*disputes["open"], *disputes["pending"], *disputes["won"], "dspt_test_unknown"]
        parameters["dispute"]["schema"] = {"type": "string", "enum": known}
        parameters["charge"]["schema"] = {"type": "string", "enum": target["charges"]["disputable"]}
        (folder / "openapi.json").write_text(json.dumps(document))
        (folder / "schemathesis.toml").write_text(
            CONFIG.format(url=target["url"], secret=target["keys"]["secret"]))
        command = [SCHEMATHESIS, "run", "openapi.json", "--max-examples", EXAMPLES, "--seed", "1",
                   "--phases", "examples,coverage,fuzzing,stateful"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
        return done.returncode, done.stdout


def main():
    folder = pathlib.Path(FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    wrong = 0
    for profile in ("documented", "recorded"):
        status, words = run(folder, "--profile", profile)
        print(f"schemathesis on the mock ({profile}): {'nothing found' if status == 0 else f'status {status}'}")
        if status != 0:
            wrong += 1
            print(words)
    for fault in FAULTS:
        status, words = run(folder, "--fault", fault)
        print(f"schemathesis on the fault {fault}: {'found' if status == 1 else f'status {status}'}")
        if status != 1:
            wrong += 1
            print(words[-2000:])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
