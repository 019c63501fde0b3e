"""A webhook's envelope: whatever bytes go in come out, and no message is larger than a queue takes."""

from __future__ import annotations

import json
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Malformed
from skuflow.sync.webhooks.envelope import MAX_IN_MESSAGE, Envelope, bytes_of, opened, sealed
from tests.doubles import START
from tests.http import CLIENT

SQS_LIMIT = 1_048_576


def envelope(**changes: str | None) -> Envelope:
    told = dict.fromkeys(("topic", "webhook_id", "event_id", "triggered_at", "api_version", "correlation_id"), "x")
    made = {"client_id": CLIENT, "shop": "lumen.myshopify.com", **told, "received_at": iso(START), **changes}
    return msgspec.convert(made, Envelope)


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode(errors="replace")))
def test_what_goes_in_comes_out_byte_for_byte(body: bytes) -> None:
    message, key = sealed(envelope(), body)
    assert key is None
    assert bytes_of(opened(message)) == body


@given(st.text())
def test_a_message_holds_no_character_that_sqs_refuses(text: str) -> None:
    """#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF (SendMessage)."""
    message, _ = sealed(envelope(), text.encode(errors="replace"))
    assert all(c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" for c in message)


@pytest.mark.parametrize("filling", [b"x", b'"', b"\x01", b"\xff", "\u2603".encode()])
@pytest.mark.parametrize("size", [1, MAX_IN_MESSAGE // 3, MAX_IN_MESSAGE, MAX_IN_MESSAGE + 3, 5_000_000])
def test_no_message_is_larger_than_a_queue_takes(filling: bytes, size: int) -> None:
    body = filling * (size // len(filling))
    message, key = sealed(envelope(), body)
    assert len(message.encode()) <= SQS_LIMIT
    assert bytes_of(opened(message)) == (body if key is None else None)
    assert opened(message).body_key == key


def test_one_body_always_lies_under_one_name_within_its_client() -> None:
    body = b"x" * (MAX_IN_MESSAGE + 1)
    (_, first), (_, again) = sealed(envelope(webhook_id="1"), body), sealed(envelope(webhook_id="2"), body)
    _, others = sealed(envelope(client_id="cli_0000000000000002"), body)
    assert first == again != others
    assert str(others).startswith("webhooks/cli_0000000000000002/")


@pytest.mark.parametrize(
    ("told", "counts_from"),
    [
        (iso(START - timedelta(seconds=3)), START - timedelta(seconds=3)),
        ("2026-03-14T09:26:50.123456789Z", START.replace(second=50, microsecond=123456)),
        ("2026-03-14T04:26:50-05:00", START.replace(second=50, microsecond=0)),
        (iso(START + timedelta(days=1)), START),
        ("", START),
        ("yesterday", START),
        ("2026-03-14T09:26:50", START),
    ],
)
def test_a_trigger_that_cannot_be_believed_counts_from_its_arrival(told: str, counts_from: object) -> None:
    assert envelope(triggered_at=told).triggered == counts_from


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[]",
        "{}",
        json.dumps({**json.loads(sealed(envelope(), b"")[0]), "client_id": "cli#1"}),
        json.dumps({**json.loads(sealed(envelope(), b"")[0]), "received_at": "noon"}),
        json.dumps({**json.loads(sealed(envelope(), b"")[0]), "body": 7}),
    ],
)
def test_what_is_no_envelope_is_not_opened(message: str) -> None:
    with pytest.raises(Malformed, match="not an envelope of a webhook"):
        opened(message)


@pytest.mark.parametrize("given_body", [{"body_base64": "no base64!"}, {}])
def test_an_envelope_without_a_body_is_none(given_body: dict[str, str]) -> None:
    with pytest.raises(Malformed, match="not an envelope of a webhook"):
        bytes_of(envelope(**given_body))
