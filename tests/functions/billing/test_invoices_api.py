"""Invoices, payments, credit notes and coupons, over HTTP."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import BillingWorld, check_books, make_billing_world
from tests.functions.billing.selling_world import BASIC, CUSTOMER, PREMIUM
from tests.http import OTHER_CLIENT
from tests.interleaving import interleaved


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> BillingWorld:
    made = make_billing_world(tables, clock, new_id, monkeypatch)
    made.sell(BASIC, PREMIUM)
    return made


def cad(minor: int) -> dict[str, Any]:
    return {"amount_minor": minor, "currency": "CAD"}


def billed(world: BillingWorld) -> tuple[Any, str]:
    """A subscription with an invoice over 20.99 CAD, and the invoice's path."""
    made = world.subscribe()
    world.run_hour()
    return made, f"/v1/invoices/{world.invoices()[-1].invoice_id}"


def paid(world: BillingWorld, path: str, minor: int, name: str = "p1", **more: Any) -> Any:
    return world.call("POST", f"{path}/payments", body={"payment_id": name, "amount": cad(minor), **more})


def test_an_invoice_is_read_by_its_client_alone(world: BillingWorld) -> None:
    _, path = billed(world)
    told = world.ok("GET", path)
    assert (told["number"], told["total"], told["tax"]) == ("NG-000001", cad(2099), cad(100))
    assert told["seller"]["registrations"] == {"GST/HST": "123456789 RT0001"}
    assert told["lines"][0]["explanation"]
    assert world.call("GET", path, client_id=OTHER_CLIENT).status == 404
    assert world.call("GET", "/v1/invoices/inv_x_99999999999").status == 404
    assert world.call("GET", "/v1/invoices/nonsense").status == 404


def test_invoices_are_found_by_subject_subscription_status_and_time(world: BillingWorld) -> None:
    for name in ("ann", "bob", "cleo"):
        world.ok("PUT", f"/v1/customers/{name}", CUSTOMER)
        world.ok("POST", "/v1/subscriptions", {"subject": name, "plan": "basic"})
    world.run_hour()
    first = world.clock.now
    for made in world.ok("GET", "/v1/subscriptions")["items"]:
        world.act(made, "change", {"plan": "premium"})
    world.clock.advance(hours=1)
    world.run_hour()

    def found(**query: Any) -> list[str]:
        subjects, cursor = [], None
        while True:
            asked = {**query, "limit": 2, **({"cursor": cursor} if cursor else {})}
            page = world.ok("GET", "/v1/invoices", query=asked)
            subjects += [one["subject"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return subjects

    one = world.invoices()[0]
    assert sorted(found()) == ["ann", "ann", "bob", "bob", "cleo", "cleo"]
    assert found(subject="bob") == ["bob", "bob"]
    assert found(subscription_id=one.subscription_id) == [one.subject, one.subject]
    assert sorted(found(issued_to=world.clock.now.isoformat())) == ["ann", "bob", "cleo"]
    assert sorted(found(issued_from=world.clock.now.isoformat())) == ["ann", "bob", "cleo"]
    assert found(issued_to=first.isoformat()) == []
    assert found(status="paid") == []
    assert len(found(status="pending")) == 6
    assert world.call("GET", "/v1/invoices", query={"status": "lost"}).status == 422
    listed = world.ok("GET", "/v1/invoices")["items"]
    assert [row["issued_at"] for row in listed] == sorted((row["issued_at"] for row in listed), reverse=True)


def test_payments_make_an_invoice_paid_once(world: BillingWorld) -> None:
    _, path = billed(world)
    assert paid(world, path, 1000).body["amount_due"] == cad(1099)
    world.clock.advance(minutes=1)
    assert paid(world, path, 1000).body["amount_due"] == cad(1099)
    assert paid(world, path, 999).status == 409
    too_much = paid(world, path, 1100, "p2")
    assert (too_much.status, too_much.body["errors"][0]["field"]) == (422, "amount")
    foreign = world.call(
        "POST", f"{path}/payments", body={"payment_id": "p3", "amount": {"amount_minor": 5, "currency": "USD"}}
    )
    assert (foreign.status, foreign.body["errors"][0]["field"]) == (422, "amount.currency")
    assert paid(world, path, 1099, "p4").body["status"] == "paid"
    assert paid(world, path, 1, "p5").status == 409
    assert [one.data["invoice_id"] for one in world.events("InvoicePaid")] == [path.rpartition("/")[2]]


def test_a_failed_payment_makes_it_failed_and_uncollectible_is_not_the_end(world: BillingWorld) -> None:
    _, path = billed(world)
    assert paid(world, path, 2099, outcome="failed", reason="declined").body["status"] == "failed"
    given_up = world.ok("POST", f"{path}/uncollectible", {"reason": "bankrupt"})
    assert (given_up["status"], given_up["reason"]) == ("uncollectible", "bankrupt")
    assert world.ok("POST", f"{path}/uncollectible", {"reason": "bankrupt"})["status"] == "uncollectible"
    assert paid(world, path, 2099, "p2").body["status"] == "paid"
    assert world.call("POST", f"{path}/uncollectible", body={"reason": "late"}).status == 409


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("payments", {"payment_id": "p1", "amount": cad(2099), "reference": "a\x00b"}),
        ("credit-notes", {"reference": "c1", "reason": "down\x1b[2J"}),
        ("void", {"reason": "\u202ewrong"}),
    ],
)
def test_a_text_with_control_characters_comes_onto_no_document(
    world: BillingWorld, call: str, body: dict[str, Any]
) -> None:
    _, path = billed(world)
    before = world.items()
    assert world.call("POST", f"{path}/{call}", body=body).status == 422
    assert world.items() == before
    assert world.ok("POST", f"{path}/void", {"reason": "wrong:\ntwice"})["status"] == "void"


def test_a_void_invoice_gives_its_credit_back_and_keeps_its_number(world: BillingWorld) -> None:
    made, path = billed(world)
    assert paid(world, path, 2099).status == 200
    world.ok("POST", f"{path}/credit-notes", {"reference": "c1", "amount": cad(500), "reason": "sorry"})
    world.at(world.due(made))
    world.run_hour()
    second = f"/v1/invoices/{world.invoices()[1].invoice_id}"
    assert world.ok("GET", second)["credit_used"] == cad(500)
    void = world.ok("POST", f"{second}/void", {"reason": "wrong"})
    assert (void["status"], void["amount_due"], void["number"]) == ("void", cad(0), "NG-000002")
    assert world.ok("POST", f"{second}/void", {"reason": "wrong"})["status"] == "void"
    assert world.ok("GET", "/v1/customers/kim")["credit_minor"] == {"CAD": 500}
    assert world.call("POST", f"{path}/void", body={"reason": "wrong"}).status == 409
    assert [one.data["number"] for one in world.events("InvoiceVoided")] == ["NG-000002"]
    check_books(world)


def test_a_credit_note_is_issued_once_and_numbered(world: BillingWorld) -> None:
    _, path = billed(world)
    assert paid(world, path, 2099).status == 200
    body = {"reference": "r1", "amount": cad(1050), "destination": "refund", "reason": "down"}
    note = world.ok("POST", f"{path}/credit-notes", body)
    assert (note["number"], note["refund"], note["taxes"][0]["amount"]) == ("NG-CN-000001", cad(1050), cad(50))
    assert world.ok("POST", f"{path}/credit-notes", body) == note
    assert world.call("POST", f"{path}/credit-notes", body={**body, "amount": cad(5)}).status == 409
    more = {**body, "reference": "r2", "amount": cad(1050)}
    assert world.call("POST", f"{path}/credit-notes", body=more).status == 422
    rest = world.ok("POST", f"{path}/credit-notes", {"reference": "r3", "reason": "all of it"})
    assert (rest["amount"], rest["to_credit"]) == (cad(1049), cad(1049))
    assert world.ok("GET", f"/v1/credit-notes/{note['credit_note_id']}") == note
    assert world.call("GET", "/v1/credit-notes/crn_1_0_x").status == 404
    assert [one["number"] for one in world.ok("GET", f"{path}/credit-notes")["items"]] == [
        "NG-CN-000001",
        "NG-CN-000002",
    ]
    assert len(world.ok("GET", "/v1/credit-notes")["items"]) == 2
    assert world.ok("GET", path)["amount_refunded"] == cad(1050)
    assert len(world.events("CreditNoteIssued")) == 2


def test_credit_notes_asked_for_at_once_never_exceed_the_invoice(world: BillingWorld) -> None:
    _, path = billed(world)
    assert paid(world, path, 2099).status == 200

    def ask(name: str) -> Callable[[], Any]:
        body = {"reference": name, "amount": cad(1500), "destination": "refund", "reason": "down"}
        return lambda: world.call("POST", f"{path}/credit-notes", body=body)

    answers = interleaved(7, [ask("a"), ask("b")])
    assert sorted(one.status for one in answers) == [201, 422]
    assert world.ok("GET", path)["amount_credited"] == cad(1500)


def test_a_coupon_takes_off_what_it_says_for_as_long_as_it_says(world: BillingWorld) -> None:
    coupon = world.ok("POST", "/v1/coupons", {"code": "HALF", "percent": "50", "duration": "periods", "periods": 2})
    assert (coupon["percent"], coupon["redemptions"]) == ("50", 0)
    made = world.subscribe()
    path = f"/v1/subscriptions/{made['subscription_id']}/coupon"
    assert world.ok("PUT", path, {"code": "HALF"})["coupon"] == "HALF"
    assert world.ok("PUT", path, {"code": "HALF"})["coupon"] == "HALF"
    for _ in range(3):
        world.at(world.due(made))
        world.run_hour()
    assert [one.discount.minor for one in world.invoices()] == [-1000, -1000, 0]
    assert world.ok("GET", "/v1/coupons/HALF")["redemptions"] == 1
    check_books(world)


def test_a_coupon_that_cannot_be_redeemed_says_why(world: BillingWorld) -> None:
    made = world.subscribe()
    path = f"/v1/subscriptions/{made['subscription_id']}/coupon"
    world.ok("POST", "/v1/coupons", {"code": "USD5", "amount": {"amount_minor": 500, "currency": "USD"}})
    world.ok("POST", "/v1/coupons", {"code": "OLD", "percent": "5", "redeem_by": "2026-01-01T00:00:00Z"})
    world.ok("POST", "/v1/coupons", {"code": "GONE", "percent": "5"})
    world.ok("POST", "/v1/coupons", {"code": "ONCE", "percent": "5"})
    assert world.ok("DELETE", "/v1/coupons/GONE")["archived_at"] is not None
    assert [one["code"] for one in world.ok("GET", "/v1/coupons")["items"]] == ["GONE", "OLD", "ONCE", "USD5"]
    answers = {code: world.call("PUT", path, body={"code": code}).status for code in ("USD5", "OLD", "GONE", "NONE")}
    assert answers == {"USD5": 422, "OLD": 409, "GONE": 409, "NONE": 422}
    world.ok("PUT", path, {"code": "ONCE"})
    assert world.ok("DELETE", path)["coupon"] is None
    again = world.call("PUT", path, body={"code": "ONCE"})
    assert (again.status, "once" in again.body["title"] + again.body.get("detail", "")) == (409, True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"percent": "0"}, "percent"),
        ({"percent": "100.01"}, "percent"),
        ({"percent": "5", "amount": {"amount_minor": 5, "currency": "CAD"}}, "percent"),
        ({}, "percent"),
        ({"amount": {"amount_minor": 0, "currency": "CAD"}}, "amount"),
        ({"amount": {"amount_minor": 5, "currency": "XXX"}}, "currency"),
        ({"percent": "5", "duration": "periods"}, "periods"),
        ({"percent": "5", "periods": 2}, "periods"),
    ],
)
def test_a_coupon_without_sense_is_refused(world: BillingWorld, body: dict[str, Any], field: str) -> None:
    answer = world.call("POST", "/v1/coupons", body={"code": "BAD", **body})
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, field)


def test_a_code_is_given_out_once(world: BillingWorld) -> None:
    world.ok("POST", "/v1/coupons", {"code": "TWICE", "percent": "5"})
    assert world.call("POST", "/v1/coupons", body={"code": "TWICE", "percent": "6"}).status == 409


def test_a_limit_holds_when_many_redeem_at_once(world: BillingWorld) -> None:
    world.ok("POST", "/v1/coupons", {"code": "FEW", "percent": "5", "max_redemptions": 2})
    paths = []
    for name in ("ann", "bob", "cleo", "dan"):
        world.ok("PUT", f"/v1/customers/{name}", CUSTOMER)
        made = world.ok("POST", "/v1/subscriptions", {"subject": name, "plan": "basic"})
        paths.append(f"/v1/subscriptions/{made['subscription_id']}/coupon")

    def redeem(path: str) -> Callable[[], int]:
        return lambda: world.call("PUT", path, body={"code": "FEW"}).status

    statuses = interleaved(random.Random(3).randrange(99), [redeem(path) for path in paths])
    assert sorted(statuses) == [200, 200, 409, 409]
    assert world.ok("GET", "/v1/coupons/FEW")["redemptions"] == 2
