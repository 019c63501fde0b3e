"""Fault switches of the sandbox: each does what it says, so often as it says, where it says."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from local.problems import LocalProblem
from local.sandbox.control import SandboxControl, on_loopback
from tests.local.sandbox.app_side import Inbox, Shopkeeper

SHOP = "{ shop { id name } }"
PRODUCTS = "{ products(first: 100) { nodes { id title descriptionHtml } } }"


def test_429_says_how_long_to_wait_and_ends_after_its_count(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    sandbox.set_fault("rate_limited", scope=keeper.shop.domain, place="graphql", count=2, seconds=3)
    refused = [keeper.post(SHOP) for _ in range(2)]
    assert [(each.status_code, each.headers["Retry-After"]) for each in refused] == [(429, "3.0")] * 2
    assert keeper.post(SHOP).status_code == 200


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_has_the_status_it_was_given(keeper: Shopkeeper, sandbox: SandboxControl, status: int) -> None:
    sandbox.set_fault("server_error", scope=keeper.shop.domain, status=status, count=1)
    assert keeper.post(SHOP).status_code == status


def test_a_connection_is_cut_in_mid_body(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    sandbox.set_fault("cut", scope=keeper.shop.domain, count=1)
    with pytest.raises(httpx.RemoteProtocolError):
        keeper.post(SHOP)
    assert keeper.post(SHOP).status_code == 200


def test_a_bulk_result_is_cut_and_can_be_read_on_from_there(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    whole = b"".join(b'{"id":"gid://shopify/Product/%d"}\n' % number for number in range(20_000))
    keeper.shop.host_bulk_result(whole)
    url = keeper.finished(keeper.run_bulk("{ products { edges { node { id } } } }")["bulkOperation"]["id"])["url"]
    sandbox.set_fault("cut", scope=keeper.shop.domain, place="bulk", count=1)
    had, broken_off = poured(keeper, url)
    assert broken_off
    assert 0 < len(had) < len(whole)
    rest = keeper.client.get(url, headers={"Range": f"bytes={len(had)}-"})
    assert had + rest.content == whole


def poured(keeper: Shopkeeper, url: str) -> tuple[bytes, bool]:
    """What came before the end, and whether the connection broke off there."""
    parts: list[bytes] = []
    try:
        with keeper.client.stream("GET", url) as answer:
            for part in answer.iter_raw():
                parts.append(part)
    except httpx.RemoteProtocolError:
        return b"".join(parts), True
    return b"".join(parts), False


def test_json_is_malformed_in_an_answer_that_is_otherwise_whole(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    sandbox.set_fault("malformed", scope=keeper.shop.domain, place="graphql", count=1)
    answer = keeper.post(SHOP)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_latency_is_longer_than_an_impatient_client_waits(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    sandbox.set_fault("latency", scope=keeper.shop.domain, seconds=5, count=1)
    impatient = Shopkeeper(keeper.shop, on_loopback(0.2), keeper.token)
    with pytest.raises(httpx.ReadTimeout):
        impatient.post(SHOP)
    impatient.client.close()


def test_a_throttled_answer_is_a_200_although_the_bucket_is_full(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    sandbox.set_fault("throttled", scope=keeper.shop.domain, count=1)
    answer = keeper.ask(SHOP)
    assert answer["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert answer["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 0
    assert "errors" not in keeper.ask(SHOP)


def test_a_revoked_access_token_is_replaced_by_a_refresh(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    sandbox.set_fault("token_revoked", scope=keeper.shop.domain, count=1)
    assert keeper.post(SHOP).status_code == 401
    keeper.taken(keeper.refresh().json())
    assert keeper.post(SHOP).status_code == 200


@pytest.mark.parametrize(
    ("mode", "status", "error"), [("", 400, "invalid_grant"), ("invalid_request", 401, "invalid_request")]
)
def test_a_refresh_is_refused_in_either_of_the_documented_forms(
    keeper: Shopkeeper, sandbox: SandboxControl, mode: str, status: int, error: str
) -> None:
    sandbox.set_fault("refresh_refused", scope=keeper.shop.domain, mode=mode, count=1)
    answer = keeper.refresh()
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert keeper.refresh().status_code == 200


def titles(webhooks: Inbox) -> list[str]:
    return [json.loads(each.body)["title"] for each in webhooks.received]


@pytest.fixture
def mug(keeper: Shopkeeper, webhooks: Inbox) -> dict[str, Any]:
    keeper.subscribe(webhooks.uri, "PRODUCTS_UPDATE")
    return keeper.shop.create("Mug", variants=[{"price": "16.50"}])


def edited(keeper: Shopkeeper, mug: dict[str, Any], *to: str) -> None:
    for title in to:
        keeper.shop.edit(mug["id"], title=title)
    keeper.shop.settled()


def test_a_webhook_is_sent_twice_with_the_same_ids(
    keeper: Shopkeeper, sandbox: SandboxControl, webhooks: Inbox, mug: dict[str, Any]
) -> None:
    sandbox.set_fault("duplicate_webhooks", scope=keeper.shop.domain, count=1)
    edited(keeper, mug, "A", "B")
    assert sorted(titles(webhooks)) == ["A", "A", "B"]
    assert len({each.headers["x-shopify-webhook-id"] for each in webhooks.received}) == 2


def test_webhooks_overtake_each_other(
    keeper: Shopkeeper, sandbox: SandboxControl, webhooks: Inbox, mug: dict[str, Any]
) -> None:
    sandbox.set_fault("reordered_webhooks", scope=keeper.shop.domain, seed=3)
    edited(keeper, mug, "A", "B", "C", "D")
    assert sorted(titles(webhooks)) == ["A", "B", "C", "D"]
    assert titles(webhooks) != ["A", "B", "C", "D"]


def test_a_webhook_is_lost_and_stays_lost(
    keeper: Shopkeeper, sandbox: SandboxControl, webhooks: Inbox, mug: dict[str, Any]
) -> None:
    sandbox.set_fault("dropped_webhooks", scope=keeper.shop.domain, place="products/update", count=1)
    edited(keeper, mug, "A", "B")
    assert titles(webhooks) == ["B"]
    assert keeper.shop.retry_now() == 0
    assert [each["state"] for each in keeper.shop.deliveries()] == ["dropped", "delivered"]


def test_a_webhook_is_signed_wrongly(
    keeper: Shopkeeper, sandbox: SandboxControl, webhooks: Inbox, mug: dict[str, Any]
) -> None:
    sandbox.set_fault("wrong_signature", scope=keeper.shop.domain, count=1)
    edited(keeper, mug, "A")
    edited(keeper, mug, "B")
    assert [each.is_genuine() for each in webhooks.received] == [False, True]


def test_chance_has_a_seed(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    def outcomes(seed: int) -> list[int]:
        fault = sandbox.set_fault("server_error", scope=keeper.shop.domain, probability=0.5, seed=seed)
        found = [keeper.post(SHOP).status_code for _ in range(12)]
        sandbox.clear_faults(fault["id"])
        return found

    first = outcomes(7)
    assert set(first) == {200, 503}
    assert outcomes(7) == first


def test_a_fault_of_one_shop_is_not_another_s(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    sandbox.set_fault("server_error", scope="another.myshopify.com")
    assert keeper.post(SHOP).status_code == 200
    assert sandbox.clear_faults() == 1
    assert sandbox.faults() == []


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"kind": "earthquake"}, "kind: give one of"),
        ({"kind": "cut", "colour": "red"}, "colour: no such field"),
        ({"kind": "cut", "probability": 2}, "probability"),
        ({"kind": "cut", "count": 0}, "count"),
    ],
)
def test_a_switch_that_does_not_exist_is_refused(sandbox: SandboxControl, wanted: dict[str, Any], said: str) -> None:
    with pytest.raises(LocalProblem, match=said):
        sandbox.set_fault(**wanted)
