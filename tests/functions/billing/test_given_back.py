"""What was charged is given back once, whichever way it goes: by an end or a change, by a credit note, by the invoice being void;
and never before it was paid for."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import BillingWorld, check_books, make_billing_world, message_event, utc
from tests.functions.billing.selling_world import BASIC, PREMIUM
from tests.interleaving import interleaved

START = utc(2026, 1, 31, 15, 30)
CREDIT = 1285 + 64
"""Of Basic, 10 of 28 days after START: 18/28 of 19.99, and GST on that."""


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> BillingWorld:
    made = make_billing_world(tables, clock, new_id, monkeypatch)
    made.at(START)
    made.sell(BASIC, PREMIUM)
    return made


def cad(minor: int) -> dict[str, Any]:
    return {"amount_minor": minor, "currency": "CAD"}


def first_invoice(world: BillingWorld, *, pay: bool) -> tuple[Any, str]:
    """A subscription to Basic and the path of its first invoice, over 20.99 CAD."""
    made = world.subscribe()
    world.run_hour()
    path = path_of(world, 0)
    if pay:
        world.ok("POST", f"{path}/payments", {"payment_id": "p", "amount": cad(2099)})
    return made, path


def path_of(world: BillingWorld, cycle: int) -> str:
    [found] = [one for one in world.invoices() if one.cycle == cycle]
    return f"/v1/invoices/{found.invoice_id}"


def after_ten_days(world: BillingWorld, made: Any, verb: str, body: Any) -> None:
    world.at(START + timedelta(days=10))
    world.act(made, verb, body)
    world.run_hour()


def end_handed_out(world: BillingWorld, made: Any) -> str:
    """The message by which the end of `made`, after ten days, is to be billed; nobody has worked on it yet."""
    world.at(START + timedelta(days=10))
    world.act(made, "cancel", {"when": "now"})
    world.hour()
    for body in world.take("PLANNING"):
        world.deliver("PLANNING", body)
    [batch] = world.take("BILLING")
    return batch


def note(world: BillingWorld, path: str, name: str = "r", **more: Any) -> Any:
    body = {"reference": name, "reason": "other", "destination": "refund", **more}
    return world.call("POST", f"{path}/credit-notes", body=body)


def credit_of(world: BillingWorld) -> int:
    held: int = world.ok("GET", "/v1/customers/kim")["credit_minor"].get("CAD", 0)
    return held


def test_a_credit_note_takes_back_only_what_the_end_has_not_given_back(world: BillingWorld) -> None:
    made, path = first_invoice(world, pay=True)
    after_ten_days(world, made, "cancel", {"when": "now"})
    assert credit_of(world) == CREDIT
    too_much = note(world, path, amount=cad(2099 - CREDIT + 1))
    assert (too_much.status, too_much.body["errors"][0]["field"]) == (422, "amount")
    assert note(world, path).body["refund"] == cad(2099 - CREDIT)
    assert note(world, path, "again").status == 409
    assert credit_of(world) == CREDIT


@pytest.mark.parametrize("seed", range(3))
def test_an_end_and_a_credit_note_at_once_give_back_no_more_than_was_paid(world: BillingWorld, seed: int) -> None:
    made, path = first_invoice(world, pay=True)
    batch = end_handed_out(world, made)
    tasks: list[Callable[[], Any]] = [
        lambda: world.doors.call("BILLING", message_event(batch)),
        lambda: note(world, path),
    ]
    interleaved(seed, tasks)
    world.deliver("BILLING", batch)
    world.settle()
    refunded = world.ok("GET", path)["amount_refunded"]["amount_minor"]
    assert refunded + credit_of(world) == 2099
    check_books(world)


@pytest.mark.parametrize("seed", range(3))
def test_an_end_and_a_void_at_once_give_back_once(world: BillingWorld, seed: int) -> None:
    made, path = first_invoice(world, pay=False)
    batch = end_handed_out(world, made)
    tasks: list[Callable[[], Any]] = [
        lambda: world.doors.call("BILLING", message_event(batch)),
        lambda: world.call("POST", f"{path}/void", body={"reason": "mistake"}),
    ]
    _, void = interleaved(seed, tasks)
    world.deliver("BILLING", batch)
    world.settle()
    invoice = world.ok("GET", path)
    expected = ("void", 0) if void.status == 200 else ("pending", 2099 - CREDIT)
    assert (invoice["status"], invoice["amount_due"]["amount_minor"], credit_of(world)) == (*expected, 0)


def test_the_end_of_what_nobody_paid_lowers_what_is_due_and_gives_no_credit_away(world: BillingWorld) -> None:
    made, path = first_invoice(world, pay=False)
    after_ten_days(world, made, "cancel", {"when": "now"})
    assert (world.ok("GET", path)["amount_due"], credit_of(world)) == (cad(2099 - CREDIT), 0)
    assert world.call("POST", f"{path}/void", body={"reason": "mistake"}).status == 409
    assert note(world, path).body["off_due"] == cad(2099 - CREDIT)
    assert (world.ok("GET", path)["status"], credit_of(world)) == ("paid", 0)


def test_what_is_given_back_of_a_part_that_was_paid_becomes_credit(world: BillingWorld) -> None:
    made, path = first_invoice(world, pay=False)
    world.ok("POST", f"{path}/payments", {"payment_id": "p", "amount": cad(2000)})
    after_ten_days(world, made, "cancel", {"when": "now"})
    assert (world.ok("GET", path)["status"], credit_of(world)) == ("paid", CREDIT - 99)
    assert [event.data["invoice_id"] for event in world.events("InvoicePaid")].count(path.rpartition("/")[2]) == 1


def test_a_void_upgrade_keeps_what_the_old_plan_had_paid_of_it(world: BillingWorld) -> None:
    made, _ = first_invoice(world, pay=True)
    after_ten_days(world, made, "change", {"plan": "premium"})
    world.ok("POST", f"{path_of(world, 1)}/void", {"reason": "goodwill"})
    world.at(START + timedelta(days=19))
    world.act(made, "cancel", {"when": "now"})
    world.run_hour()
    assert credit_of(world) == pytest.approx(CREDIT / 2, abs=1)


def test_an_invoice_and_its_credit_notes_have_one_name_each(world: BillingWorld) -> None:
    _, path = first_invoice(world, pay=True)
    alias = f"{path}0"
    assert world.call("GET", alias).status == 404
    assert note(world, path, amount=cad(500)).status == 201
    assert note(world, alias, amount=cad(500)).status == 404
    assert world.ok("GET", path)["amount_credited"] == cad(500)


def test_a_hundred_attempts_that_failed_do_not_keep_out_the_money(world: BillingWorld) -> None:
    _, path = first_invoice(world, pay=False)

    def report(name: str, outcome: str) -> int:
        body = {"payment_id": name, "amount": cad(2099), "outcome": outcome}
        return world.call("POST", f"{path}/payments", body=body).status

    assert [report(f"f{number}", "failed") for number in range(100)] == [200] * 100
    assert (report("f100", "failed"), report("p", "succeeded")) == (409, 200)
    assert world.ok("GET", path)["status"] == "paid"


@pytest.mark.parametrize("how", ["void", "free"])
def test_late_usage_that_makes_all_cheaper_gives_back_nothing_that_was_not_paid(world: BillingWorld, how: str) -> None:
    tiers = [{"up_to": "10", "unit_amount": "1.00"}, {"up_to": None, "unit_amount": "0.50"}]
    charge = {"code": "items", "metric": "billable_items", "model": "volume", "tiers": tiers}
    world.ok("POST", "/v1/plans", {**BASIC, "code": "volume", "base_fee": "0", "charges": [charge]})
    made = world.subscribe("volume")
    world.run_hour()
    if how == "free":
        world.ok("POST", "/v1/coupons", {"code": "FREE", "percent": "100", "duration": "once"})
        world.ok("PUT", f"/v1/subscriptions/{made['subscription_id']}/coupon", {"code": "FREE"})
    used_at = START + timedelta(days=20)
    world.at(used_at)
    world.use("kim", 10, used_at)
    for late in (1, 0):
        world.at(world.due(made))
        world.run_hour()
        if late and how == "void":
            world.ok("POST", f"/v1/invoices/{world.invoices()[0].invoice_id}/void", {"reason": "goodwill"})
        if late:
            world.use("kim", late, used_at)
    lines = [[(line.kind, line.amount.minor) for line in one.lines] for one in world.invoices()]
    assert lines[0][0] == ("usage", 1000)
    assert lines[1][0] == ("late_usage", -450)
    assert (world.invoices()[1].total.minor, credit_of(world)) == (0, 0)


@pytest.mark.parametrize("seed", range(2))
def test_nobody_gets_back_more_than_was_paid_whatever_happens(world: BillingWorld, seed: int) -> None:
    """Days of changes, pauses, payments, notes and voids: what came in or is due covers what went out or is held as credit."""
    chance = random.Random(seed)
    made, _ = first_invoice(world, pay=False)
    for day in range(1, 10):
        world.at(START + timedelta(days=day, hours=chance.randrange(20)))
        one = chance.choice(world.invoices())
        path = f"/v1/invoices/{one.invoice_id}"
        due = cad(max(1, one.amount_due.minor))
        acts: list[tuple[str, Any]] = [
            (f"{path}/payments", {"payment_id": f"p{day}", "amount": due}),
            (f"{path}/credit-notes", {"reference": f"r{day}", "reason": "other", "destination": "refund"}),
            (
                f"{path}/credit-notes",
                {"reference": f"r{day}", "reason": "other", "amount": cad(chance.randrange(1, 900))},
            ),
            (f"{path}/void", {"reason": "mistake"}),
            *(
                (f"/v1/subscriptions/{made['subscription_id']}/{verb}", body)
                for verb, body in (
                    ("change", {"plan": chance.choice(["basic", "premium"]), "when": "now"}),
                    ("pause", None),
                    ("resume", None),
                )
            ),
        ]
        for path, body in chance.sample(acts, 3):
            world.call("POST", path, body=body)
        world.run_hour()
        check_money(world)
    world.act(made, "cancel", {"when": "now"})
    world.run_hour()
    check_money(world)


def check_money(world: BillingWorld) -> None:
    check_books(world)
    invoices = world.invoices()
    for one in invoices:
        assert one.amount_credited + one.amount_given_back <= max(one.total, one.zero)
        assert one.amount_refunded <= one.amount_paid
    came_in = sum(one.amount_paid.minor + one.amount_due.minor for one in invoices)
    went_out = sum(one.amount_refunded.minor for one in invoices) + credit_of(world)
    assert went_out <= came_in
