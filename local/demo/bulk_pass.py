"""A bulk operation's result from a file, taken through the deployed functions: a shop of the sandbox hosts it, our app reads it."""

from __future__ import annotations

import json
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

from local.api.calling import Api
from local.api.shops import await_run, install_link, start_run, status_of
from local.aws import Aws, embedded
from local.demo.merchant import Merchant
from local.demo.screen import Screen
from local.operations import clients, shopify_app
from local.operations.tap import EventTap, Recorder
from local.problems import LocalProblem
from local.sandbox.control import SandboxControl
from local.stage.instance import Instance

COUNTED = ("lines", "products", "variants", "created", "updated", "unchanged", "rejected", "ignored")
_LOOK_EVERY = 0.1
_BEGUN_WITHIN = 60.0
_QUIET_SECONDS = 2.0
_EVENTS_WITHIN = 30.0


@dataclass(slots=True)
class BulkSummary:
    """What came of it. `runs` are the passes as the API showed them at their ends; `events` what came over the bus meanwhile."""

    client_id: str = ""
    api: str = ""
    shop: str = ""
    runs: list[dict[str, Any]] = field(default_factory=list)
    events: Sequence[dict[str, Any]] = ()
    problem: str = ""

    @property
    def status(self) -> str:
        return str(self.runs[-1]["status"]) if self.runs else "started"

    def of(self, name: str) -> list[dict[str, Any]]:
        """The payloads of all events called `name`."""
        return [event["detail"]["data"] for event in self.events if event["detail-type"] == name]

    def line(self, seconds: float) -> str:
        """One JSON object without line breaks. The counts are those of the first pass; `again` has those of the second."""
        first = self.runs[0]["totals"] if self.runs else {}
        figures: dict[str, Any] = {name: first.get(name, 0) for name in COUNTED}
        if len(self.runs) > 1:
            figures["again"] = {name: self.runs[1]["totals"][name] for name in COUNTED}
        figures |= {
            "price_drops": len(self.of("PriceDropped")),
            "events": len(self.events),
            "seconds": round(seconds, 1),
            "status": self.status,
            "shop": self.shop,
            "client_id": self.client_id,
            "api": self.api,
        }
        if self.problem:
            figures["problem"] = self.problem
        return json.dumps(figures, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class BulkPass:
    """`currency` is the shop's. `again`: take the same file a second time."""

    file: Path
    shop: str
    currency: str
    again: bool
    instance: Instance
    screen: Screen
    summary: BulkSummary

    def run(self) -> None:
        """Fills the summary as it goes; raises LocalProblem if the file does not come through."""
        aws = embedded(self.instance)
        if shopify_app.client_id(aws) != shopify_app.SANDBOX_ID:
            raise LocalProblem(
                "this platform acts as a real Shopify app", "take another --instance, which has the sandbox's"
            )
        api = self._new_client(aws)
        with EventTap(aws) as tap, Recorder(tap) as recorder:
            self._first(api)
            if self.again and self.summary.status == "completed":
                self._second(api)
            self._wait_for_events(recorder)
            self.summary.events = recorder.events
        self._show()
        if self.summary.status != "completed":
            why = self.summary.runs[-1]["failure"] or {}
            raise LocalProblem(f"the run {self.summary.status}: {why.get('detail')}", str(why.get("remedy", "")))

    def _new_client(self, aws: Aws) -> Api:
        residency = self.instance.residency
        with self.screen.step("Creating a client and its API key"):
            client_id = clients.create(
                aws,
                name=f"Bulk result ({self.file.stem[:60]})",
                currency=self.currency,
                time_zone=clients.TIME_ZONES[residency],
                residency=residency,
            )
            key = clients.issue_key(aws, client_id, kind="secret", label="bulk").key
        self.summary.client_id, self.summary.api, self.summary.shop = client_id, aws.api_url(), self.shop
        return Api(self.summary.api, key)

    def _first(self, api: Api) -> None:
        self.screen.title(f"{self.shop} hosts {self.file.name} ({self.file.stat().st_size:,} bytes)")
        link = install_link(api, self.shop)
        self._host(new=True)
        with self.screen.step("Connecting the shop"):
            page = Merchant(self.instance.sandbox, self.shop).install(link["url"])
            if page.status != HTTPStatus.OK:
                raise LocalProblem(f"the shop was not connected ({page.status})", "see: skuflow logs")
        with self.screen.step("Reading and applying") as note:
            run_id = self._begun(api)
            self.summary.runs.append(await_run(api, self.shop, run_id, lambda seen: note(_progress(seen))))

    def _second(self, api: Api) -> None:
        self.screen.title("The same file once more")
        self._host(new=False)
        with self.screen.step("Reading and applying") as note:
            run = start_run(api, self.shop)
            ended = await_run(api, self.shop, run["run_id"], lambda seen: note(_progress(seen)))
            self.summary.runs.append(ended)

    def _host(self, *, new: bool) -> None:
        shop = SandboxControl(self.instance.sandbox).shop(self.shop)
        with self.screen.step("Handing the file to the sandbox") as note:
            if new:
                shop.open(currency=self.currency)
            note(f"{shop.host_bulk_result(self.file):,} bytes")

    def _begun(self, api: Api) -> str:
        """The run that connecting the shop has led to."""
        deadline = time.monotonic() + _BEGUN_WITHIN
        while time.monotonic() < deadline:
            seen = status_of(api, self.shop)
            if seen["run"] is not None:
                return str(seen["run"]["run_id"])
            if seen["last_run_id"] is not None:
                return str(seen["last_run_id"])
            time.sleep(_LOOK_EVERY)
        raise LocalProblem("no run has begun", "see: skuflow logs --function sync/sync_shop")

    def _wait_for_events(self, recorder: Recorder) -> None:
        deadline = time.monotonic() + _EVENTS_WITHIN
        seen, quiet_since = -1, time.monotonic()
        with self.screen.step("Waiting for the last events") as note:
            while time.monotonic() < deadline and time.monotonic() - quiet_since < _QUIET_SECONDS:
                if len(recorder.events) != seen:
                    seen, quiet_since = len(recorder.events), time.monotonic()
                    note(f"{seen} events")
                time.sleep(_LOOK_EVERY)

    def _show(self) -> None:
        summary, screen = self.summary, self.screen
        screen.title("What became of it")
        screen.runs(summary.runs, COUNTED)
        remarks = summary.runs[0]["remarks"]
        if remarks:
            screen.title(f"Lines that were rejected or remarked on (the first {min(len(remarks), 8)})")
            screen.rejected(remarks)
        drops = summary.of("PriceDropped")
        screen.title(f"Price drops found: {len(drops)}")
        if drops:
            screen.price_drops(drops)
        screen.title(f"Events that flowed: {len(summary.events)}")
        screen.events(Counter(str(event["detail-type"]) for event in summary.events).most_common())
        flag = f"--client {summary.client_id}{self.instance.flag}"
        screen.title("Where to go on")
        screen.links([
            ("Catalogue", f".venv/bin/skuflow catalog products {flag}"),
            ("Shops", f".venv/bin/skuflow sync status {flag}"),
            ("Sandbox", f"{self.instance.sandbox}/"),
        ])  # fmt: skip


def new_domain() -> str:
    """A shop belongs to one client, and every pass makes a client of its own."""
    return f"bulk-{secrets.token_hex(4)}.myshopify.com"


def _progress(run: dict[str, Any]) -> str:
    totals = run["totals"]
    return f"{run['status']}, {totals['lines']:,} lines, {totals['products']:,} products, {run['progress']:.0%}"
