"""What data quality asks of AWS: products checked, mended and reported on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.bench.units_of_work import Measuring

DOOR = "quality/api"
UNTIDY = 50
"""Products that need mending: as many as one batch of fixes takes."""


def check(work: Measuring) -> None:
    """The units of data quality, added to `work`."""
    for number in range(UNTIDY):
        variant = {"sku": f"TIE-{number}", "price": {"amount_minor": 1999, "currency": "CAD"}}
        work.ask("catalog/api", "POST", "/v1/products", body={"title": f"Tie &amp; {number}", "variants": [variant]})
    work.pump()
    products = _done(work, _start(work, "score"))["result"]["items_processed"]
    with work.unit("product_scored", "A product is checked by a job that scores a catalogue", per=products):
        _start(work, "score")
    with work.unit("product_mended", "A product is checked, mended and checked again, by a job that fixes", per=UNTIDY):
        fixing = _start(work, "fix")
    work.passes(timedelta(days=1).total_seconds())
    with work.unit(
        "quality_night", "A night's job is asked for, started for one client, and scores a product", per=products
    ):
        work.recorder.invoke("quality/start_nightly_jobs", {})
    with work.unit("quality_report_read", "A job's report is read over HTTP"):
        work.ask(DOOR, "GET", f"/v1/quality/jobs/{fixing}/report")


def _start(work: Measuring, mode: str) -> str:
    return str(work.ask(DOOR, "POST", "/v1/quality/jobs", body={"mode": mode})["job_id"])


def _done(work: Measuring, job_id: str) -> Any:
    work.pump()
    return work.ask(DOOR, "GET", f"/v1/quality/jobs/{job_id}")
