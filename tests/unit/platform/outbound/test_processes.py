"""Circuits and buckets are shared by processes that have nothing in common but the table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from skuflow.platform.aws import client
from tests.serving import serving
from tests.unit.platform.outbound.instance import CAPACITY

ROOT = Path(__file__).parents[4]


class TableServer(BaseHTTPRequestHandler):
    """DynamoDB's protocol (JSON 1.0) in front of the AWS in memory, one request after the other, so that a condition and its
    write are one step, as they are in DynamoDB."""

    def do_POST(self) -> None:
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            self._say(200, getattr(client("dynamodb"), xform_name(operation))(**request))
        except ClientError as error:
            fault = error.response["Error"]
            self._say(400, {"__type": f"com.amazonaws#{fault['Code']}", "message": fault["Message"]})

    def _say(self, status: int, answer: Any) -> None:
        body = json.dumps({name: value for name, value in answer.items() if name != "ResponseMetadata"}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_told: Any) -> None:
        """pytest's output is not the place."""


@dataclass(frozen=True, slots=True)
class Process:
    """An instance of a function in a process of its own."""

    running: subprocess.Popen[str]

    def tell(self, command: str) -> None:
        assert self.running.stdin
        self.running.stdin.write(command + "\n")
        self.running.stdin.flush()

    def answer(self) -> str:
        assert self.running.stdout
        for line in self.running.stdout:  # metrics come in between
            if line.startswith("= "):
                return line[2:].strip()
        raise AssertionError("the process died")

    def do(self, command: str) -> str:
        self.tell(command)
        return self.answer()


@pytest.fixture
def address(aws: None) -> Iterator[str]:
    with serving(HTTPServer(("127.0.0.1", 0), TableServer)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def two(address: str, tables: Callable[[str], str]) -> Iterator[tuple[Process, Process]]:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "layers/domain/python")])
    command = [sys.executable, "-m", "tests.unit.platform.outbound.instance", tables("outbound")]
    environment = {**os.environ, "AWS_ENDPOINT_URL_DYNAMODB": address, "PYTHONPATH": paths}
    started = [
        subprocess.Popen(command, env=environment, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    yield Process(started[0]), Process(started[1])
    for running in started:
        running.communicate(timeout=30)


def both(two: tuple[Process, Process], command: str) -> list[str]:
    """What the two answer to a command that they get at once."""
    for process in two:
        process.tell(command)
    return [process.answer() for process in two]


def test_failures_seen_by_two_processes_open_one_circuit_for_both(two: tuple[Process, Process]) -> None:
    one, other = two
    assert one.running.pid != other.running.pid
    for process in (one, other, one):
        assert process.do("admit") == "leave"
        process.do("settle failed")
    both(two, "advance 1")
    assert both(two, "admit") == ["299", "299"]


def test_two_processes_send_one_probe_and_both_learn_how_it_ended(two: tuple[Process, Process]) -> None:
    for _ in range(3):
        two[0].do("admit")
        two[0].do("settle failed")
    for _ in range(5):
        both(two, "advance 300")
        asked = both(two, "admit")
        assert sorted(asked, key=len) == ["25", "probe"]
        two[asked.index("probe")].do("settle failed")
        both(two, "advance 1")
        assert both(two, "admit") == ["299", "299"]
    both(two, "advance 299")
    asked = both(two, "admit")
    two[asked.index("probe")].do("settle succeeded")
    both(two, "advance 1")
    assert both(two, "admit") == ["leave", "leave"]


def test_two_processes_share_one_bucket(two: tuple[Process, Process]) -> None:
    first, second = (int(taken) for taken in both(two, f"take {CAPACITY}"))
    assert first + second == CAPACITY
    assert both(two, "take 1") == ["0", "0"]
