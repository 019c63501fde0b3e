"""Calls by HTTP: what comes back, what is tried again and when, what counts against the service."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from skuflow.kernel.errors import Invalid, Throttled, TooLarge, TransientError
from skuflow.platform.outbound.calls import Answer, CircuitOpen, ProviderFailed
from tests.unit.platform.outbound.wire import IMPATIENT, Caller, Wire, get, post, reply


def test_an_answer_comes_back_as_it_is(caller: Caller, server: Wire) -> None:
    server.replies.append(reply(201, b'{"id": 1}', X_Shopify_Stage="canary"))
    answer = caller.out.send(post(server.url + "/things?x=1", headers={"X-Token": "t"}, body=b"body"))
    assert (answer.status, answer.body, answer.headers["x-shopify-stage"]) == (201, b'{"id": 1}', "canary")
    [asked] = server.asked
    assert (asked.method, asked.path, asked.body, asked.headers["x-token"]) == ("POST", "/things?x=1", b"body", "t")
    assert asked.headers["host"] == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize("status", [204, 304, 400, 401, 404, 409, 422])
def test_what_the_service_refuses_is_an_answer(caller: Caller, server: Wire, status: int) -> None:
    server.replies.append(reply(status, b""))
    assert caller.out.send(get(server.url)).status == status
    assert len(server.asked) == 1
    assert caller.failures() == 0


def test_a_compressed_answer_is_unpacked(caller: Caller, server: Wire) -> None:
    server.replies.append(reply(200, gzip.compress(b"text"), content_encoding="gzip"))
    assert caller.out.send(get(server.url)).body == b"text"
    assert server.asked[0].headers["accept-encoding"] == "gzip, deflate"


def test_a_cookie_is_not_kept_for_the_next_caller(caller: Caller, server: Wire) -> None:
    server.replies.extend([reply(200, Set_Cookie="session=of-one-client; Path=/"), reply(200)])
    caller.out.send(get(server.url))
    caller.out.send(get(server.url))
    assert "cookie" not in server.asked[1].headers


FAULTS = {
    "server error": reply(503, b"down"),
    "cut before the answer": b"",
    "cut in the headers": b"HTTP/1.1 200 OK\r\nContent-Le",
    "cut in the body": reply(200, b"ab", content_length="10"),
    "cut in a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "not HTTP": b"\x16\x03\x01 this is not HTTP at all\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nabcde",
    "no number": b"HTTP/1.1 2OO OK\r\n\r\n",
    "broken compression": reply(200, b"this is not gzip", content_encoding="gzip"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
class TestAFault:
    def test_of_a_repeatable_call_is_got_over(self, caller: Caller, server: Wire, fault: bytes) -> None:
        server.replies.extend([fault, fault, reply(200, b"at last")])
        assert caller.out.send(get(server.url)).body == b"at last"
        assert len(server.asked) == 3
        assert caller.failures() == 0

    def test_that_lasts_is_the_provider_s(self, caller: Caller, server: Wire, fault: bytes) -> None:
        server.replies.append(fault)
        with pytest.raises(ProviderFailed):
            caller.out.send(get(server.url))
        assert len(server.asked) == 3
        assert caller.failures() == 1

    def test_of_a_call_that_may_have_arrived_is_not_tried_again(
        self, caller: Caller, server: Wire, fault: bytes
    ) -> None:
        server.replies.append(fault)
        with pytest.raises(ProviderFailed):
            caller.out.send(post(server.url))
        assert len(server.asked) == 1
        assert caller.failures() == 1


def test_a_connection_that_is_torn_down_is_the_provider_s_failure(caller: Caller, server: Wire) -> None:
    server.replies.append(reply(200, b"ab", content_length="10"))
    server.reset = True
    with pytest.raises(ProviderFailed):
        caller.out.send(post(server.url))


def test_silence_is_not_waited_for_longer_than_the_service_is_given(
    calling: Callable[..., Caller], server: Wire
) -> None:
    caller = calling(service=IMPATIENT)
    server.replies.append(None)
    with pytest.raises(ProviderFailed, match="in time"):
        caller.out.send(post(server.url))
    assert caller.failures() == 1


def test_what_never_connected_is_tried_again_even_if_it_may_not_be_repeated(caller: Caller, server: Wire) -> None:
    with pytest.raises(ProviderFailed, match="cannot be reached"):
        caller.out.send(post("http://127.0.0.1:1/"))
    assert len(caller.naps.slept) == 2
    assert caller.failures() == 1


class TestWaiting:
    def test_is_drawn_from_bounds_that_double(self, calling: Callable[..., Caller], server: Wire) -> None:
        server.replies.append(reply(500))
        for chance, waits in ((0.0, [0.0, 0.0]), (0.5, [0.25, 0.5]), (0.999, [0.4995, 0.999])):
            caller = calling(chance=chance)
            with pytest.raises(ProviderFailed):
                caller.out.send(get(server.url))
            assert caller.naps.slept == waits

    @pytest.mark.parametrize(
        ("says", "waits"),
        [
            ("3", 3.0),
            ("2.5", 2.5),
            ("Sat, 14 Mar 2026 09:27:00 GMT", 6.411),
            ("Sat, 14 Mar 2026 09:26:00 GMT", 0.25),
            ("-7", 0.25),
            ("soon", 0.25),
            ("nan", 0.25),
            ("", 0.25),
        ],
    )
    @pytest.mark.parametrize("status", [429, 503])
    def test_is_never_shorter_than_the_service_asks(
        self, caller: Caller, server: Wire, status: int, says: str, waits: float
    ) -> None:
        server.replies.extend([reply(status, retry_after=says), reply(200)])
        caller.out.send(get(server.url))
        assert caller.naps.slept == [pytest.approx(waits)]

    def test_ends_with_the_deadline(self, caller: Caller, server: Wire) -> None:
        server.replies.append(reply(503, retry_after="4"))
        with pytest.raises(ProviderFailed):
            caller.out.send(get(server.url, deadline_seconds=6.0))
        assert caller.naps.slept == [4.0]
        assert len(server.asked) == 2

    def test_ends_before_the_function_does(self, caller: Caller, server: Wire) -> None:
        caller.left = 5.0
        server.replies.append(reply(503, retry_after="4"))
        with pytest.raises(ProviderFailed):
            caller.out.send(get(server.url))
        assert caller.naps.slept == []

    def test_a_call_is_not_begun_without_time_for_it(self, caller: Caller, server: Wire) -> None:
        caller.left = 2.0
        with pytest.raises(TransientError, match="time"):
            caller.out.send(get(server.url))
        assert server.asked == []
        assert caller.failures() == 0


class TestTooManyRequests:
    def test_say_when_to_come_again_if_that_is_past_the_deadline(self, caller: Caller, server: Wire) -> None:
        server.replies.append(reply(429, retry_after="61.2"))
        with pytest.raises(Throttled) as refusal:
            caller.out.send(get(server.url))
        assert refusal.value.retry_after == 62
        assert len(server.asked) == 1

    def test_are_not_repeated_where_the_call_may_not_be(self, caller: Caller, server: Wire) -> None:
        server.replies.append(reply(429))
        with pytest.raises(Throttled) as refusal:
            caller.out.send(post(server.url))
        assert refusal.value.retry_after == 1
        assert len(server.asked) == 1

    def test_are_no_failure_of_the_service(self, caller: Caller, server: Wire) -> None:
        server.replies.append(reply(429, retry_after="100"))
        for _ in range(5):
            with pytest.raises(Throttled):
                caller.out.send(get(server.url))
        assert caller.failures() == 0


class TestSize:
    def test_an_answer_of_the_size_allowed_is_read(self, caller: Caller, server: Wire) -> None:
        server.replies.append(reply(200, b"x" * 5000))
        assert len(caller.out.send(get(server.url)).body) == 5000

    @pytest.mark.parametrize(
        "large",
        [
            reply(200, b"x" * 5001),
            reply(200, b"", content_length="999999999999"),
            b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 5001,
            reply(200, gzip.compress(b"\0" * 5001), content_encoding="gzip"),
        ],
        ids=["told", "told only", "not told", "compressed"],
    )
    def test_a_larger_one_is_refused_and_not_asked_for_again(self, caller: Caller, server: Wire, large: bytes) -> None:
        server.replies.append(large)
        with pytest.raises(TooLarge, match="5000"):
            caller.out.send(get(server.url))
        assert len(server.asked) == 1
        assert caller.failures() == 0


class TestTheCircuit:
    def test_opens_after_failed_calls_and_lets_nothing_out(self, caller: Caller, server: Wire) -> None:
        server.replies.append(reply(500))
        for _ in range(3):
            with pytest.raises(ProviderFailed):
                caller.out.send(get(server.url))
        with pytest.raises(CircuitOpen) as refusal:
            caller.out.send(get(server.url))
        assert refusal.value.retry_after == 60
        assert len(server.asked) == 9

    def test_sends_a_probe_once_only_and_closes_when_it_is_answered(self, caller: Caller, server: Wire) -> None:
        server.replies.append(reply(500))
        for _ in range(3):
            with pytest.raises(ProviderFailed):
                caller.out.send(post(server.url))
        caller.clock.advance(seconds=60)
        with pytest.raises(ProviderFailed):
            caller.out.send(get(server.url))
        assert len(server.asked) == 4
        caller.clock.advance(seconds=60)
        server.replies[0] = reply(404)
        caller.out.send(get(server.url))
        assert caller.circuits.state_of(caller.service).state == "closed"

    def test_counts_a_failure_that_the_caller_finds_in_the_answer(self, caller: Caller, server: Wire) -> None:
        server.replies.append(reply(200, b'{"errors": ["internal"]}'))

        def failed(answer: Answer) -> bool:
            return b"errors" in answer.body

        for count in (1, 2):
            assert caller.out.send(get(server.url), failed=failed).status == 200
            assert caller.failures() == count
        caller.out.send(get(server.url), failed=lambda _: False)
        assert caller.failures() == 0

    def test_is_each_credential_s_own(self, caller: Caller, server: Wire) -> None:
        server.replies.append(reply(500))
        for _ in range(3):
            with pytest.raises(ProviderFailed):
                caller.out.send(post(server.url, credential="cli_00000001#a"))
        server.replies[0] = reply(200)
        assert caller.out.send(post(server.url, credential="cli_00000001#b")).status == 200
        with pytest.raises(CircuitOpen):
            caller.out.send(post(server.url, credential="cli_00000001#a"))

    def test_is_not_blamed_for_what_we_did_wrong(self, caller: Caller, server: Wire) -> None:
        for wrong in (get("http://127.0.0.1:99999/"), get(server.url, headers={"x": "a\r\nb: c"})):
            with pytest.raises(Invalid):
                caller.out.send(wrong)
        assert caller.failures() == 0
        assert server.asked == []

    def test_is_not_blamed_for_time_that_our_function_did_not_have(
        self, calling: Callable[..., Caller], server: Wire
    ) -> None:
        caller = calling(service=IMPATIENT, left=2.6, monotonic=lambda: 1002.0 if server.asked else 1000.0)
        server.replies.append(None)
        with pytest.raises(ProviderFailed):
            caller.out.send(post(server.url))
        assert caller.failures() == 0
