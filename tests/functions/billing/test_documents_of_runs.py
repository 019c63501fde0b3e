"""What a billing run made, as a document: through the API's own handler, over the records as they are stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import unquote, urlsplit

import pytest

from skuflow.billing.pdf.document_bucket import DocumentBucket
from skuflow.billing.tax.display import forbidden_rates
from skuflow.platform.aws import client
from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import METERED, BillingWorld, make_billing_world
from tests.functions.billing.selling_world import BASIC, CUSTOMER, PREMIUM, SELLER
from tests.unit.billing.pdf.reading import text

BUCKET = "skuflow-documents"


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> BillingWorld:
    made = make_billing_world(tables, clock, new_id, monkeypatch)
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ca-central-1"})
    made.deps = replace(made.deps, documents=DocumentBucket(lambda: s3, BUCKET))
    made.sell(BASIC, METERED)
    return made


def document(world: BillingWorld, path: str) -> str:
    """The text of the PDF that the API sends its caller to."""
    answer = world.call("GET", f"{path}.pdf")
    assert answer.status == 302, answer.body
    key = unquote(urlsplit(answer.headers["location"]).path).lstrip("/").removeprefix(f"{BUCKET}/")
    return text(client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())


def test_the_document_shows_the_amounts_of_the_invoice(world: BillingWorld) -> None:
    world.subscribe()
    world.run_hour()
    path = f"/v1/invoices/{world.invoices()[-1].invoice_id}"
    told = world.ok("GET", path)
    shown = document(world, path)
    for amount in (told["total"], told["tax"], told["amount_due"], *(line["amount"] for line in told["lines"])):
        assert f"${Decimal(amount['amount_minor']) / 100:,.2f}" in shown
    assert told["number"] in shown
    assert told["lines"][0]["description"] in shown


def test_a_payment_and_a_credit_note_change_the_document(world: BillingWorld) -> None:
    world.subscribe()
    world.run_hour()
    path = f"/v1/invoices/{world.invoices()[-1].invoice_id}"
    total = world.ok("GET", path)["total"]
    before = document(world, path)
    world.ok("POST", f"{path}/payments", {"payment_id": "p1", "amount": total})
    assert "Paid in full" not in before
    assert "Paid in full" in document(world, path)
    body = {"reference": "r1", "reason": "The service was down", "destination": "refund"}
    note = world.call("POST", f"{path}/credit-notes", body=body).body
    shown = document(world, f"/v1/credit-notes/{note['credit_note_id']}")
    assert note["number"] in shown
    assert "The service was down" in shown
    assert "Refunded" in shown


def test_a_french_customer_reads_french_on_paper_and_in_json(world: BillingWorld) -> None:
    world.ok("PUT", "/v1/sellers/north", {**SELLER, "payment_instructions": "Virement Interac : pay@north.example"})
    world.ok("PUT", "/v1/customers/kim", {**CUSTOMER, "language": "fr"})
    world.ok("POST", "/v1/plans", PREMIUM)
    world.ok("POST", "/v1/coupons", {"code": "RENTREE", "percent": "12.5", "duration": "forever"})
    subscription = world.subscribe()
    world.ok("PUT", f"/v1/subscriptions/{subscription['subscription_id']}/coupon", {"code": "RENTREE"})
    world.run_hour()
    world.clock.now += timedelta(days=11, hours=5)
    world.act(subscription, "change", {"plan": "premium", "when": "now"})
    world.run_hour()
    path = f"/v1/invoices/{world.invoices()[-1].invoice_id}"
    told, shown = world.ok("GET", path), document(world, path)
    texts = [line["description"].replace("\u00a0", " ") for line in told["lines"]]
    assert texts == [
        "Basic : temps non utilisé",
        "Premium",
        "Rabais (RENTREE), sur ce qui est rendu",
        "Rabais de 12,5 % (RENTREE)",
    ]
    for expected in (*texts, "secondes de la période", "Virement Interac"):
        assert expected in shown, expected
    assert "secondes de la période" in told["lines"][0]["explanation"][0]["text"]
    assert told["notes"][0].startswith("Chaque ligne est arrondie")
    assert forbidden_rates([shown]) == ()


def test_an_indian_plan_says_its_product_code_on_its_invoices(world: BillingWorld) -> None:
    assert world.call("POST", "/v1/plans", body={**BASIC, "code": "coded", "hsn": "12345"}).body["errors"] == [
        {"field": "hsn", "message": "'12345' is no HSN or SAC code", "remedy": "give 4, 6 or 8 digits"}
    ]
    assert world.ok("POST", "/v1/plans", {**BASIC, "code": "coded", "hsn": "998314"})["hsn"] == "998314"
    world.subscribe("coded")
    world.run_hour()
    path = f"/v1/invoices/{world.invoices()[-1].invoice_id}"
    assert world.ok("GET", path)["lines"][0]["hsn"] == "998314"
    assert "HSN/SAC 998314" in document(world, path)


def test_instructions_for_payment_have_bounds(world: BillingWorld) -> None:
    answer = world.call("PUT", "/v1/sellers/north", body={**SELLER, "payment_instructions": "a\u202eb"})
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "payment_instructions")


@pytest.mark.parametrize("wrong", ["inv_none_0", "nonsense", "inv_1_99999999999999", "inv__", "sub_1"])
def test_no_document_where_there_is_no_invoice(world: BillingWorld, wrong: str) -> None:
    for path in (f"/v1/invoices/{wrong}.pdf", f"/v1/credit-notes/{wrong}.pdf"):
        answer = world.call("GET", path)
        assert (answer.status, answer.body["code"]) == (404, "not_found")
