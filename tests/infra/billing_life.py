"""A trade from its first plan to a credit note, with everything that billing writes in between."""

from __future__ import annotations

from tests.scenarios.pump import Pump
from tests.scenarios.seller import Seller
from tests.scenarios.trade import SCOPES, Trade

SILENT = {"PLAN", "SELLER", "CUSTOMER", "HIST", "SUB", "NUMBERS", "TALLY", "COUPON", "REDEEMED"}
"""First parts of the sort keys of what nobody is told of."""

__all__ = ["SCOPES", "SILENT", "live"]


def live(seller: Seller) -> None:
    trade = Trade(seller)
    trade.opens("client", "household-1")
    subscription_id = trade.subscribes()
    path = f"/v1/subscriptions/{subscription_id}"
    trade.does("POST", "/v1/coupons", {"code": "HELLO", "percent": "10"})
    trade.does("PUT", f"{path}/coupon", {"code": "HELLO"})
    trade.uses(25)
    for _ in range(2):
        trade.bills()
    invoice = trade.invoices()[-1]
    bill = f"/v1/invoices/{invoice['invoice_id']}"
    one = {"amount_minor": 100, "currency": "CAD"}
    trade.does("POST", f"{bill}/credit-notes", {"reference": "n-1", "amount": one, "reason": "The service was down"})
    trade.does("POST", f"{bill}/payments", {"payment_id": "p-1", "amount": one})
    trade.does("POST", f"{path}/change", {"plan": "large"})
    trade.does("POST", f"{path}/pause")
    trade.does("POST", f"{path}/resume")
    trade.does("POST", f"{path}/cancel", {"when": "now"})
    trade.bills()
    seller.stage.invoke("billing/start_reconciliation", {})
    Pump(seller.stage).run()
