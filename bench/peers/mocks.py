"""Holds other mock servers against ours: what each can do of this API, tried, and how fast each retrieves a document.

    python3 bench/peers/mocks.py REBUTTAL [--prism PRISM] [--mockoon MOCKOON] [--json-server JSON_SERVER] [--seconds N]

REBUTTAL is the program as it is shipped (a release build), the others are the programs of three npm packages. Prism
gets the OpenAPI document that `kills.py` makes from `schemas/`, Mockoon its import of the same, json-server the records
of the mock as its database. A feature counts where the answers show it. `wrk` asks everybody for one document, ours
before and after each peer. Each one's processes are ended by their ids.
"""

import argparse
import base64
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import tomllib

from kills import openapi

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGMAAQAABQABDQottAAAAABJRU5ErkJggg=="
)
BROKEN = b"GIF89a, which is no evidence"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """A mock server as a process group of its own."""

    def __init__(self, name, command, port, paths, folder, key):
        self.name, self.port, self.key = name, port, key
        self.list, self.one = paths
        self.log = open(folder / f"{name}.log", "w")
        self.process = subprocess.Popen(
            command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL, start_new_session=True, cwd=folder
        )
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise SystemExit(f"{name} does not start: {(folder / f'{name}.log').read_text()[-2000:]}")

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()

    def ask(self, method, path, body=None, headers=None, key=True):
        headers = dict(headers or {})
        if key:
            headers["Authorization"] = "Basic " + base64.b64encode(f"{self.key}:".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error).encode()
        finally:
            connection.close()

    def upload(self, content):
        head = '--b\r\nContent-Disposition: form-data; name="file"; filename="slip.png"\r\n\r\n'
        body = head.encode() + content + b"\r\n--b--\r\n"
        return self.ask("POST", self.list, body, {"Content-Type": "multipart/form-data; boundary=b"})

    def rate(self, seconds):
        key = base64.b64encode(f"{self.key}:".encode()).decode()
        output = subprocess.run(
            ["wrk", "-t1", "-c16", f"-d{seconds}s", "-H", f"Authorization: Basic {key}",
             f"http://127.0.0.1:{self.port}{self.one}"],
            capture_output=True, text=True, check=True,
        ).stdout
        if "Non-2xx" in output:
            raise SystemExit(f"{self.name}: {output}")
        return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def parsed(body):
    try:
        return json.loads(body)
    except ValueError:
        return None


def features(server):
    """What the answers show, by name."""
    listed = lambda: str(parsed(server.ask("GET", server.list + "?limit=100")[1]))
    found = {}
    status, body = server.ask("GET", server.one)
    found["retrieve answers the document"] = status == 200 and (parsed(body) or {}).get("object") == "document"
    found["no key is refused"] = server.ask("GET", server.one, key=False)[0] == 401
    wrong, server.key = server.key, "skey_test_wrong"
    found["a wrong key is refused"] = server.ask("GET", server.one)[0] == 401
    server.key = wrong
    found["an unknown document is not found"] = server.ask("GET", server.one[:-3] + "zzz")[0] == 404
    first = parsed(server.ask("GET", server.list + "?limit=1")[1])
    second = parsed(server.ask("GET", server.list + "?limit=1&offset=1")[1])
    pages = [page.get("data") if isinstance(page, dict) else None for page in (first, second)]
    found["lists have pages"] = all(page and len(page) == 1 for page in pages) and pages[0] != pages[1]
    before = listed()
    status, body = server.upload(PIXEL)
    document = parsed(body)
    document = document if isinstance(document, dict) else {}
    accepted = status == 200 and document.get("filename") == "slip.png"
    found["an upload is answered with its document"] = accepted
    identifier = str(document.get("id"))
    found["an upload is there afterwards"] = accepted and identifier not in before and identifier in listed()
    found["a file of another format is refused"] = server.upload(BROKEN)[0] in (400, 415)
    found["a file over 10 MB is refused"] = server.upload(PIXEL + bytes(10_500_000))[0] in (400, 413)
    form = b"--b\r\nContent-Disposition: form-data"
    cut = server.ask("POST", server.list, form, {"Content-Type": "multipart/form-data; boundary=b"})[0]
    found["a broken form is refused"] = cut in (400, 422)
    status, body = server.ask("DELETE", server.one)
    found["destroy answers the document, deleted"] = status == 200 and (parsed(body) or {}).get("deleted") is True
    found["what is destroyed is gone"] = status == 200 and server.ask("GET", server.one)[0] == 404
    return found


def started(arguments, folder, name):
    """A server of this name, or None where its program was not given."""
    program = getattr(arguments, name.replace("-", "_"))
    if not program:
        return None
    port, target, document, key = free_port(), arguments.target, arguments.document, arguments.key
    paths = (f"/disputes/{target['disputes']['open'][0]}/documents", document["location"])
    if name == "rebuttal":
        command = [program, "mock", "--port", str(port)]
    elif name == "prism":
        command = [program, "mock", "--port", str(port), "--multiprocess", "false", folder / "openapi.json"]
    elif name == "mockoon":
        command = [program, "start", "--data", folder / "openapi.json", "--port", str(port), "--disable-log-to-file"]
    else:
        paths = ("/documents", f"/documents/{document['id']}")
        command = [program, "--port", str(port), "--host", "127.0.0.1", folder / "db.json"]
    return Server(name, command, port, paths, folder, key)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("rebuttal")
    for name in ("--prism", "--mockoon", "--json-server"):
        parser.add_argument(name)
    parser.add_argument("--seconds", type=int, default=3)
    arguments = parser.parse_args()
    names = ["rebuttal", "prism", "mockoon", "json-server"]
    for name in names:
        program = getattr(arguments, name.replace("-", "_"))
        if program:
            setattr(arguments, name.replace("-", "_"), pathlib.Path(program).resolve())
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        prepare(arguments, folder)
        table, ratios = {}, {}
        for name in names:
            server = started(arguments, folder, name)
            if server is None:
                continue
            ours = server if name == "rebuttal" else started(arguments, folder, "rebuttal")
            rates = [each.rate(arguments.seconds) for each in (ours, server, ours, server, ours)]
            ratios[name] = sorted(rates[place] / rates[place + 1] for place in (0, 2))[0]
            table[name] = features(server)
            for each in {ours, server}:
                each.stop()
    print("| | " + " | ".join(table) + " |")
    print("| --- |" + " --- |" * len(table))
    for feature in table["rebuttal"]:
        print(f"| {feature} | " + " | ".join("yes" if table[name][feature] else "no" for name in table) + " |")
    told = ["1" if name == "rebuttal" else f"1/{ratios[name]:.0f}" for name in table]
    print("| documents retrieved a second, by ours | " + " | ".join(told) + " |")
    missed = [name for name in table if name != "rebuttal" and ratios[name] < 5]
    raise SystemExit(f"less than 5 times as fast as {missed}" if missed else 0)


def prepare(arguments, folder):
    """Notes what the mock holds, and writes what the peers are fed with."""
    mock = subprocess.Popen(
        [arguments.rebuttal, "mock", "--target-out", folder / "target.toml"], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )
    port = int(mock.stdout.readline().rsplit(":", 1)[1])
    arguments.target = tomllib.loads((folder / "target.toml").read_text())
    arguments.key = arguments.target["keys"]["secret"]
    connection = http.client.HTTPConnection("127.0.0.1", port)
    key = base64.b64encode(f"{arguments.key}:".encode()).decode()
    dispute = arguments.target["disputes"]["open"][0]
    connection.request("GET", f"/disputes/{dispute}/documents", headers={"Authorization": f"Basic {key}"})
    documents = json.loads(connection.getresponse().read())["data"]
    mock.terminate()
    mock.wait()
    arguments.document = documents[0]
    (folder / "openapi.json").write_text(json.dumps(openapi(arguments.target)))
    (folder / "db.json").write_text(json.dumps({"documents": documents}))


if __name__ == "__main__":
    main()
