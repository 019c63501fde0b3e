"""Credit notes: what takes back an invoice, or part of it."""

from __future__ import annotations

from functools import partial

from functions.billing.api.rendering_invoices import note_view
from skuflow.billing.deps import ApiDeps
from skuflow.kernel.money import Money
from skuflow.platform.http_api import PAGE, Request, Response, Routes
from skuflow.platform.http_paging import page_of

ROUTES = Routes("invoices")
_VIEWS = "functions.billing.api.views_invoices"
_LISTED = "credit-notes"


@ROUTES.add(
    "POST",
    "/v1/invoices/{invoice_id}/credit-notes",
    scope="billing:write",
    summary="Take back an invoice, or part of it",
    description=(
        "First lowers what is still due; beyond that the money is refunded or becomes the customer's credit. Together never more "
        "than the invoice, refunds never more than was paid. The same `reference` again answers the same credit note."
    ),
    status=201,
    body="functions.billing.api.bodies_invoices:CreditNoteBody",
    response=f"{_VIEWS}:CreditNoteView",
    errors=(409,),
)
def issue_credit_note(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.invoices.credit_notes import Asked
    from skuflow.billing.invoices.issue_credit_note import note_id_of

    body, invoice_id = request.body, request.path["invoice_id"]
    asked = Asked(
        note_id=note_id_of(invoice_id, body.reference),
        reference=body.reference,
        amount=Money(body.amount.amount_minor, body.amount.currency) if body.amount is not None else None,
        destination=body.destination,
        reason=body.reason,
        memo=body.memo,
        cause=request.cause,
    )
    note = deps.invoicing.credit_notes(deps.clock).issue(request.client_id, invoice_id, asked)
    return Response(note_view(note), 201, {"Location": f"/v1/credit-notes/{note.note_id}"})


@ROUTES.add(
    "GET",
    "/v1/invoices/{invoice_id}/credit-notes",
    scope="billing:read",
    summary="List the credit notes of an invoice",
    response=f"{_VIEWS}:CreditNotesOfInvoice",
)
def list_credit_notes_of_invoice(request: Request, deps: ApiDeps) -> Response:
    invoice = deps.invoicing.invoices.get(request.client_id, request.path["invoice_id"])
    notes = deps.invoicing.credit_notes(deps.clock).of_invoice(request.client_id, invoice)
    return Response({"items": [note_view(one) for one in notes]})


@ROUTES.add(
    "GET",
    "/v1/credit-notes",
    scope="billing:read",
    summary="List credit notes, newest first",
    query=PAGE,
    response=f"{_VIEWS}:CreditNotePage",
)
def list_credit_notes(request: Request, deps: ApiDeps) -> Response:
    notes = partial(deps.invoicing.credit_notes(deps.clock).page, request.client_id)
    return page_of(request, _LISTED, notes, note_view, listing_sk=str, pk=str, sk=str)


@ROUTES.add(
    "GET",
    "/v1/credit-notes/{note_id}",
    scope="billing:read",
    summary="Read a credit note",
    response=f"{_VIEWS}:CreditNoteView",
)
def get_credit_note(request: Request, deps: ApiDeps) -> Response:
    return Response(note_view(deps.invoicing.credit_notes(deps.clock).get(request.client_id, request.path["note_id"])))
