"""Questions to a shop: points, tokens, deadlines, and what answers mean."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from skuflow.kernel.errors import Throttled
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.outbound.calls import Answer, Call, ProviderFailed
from skuflow.sync.shopify.admin import ShopifyAdmin, understanding
from skuflow.sync.shopify.queries import BULK_START, BULK_STATE, SHOP_FACTS, WEBHOOKS
from skuflow.sync.shopify.refusals import ShopifyRefused, checked
from tests.doubles import START, FakeClock
from tests.fakes.outbound import FakeOutbound
from tests.fakes.shops import SHOP
from tests.functions.sync.fake_shopify import graphql
from tests.functions.sync.shop_world import FakeTokens

MINE = ClientId("cli_0000000000000001")
URL = f"https://{SHOP}/admin/api/2026-10/graphql.json"
THROTTLED = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
DATA = {"shop": {"name": "Maple"}}


@dataclass(slots=True)
class Bucket:
    """`waits` are raised, one for each reservation, until none are left."""

    waits: list[int] = field(default_factory=list)
    reserved: list[tuple[str, int]] = field(default_factory=list)
    settled: list[tuple[str, int, int, float]] = field(default_factory=list)

    def reserve(self, credential: str, cost: int) -> None:
        if self.waits:
            raise Throttled("no points", retry_after=self.waits.pop(0))
        self.reserved.append((credential, cost))

    def settle(self, credential: str, maximum: int, available: int, restore_rate: float) -> None:
        self.settled.append((credential, maximum, available, restore_rate))


@dataclass(slots=True)
class Rig:
    """An admin client, and everything around it."""

    clock: FakeClock = field(default_factory=FakeClock)
    outbound: FakeOutbound = field(default_factory=FakeOutbound)
    tokens: FakeTokens = field(default_factory=FakeTokens)
    bucket: Bucket = field(default_factory=Bucket)

    def answers(self, *replies: Answer | Exception | Callable[[Call], Answer]) -> None:
        self.outbound.answer("POST", URL, *replies)

    def ask(self, query: Any = SHOP_FACTS, variables: Any = None) -> Any:
        admin = ShopifyAdmin(
            outbound=self.outbound,
            tokens=self.tokens,
            costs=self.bucket,
            base_of=lambda shop: f"https://{shop}",
            clock=self.clock,
            sleep=self._sleep,
        )
        return admin.query(MINE, SHOP, query, variables)

    def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    @property
    def slept(self) -> float:
        return (self.clock() - START) / timedelta(seconds=1)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_a_question_carries_query_variables_and_token(rig: Rig) -> None:
    rig.answers(graphql(DATA))
    assert rig.ask(BULK_STATE, {"id": "gid://shopify/BulkOperation/1"}) == DATA
    [call] = rig.outbound.calls
    assert json.loads(call.body or b"") == {
        "query": BULK_STATE.text,
        "variables": {"id": "gid://shopify/BulkOperation/1"},
    }
    assert call.headers["X-Shopify-Access-Token"] == "token-1"
    assert (call.operation, call.credential) == ("graphql.bulk_state", f"{MINE}#{SHOP}")


def test_only_a_question_that_changes_nothing_may_be_repeated(rig: Rig) -> None:
    rig.answers(graphql(DATA))
    rig.ask(WEBHOOKS)
    rig.ask(BULK_START)
    assert [call.repeatable for call in rig.outbound.calls] == [True, False]


def test_points_are_reserved_before_and_settled_after(rig: Rig) -> None:
    rig.answers(graphql(DATA, available=712, rate=50.0))
    rig.ask(WEBHOOKS)
    assert rig.bucket.reserved == [(f"{MINE}#{SHOP}", WEBHOOKS.estimated_cost)]
    assert rig.bucket.settled == [(f"{MINE}#{SHOP}", 1000, 712, 50.0)]


def test_an_answer_that_does_not_tell_its_cost_settles_nothing(rig: Rig) -> None:
    rig.answers(Answer(200, {}, b'{"data": {"shop": null}, "extensions": {"cost": {"throttleStatus": null}}}'))
    assert rig.ask() == {"shop": None}
    assert rig.bucket.settled == []


def test_it_waits_for_points_just_long_enough(rig: Rig) -> None:
    rig.bucket.waits = [3, 1]
    rig.answers(graphql(DATA))
    assert rig.ask() == DATA
    assert rig.slept == 4
    assert rig.outbound.calls[0].deadline_seconds == 16


def test_it_does_not_begin_to_wait_for_longer_than_it_may_take(rig: Rig) -> None:
    rig.bucket.waits = [15, 15]
    rig.answers(graphql(DATA))
    with pytest.raises(Throttled) as caught:
        rig.ask()
    assert (caught.value.retry_after, rig.slept, rig.outbound.calls) == (15, 15, [])


def test_a_question_that_was_throttled_is_asked_again_when_there_is_room(rig: Rig) -> None:
    rig.answers(graphql(errors=THROTTLED, available=100, requested=450, rate=100.0), graphql(DATA))
    assert rig.ask(BULK_START) == DATA
    assert rig.slept == 4
    assert len(rig.outbound.calls) == 2
    assert rig.outbound.failures == []


def test_a_question_that_costs_more_than_the_bucket_holds_is_given_up(rig: Rig) -> None:
    rig.answers(graphql(errors=THROTTLED, requested=1001))
    with pytest.raises(ShopifyRefused) as caught:
        rig.ask()
    assert (caught.value.code, len(rig.outbound.calls)) == ("query_too_costly", 1)


def test_a_token_that_is_refused_is_renewed_once_and_no_more(rig: Rig) -> None:
    rig.answers(Answer(401, {}, b"{}"), graphql(DATA), Answer(401, {}, b"{}"))
    assert rig.ask() == DATA
    assert [call.headers["X-Shopify-Access-Token"] for call in rig.outbound.calls] == ["token-1", "token-1+"]
    with pytest.raises(ShopifyRefused) as caught:
        rig.ask()
    assert (caught.value.code, len(rig.outbound.calls)) == ("token_refused", 4)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'"x"',
        b'{"message": "hello"}',
        b"\xff",
        b'{"data": {"shop":',
        b'{"data": ' + b"[" * 100_000,
    ],
)
def test_an_answer_that_is_no_graphql_counts_as_a_failure(rig: Rig, body: bytes) -> None:
    rig.answers(Answer(200, {}, body))
    with pytest.raises(ProviderFailed):
        rig.ask()
    assert rig.outbound.failures == ["graphql.shop_facts"]


def test_a_failure_of_shopifys_own_inside_a_success_counts_as_a_failure(rig: Rig) -> None:
    rig.answers(graphql(DATA, errors=[{"message": "x", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]))
    with pytest.raises(ProviderFailed):
        rig.ask()
    assert rig.outbound.failures == ["graphql.shop_facts"]


@pytest.mark.parametrize(
    ("errors", "code", "word"),
    [
        (
            [{"message": "Access denied for products", "extensions": {"code": "ACCESS_DENIED"}}],
            "access_denied",
            "Access",
        ),
        ([{"message": "y"}, {"message": "x", "extensions": {"code": "SHOP_INACTIVE"}}], "shop_frozen", "y; x"),
        ([{"message": "Field 'a' doesn't exist", "extensions": {"code": "undefinedField"}}], "query_refused", "Field"),
        ("Not Found", "query_refused", "Not Found"),
        ([None, 7, {}], "query_refused", "without a reason"),
    ],
)
def test_errors_of_ours_or_the_shops_are_told_in_shopifys_words(rig: Rig, errors: Any, code: str, word: str) -> None:
    rig.answers(graphql(errors=errors))
    with pytest.raises(ShopifyRefused) as caught:
        rig.ask()
    assert caught.value.code == code
    assert word in caught.value.detail
    assert caught.value.remedy
    assert rig.outbound.failures == []


@pytest.mark.parametrize(
    ("status", "code"),
    [(402, "shop_frozen"), (403, "access_denied"), (404, "shop_gone"), (423, "shop_locked"), (302, "http_302")],
)
def test_a_status_says_what_is_wrong_and_what_to_do(rig: Rig, status: int, code: str) -> None:
    rig.answers(Answer(status, {}, b'{"errors": "secret"}'))
    with pytest.raises(ShopifyRefused) as caught:
        rig.ask()
    assert caught.value.code == code
    assert caught.value.remedy
    assert "secret" not in caught.value.detail


def test_a_mutation_that_was_refused_is_told_by_its_user_errors() -> None:
    refused = {"bulkOperation": None, "userErrors": [{"field": None, "message": "Busy", "code": "LIMIT_REACHED"}]}
    with pytest.raises(ShopifyRefused) as caught:
        checked({"bulkOperationRunQuery": refused}, "bulkOperationRunQuery")
    assert (caught.value.code, "Busy" in caught.value.detail) == ("limit_reached", True)
    with pytest.raises(ShopifyRefused):
        checked({"bulkOperationRunQuery": None}, "bulkOperationRunQuery")
    taken = {"webhookSubscription": {"id": "1"}, "userErrors": []}
    assert checked({"webhookSubscriptionCreate": taken}, "webhookSubscriptionCreate") == taken


@pytest.mark.parametrize("content", [{}, {"shop": None}, {"shop": []}, {"shop": {"size": "many"}}])
def test_an_answer_of_another_shape_is_a_failure_that_names_the_query(content: dict[str, Any]) -> None:
    with pytest.raises(ProviderFailed, match="shop_facts"), understanding(SHOP_FACTS):
        int(content["shop"]["size"])
