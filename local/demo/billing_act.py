"""The demo's billing act: plans are sold, a month is closed by a billing run, and its invoices are there as JSON and as PDF.

The month is a real one that ends while the demo runs: the subscriptions are backdated so that their first period is over a few
seconds later. Nothing is told another time than it is.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dateutil.relativedelta import relativedelta

from local.api.billing import await_run, download_pdf, explained, invoice_path, start_run
from local.api.billing_screen import RunScreen, show
from local.api.calling import Api
from local.demo.screen import Screen
from local.demo.summary import BillingSummary
from local.problems import LocalProblem
from skuflow.kernel.money import Money

SELLER = "demo"
HOUSEHOLD = "household-1"
CURRENCY = "CAD"
_ENDS_IN = timedelta(seconds=8)
"""From now until the first period is over: long enough to subscribe twice and bill what is due in advance."""

_INVOICES = 4
"""Two subscriptions, each at the beginning of the month and at its end."""

_PARTY = {"country": "CA", "region": "ON", "lines": ["12 Spadina Ave"], "city": "Toronto", "postal_code": "M5V 2J1"}
_USAGE_PLAN: dict[str, Any] = {
    "code": "sku-genie-demo",
    "name": "SKU-Genie, by usage",
    "description": "10 items a month are included.",
    "product": "sku-genie",
    "seller_id": SELLER,
    "currency": CURRENCY,
    "base_fee": "49.00",
    "charges": [
        {
            "code": "items",
            "metric": "billable_items",
            "model": "per_item",
            "description": "Items checked and repaired",
            "included": "10",
            "unit_amount": "0.05",
        }
    ],
    "grace_hours": 0,
}
"""As the plans that a client may begin with, but that it waits for no late usage, and in CAD."""


@dataclass(frozen=True, slots=True)
class BillingAct:
    """`folder` is where the invoice's PDF goes. Fills `summary`; raises LocalProblem if something does not happen."""

    api: Api
    screen: Screen
    summary: BillingSummary
    folder: Path

    def run(self) -> None:
        self.screen.title("From work done to money owed")
        self._set_up()
        over = datetime.now(UTC) + _ENDS_IN
        with self.screen.step("Subscribing the client to a usage plan, and a household to NestSync Premium"):
            self._subscribe("client", _USAGE_PLAN["code"], over)
            tier = self._subscribe(HOUSEHOLD, "nestsync-premium", over)
        self._entitled(tier["product"])
        self.screen.title("A billing run bills the month's fees, which are due in advance")
        self._bill()
        with self.screen.step("Waiting for the month to end"):
            time.sleep(max(0.0, (over - datetime.now(UTC)).total_seconds()))
        self.screen.title("What the next run would bill, line by line (skuflow billing run --dry)")
        for one in explained(self.api, None, None):
            if one["invoice"] is not None:
                show(one["invoice"], self.screen.console)
        self.screen.title("The run that closes the month")
        self._bill()
        self._invoices()

    def _bill(self) -> None:
        progress = RunScreen(self.screen.console)
        with progress.running("run") as told:
            progress.outcome(await_run(self.api, start_run(self.api, None, None), told))

    def _set_up(self) -> None:
        with self.screen.step("A seller in Ontario, two customers, and plans"):
            seller = {
                "name": "Harbour Software Inc.",
                "address": _PARTY,
                "currency": CURRENCY,
                "time_zone": "America/Toronto",
                "invoice_prefix": "HS-",
                "email": "billing@harbour.example",
                "registrations": {"GST/HST": "123456789 RT0001", "QST": "1234567890 TQ0001"},
            }
            self.api.put(f"/v1/sellers/{SELLER}", seller)
            for subject, name, region in (("client", "Field & Stream Goods", "ON"), (HOUSEHOLD, "Kim Tremblay", "QC")):
                self.api.put(f"/v1/customers/{subject}", {"name": name, "address": {**_PARTY, "region": region}})
            self._post("/v1/plans/seed", {"seller_id": SELLER})
            self._post("/v1/plans", _USAGE_PLAN)

    def _subscribe(self, subject: str, plan: str, over: datetime) -> dict[str, Any]:
        began = over - relativedelta(months=1)
        return self._post("/v1/subscriptions", {"subject": subject, "plan": plan, "start_at": began.isoformat()})

    def _entitled(self, product: str) -> None:
        path = f"/v1/entitlements/{HOUSEHOLD}/{product}"
        found = self.api.get(path)["entitlements"]
        self.screen.say(f"GET {path}: {', '.join(f'{name} {value}' for name, value in sorted(found.items()))}")

    def _invoices(self) -> None:
        with self.screen.step("Waiting for the invoices' numbers"):
            made = self._until(
                lambda: list(self.api.pages("/v1/invoices")),
                lambda found: len({one["subject"] for one in found}) == 2 and all(one["number"] for one in found),
            )
        newest = next(one for one in made if one["subject"] == "client")
        invoice = self.api.get(invoice_path(newest["invoice_id"]))
        self.screen.say(f"GET {invoice_path(newest['invoice_id'])}")
        show(invoice, self.screen.console)
        path = self.folder / f"invoice-{invoice['number']}.pdf"
        with self.screen.step("Fetching it as a PDF") as note:
            self.folder.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as out:
                size = download_pdf(self.api, invoice["invoice_id"], out)
            note(f"{path}, {size:,} bytes")
        self._sum_up(made, invoice, path)

    def _sum_up(self, made: list[dict[str, Any]], invoice: dict[str, Any], path: Path) -> None:
        summary = self.summary
        summary.currency, summary.invoice_number = CURRENCY, invoice["number"]
        summary.invoices, summary.lines, summary.pdf = len(made), len(invoice["lines"]), str(path)
        for name in ("subtotal", "tax", "total"):
            amount = Money(invoice[name]["amount_minor"], invoice[name]["currency"])
            setattr(summary, name, str(amount.to_decimal()))

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.api.post(path, body, idempotency_key=secrets.token_hex(16))

    def _until(
        self, look: Callable[[], list[dict[str, Any]]], holds: Callable[[list[dict[str, Any]]], bool]
    ) -> list[dict[str, Any]]:
        deadline = time.monotonic() + 120
        while not holds(seen := look()):
            if time.monotonic() > deadline:
                raise LocalProblem("the invoices did not come within two minutes", "see: skuflow logs")
            time.sleep(0.2)
        return seen
