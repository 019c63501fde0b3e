"""Answers that are read as they come: ranges, breaking off, what the circuit learns of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from skuflow.kernel.errors import Malformed, Throttled, TransientError
from skuflow.platform.outbound.calls import CircuitOpen, ProviderFailed
from tests.unit.platform.outbound.wire import IMPATIENT, Caller, Wire, get, post, reply


def read(caller: Caller, url: str, **how: object) -> bytes:
    with caller.out.stream(get(url, **how)) as streamed:
        return b"".join(streamed.chunks)


def test_an_answer_larger_than_may_be_read_whole_is_read_piece_by_piece(caller: Caller, server: Wire) -> None:
    server.replies.append(reply(200, b"line\n" * 100_000))
    with caller.out.stream(get(server.url + "/bulk.jsonl")) as streamed:
        sizes = [len(chunk) for chunk in streamed.chunks]
    assert streamed.status == 200
    assert streamed.headers["content-length"] == "500000"
    assert sum(sizes) == 500_000
    assert max(sizes) <= 65_536


def test_a_range_is_asked_for_as_it_is_and_uncompressed(caller: Caller, server: Wire) -> None:
    server.replies.append(reply(206, b"rest", content_range="bytes 100-103/104"))
    with caller.out.stream(get(server.url, headers={"Range": "bytes=100-"})) as streamed:
        assert (streamed.status, streamed.headers["content-range"]) == (206, "bytes 100-103/104")
        assert b"".join(streamed.chunks) == b"rest"
    assert server.asked[0].headers["range"] == "bytes=100-"
    assert server.asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("status", [404, 416, 403])
def test_a_refusal_is_the_reader_s_to_understand(caller: Caller, server: Wire, status: int) -> None:
    server.replies.append(reply(status, b"no"))
    with caller.out.stream(get(server.url)) as streamed:
        assert streamed.status == status
    assert caller.failures() == 0


@pytest.mark.parametrize(
    "short",
    [
        reply(200, b"half", content_length="1000"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ],
    ids=["length", "chunks"],
)
def test_an_answer_that_ends_too_early_says_so_after_what_came(caller: Caller, server: Wire, short: bytes) -> None:
    server.replies.append(short)
    came: list[bytes] = []
    with caller.out.stream(get(server.url)) as streamed, pytest.raises(TransientError, match="broke off"):
        came.extend(streamed.chunks)
    assert b"".join(came) == b"half"


def test_breaking_off_counts_as_a_failure_even_if_the_reader_gets_over_it(caller: Caller, server: Wire) -> None:
    server.replies.append(reply(200, b"half", content_length="1000"))
    with pytest.raises(ProviderFailed):
        read(caller, server.url)
    assert caller.failures() == 1
    with caller.out.stream(get(server.url)) as streamed, pytest.raises(ProviderFailed):
        list(streamed.chunks)
    assert caller.failures() == 2


def test_silence_in_the_middle_is_a_failure(calling: Callable[..., Caller], server: Wire) -> None:
    caller = calling(service=IMPATIENT)
    server.pause_after = reply(200, b"half", content_length="1000")
    server.replies.append(None)
    with pytest.raises(ProviderFailed, match="in time"):
        read(caller, server.url)
    assert caller.failures() == 1


def test_reading_stops_before_the_function_does(calling: Callable[..., Caller], server: Wire) -> None:
    caller = calling()
    caller.left = 30.0
    server.pause_after = reply(200, b"half", content_length="1000")
    server.replies.append(None)
    with caller.out.stream(get(server.url)) as streamed:
        assert next(iter(streamed.chunks)) == b"half"
        caller.naps.at += 28.5
        with pytest.raises(ProviderFailed, match="in time"):
            list(streamed.chunks)
    assert caller.failures() == 0


def test_faults_before_the_first_byte_are_got_over(caller: Caller, server: Wire) -> None:
    server.replies.extend([reply(503), b"", reply(200, b"whole")])
    assert read(caller, server.url) == b"whole"
    assert len(caller.naps.slept) == 2


def test_too_many_requests_and_an_open_circuit_are_raised_before_the_first_byte(caller: Caller, server: Wire) -> None:
    server.replies.append(reply(429, retry_after="90"))
    with pytest.raises(Throttled), caller.out.stream(get(server.url)):
        pass
    server.replies[0] = reply(500)
    for _ in range(3):
        with pytest.raises(ProviderFailed), caller.out.stream(post(server.url)):
            pass
    with pytest.raises(CircuitOpen), caller.out.stream(get(server.url)):
        pass


def test_what_the_reader_makes_of_it_is_not_the_service_s_fault(caller: Caller, server: Wire) -> None:
    server.replies.append(reply(200, b"{not json"))

    def read_on() -> None:
        with caller.out.stream(get(server.url)) as streamed:
            next(iter(streamed.chunks))
            raise Malformed("a line is cut in half")

    with pytest.raises(Malformed):
        read_on()
    assert caller.failures() == 0


def test_a_probe_is_over_when_the_answer_begins(caller: Caller, server: Wire) -> None:
    server.replies.append(reply(500))
    for _ in range(3):
        with pytest.raises(ProviderFailed):
            caller.out.send(post(server.url))
    caller.clock.advance(seconds=60)
    server.replies[0] = reply(200, b"half", content_length="1000")
    with caller.out.stream(get(server.url)) as streamed:
        assert caller.circuits.state_of(caller.service).state == "closed"
        with pytest.raises(ProviderFailed):
            list(streamed.chunks)
    assert caller.failures() == 1
