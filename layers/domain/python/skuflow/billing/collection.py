"""How the money for invoices comes in and goes back. A payment provider fits in here.

`manual` is the one way there is so far: nothing is called, whoever gets the money reports it, and pays refunds out.
"""

from __future__ import annotations

from typing import Protocol

from skuflow.billing.invoices.model import CreditNote, Invoice, Payment
from skuflow.kernel.tenancy import ClientId


class Collection(Protocol):
    """Each call may come twice for the same thing: a provider gets the invoice's or the note's id as its idempotency key. Both may
    raise TransientError; the work is then done again."""

    name: str

    def collect(self, client_id: ClientId, invoice: Invoice) -> Payment | None:
        """Ask for what is due of `invoice`, which has just got its number. The payment, if it is known already how it went; None
        if that will be reported later."""
        ...

    def refund(self, client_id: ClientId, invoice: Invoice, note: CreditNote) -> None:
        """Pay `note.refund` back to who paid `invoice`."""
        ...


class ManualCollection:
    """Somebody else collects, and reports payments through the API."""

    name = "manual"

    def collect(self, client_id: ClientId, invoice: Invoice) -> Payment | None:  # noqa: ARG002 - the port's signature
        return None

    def refund(self, client_id: ClientId, invoice: Invoice, note: CreditNote) -> None:
        """Nothing to call: the credit note says what is to be paid out."""
