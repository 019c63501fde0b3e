"""What may become of an invoice: statuses, payments, credit notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skuflow.billing.invoices.credit_notes import Asked, credited
from skuflow.billing.invoices.model import Invoice, InvoiceStatus
from skuflow.billing.invoices.payments import with_payment
from skuflow.billing.invoices.statuses import NEXT, moved, numbered, voided
from skuflow.kernel.errors import Conflict, Invalid
from skuflow.kernel.money import Money
from tests.unit.billing.invoices.samples import CAUSE, NOW, QUEBEC, line, made, paid, pending


def asked(minor: int | None = None, destination: Any = "refund", reference: str = "r", currency: str = "CAD") -> Asked:
    return Asked(
        note_id=f"crn_{reference}",
        reference=reference,
        amount=Money(minor, currency) if minor is not None else None,
        destination=destination,
        reason="why",
        memo="",
        cause=CAUSE,
    )


@pytest.mark.parametrize("before", get_args(InvoiceStatus))
@pytest.mark.parametrize("after", get_args(InvoiceStatus))
def test_only_allowed_steps_are_taken(before: InvoiceStatus, after: InvoiceStatus) -> None:
    invoice = replace(pending(1_000), status=before)
    if after in NEXT[before]:
        assert moved(invoice, after, NOW).status == after
    else:
        with pytest.raises(Conflict, match=f"{before} cannot become {after}"):
            moved(invoice, after, NOW)


def test_what_asks_for_nothing_is_paid_with_its_number() -> None:
    assert numbered(made(line(-1_000, "base_credit")).invoice, 7, NOW).status == "paid"
    assert numbered(made(line(0)).invoice, 8, NOW).number == "N-000008"
    assert pending(1_000, credit=2_000).status == "paid"


def test_an_invoice_is_paid_when_nothing_is_due_any_more() -> None:
    part = with_payment(pending(1_000), paid("a", 50), NOW)
    assert (part.status, part.amount_due.minor) == ("pending", 1_000)
    whole = with_payment(part, paid("b", 1_000), NOW)
    assert (whole.status, whole.amount_due.minor) == ("paid", 0)


def test_a_failed_attempt_is_kept_and_a_later_payment_counts() -> None:
    failed = with_payment(pending(1_000), paid("a", 1_050, outcome="failed", reason="card declined"), NOW)
    assert (failed.status, failed.reason, failed.amount_due.minor) == ("failed", "card declined", 1_050)
    assert with_payment(failed, paid("b", 1_050), NOW).status == "paid"


def test_the_same_payment_counts_once_and_another_under_its_id_is_refused() -> None:
    once = with_payment(pending(1_000), paid("a", 50), NOW)
    later = NOW + timedelta(hours=1)
    assert with_payment(once, paid("a", 50, received_at=later, recorded_at=later), later) is once
    with pytest.raises(Conflict, match="with other facts"):
        with_payment(once, paid("a", 51), NOW)


@pytest.mark.parametrize(
    ("payment", "field"),
    [
        (paid("a", 1_051), "amount"),
        (paid("a", 0), "amount"),
        (paid("a", -5), "amount"),
        (paid("a", 5, "USD"), "amount.currency"),
        (paid("a", 5, received_at=NOW + timedelta(hours=1)), "received_at"),
    ],
)
def test_a_payment_that_does_not_fit_is_refused(payment: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        with_payment(pending(1_000), payment, NOW)
    assert [fault.field for fault in refused.value.problems] == [field]


@pytest.mark.parametrize("status", ["draft", "paid", "void"])
def test_what_is_not_open_takes_no_payment(status: InvoiceStatus) -> None:
    with pytest.raises(Conflict):
        with_payment(replace(pending(1_000), status=status), paid("a", 5), NOW)


def test_an_invoice_on_which_money_has_moved_cannot_be_void() -> None:
    assert voided(pending(1_000), NOW, "wrong").amount_due.minor == 0
    with pytest.raises(Conflict, match="credit note"):
        voided(with_payment(pending(1_000), paid("a", 5), NOW), NOW, "wrong")


def test_a_credit_note_lowers_what_is_due_before_it_refunds() -> None:
    part = with_payment(pending(1_000), paid("a", 400), NOW)
    after, note = credited(part, asked(800), 1, NOW)
    assert (note.off_due.minor, note.refund.minor, note.to_credit.minor) == (650, 150, 0)
    assert (after.status, after.amount_due.minor, note.number) == ("paid", 0, "N-CN-000001")


def test_credit_that_was_used_comes_back_as_credit() -> None:
    whole = with_payment(pending(1_000, credit=300), paid("a", 750), NOW)
    _, note = credited(whole, asked(), 1, NOW)
    assert (note.amount.minor, note.refund.minor, note.to_credit.minor) == (1_050, 750, 300)


@pytest.mark.parametrize(
    ("wanted", "field"), [(asked(1_051), "amount"), (asked(0), "amount"), (asked(5, currency="USD"), "amount.currency")]
)
def test_a_credit_note_that_does_not_fit_is_refused(wanted: Asked, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        credited(pending(1_000), wanted, 1, NOW)
    assert [fault.field for fault in refused.value.problems] == [field]


@pytest.mark.parametrize("status", ["draft", "void"])
def test_what_does_not_count_cannot_be_credited(status: InvoiceStatus) -> None:
    with pytest.raises(Conflict):
        credited(replace(pending(1_000), status=status), asked(), 1, NOW)


def test_a_credit_note_cannot_be_credited_and_nothing_twice() -> None:
    with pytest.raises(Conflict, match="itself"):
        credited(numbered(made(line(-1_000, "base_credit")).invoice, 1, NOW), asked(), 1, NOW)
    after, _ = credited(pending(1_000), asked(), 1, NOW)
    with pytest.raises(Conflict, match="nothing is left"):
        credited(after, asked(), 2, NOW)


_STEPS = st.lists(
    st.tuples(st.sampled_from(["pay", "refund", "credit"]), st.integers(1, 3_000)), min_size=1, max_size=12
)


@given(minor=st.integers(1, 5_000), credit=st.integers(0, 3_000), steps=_STEPS)
@settings(max_examples=100, deadline=None)
def test_refunds_never_exceed_payments_nor_credit_notes_the_invoice(
    minor: int, credit: int, steps: list[tuple[str, int]]
) -> None:
    invoice = pending(minor, credit, QUEBEC)
    notes = []
    for number, (what, amount) in enumerate(steps):
        try:
            if what == "pay":
                invoice = with_payment(invoice, paid(f"p{number}", amount), NOW)
            else:
                invoice, note = credited(invoice, asked(amount, what), number, NOW)
                notes.append(note)
        except (Conflict, Invalid):
            continue
        _check(invoice)
    assert sum(one.refund.minor for one in notes) == invoice.amount_refunded.minor
    assert sum(one.amount.minor for one in notes) == invoice.amount_credited.minor
    if invoice.amount_credited == invoice.total:
        for tax in invoice.taxes:
            back = [one.amount.minor for note in notes for one in note.taxes if one.tax == tax.tax]
            assert sum(back) == tax.amount.minor


def _check(invoice: Invoice) -> None:
    assert 0 <= invoice.amount_refunded.minor <= invoice.amount_paid.minor
    assert invoice.amount_credited.minor <= invoice.total.minor
    assert (invoice.status == "paid") == (invoice.amount_due.minor == 0)


@given(minor=st.integers(1, 100_000), cuts=st.lists(st.integers(1, 40_000), max_size=6))
@settings(max_examples=80, deadline=None)
def test_credit_notes_over_all_of_an_invoice_take_back_each_tax_to_the_cent(minor: int, cuts: list[int]) -> None:
    invoice, notes = pending(minor, region=QUEBEC), []
    for number, cut in enumerate([*cuts, None]):
        left = invoice.total.minor - invoice.amount_credited.minor
        if left and (cut is None or cut < left):
            invoice, note = credited(invoice, asked(cut), number, NOW)
            notes.append(note)
    for tax in invoice.taxes:
        assert sum(one.amount.minor for note in notes for one in note.taxes if one.tax == tax.tax) == tax.amount.minor
    for note in notes:
        assert note.net.minor + sum(one.amount.minor for one in note.taxes) == note.amount.minor
