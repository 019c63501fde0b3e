"""Billing runs, end to end: what is due becomes numbered invoices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import METERED, BillingWorld, check_books, make_billing_world
from tests.functions.billing.selling_world import BASIC, PREMIUM
from tests.http import OTHER_CLIENT


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> BillingWorld:
    made = make_billing_world(tables, clock, new_id, monkeypatch)
    made.sell(BASIC, PREMIUM, METERED)
    return made


def test_the_first_invoice_asks_for_the_base_fee_in_advance_with_tax(world: BillingWorld) -> None:
    made = world.subscribe()
    world.run_hour()
    [invoice] = world.invoices()
    assert (invoice.number, invoice.status, invoice.subject) == ("NG-000001", "pending", "kim")
    assert [(line.kind, line.amount.minor) for line in invoice.lines] == [("base", 1999)]
    assert [(tax.tax, tax.amount.minor) for tax in invoice.taxes] == [("GST", 100)]
    assert (invoice.total.minor, invoice.amount_due.minor) == (2099, 2099)
    assert world.stored(made).cycle == 1
    assert world.stored(made).next_due_at == invoice.period_to
    check_books(world)


def test_nothing_is_billed_again_within_the_period(world: BillingWorld) -> None:
    world.subscribe()
    world.run_hour()
    world.clock.advance(hours=1)
    world.run_hour()
    assert len(world.invoices()) == 1


def test_usage_is_billed_in_arrears_once_the_grace_is_over(world: BillingWorld) -> None:
    made = world.subscribe("metered")
    world.run_hour()
    world.clock.advance(days=10)
    world.use("kim", 7, world.clock.now)
    world.at(world.due(made) - timedelta(days=1))
    world.clock.advance(hours=23)
    world.run_hour()
    assert len(world.invoices()) == 1
    world.clock.advance(hours=1)
    world.run_hour()
    second = world.invoices()[1]
    assert [(line.kind, int(line.quantity), line.amount.minor) for line in second.lines] == [
        ("base", 1, 1000),
        ("usage", 7, 6),
    ]
    assert [(one.metric, str(one.quantity)) for one in second.usage] == [("billable_items", "7")]
    check_books(world)


def test_late_usage_is_billed_as_a_difference_on_the_next_invoice(world: BillingWorld) -> None:
    made = world.subscribe("metered")
    world.run_hour()
    within = world.clock.advance(days=20)
    world.use("kim", 103, within)
    world.at(world.due(made))
    world.run_hour()
    world.clock.advance(days=5)
    world.use("kim", 100, within, "late")
    world.at(world.due(made))
    world.run_hour()
    third = world.invoices()[2]
    assert [line.amount.minor for line in third.lines if line.kind == "late_usage"] == [150]
    check_books(world)


def test_an_upgrade_is_billed_by_the_next_run(world: BillingWorld) -> None:
    made = world.subscribe()
    world.run_hour()
    world.clock.advance(days=15)
    world.act(made, "change", {"plan": "premium"})
    world.run_hour()
    second = world.invoices()[1]
    assert {line.kind for line in second.lines} == {"base", "base_credit"}
    assert 0 < second.subtotal.minor < 1000
    check_books(world)


def test_a_negative_total_becomes_credit_that_the_next_invoice_uses(world: BillingWorld) -> None:
    made = world.subscribe("premium")
    world.run_hour()
    payment = {"payment_id": "p", "amount": {"amount_minor": 3149, "currency": "CAD"}}
    world.ok("POST", f"/v1/invoices/{world.invoices()[0].invoice_id}/payments", payment)
    world.act(made, "cancel", {"when": "now"})
    world.clock.advance(minutes=1)
    world.run_hour()
    note = world.invoices()[1]
    assert (note.kind, note.status, note.total.minor, note.amount_due.minor) == ("credit_note", "paid", -3149, 0)
    assert world.ok("GET", "/v1/customers/kim")["credit_minor"] == {"CAD": 3149}
    world.subscribe()
    world.clock.advance(minutes=1)
    world.run_hour()
    third = world.invoices()[2]
    assert (third.credit_used.minor, third.amount_due.minor, third.status) == (2099, 0, "paid")
    assert world.ok("GET", "/v1/customers/kim")["credit_minor"] == {"CAD": 1050}
    check_books(world)


def test_a_run_that_is_asked_for_bills_ones_own_and_tells_how_far_it_is(world: BillingWorld) -> None:
    world.subscribe()
    answer = world.call("POST", "/v1/billing-runs", body={})
    assert (answer.status, answer.body["status"], answer.body["progress"]) == (202, "planning", 0)
    world.settle()
    path = f"/v1/billing-runs/{answer.body['run_id']}"
    run = world.ok("GET", path)
    assert (run["status"], run["subscriptions"], run["invoices"], run["progress"]) == ("completed", 1, 1, 1)
    assert world.call("GET", path, client_id=OTHER_CLIENT).status == 404
    assert [one["run_id"] for one in world.ok("GET", "/v1/billing-runs")["items"]] == [run["run_id"]]
    assert world.invoices()[0].run_id == run["run_id"]


def test_a_run_of_another_client_bills_nothing_of_this_one(world: BillingWorld) -> None:
    world.subscribe()
    asked = world.call("POST", "/v1/billing-runs", body={}, client_id=OTHER_CLIENT)
    world.settle()
    told = world.ok("GET", f"/v1/billing-runs/{asked.body['run_id']}", client_id=OTHER_CLIENT)
    assert (told["status"], told["subscriptions"]) == ("completed", 0)
    assert world.invoices() == []


def test_a_dry_run_explains_what_the_real_one_bills_and_writes_nothing(world: BillingWorld) -> None:
    made = world.subscribe("metered")
    world.run_hour()
    world.use("kim", 7, world.clock.advance(days=10))
    world.at(world.due(made))
    before = world.items()
    told = world.ok("POST", "/v1/billing-runs", {"dry": True})
    assert world.items() == before
    assert world.take("PLANNING") == []
    [item] = told["preview"]["items"]
    usage = item["invoice"]["lines"][1]
    assert usage["amount"]["amount_minor"] == 6
    assert usage["explanation"]
    world.run_hour()
    real = world.ok("GET", f"/v1/invoices/{item['invoice']['invoice_id']}")
    for name in ("lines", "taxes", "total", "subtotal", "credit_used", "period_from", "period_to", "issued_at"):
        assert real[name] == item["invoice"][name]


def test_a_dry_run_can_look_into_the_future_a_real_one_cannot(world: BillingWorld) -> None:
    made = world.subscribe()
    world.run_hour()
    later = (world.clock.now + timedelta(days=40)).isoformat()
    told = world.ok("POST", "/v1/billing-runs", {"dry": True, "as_of": later})
    assert told["preview"]["totals"] == [{"amount_minor": 2099, "currency": "CAD"}]
    refused = world.call("POST", "/v1/billing-runs", body={"as_of": later})
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "as_of")
    again = world.call("POST", "/v1/billing-runs", body={"subscription_ids": [made["subscription_id"]]})
    assert (again.status, "billed already" in again.body["detail"]) == (409, True)
    unknown = world.call("POST", "/v1/billing-runs", body={"subscription_ids": ["sub_nobody"]})
    assert (unknown.status, unknown.body["errors"][0]["field"]) == (422, "subscription_ids[0]")


def test_what_cannot_be_billed_is_told_with_its_reason_and_stays_due(world: BillingWorld) -> None:
    made = world.subscribe()
    world.table("C#cli_0000000000000001#CUSTOMER#kim", "CUSTOMER").delete()
    asked = world.ok("POST", "/v1/billing-runs", {})
    world.settle()
    run = world.ok("GET", f"/v1/billing-runs/{asked['run_id']}")
    assert (run["status"], run["failed"], run["invoices"]) == ("completed", 1, 0)
    assert run["failures"][0]["subscription_id"] == made["subscription_id"]
    assert "customer kim" in run["failures"][0]["detail"]
    assert world.stored(made).cycle == 0


def test_events_tell_of_runs_and_invoices_once(world: BillingWorld) -> None:
    world.subscribe()
    world.run_hour()
    names = ("BillingRunProgressed", "BillingRunCompleted", "InvoiceFinalized", "InvoicePaid")
    assert sorted(one.name for one in world.events(*names)) == [
        "BillingRunCompleted",
        "BillingRunProgressed",
        "InvoiceFinalized",
    ]
