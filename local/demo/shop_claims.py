"""What the sync status has to say after each step of the demo. A status that lies ends the demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.problems import LocalProblem

FRESH_SECONDS = 120
"""A catalogue that was brought into step a moment ago is not further behind than this."""


@dataclass(frozen=True, slots=True)
class Claims:
    """`seen` is the shop's entry of the sync status after `step`."""

    step: str
    seen: dict[str, Any]

    def connected(self) -> None:
        self._is_well("connected")
        self._holds("it has never been read", self.seen["last_success_at"] is None)
        self._holds("nothing has come of it yet", self.seen["products"]["created"] == 0)

    def read(self, *, products: int) -> None:
        self._is_well("connected")
        self._is_in_step()
        self._holds(f"{products} products were created", self.seen["products"]["created"] == products)
        self._holds("nothing was rejected", self.seen["products"]["rejected"] == 0)
        self._holds("the next run is planned", _moment(self.seen["next_run_at"]) > datetime.now(UTC))
        self._holds("no run is under way", self.seen["run"] is None)

    def heard(self, *, more_than: int) -> None:
        self._is_well("connected")
        self._is_in_step()
        self._holds(f"more than {more_than} webhooks came", self.seen["webhooks"]["received"] > more_than)

    def reconciled(self, run: dict[str, Any], *, products: int) -> None:
        self._is_well("connected")
        self._is_in_step()
        totals = run["totals"]
        self._holds("the run completed", run["status"] == "completed")
        self._holds("it is the last run", self.seen["last_run_id"] == run["run_id"])
        counted = (totals["created"], totals["updated"], totals["unchanged"])
        self._holds("one product was updated, all others are as they were", counted == (0, 1, products - 1))

    def left(self) -> None:
        self._is_well("uninstalled")
        self._holds("nothing more is planned", self.seen["next_run_at"] is None and self.seen["run"] is None)

    def _is_well(self, status: str) -> None:
        self._holds(f"it is {status}", self.seen["status"] == status)
        self._holds("nothing is wrong", self.seen["trouble"] is None and self.seen["failures"] == 0)
        circuit = self.seen["circuit"]
        self._holds("its circuit is closed", circuit is not None and circuit["state"] == "closed")

    def _is_in_step(self) -> None:
        lag = self.seen["lag_seconds"]
        self._holds("the catalogue is in step", lag is not None and lag <= FRESH_SECONDS)

    def _holds(self, claim: str, true: bool) -> None:
        if not true:
            raise LocalProblem(
                f"the sync status does not tell the truth once the shop is {self.step}: '{claim}' does not hold; "
                f"it says {self.seen}",
                "see: skuflow logs",
            )


def _moment(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else datetime.min.replace(tzinfo=UTC)
