"""`Idempotency-Key`: once, whatever happens."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from skuflow.kernel.errors import Conflict
from skuflow.platform.aws import session
from tests.doubles import FakeLambdaContext
from tests.http import CLIENT, OTHER_CLIENT, Answer, Api, http_event
from tests.interleaving import interleaved
from tests.unit.platform.echo import EchoDeps, handle


@pytest.fixture
def deps(tables: Callable[[str], str]) -> EchoDeps:
    return EchoDeps(tables("idempotency"))


def make(deps: EchoDeps, key: str, text: str = "a", client_id: str = CLIENT) -> Answer:
    return Api(handle, deps).call(
        "POST", "/v1/notes", body={"text": text}, headers={"Idempotency-Key": key}, client_id=client_id
    )


def items() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        session().create_client("dynamodb").scan(TableName="skuflow-test-idempotency")["Items"]
    )
    return found


def test_the_same_key_does_it_once_and_answers_the_same(deps: EchoDeps) -> None:
    answers = [make(deps, "k") for _ in range(3)]
    assert deps.made == ["a"]
    assert {(one.status, one.body["text"], one.headers["location"]) for one in answers} == {(201, "a", "/v1/notes/1")}


def test_what_is_shown_once_is_neither_kept_nor_shown_again(deps: EchoDeps) -> None:
    assert [make(deps, "k").body["secret"] for _ in range(2)] == ["s1", None]
    assert '"s1"' not in json.dumps(items())


def test_without_a_key_it_is_done_each_time(deps: EchoDeps) -> None:
    for _ in range(2):
        Api(handle, deps).call("POST", "/v1/notes", body={"text": "a"})
    assert deps.made == ["a", "a"]


def test_another_key_is_another_request(deps: EchoDeps) -> None:
    make(deps, "k1")
    make(deps, "k2")
    assert deps.made == ["a", "a"]


def test_the_same_key_of_another_client_is_another_request(deps: EchoDeps) -> None:
    answers = [make(deps, "k", client_id=client) for client in (CLIENT, OTHER_CLIENT)]
    assert [one.body["client_id"] for one in answers] == [CLIENT, OTHER_CLIENT]
    assert {item["id"]["S"].split("#")[1] for item in items()} == {CLIENT, OTHER_CLIENT}


def test_the_same_key_with_another_body_is_refused(deps: EchoDeps) -> None:
    make(deps, "k", "a")
    answer = make(deps, "k", "b")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert deps.made == ["a"]


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "ü"])
def test_a_key_is_visible_ascii(deps: EchoDeps, key: str) -> None:
    assert make(deps, key).status == 400
    assert deps.made == []


def test_a_failed_request_may_be_made_again(deps: EchoDeps) -> None:
    def fail() -> None:
        raise Conflict("not now")

    deps.make = fail
    assert make(deps, "k").status == 409
    deps.make = lambda: None
    assert make(deps, "k").status == 201
    assert deps.made == ["a"]


def test_a_twin_still_at_work_is_a_conflict_and_only_one_is_done(deps: EchoDeps) -> None:
    inside: list[int] = []

    def twin() -> None:
        deps.make = lambda: None
        inside.append(make(deps, "k").status)

    deps.make = twin
    assert make(deps, "k").status == 201
    assert inside == [409]
    assert deps.made == ["a"]


@pytest.mark.parametrize("seed", range(8))
def test_many_at_once_do_it_once(deps: EchoDeps, seed: int) -> None:
    statuses = [answer.status for answer in interleaved(seed, [lambda: make(deps, "k")] * 4)]
    assert deps.made == ["a"]
    assert set(statuses) <= {201, 409}
    assert 201 in statuses


def test_a_request_that_died_with_its_function_may_be_made_again_once_that_one_s_time_is_over(deps: EchoDeps) -> None:
    class Killed(BaseException):
        """What Lambda does to a process leaves no trace in it."""

    def die() -> None:
        raise Killed

    deps.make = die
    context = FakeLambdaContext(remaining_ms=3_000)
    event = http_event("POST", "/v1/notes", body={"text": "a"}, headers={"Idempotency-Key": "k"})
    now = datetime.now(UTC)
    with pytest.raises(Killed):
        handle(event, context, deps)
    deps.make = lambda: None
    assert make(deps, "k").status == 409
    with freeze_time(now + timedelta(seconds=10), ignore=["botocore", "moto"]):
        assert make(deps, "k").status == 201
    assert deps.made == ["a"]


def test_an_answer_is_kept_for_a_day(deps: EchoDeps) -> None:
    make(deps, "k")
    with freeze_time(datetime.now(UTC) + timedelta(hours=23), ignore=["botocore", "moto"]):
        make(deps, "k")
    assert deps.made == ["a"]
    with freeze_time(datetime.now(UTC) + timedelta(hours=25), ignore=["botocore", "moto"]):
        make(deps, "k")
    assert deps.made == ["a", "a"]


def test_without_its_store_nothing_is_done(deps: EchoDeps) -> None:
    session().create_client("dynamodb").delete_table(TableName="skuflow-test-idempotency")
    answer = make(deps, "k")
    assert (answer.status, answer.body["code"]) == (503, "unavailable")
    assert deps.made == []
