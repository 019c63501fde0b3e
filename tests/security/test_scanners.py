"""The tools that look for weaknesses find one that is put before them, as they are configured here."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.security.dependencies import PINNED, ROOT, audit, main

VULNERABLE = "1.0.1"


class Osv(BaseHTTPRequestHandler):
    """An OSV that knows one vulnerability, of version VULNERABLE of anything."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fixed = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0.2"}]}]
        known = {"id": "GHSA-0000", "summary": "Bad.", "affected": [{"package": asked["package"], "ranges": fixed}]}
        answer = json.dumps({"vulns": [known]} if asked["version"] == VULNERABLE else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_args: object) -> None:
        """Tests are quiet."""


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Osv) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


def pinned(folder: Path, version: str) -> list[Path]:
    path = folder / "requirements.txt"
    path.write_text(f"harmless==2.0 --hash=sha256:{'0' * 64}\nexample=={version} --hash=sha256:{'0' * 64}\n")
    return [path]


def test_a_vulnerable_dependency_fails_the_build_and_is_named(
    tmp_path: Path, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--database", database], requirements=pinned(tmp_path, VULNERABLE)) == 1
    assert "example 1.0.1: GHSA-0000, mended in 1.0.2" in capsys.readouterr().err


def test_sound_dependencies_pass(tmp_path: Path, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--database", database, "--required"], requirements=pinned(tmp_path, "1.0.2")) == 0
    assert capsys.readouterr().err == ""


def test_a_database_that_cannot_be_reached_is_told_and_fails_only_where_it_is_required(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = ["--database", "http://127.0.0.1:9/v1/query"]
    assert main(nowhere, requirements=pinned(tmp_path, VULNERABLE)) == 0
    assert "NOT checked" in capsys.readouterr().err
    assert main([*nowhere, "--required"], requirements=pinned(tmp_path, VULNERABLE)) == 2


def test_every_pinned_file_can_be_read_by_the_audit(database: str) -> None:
    assert audit(PINNED, database).trouble == ""


WEAK = {
    "B301": "import pickle\npickle.loads(input().encode())\n",
    "B307": "eval(input())\n",
    "B314": "import xml.etree.ElementTree as tree\ntree.parse('feed.xml')\n",
    "B324": "import hashlib\nhashlib.md5(b'key').hexdigest()\n",
    "B501": "import httpx\nhttpx.get('https://shop.example', verify=False)\n",
    "B506": "import yaml\nyaml.load(input())\n",
    "B602": "import subprocess\nsubprocess.run(input(), shell=True)\n",
    "B608": "def find(db, name):\n    return db.execute(f\"SELECT * FROM users WHERE name = '{name}'\")\n",
}


def test_bandit_finds_weak_code_and_fails_the_build(tmp_path: Path) -> None:
    for finding, code in WEAK.items():
        (tmp_path / f"{finding}.py").write_text(code)
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", "--format=json"]
    command += ["--configfile", str(ROOT / "pyproject.toml"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    found = {(Path(one["filename"]).stem, one["test_id"]) for one in json.loads(done.stdout)["results"]}
    assert {(finding, finding) for finding in WEAK} <= found
