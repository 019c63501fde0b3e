"""Invoices as PDF over HTTP: drawn once for each state of the record, kept, and shown by a link that ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from functions.billing.api import invoice_pdf
from skuflow.billing.pdf.document_bucket import DocumentBucket
from skuflow.kernel.errors import NotFound
from skuflow.platform.aws import client
from skuflow.platform.http_serving import serve
from tests.doubles import FakeClock
from tests.http import CLIENT, OTHER_CLIENT, Answer, Api
from tests.unit.billing.pdf.reading import text
from tests.unit.billing.pdf.samples import credit_note, invoice

BUCKET = "skuflow-documents"
INVOICE, NOTE = "/v1/invoices/inv_7f3a_4.pdf", "/v1/credit-notes/crn_1.pdf"


@dataclass(slots=True)
class Shelf:
    """Records of one client by id."""

    records: dict[str, Any]

    def get(self, client_id: str, name: str) -> Any:
        if client_id != CLIENT or name not in self.records:
            raise NotFound("there is no such document")
        return self.records[name]


@dataclass(slots=True)
class Invoicing:
    invoices: Shelf
    notes: Shelf

    def credit_notes(self, _clock: object) -> Shelf:
        return self.notes


@dataclass(slots=True)
class Deps:
    """What the routes of documents look at."""

    clock: FakeClock
    invoicing: Invoicing
    documents: DocumentBucket


@pytest.fixture
def deps(tables: Callable[[str], str], clock: FakeClock) -> Deps:
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ca-central-1"})
    invoices, notes = Shelf({"inv_7f3a_4": invoice()}), Shelf({"crn_1": credit_note()})
    return Deps(clock, Invoicing(invoices, notes), DocumentBucket(lambda: s3, BUCKET))


def answering(event: Any, context: Any, deps: Any) -> Any:
    return serve(invoice_pdf.ROUTES, event, context, deps)


@pytest.fixture
def api(deps: Deps) -> Api:
    return Api(answering, deps, invoice_pdf.ROUTES)


def kept() -> dict[str, bytes]:
    """What is in the bucket, by key."""
    s3 = client("s3")
    listed = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return {each["Key"]: s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read() for each in listed}


def shown_at(answer: Answer) -> str:
    """The key that the link leads to."""
    assert answer.status == 302, answer.body
    assert answer.headers["location"] == answer.body["url"]
    return unquote(urlsplit(answer.body["url"]).path).lstrip("/").removeprefix(f"{BUCKET}/")


def test_a_link_leads_to_the_invoice(api: Api) -> None:
    answer = api.call("GET", INVOICE)
    key = shown_at(answer)
    assert key == f"documents/{CLIENT}/inv_7f3a_4/0.pdf"
    assert "NEST-000123" in text(kept()[key])
    assert answer.body["file_name"] == "NEST-000123.pdf"


def test_the_link_names_the_file_and_ends_after_five_minutes(api: Api) -> None:
    query = parse_qs(urlsplit(api.call("GET", INVOICE).body["url"]).query)
    assert query["X-Amz-Expires"] == ["300"]
    assert "NEST-000123.pdf" in query["response-content-disposition"][0]
    assert query["response-content-type"] == ["application/pdf"]


def test_an_invoice_is_drawn_once(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shown_at(api.call("GET", INVOICE))
    monkeypatch.setattr("skuflow.billing.pdf.render.invoice_pdf", lambda _: pytest.fail("drawn again"))
    assert shown_at(api.call("GET", INVOICE)) == first


def test_an_invoice_that_changed_is_another_document(api: Api, deps: Deps) -> None:
    before = shown_at(api.call("GET", INVOICE))
    deps.invoicing.invoices.records["inv_7f3a_4"] = replace(invoice(status="void"), version=1)
    after = shown_at(api.call("GET", INVOICE))
    assert before != after
    assert "Annulée" in text(kept()[after])


def test_a_draft_can_be_looked_at(api: Api, deps: Deps) -> None:
    deps.invoicing.invoices.records["inv_7f3a_4"] = invoice(status="draft", number="")
    answer = api.call("GET", INVOICE)
    assert answer.body["file_name"] == "inv_7f3a_4-draft.pdf"
    assert "Brouillon" in text(kept()[shown_at(answer)])


def test_a_credit_note(api: Api) -> None:
    answer = api.call("GET", NOTE)
    assert "NEST-CN-000007" in text(kept()[shown_at(answer)])
    assert shown_at(api.call("GET", NOTE)) == shown_at(answer)


@pytest.mark.parametrize("path", [INVOICE, NOTE])
def test_nobody_sees_the_documents_of_another(api: Api, path: str) -> None:
    assert api.call("GET", path, client_id=OTHER_CLIENT).status == 404
    assert kept() == {}


@pytest.mark.parametrize("path", [INVOICE, NOTE])
def test_the_scope_is_asked_for(api: Api, path: str) -> None:
    assert api.call("GET", path, scopes="catalog:read").status == 403


def test_a_bucket_that_does_not_answer_is_a_reason_to_try_again(api: Api, deps: Deps) -> None:
    deps.documents = replace(deps.documents, name="not-there-at-all")
    assert api.call("GET", INVOICE).status == 503
