"""Invoices and credit notes as PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skuflow.billing.deps import ApiDeps
from skuflow.kernel.clock import iso
from skuflow.platform.http_api import Request, Response, Routes

if TYPE_CHECKING:
    from skuflow.billing.pdf.keep_document import Link

ROUTES = Routes("invoices")
_VIEW = "functions.billing.api.views_invoice_pdf:DocumentLink"
_HOW = (
    "`Location` (also `url`) serves the PDF for five minutes to whoever has it; drawn once for each state of the record, in the "
    "customer's language as it was when the record was made."
)


@ROUTES.add(
    "GET",
    "/v1/invoices/{invoice_id}.pdf",
    scope="billing:read",
    summary="Read an invoice as PDF",
    description=f"{_HOW} A draft says that it is one.",
    status=302,
    response=_VIEW,
)
def get_invoice_pdf(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.pdf.keep_document import keep_invoice

    invoice = deps.invoicing.invoices.get(request.client_id, request.path["invoice_id"])
    return _to(keep_invoice(request.client_id, invoice, bucket=deps.documents, now=deps.clock()))


@ROUTES.add(
    "GET",
    "/v1/credit-notes/{note_id}.pdf",
    scope="billing:read",
    summary="Read a credit note as PDF",
    description=_HOW,
    status=302,
    response=_VIEW,
)
def get_credit_note_pdf(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.pdf.keep_document import keep_credit_note

    note = deps.invoicing.credit_notes(deps.clock).get(request.client_id, request.path["note_id"])
    return _to(keep_credit_note(request.client_id, note, bucket=deps.documents, now=deps.clock()))


def _to(link: Link) -> Response:
    shown = {"url": link.url, "file_name": link.file_name, "expires_at": iso(link.expires_at)}
    return Response(shown, 302, {"Location": link.url})
