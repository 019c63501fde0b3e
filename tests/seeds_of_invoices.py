"""One real thing for each path parameter of invoices, credit notes, coupons and runs; see `tests.seeds`, which loads this."""

from __future__ import annotations

import itertools
from dataclasses import replace

from skuflow.billing.invoices.invoice_store import DynamoInvoices
from skuflow.billing.invoices.model import invoice_id_of
from skuflow.billing.store import BillingItem
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.table import bind
from tests.seeds import BODIES, Owner, seed
from tests.tables import table_name
from tests.unit.billing.invoices.samples import pending

_numbers = itertools.count(1)


@seed("invoice_id")
def _invoice(owner: Owner) -> str:
    subscription_id = f"sub_seed{next(_numbers)}"
    invoice_id = invoice_id_of(subscription_id, 0)
    invoice = replace(pending(10_000), invoice_id=invoice_id, subscription_id=subscription_id)
    DynamoInvoices(bind(BillingItem, table_name("billing"))).save(ClientId(owner.client_id), invoice)
    return invoice_id


@seed("note_id")
def _note(owner: Owner) -> str:
    body = {
        "reference": f"note-{next(_numbers)}",
        "amount": {"amount_minor": 100, "currency": "CAD"},
        "reason": "The service was down",
    }
    return str(owner.make("billing", f"/v1/invoices/{_invoice(owner)}/credit-notes", body)["credit_note_id"])


@seed("coupon_code")
def _coupon(owner: Owner) -> str:
    return str(owner.make("billing", "/v1/coupons", {"code": f"OFF-{next(_numbers)}", "percent": "20"})["code"])


@seed("billing_run_id")
def _billing_run(owner: Owner) -> str:
    return str(owner.make("billing", "/v1/billing-runs", {})["run_id"])


BODIES["redeem_one_coupon"] = lambda owner: {"code": owner.has("coupon_code")}
BODIES["create_coupon"] = lambda _owner: {"code": f"NEW-{next(_numbers)}", "percent": "20"}
