"""Usage over HTTP: what is counted, what is answered, what is refused. The clock stands at 2026-03-14 09:26."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.doubles import START
from tests.functions.billing.metering_world import MeteringWorld, another, statuses, usage
from tests.http import CLIENT, OTHER_CLIENT


def test_an_event_is_counted(metering: MeteringWorld) -> None:
    answer = metering.call("POST", "/v1/usage", body=usage(1, value=12, at="2026-03-14T08:00:00Z"))
    assert answer.status == 200
    assert answer.body["events"] == [
        {"index": 0, "transaction_id": "tx-1", "status": "accepted", "code": None, "errors": []}
    ]
    assert metering.quantities() == {"billable_items": ("12", 1)}


def test_an_event_counts_once_however_often_it_is_sent_and_whoever_takes_it(metering: MeteringWorld) -> None:
    sent = usage(1, value=12, at="2026-03-14T08:00:00Z")
    told = [one.call("POST", "/v1/usage", body=sent).body for one in (metering, metering, another(metering))]
    assert [statuses(body) for body in told] == [["accepted"], ["duplicate"], ["duplicate"]]
    assert metering.quantities() == {"billable_items": ("12", 1)}


@pytest.mark.parametrize(
    ("once", "again"),
    [
        ({"value": 12}, {"value": "12.0"}),
        ({"at": "2026-03-14T08:00:00Z"}, {"at": "2026-03-14T09:00:00.000+01:00"}),
        ({}, {"subject": "client"}),
        ({}, {"properties": {}}),
        ({"properties": {"a": "1", "b": "x"}}, {"properties": {"b": "x", "a": 1}}),
        ({}, {"client_id": CLIENT}),
    ],
)
def test_another_spelling_of_the_same_event_is_the_same_event(
    metering: MeteringWorld, once: dict[str, Any], again: dict[str, Any]
) -> None:
    assert statuses(metering.send(usage(1, **once), usage(1, **again))) == ["accepted", "duplicate"]
    assert statuses(metering.send(usage(1, **again))) == ["duplicate"]


def test_an_event_without_a_time_that_is_repeated_later_is_the_same_event(metering: MeteringWorld) -> None:
    assert statuses(metering.send(usage(1))) == ["accepted"]
    metering.clock.advance(days=60)
    assert statuses(metering.send(usage(1))) == ["duplicate"]


@pytest.mark.parametrize(
    "other",
    [
        {"value": 13},
        {"at": "2026-03-13T08:00:00Z"},
        {"subject": "shopper-1"},
        {"properties": {"region": "east"}},
        {"metric": "calls"},
    ],
)
def test_a_reused_id_with_another_body_is_a_conflict_that_names_the_id(
    metering: MeteringWorld, other: dict[str, Any]
) -> None:
    metering.define("calls", "sum")
    assert metering.call("POST", "/v1/usage", body=usage(1, value=12)).status == 200
    refused = metering.call("POST", "/v1/usage", body={**usage(1, value=12), **usage(1, **{"value": 12, **other})})
    assert (refused.status, refused.body["errors"][0]["field"]) == (409, "transaction_id")
    assert "tx-1" in refused.body["detail"]
    body = metering.send(usage(1, **{"value": 12, **other}), usage(2))
    assert statuses(body) == ["rejected", "accepted"]
    assert body["events"][0]["code"] == "conflict"
    assert metering.quantities() == {"billable_items": ("13", 2)}


def test_of_a_batch_the_good_are_counted_and_the_bad_named(metering: MeteringWorld) -> None:
    body = metering.send(
        usage(1),
        usage(2, value=-1),
        usage(3, metric="unheard_of"),
        usage(4),
        {"value": 1},
        "nonsense",  # type: ignore[arg-type]
        usage(1),
    )
    assert (body["accepted"], body["duplicates"], body["rejected"]) == (2, 1, 4)
    wrong = {one["index"]: [fault["field"] for fault in one["errors"]] for one in body["events"] if one["errors"]}
    assert wrong == {1: ["value"], 2: ["metric"], 4: ["transaction_id", "metric"], 5: ["body"]}
    assert all(fault["remedy"] for one in body["events"] for fault in one["errors"])
    assert metering.quantities() == {"billable_items": ("2", 2)}


def test_in_one_batch_an_id_counts_once_and_stands_for_its_first_body(metering: MeteringWorld) -> None:
    body = metering.send(usage(1, value=5), usage(1, value=6), usage(1, value=5))
    assert statuses(body) == ["accepted", "rejected", "duplicate"]
    assert metering.quantities() == {"billable_items": ("5", 1)}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": -1}, "value"),
        ({"value": "NaN"}, "value"),
        ({"value": "Infinity"}, "value"),
        ({"value": 1e300}, "value"),
        ({"value": "1000000000000"}, "value"),
        ({"value": "1e999999999"}, "value"),
        ({"value": "0.5"}, "value"),
        ({"value": "1.0000000000001"}, "value"),
        ({"value": True}, "value"),
        ({"value": None}, "value"),
        ({"value": []}, "value"),
        ({"value": "1_0"}, "value"),
        ({"value": "٣"}, "value"),
        ({"transaction_id": ""}, "transaction_id"),
        ({"transaction_id": "x" * 129}, "transaction_id"),
        ({"transaction_id": " x"}, "transaction_id"),
        ({"transaction_id": 7}, "transaction_id"),
        ({"metric": "unheard_of"}, "metric"),
        ({"metric": None}, "metric"),
        ({"subject": "a/b"}, "subject"),
        ({"subject": "a#b"}, "subject"),
        ({"subject": ""}, "subject"),
        ({"properties": {"x" * 41: "1"}}, "properties." + "x" * 40),
        ({"properties": {"a": "x" * 201}}, "properties.a"),
        ({"properties": {"a": 0.5}}, "properties.a"),
        ({"properties": {"a": {}}}, "properties.a"),
        ({"properties": {str(n): "1" for n in range(21)}}, "properties"),
        ({"properties": []}, "properties"),
        ({"event_time": "yesterday"}, "event_time"),
        ({"event_time": "2026-03-14T08:00:00"}, "event_time"),
        ({"event_time": 1773480413}, "event_time"),
        ({"event_time": "2026-03-14T09:32:00Z"}, "event_time"),
        ({"event_time": "2026-02-07T09:26:53Z"}, "event_time"),
        ({"client_id": OTHER_CLIENT}, "client_id"),
        ({"amount": 1}, "amount"),
    ],
)
def test_a_bad_event_is_refused_with_its_field_and_the_way_out(
    metering: MeteringWorld, changes: dict[str, Any], field: str
) -> None:
    sent = {**usage(1), **changes}
    refused = metering.call("POST", "/v1/usage", body=sent)
    assert (refused.status, [one["field"] for one in refused.body["errors"]]) == (422, [field])
    assert refused.body["errors"][0]["remedy"]
    body = metering.send(sent)
    assert [fault["field"] for fault in body["events"][0]["errors"]] == [field]
    assert metering.items("C#") == []


def test_what_is_no_json_at_all_is_malformed(metering: MeteringWorld) -> None:
    refused = metering.call(
        "POST", "/v1/usage", body='{"transaction_id": "1", "metric": "billable_items", "value": NaN}'
    )
    assert refused.status == 400


@pytest.mark.parametrize("events", [[], [usage(n) for n in range(501)], {}, "x"])
def test_a_batch_has_1_to_500_events(metering: MeteringWorld, events: object) -> None:
    refused = metering.call("POST", "/v1/usage", body={"events": events})
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "events")


def test_one_event_and_several_are_not_sent_together(metering: MeteringWorld) -> None:
    refused = metering.call("POST", "/v1/usage", body={**usage(1), "events": [usage(2)]})
    assert (refused.status, metering.items("C#")) == (422, [])


def test_late_events_land_in_the_day_in_which_they_happened(metering: MeteringWorld) -> None:
    earliest = START - timedelta(days=35)
    assert statuses(metering.send(usage(1, at=earliest), usage(2, at=earliest - timedelta(milliseconds=1)))) == [
        "accepted",
        "rejected",
    ]
    assert metering.counted() == {"2026-02-07 billable_items": 10**12, "2026-02-07 billable_items events": 1}


def test_a_clock_that_is_a_little_ahead_is_forgiven(metering: MeteringWorld) -> None:
    limit = START + timedelta(minutes=5)
    answers = metering.send(usage(1, at=limit), usage(2, at=limit + timedelta(milliseconds=1)))
    assert statuses(answers) == ["accepted", "rejected"]


def test_nobody_sees_or_adds_to_the_usage_of_another(metering: MeteringWorld) -> None:
    metering.send(usage(1, value=5))
    assert metering.quantities(OTHER_CLIENT) == {}
    assert statuses(metering.send(usage(1, value=6), client_id=OTHER_CLIENT)) == ["accepted"]
    assert (metering.quantities(), metering.quantities(OTHER_CLIENT)) == (
        {"billable_items": ("5", 1)},
        {"billable_items": ("6", 1)},
    )


def test_subjects_are_apart(metering: MeteringWorld) -> None:
    metering.send(usage(1, value=5, subject="shopper-1"), usage(2, value=7))
    assert metering.quantities(subject="shopper-1") == {"billable_items": ("5", 1)}
    assert metering.quantities() == {"billable_items": ("7", 1)}


def test_usage_is_shown_event_by_event_page_by_page(metering: MeteringWorld) -> None:
    metering.send(*(usage(n, value=n, at=START - timedelta(hours=n), properties={"n": n}) for n in range(1, 6)))
    query: dict[str, Any] = {"metric": "billable_items", "from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}
    shown: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = metering.call("GET", "/v1/usage/events", query={**query, "limit": 2, **cursor}).body
        shown += [f"{one['transaction_id']} {one['value']} {one['properties']['n']}" for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert shown == ["tx-5 5 5", "tx-4 4 4", "tx-3 3 3", "tx-2 2 2", "tx-1 1 1"]
    foreign = metering.call("GET", "/v1/usage/events", query={**query, "subject": "other", **cursor})
    assert foreign.status == 422


@pytest.mark.parametrize(
    "query",
    [
        {"subject": "a/b"},
        {"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"},
        {"from": "2026-03-02T00:00:00Z", "to": "2026-03-02T00:00:00Z"},
        {"from": "2024-01-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"},
        {"from": "2026-03-02"},
        {"from": "0001-01-01T00:00:00Z", "to": "9999-12-31T23:59:59Z"},
    ],
)
def test_a_window_that_is_none_is_refused(metering: MeteringWorld, query: dict[str, str]) -> None:
    assert metering.call("GET", "/v1/usage", query=query).status == 422


class TestMetrics:
    def test_a_metric_is_defined_once_and_for_ever(self, metering: MeteringWorld) -> None:
        body = {"code": "calls", "aggregation": "sum", "unit": "call"}
        made = metering.call("POST", "/v1/metrics", body=body)
        metering.clock.advance(days=1)
        assert metering.call("POST", "/v1/metrics", body=body).body == made.body
        refused = metering.call("POST", "/v1/metrics", body={**body, "aggregation": "max"})
        assert refused.status == 409
        assert metering.call("GET", "/v1/metrics/calls").body == made.body
        listed = metering.call("GET", "/v1/metrics").body["items"]
        assert [(one["code"], one["built_in"]) for one in listed] == [("billable_items", True), ("calls", False)]

    def test_what_is_built_in_stays(self, metering: MeteringWorld) -> None:
        body = {"code": "billable_items", "aggregation": "max", "unit": "item"}
        assert metering.call("POST", "/v1/metrics", body=body).status == 409

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"code": "Calls"}, "code"),
            ({"code": "a#b"}, "code"),
            ({"aggregation": "median"}, "aggregation"),
            ({"aggregation": "unique_count"}, "property"),
            ({"property": "x"}, "property"),
            ({"carries_over": True}, "carries_over"),
            ({"name": "Calls\x00"}, "name"),
            ({"unit": "ca\u202ell"}, "unit"),
        ],
    )
    def test_a_bad_definition_is_refused(self, metering: MeteringWorld, changes: dict[str, Any], field: str) -> None:
        refused = metering.call(
            "POST", "/v1/metrics", body={"code": "calls", "aggregation": "sum", "unit": "call", **changes}
        )
        assert (refused.status, refused.body["errors"][0]["field"]) == (422, field)

    def test_of_another_client_it_is_not_there(self, metering: MeteringWorld) -> None:
        metering.define("calls", "sum")
        assert metering.call("GET", "/v1/usage", query={"metric": "calls"}, client_id=OTHER_CLIENT).status == 404
        assert metering.call("GET", "/v1/metrics/calls", client_id=OTHER_CLIENT).status == 404
        body = metering.send(usage(1, "calls"), client_id=OTHER_CLIENT)
        assert body["events"][0]["errors"][0]["field"] == "metric"

    def test_one_that_another_process_defined_is_known(self, metering: MeteringWorld) -> None:
        metering.send(usage(1))
        another(metering).define("calls", "sum")
        assert statuses(metering.send(usage(2, "calls"))) == ["accepted"]

    def test_what_a_unique_count_counts_must_be_there(self, metering: MeteringWorld) -> None:
        metering.define("visitors", "unique_count", property="visitor")
        body = metering.send(usage(1, "visitors"), usage(2, "visitors", properties={"visitor": "v1"}))
        assert [fault["field"] for fault in body["events"][0]["errors"]] == ["properties.visitor"]
        assert body["accepted"] == 1

    def test_a_fraction_is_counted_exactly_where_it_means_something(self, metering: MeteringWorld) -> None:
        metering.define("gigabytes", "sum")
        metering.send(*(usage(n, "gigabytes", "0.1") for n in range(10)), usage("x", "gigabytes", 0.000000000001))
        assert metering.quantities() == {"gigabytes": ("1.000000000001", 11)}

    def test_a_number_that_json_cannot_carry_is_asked_for_as_a_text(self, metering: MeteringWorld) -> None:
        metering.define("gigabytes", "sum")
        body = metering.send(
            usage(1, "gigabytes", 0.1234567890123456), usage(2, "gigabytes", "123456789012.123456789012")
        )
        assert statuses(body) == ["rejected", "accepted"]
        assert "text" in body["events"][0]["errors"][0]["remedy"]
        assert metering.quantities() == {"gigabytes": ("123456789012.123456789012", 1)}
