"""Invoices: find them, read them, report payments, void them, give them up."""

from __future__ import annotations

from functools import partial

from functions.billing.api.rendering_invoices import invoice_summary, invoice_view
from skuflow.billing.deps import ApiDeps
from skuflow.billing.invoices.invoice_store import Filter
from skuflow.billing.invoices.model import STATUSES, Payment
from skuflow.kernel.money import Money
from skuflow.platform.http_api import PAGE, Param, Request, Response, Routes
from skuflow.platform.http_paging import page_of

ROUTES = Routes("invoices")
_VIEWS = "functions.billing.api.views_invoices"
_BODIES = "functions.billing.api.bodies_invoices"
_ONE = f"{_VIEWS}:InvoiceView"
_FILTERS = (
    Param("status", "Only invoices in this status.", choices=STATUSES),
    Param("subject", "Only this subject's."),
    Param("subscription_id", "Only this subscription's."),
    Param("issued_from", "Issued then or later.", "date-time"),
    Param("issued_to", "Issued before then.", "date-time"),
)


@ROUTES.add(
    "GET",
    "/v1/invoices",
    scope="billing:read",
    summary="List invoices, newest first",
    query=(*_FILTERS, *PAGE),
    response=f"{_VIEWS}:InvoicePage",
)
def list_invoices(request: Request, deps: ApiDeps) -> Response:
    asked = {one.name: request.query[one.name] for one in _FILTERS}
    query = f"invoices {sorted((name, str(value)) for name, value in asked.items() if value is not None)}"
    parts = {"cycle": int} if asked["subscription_id"] is not None else {"at": str}
    found = partial(deps.invoicing.invoices.page, request.client_id, Filter(**asked))
    return page_of(request, query, found, invoice_summary, **parts)


@ROUTES.add(
    "GET",
    "/v1/invoices/{invoice_id}",
    scope="billing:read",
    summary="Read an invoice",
    response=_ONE,
)
def get_invoice(request: Request, deps: ApiDeps) -> Response:
    return Response(invoice_view(deps.invoicing.invoices.get(request.client_id, request.path["invoice_id"])))


@ROUTES.add(
    "POST",
    "/v1/invoices/{invoice_id}/payments",
    scope="billing:write",
    summary="Report a payment, or an attempt that failed",
    description=(
        "Money is collected elsewhere; this says how it went. The invoice is paid when nothing is due any more. Never more is "
        "taken than is due, and in no other currency. The same `payment_id` again changes nothing."
    ),
    body=f"{_BODIES}:PaymentBody",
    response=_ONE,
    errors=(409,),
)
def record_invoice_payment(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.invoices.settle_invoice import record_payment

    body, now = request.body, deps.clock()
    payment = Payment(
        payment_id=body.payment_id,
        amount=Money(body.amount.amount_minor, body.amount.currency),
        outcome=body.outcome,
        received_at=body.received_at or now,
        recorded_at=now,
        method=body.method,
        reference=body.reference,
        reason=body.reason,
    )
    item = record_payment(
        request.client_id,
        request.path["invoice_id"],
        payment,
        cause=request.cause,
        invoices=deps.invoicing.invoices,
        clock=deps.clock,
    )
    return Response(invoice_view(item))


@ROUTES.add(
    "POST",
    "/v1/invoices/{invoice_id}/void",
    scope="billing:write",
    summary="Declare an invoice void",
    description=(
        "For one that should not have been issued and on which no money has moved. Its number stays taken, what it charged for is "
        "not billed again, and credit that it used is the customer's again. 409 where money has moved: issue a credit note."
    ),
    body=f"{_BODIES}:ReasonBody",
    response=_ONE,
    errors=(409,),
)
def void_one_invoice(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.invoices.settle_invoice import void_invoice

    item = void_invoice(
        request.client_id,
        request.path["invoice_id"],
        request.body.reason,
        cause=request.cause,
        table=deps.invoicing.table,
        invoices=deps.invoicing.invoices,
        clock=deps.clock,
    )
    return Response(invoice_view(item))


@ROUTES.add(
    "POST",
    "/v1/invoices/{invoice_id}/uncollectible",
    scope="billing:write",
    summary="Give up collecting an invoice",
    description="It is still owed: should a payment come after all, report it.",
    body=f"{_BODIES}:ReasonBody",
    response=_ONE,
    errors=(409,),
)
def write_off_invoice(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.invoices.settle_invoice import write_off

    item = write_off(
        request.client_id,
        request.path["invoice_id"],
        request.body.reason,
        cause=request.cause,
        invoices=deps.invoicing.invoices,
        clock=deps.clock,
    )
    return Response(invoice_view(item))
