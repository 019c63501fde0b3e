"""What is told of every call: who, what, how long, how it went; never where exactly, with what, or of whom."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from skuflow.kernel.errors import Invalid, SkuflowError
from skuflow.platform.outbound.calls import Call
from tests.unit.platform.outbound.wire import Caller, Wire, get, post, reply

SECRETS = ("shpat_secret", "ann@example.com", "signature", "hush")


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The metric lines of calls so far."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    return [line for line in lines if "OutboundCalls" in line]


def failure_of(caller: Caller, call: Call) -> SkuflowError | None:
    try:
        caller.out.send(call)
    except SkuflowError as failure:
        return failure
    return None


def ended(line: dict[str, Any]) -> tuple[str, str, str, str]:
    return line["provider"], line["operation"], line["outcome"], line["error"]


def test_each_call_is_one_line_of_metrics_with_dimensions(
    caller: Caller, server: Wire, capsys: pytest.CaptureFixture[str]
) -> None:
    server.replies.extend([reply(503), reply(200)])
    caller.out.send(get(server.url, operation="orders.list"))
    [line] = told(capsys)
    [measured] = line["_aws"]["CloudWatchMetrics"]
    assert {frozenset(one) for one in measured["Dimensions"]} == {
        frozenset({"service", "provider", "operation", "outcome", "error"})
    }
    assert {(one["Name"], one["Unit"]) for one in measured["Metrics"]} == {
        ("OutboundDuration", "Milliseconds"),
        ("OutboundCalls", "Count"),
    }
    assert ended(line) == ("provider", "orders.list", "succeeded", "none")
    assert (line["OutboundDuration"], line["attempts"], line["status"]) == ([250.0], 2, 200)


@pytest.mark.parametrize(
    "case",
    [
        (reply(404), "refused", "none"),
        (reply(500), "failed", "http_5xx"),
        (b"", "failed", "broken_answer"),
        (reply(429), "throttled", "http_429"),
        (reply(200, b"x" * 5001), "invalid", "too_large"),
    ],
)
def test_the_outcome_and_the_class_of_error_are_told(
    caller: Caller, server: Wire, capsys: pytest.CaptureFixture[str], case: tuple[bytes, str, str]
) -> None:
    answer, outcome, error = case
    server.replies.append(answer)
    assert (failure_of(caller, post(server.url)) is None) is (outcome == "refused")
    assert [ended(line) for line in told(capsys)] == [("provider", "write", outcome, error)]


def test_calls_that_never_went_out_are_told_of_too(
    caller: Caller, server: Wire, capsys: pytest.CaptureFixture[str]
) -> None:
    server.replies.append(reply(200, b"failed inside"))
    for _ in range(3):
        caller.out.send(get(server.url), failed=lambda _: True)
    for wrong in (get(server.url), get("https://10.0.0.1/")):
        with pytest.raises(SkuflowError):
            caller.out.send(wrong)
    with pytest.raises(SkuflowError), caller.out.stream(get("https://10.0.0.1/")):
        pass
    assert [ended(line)[2:] for line in told(capsys)] == [
        *[("failed", "in_answer")] * 3,
        ("circuit_open", "circuit_open"),
        ("invalid", "invalid"),
        ("invalid", "invalid"),
    ]


def test_a_stream_that_broke_off_is_told_as_failed(
    caller: Caller, server: Wire, capsys: pytest.CaptureFixture[str]
) -> None:
    server.replies.append(reply(200, b"half", content_length="99"))
    with pytest.raises(SkuflowError), caller.out.stream(get(server.url)) as streamed:
        list(streamed.chunks)
    assert [ended(line)[2:] for line in told(capsys)] == [("failed", "broken_answer")]


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The X-Ray daemon's place, in a traced invocation."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(5)
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{listening.getsockname()[1]}")
        monkeypatch.setenv(
            "_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
        )
        yield listening


def segment(daemon: socket.socket) -> dict[str, Any]:
    header, _, document = daemon.recv(65_536).decode().partition("\n")
    assert json.loads(header) == {"format": "json", "version": 1}
    parsed: dict[str, Any] = json.loads(document)
    return parsed


def test_a_traced_invocation_has_a_subsegment_for_each_call(
    caller: Caller, server: Wire, daemon: socket.socket
) -> None:
    server.replies.append(reply(500))
    with pytest.raises(SkuflowError):
        caller.out.send(post(server.url, operation="token.refresh"))
    sent = segment(daemon)
    assert len(bytes.fromhex(sent.pop("id"))) == 8
    started, over = sent.pop("start_time"), sent.pop("end_time")
    assert started == caller.clock().timestamp() <= over
    assert sent == {
        "name": "provider",
        "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
        "parent_id": "53995c3f42cd8ad8",
        "type": "subsegment",
        "namespace": "remote",
        "annotations": {"operation": "token.refresh", "outcome": "failed", "error": "http_5xx"},
        "http": {"response": {"status": 500}},
        "fault": True,
    }


@pytest.mark.parametrize(
    ("status", "flags"), [(200, set()), (404, {"error"}), (429, {"error", "throttle"}), (502, {"fault"})]
)
def test_a_subsegment_says_whose_trouble_it_was(
    caller: Caller, server: Wire, daemon: socket.socket, status: int, flags: set[str]
) -> None:
    server.replies.append(reply(status))
    failure_of(caller, post(server.url))
    assert set(segment(daemon)) & {"error", "throttle", "fault"} == flags


@pytest.mark.parametrize(
    "trace", ["", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0", "x"]
)
def test_an_invocation_that_is_not_traced_sends_nothing(
    caller: Caller, server: Wire, daemon: socket.socket, monkeypatch: pytest.MonkeyPatch, trace: str
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", trace)
    server.replies.append(reply(200))
    caller.out.send(get(server.url))
    daemon.setblocking(False)
    with pytest.raises(BlockingIOError):
        daemon.recv(1)


@pytest.mark.parametrize("address", ["tcp:127.0.0.1:1 udp:127.0.0.1:{port}", "udp:127.0.0.1:{port}"])
def test_the_daemon_s_address_may_be_written_in_its_long_form(
    caller: Caller, server: Wire, daemon: socket.socket, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", address.format(port=daemon.getsockname()[1]))
    server.replies.append(reply(200))
    caller.out.send(get(server.url))
    assert segment(daemon)["name"] == "provider"


@pytest.mark.parametrize("address", ["nowhere", "256.0.0.1:2000", "[::1:x"])
def test_a_call_does_not_fail_because_nobody_listens(
    caller: Caller, server: Wire, daemon: socket.socket, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", address)
    server.replies.append(reply(200))
    assert caller.out.send(get(server.url)).status == 200


@pytest.fixture
def everything(
    daemon: socket.socket, capsys: pytest.CaptureFixture[str], logged: Callable[[], list[dict[str, Any]]]
) -> Callable[[], str]:
    """All that was told of one call, to whomever."""
    return lambda: capsys.readouterr().out + json.dumps(logged()) + json.dumps(segment(daemon))


@pytest.mark.parametrize("status", [200, 404, 429, 500, None])
def test_no_secret_and_no_person_is_told(
    caller: Caller, server: Wire, everything: Callable[[], str], status: int | None
) -> None:
    server.replies.append(reply(status, b"ann@example.com", x="hush") if status else b"hush\r\n\r\n")
    headers = {"x-shopify-access-token": "shpat_secret"}
    call = post(server.url + "/ann@example.com?signature=1", headers=headers, body=b"hush")
    failure = failure_of(caller, call)
    assert failure is None or failure.__suppress_context__
    told = f"{failure!r}{failure.__cause__!r}{everything()}" if failure else everything()
    assert "provider" in told
    assert not any(secret in told for secret in SECRETS)


def test_the_http_library_logs_no_address_at_any_level_that_lambda_sets(
    caller: Caller, server: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.replies.append(reply(200))
    caller.out.send(get(server.url + "/?signature=1", headers={"x-shopify-access-token": "shpat_secret"}))
    assert caplog.records
    assert {record.name.partition(".")[0] for record in caplog.records} <= {"aws_lambda_powertools"}
    assert not any(secret in caplog.text for secret in SECRETS)


def test_a_token_that_no_header_can_hold_is_not_quoted(caller: Caller, server: Wire) -> None:
    for token in ("shpat_secret\n", "shpat_secret\u20ac"):
        with pytest.raises(Invalid) as refusal:
            caller.out.send(get(server.url, headers={"x-shopify-access-token": token}))
        assert "shpat" not in repr(refusal.value)
        assert refusal.value.__suppress_context__
    assert server.asked == []
