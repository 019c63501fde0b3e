"""Time, ids, tenancy and the event envelope."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.errors import Malformed, PermanentError, Problem, SkuflowError, Throttled, TransientError
from skuflow.kernel.events import Cause, Event, event_id
from skuflow.kernel.ids import derived_id
from skuflow.kernel.tenancy import ClientId, client_id, partition

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def test_time_is_written_in_utc_with_milliseconds() -> None:
    moment = datetime(2026, 1, 31, 1, 2, 3, 4999, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert iso(moment) == "2026-01-30T19:32:03.004Z"


@given(MOMENTS, OFFSETS)
def test_a_written_time_reads_back_to_the_millisecond(moment: datetime, zone: timezone) -> None:
    whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert parse_iso(iso(whole.astimezone(zone))) == whole


@given(st.lists(MOMENTS, min_size=2))
def test_written_times_sort_as_text(moments: list[datetime]) -> None:
    assert all(iso(a) <= iso(b) for a, b in pairwise(sorted(moments)))


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-01-31", "2026-01-31T00:00:00", "2026-13-01T00:00:00Z", "9999-12-31T23:59:59-23:59"],
)
def test_a_time_without_a_zone_or_outside_the_calendar_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_iso(text)


def test_a_naive_moment_is_not_written() -> None:
    with pytest.raises(ValueError, match="time zone"):
        iso(datetime(2026, 1, 1))  # noqa: DTZ001


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_different_parts_give_different_ids(one: list[str], other: list[str]) -> None:
    assume(one != other)
    assert derived_id("x", *one) != derived_id("x", *other)


def test_the_same_parts_give_the_same_id() -> None:
    assert derived_id("prd", "a", "b") == derived_id("prd", "a", "b")
    assert derived_id("prd", "a", "b").startswith("prd_")
    assert len(derived_id("prd")) == len("prd_") + 32


@pytest.mark.parametrize("text", ["cli_00000000", "cli_" + "z9" * 20])
def test_a_client_id_is_a_prefix_and_plain_characters(text: str) -> None:
    assert client_id(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cli_",
        "cli_1234567",
        "cli_ABCDEFGH",
        "cli_0000000#",
        "cli_00000000\n",
        "C#cli_00000000",
        "cli_" + "0" * 41,
        "cli_０0000000",
    ],
)
def test_what_could_bend_a_key_is_no_client_id(text: str) -> None:
    with pytest.raises(Malformed):
        client_id(text)


def test_every_key_begins_with_the_client() -> None:
    assert partition(ClientId("cli_00000001")) == "C#cli_00000001"
    assert partition(ClientId("cli_00000001"), "P", "prd_1") == "C#cli_00000001#P#prd_1"


def test_an_envelope_holds_what_a_consumer_needs() -> None:
    who = ClientId("cli_00000001")
    at = datetime(2026, 3, 14, 9, 26, 53, 589_793, tzinfo=UTC)
    event = Event("evt_1", "PriceDropped", "skuflow.catalog", at, who, 1, Cause("corr", "cause"), {"a": 1})
    assert event.envelope() == {
        "event_id": "evt_1",
        "occurred_at": "2026-03-14T09:26:53.589Z",
        "client_id": who,
        "schema_version": 1,
        "correlation_id": "corr",
        "causation_id": "cause",
        "data": {"a": 1},
    }


def test_an_event_id_tells_clients_names_and_versions_apart() -> None:
    one, two = ClientId("cli_00000001"), ClientId("cli_00000002")
    ids = {
        event_id(one, "PriceChanged", "p", "1"),
        event_id(two, "PriceChanged", "p", "1"),
        event_id(one, "PriceDropped", "p", "1"),
        event_id(one, "PriceChanged", "p", "2"),
    }
    assert len(ids) == 4
    assert event_id(one, "PriceChanged", "p", "1") in ids


def test_every_error_is_either_permanent_or_transient() -> None:
    left = SkuflowError.__subclasses__()
    assert set(left) == {PermanentError, TransientError}
    assert issubclass(Throttled, TransientError)


def test_an_error_carries_its_problems() -> None:
    error = PermanentError("no", problems=[Problem("price", "is negative", "use 0 or more")])
    assert (str(error), error.detail, error.problems[0].remedy) == ("no", "no", "use 0 or more")
    assert Throttled("slow down", retry_after=7).retry_after == 7
