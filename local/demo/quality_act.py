"""The demo's quality act: the catalogue just imported is scored, fixes are shown and then made, and the work is metered."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.api.calling import Api
from local.demo.quality_screen import show_fixes, show_report, show_usage
from local.demo.screen import Screen
from local.demo.summary import QualitySummary
from local.problems import LocalProblem

WITHIN, PER_PRODUCT = 120.0, 0.05
"""Seconds until any single thing must have happened, and what each product of somebody's own file adds to that."""

_LOOK_EVERY = 0.2
_OVER = frozenset({"completed", "cancelled", "failed"})


@dataclass(frozen=True, slots=True)
class QualityAct:
    """`products` are what the catalogue holds. Fills `summary` as it goes; raises LocalProblem if something does not happen."""

    api: Api
    screen: Screen
    summary: QualitySummary
    products: int

    def run(self) -> None:
        self.screen.title("How good is this catalogue?")
        preview = self._preview()
        proposed = self.api.whole(f"/v1/quality/jobs/{preview['job_id']}/fixes")["items"]
        report = self.api.get(f"/v1/quality/jobs/{preview['job_id']}/report")
        show_report(self.screen, report)
        self.screen.title(f"What would be fixed: {preview['progress']['fixes_proposed']} fields")
        show_fixes(self.screen, proposed)
        if preview["progress"]["fixes_proposed"]:
            self._apply(preview)
        self._metered()

    @property
    def _within(self) -> float:
        return WITHIN + PER_PRODUCT * self.products

    def _preview(self) -> dict[str, Any]:
        """A look through all products. Quality keeps a copy of its own, which follows the catalogue within a second or two."""
        with self.screen.step("Scoring the catalogue, and looking for what can be fixed") as note:
            deadline = time.monotonic() + self._within
            while True:
                job = self._job("/v1/quality/jobs", {"collection": "products", "mode": "preview"}, note)
                if job["result"]["items_processed"] >= self.products:
                    break
                if time.monotonic() > deadline:
                    raise LocalProblem("quality has not heard of all products", "see: skuflow status")
                time.sleep(_LOOK_EVERY)
        self.summary.products = job["result"]["items_processed"]
        self.summary.score_before = job["result"]["score_before"]
        self.summary.fixes_proposed = job["progress"]["fixes_proposed"]
        return job

    def _apply(self, preview: dict[str, Any]) -> None:
        with self.screen.step("Making these fixes, where the value is still the one that was seen") as note:
            job = self._job(f"/v1/quality/jobs/{preview['job_id']}/apply", {}, note)
        self.summary.items_fixed = job["result"]["items_fixed"]
        self.summary.score_after = job["result"]["score_after"]
        self.screen.say(f"score {self.summary.score_before} → {self.summary.score_after}")

    def _metered(self) -> None:
        """What the jobs did is in the daily record once the event has come by."""
        today = datetime.now(UTC).date().isoformat()
        with self.screen.step("Waiting for the jobs to be metered"):
            found = self._until(
                lambda: self.api.get("/v1/analytics/usage", start=today, end=today),
                lambda seen: (
                    seen["totals"]["items_processed"] >= self.summary.products
                    and seen["totals"]["items_fixed"] >= self.summary.items_fixed
                ),
            )
        self.summary.billable_items = found["totals"]["billable_items"]
        show_usage(self.screen, found)

    def _job(self, path: str, body: dict[str, Any], note: Callable[[str], None]) -> dict[str, Any]:
        """A job, followed to its end."""
        made = self.api.post(path, body, idempotency_key=secrets.token_hex(16))

        def look() -> dict[str, Any]:
            seen = self.api.get(f"/v1/quality/jobs/{made['job_id']}")
            note(f"{seen['status']}, {seen['progress']['checked']} products")
            return seen

        ended = self._until(look, lambda seen: seen["status"] in _OVER)
        if ended["status"] != "completed":
            raise LocalProblem(f"the job {ended['job_id']} {ended['status']}", str(ended["failure"]))
        return ended

    def _until(self, look: Callable[[], dict[str, Any]], holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + self._within
        while not holds(seen := look()):
            if time.monotonic() > deadline:
                raise LocalProblem(f"nothing came of it within {self._within:.0f} s", "see: skuflow logs")
            time.sleep(_LOOK_EVERY)
        return seen
