"""What a billing run made, as a document: through the API's own handler, over the records as they are stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from urllib.parse import unquote, urlsplit

import pytest

from skuflow.billing.pdf.document_bucket import DocumentBucket
from skuflow.platform.aws import client
from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import METERED, BillingWorld, make_billing_world
from tests.functions.billing.selling_world import BASIC
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
