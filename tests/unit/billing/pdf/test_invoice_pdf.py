"""The PDF of an invoice: what a reader finds on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from skuflow.billing.invoices.draft_invoice import KEPT_AS_CREDIT, ROUNDING
from skuflow.billing.invoices.model import Explained, Invoice, Payment
from skuflow.billing.parties import Address
from skuflow.billing.pdf.document import texts_of
from skuflow.billing.pdf.invoice_document import invoice_document
from skuflow.billing.pdf.render import credit_note_pdf, invoice_pdf
from skuflow.billing.phrases import Phrase
from skuflow.billing.tax.display import forbidden_rates
from skuflow.billing.tax.us_rates import ESTIMATE
from skuflow.billing.wording import REMARKS_IN_FRENCH
from skuflow.kernel.money import Money
from tests.unit.billing.pdf.reading import pages, text
from tests.unit.billing.pdf.samples import CUSTOMER, ISSUED, LINES, MUMBAI, SELLER, USAGE, credit_note, invoice, line

ENGLISH = replace(
    CUSTOMER, language="en", name="Robin Okafor", address=Address(country="CA", region="ON", city="Toronto")
)
INDIAN = replace(ENGLISH, address=Address(country="IN", region="KA", city="Bengaluru"), tax_number="29AAGCB7383J1Z4")

PRICE, A, B = Decimal("100000.123456789012"), Decimal(1_710_000), Decimal(2_678_400)


def test_a_reader_finds_who_what_when_and_how_much() -> None:
    shown = text(invoice_pdf(invoice(customer=ENGLISH)))
    for expected in (
        "Nest & Fils Commerce Inc.",
        "410 Adelaide Street West",
        "GST/HST no. 123456789 RT0001",
        "Robin Okafor",
        "Canada",
        "NEST-000123",
        "November 2, 2026",
        "December 2, 2026",
        "October 1, 2026 – October 31, 2026",
        "NestSync Family, monthly",
        "12,250 items",
        "$0.005",
        "−$7.74",
        "Coupon AUTOMNE10: 10 % off",
        "$80.03",
        "HST 13%",
        "$10.40",
        "$90.43",
        "Payment is due within 30 days",
        "Canadian dollars (CAD)",
        "billing@nest.example",
        "billable_items",
        "Page 1 of 2",
    ):
        assert expected in shown, expected


def test_quebec_reads_french_with_its_own_figures_and_no_combined_rate() -> None:
    shown = text(invoice_pdf(invoice()))
    for expected in ("Facture", "Éléonore Lévesque-Çelik", "Montréal", "TPS 5 %", "TVQ 9,975 %", "92,01 $", "Échéance"):
        assert expected in shown, expected
    assert forbidden_rates([shown]) == ()
    assert forbidden_rates(texts_of(invoice_document(invoice()))) == ()


def test_rupees_have_their_sign_and_their_groups() -> None:
    lines = tuple(replace(one, amount=Money(one.amount.minor * 9_000, "INR"), unit_amount=None) for one in LINES)
    shown = text(invoice_pdf(invoice(lines, seller=MUMBAI, customer=INDIAN)))
    for expected in ("₹8,49,918.60", "IGST 18%", "GSTIN no. 27AAPFU0939F1ZV", "29AAGCB7383J1Z4", "Indian rupees"):
        assert expected in shown, expected


@pytest.mark.parametrize(("currency", "expected"), [("JPY", "JP¥1,500"), ("KWD", "KWD 1.500"), ("EUR", "€15.00")])
def test_each_currency_has_its_own_decimals(currency: str, expected: str) -> None:
    abroad = replace(ENGLISH, address=Address(country="FR"))
    one = replace(line(1, "Plan", "1"), amount=Money(1500, currency), unit_amount=None)
    assert expected in text(invoice_pdf(invoice((one,), customer=abroad)))


def test_a_supply_abroad_says_why_there_is_no_tax() -> None:
    abroad = replace(ENGLISH, address=Address(country="FR"))
    assert "Supplied outside Canada: zero-rated." in text(invoice_pdf(invoice(LINES[:1], customer=abroad)))


def test_many_lines_go_over_many_pages_each_with_its_number_and_the_heads_of_columns() -> None:
    lines = tuple(line(at, f"Source {at}", "1.25", kind="usage", quantity=Decimal(250)) for at in range(120))
    found = pages(invoice_pdf(invoice(lines, customer=ENGLISH)))
    assert len(found) >= 4
    for at, page in enumerate(found, start=1):
        assert f"Page {at} of {len(found)}" in page
    assert all("Description" in page and "Invoice NEST-000123" in page for page in found[1:4])
    assert all(f"Source {at}\n" in "\n".join(found) for at in range(120))


def test_a_description_longer_than_a_page_is_still_printed() -> None:
    shown = text(invoice_pdf(invoice((line(1, "word " * 3_000 + "END", "5"),), customer=ENGLISH)))
    assert "END" in shown


def test_the_same_invoice_gives_the_same_bytes() -> None:
    assert invoice_pdf(invoice()) == invoice_pdf(invoice())
    assert credit_note_pdf(credit_note()) == credit_note_pdf(credit_note())


def test_the_file_says_what_it_is() -> None:
    told = PdfReader(BytesIO(invoice_pdf(invoice()))).metadata
    assert told is not None
    assert (told.title, told.author) == ("Facture NEST-000123", "Nest & Fils Commerce Inc.")


@pytest.mark.parametrize(("country", "width"), [("CA", 612), ("IN", 595)])
def test_the_paper_is_that_of_the_sellers_country(country: str, width: int) -> None:
    seller = replace(SELLER, address=replace(SELLER.address, country=country, region="ON" if country == "CA" else "MH"))
    page = PdfReader(BytesIO(invoice_pdf(invoice(LINES[:1], seller=seller)))).pages[0]
    assert int(page.mediabox.width) == width


def test_a_draft_says_so_and_has_no_number() -> None:
    shown = text(invoice_pdf(invoice(customer=ENGLISH, status="draft", number="")))
    assert "Draft" in shown
    assert "not yet numbered" in shown
    assert "Please pay" not in shown


def test_what_was_paid_is_taken_off() -> None:
    whole = invoice(customer=ENGLISH)
    paid = Payment(
        payment_id="p1",
        amount=Money(5_000, "CAD"),
        outcome="succeeded",
        received_at=ISSUED,
        recorded_at=ISSUED,
        method="card",
    )
    partly = replace(whole, payments=(paid,), credit_used=Money(1_000, "CAD"))
    shown = text(invoice_pdf(partly))
    assert "November 2, 2026 · card\n −$50.00" in shown
    assert "−$10.00" in shown
    assert "$30.43" in shown
    rest = replace(paid, payment_id="p2", amount=partly.amount_due)
    assert "Paid in full" in text(invoice_pdf(replace(partly, payments=(paid, rest), status="paid")))


def settled(shown: Invoice) -> tuple[Decimal, list[Decimal]]:
    """The total as it stands on the document, and all amounts from below it down to what is due."""
    amounts = [(one.label, dollars(one.amount)) for one in invoice_document(shown).totals]
    at = [label for label, _ in amounts].index("Total")
    return amounts[at][1], [amount for _, amount in amounts[at + 1 :]]


def dollars(amount: str) -> Decimal:
    return Decimal(amount.replace("−", "-").replace("$", "").replace(",", ""))


@pytest.mark.parametrize("refunded", [0, 500, 1_500])
def test_from_the_total_to_what_is_due_everything_adds_up(refunded: int) -> None:
    """Also where credit notes took back more than was still to be paid: as money, as credit, or both."""
    whole = invoice(customer=ENGLISH)
    paid = Payment(
        payment_id="p1", amount=whole.total, outcome="succeeded", received_at=ISSUED, recorded_at=ISSUED, reference="r"
    )
    refund = Money(refunded, "CAD")
    total, (*steps, due) = settled(replace(whole, payments=(paid,), credited=Money(1_500, "CAD"), refunded=refund))
    assert total + sum(steps) == due == 0
    assert ("Refunded" in text(invoice_pdf(replace(whole, payments=(paid,), refunded=refund)))) == bool(refunded)


def test_a_void_invoice_says_so_and_that_nothing_is_due() -> None:
    void = invoice(customer=ENGLISH, status="void")
    total, (*steps, due) = settled(void)
    assert total + sum(steps) == due == 0
    assert "Please pay" not in text(invoice_pdf(void))


def test_how_to_pay_stands_where_something_is_to_be_paid() -> None:
    seller = replace(SELLER, payment_instructions="Interac: pay@nest.example\nTransit 00012-003")
    shown = text(invoice_pdf(invoice(customer=ENGLISH, seller=seller)))
    assert "Interac: pay@nest.example\nTransit 00012-003" in shown
    assert "Interac" not in text(invoice_pdf(invoice(customer=ENGLISH, seller=seller, status="draft", number="")))


def test_no_number_is_broken_over_lines() -> None:
    long = line(1, "Tokens", "99999999999.99", kind="usage", quantity=Decimal("999999.123456789012"), unit_amount=PRICE)
    shown = text(invoice_pdf(invoice((long,), customer=ENGLISH)))
    for number in ("999,999.123456789012", "$100,000.123456789012", "$99,999,999,999.99"):
        assert number in shown, number


def test_a_part_of_a_period_is_told_with_six_decimals_and_worked_out_with_all() -> None:
    share = Decimal("0.638440860215")
    step = Explained(
        Phrase("seconds_of_period", numbers={"part": A, "whole": B}), share, Decimal("19.99"), Decimal("12.76243")
    )
    part = line(1, "Basic", "12.76", quantity=share, unit_amount=Decimal("19.99"), explanation=(step, step))
    first, second = pages(invoice_pdf(invoice((part,), customer=ENGLISH, usage=USAGE * 8)))
    assert "\n 0.638441\n" in first
    assert "1,710,000 of 2,678,400" in second
    assert "0.638440860215" in second


def test_steps_without_number_end_with_how_many_there_are_more() -> None:
    steps = (Explained(Phrase("event"), Decimal(1), None, Decimal(1)),) * 12_345
    shown = text(invoice_pdf(invoice((line(1, "Cards", "12345", explanation=steps),), customer=ENGLISH)))
    assert "and 11,845 more" in shown
    assert shown.count("an event") == 500


def test_an_indian_invoice_has_what_the_rules_ask_for() -> None:
    """CGST Rules, 46: the word, both GSTINs, HSN or SAC codes, the place of supply with its state, reverse charge."""
    lines = tuple(replace(one, amount=Money(one.amount.minor, "INR"), unit_amount=None, hsn="998314") for one in LINES)
    shown = text(invoice_pdf(invoice(lines, seller=MUMBAI, customer=INDIAN)))
    for expected in ("Tax invoice", "GSTIN: 29AAGCB7383J1Z4", "HSN/SAC 998314", "Karnataka (29)", "reverse charge: no"):
        assert expected in shown, expected
    within = replace(INDIAN, address=replace(INDIAN.address, region="MH"), tax_number="")
    shown = text(invoice_pdf(invoice(lines, seller=MUMBAI, customer=within)))
    for expected in ("Maharashtra (27)", "CGST 9%", "SGST 9%"):
        assert expected in shown, expected
    assert "Maharashtra (27)" in text(credit_note_pdf(replace(credit_note(), seller=MUMBAI, customer=within)))


def test_taxes_within_prices_are_told_below_the_total() -> None:
    shown = text(invoice_pdf(invoice(LINES[:1], customer=ENGLISH, inclusive=True)))
    assert "Subtotal, taxes included" in shown
    assert "of which HST 13%" in shown
    assert "$4.03" in shown


def test_a_negative_total_is_a_credit_note() -> None:
    back = invoice((LINES[3],), customer=ENGLISH)
    shown = text(invoice_pdf(back))
    assert "Credit note" in shown
    assert "Amount credited" in shown
    assert "Amount due" not in shown


def test_a_credit_note_names_its_invoice_and_where_the_money_went() -> None:
    shown = text(credit_note_pdf(credit_note()))
    for expected in ("Note de crédit", "NEST-CN-000007", "NEST-000123", "TVQ 9,975 %", "92,01 $", "Remboursé"):
        assert expected in shown, expected


def test_a_unit_price_keeps_its_decimals() -> None:
    one = line(1, "Tokens", "0.12", unit_amount=Decimal("0.000000123456"), quantity=Decimal(1_000_000))
    assert "$0.000000123456" in text(invoice_pdf(invoice((one,), customer=ENGLISH)))


def test_days_are_those_of_the_invoices_time_zone() -> None:
    late = replace(invoice(customer=ENGLISH), issued_at=ISSUED.replace(hour=2), due_at=ISSUED + timedelta(days=30))
    assert "November 1, 2026" in text(invoice_pdf(late))


def test_our_own_remarks_have_a_french_text() -> None:
    assert {ROUNDING, KEPT_AS_CREDIT, ESTIMATE} <= set(REMARKS_IN_FRENCH)
