"""The main job from an empty machine to a running platform with somebody's catalogue in it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.api.calling import Api
from local.api.importing import Finished, import_file, save_mapping
from local.aws import Aws, embedded
from local.demo.screen import Screen
from local.demo.second_version import layout, second_version
from local.demo.summary import Summary
from local.operations import clients
from local.operations.tap import EventTap, Recorder
from local.stage.instance import Instance

QUIET_SECONDS = 2.0
EVENTS_WITHIN = 60.0
"""Events trail the import that causes them. All are in when each import's last event has come and then nothing for a while."""


@dataclass(frozen=True, slots=True)
class Demo:
    """`currency` is the client's home currency: that of prices which do not name one. `mapping` (field to header) says how to
    read the file; empty leaves it to the platform."""

    file: Path
    currency: str
    instance: Instance
    screen: Screen
    summary: Summary
    mapping: Mapping[str, str]

    def run(self) -> None:
        """Import, change, import again, show. Fills the summary as it goes; raises LocalProblem if the file is not accepted."""
        aws = embedded(self.instance)
        api = self._new_client(aws)
        with EventTap(aws) as tap, Recorder(tap) as recorder:
            try:
                self._both_versions(api)
            finally:
                self._wait_for_events(recorder)
                self.summary.events = recorder.events
        self._count_catalogue(api)
        self._show(api)

    def _new_client(self, aws: Aws) -> Api:
        residency = self.instance.residency
        name = f"Demo shop ({self.file.stem[:60]})"
        with self.screen.step("Creating a client and its API key"):
            client_id = clients.create(
                aws,
                name=name,
                currency=self.currency,
                time_zone=clients.TIME_ZONES[residency],
                residency=residency,
            )
            credentials = clients.issue_key(aws, client_id, kind="secret", label="demo")
        self.summary.client_id, self.summary.api = client_id, aws.api_url()
        return Api(self.summary.api, credentials.key)

    def _both_versions(self, api: Api) -> None:
        body = self.file.read_bytes()
        mapping_id = save_mapping(api, self.file.name[:100], self.mapping) if self.mapping else None
        self.screen.title(f"Importing {self.file.name} ({len(body):,} bytes)")
        first = self._import(api, self.file.name, body, mapping_id)
        with self.screen.step("Changing some prices in it"):
            changed = second_version(body, layout(first.seen), rejected_lines=first.rejected_lines)
        name = f"{self.file.stem}-new-prices{self.file.suffix}"
        self.screen.title(f"The same file with {changed.lowered} prices lowered and {changed.raised} raised")
        second = self._import(api, name, changed.body, mapping_id)
        self.screen.outcome([(self.file.name, first.seen), (name, second.seen)])
        self.screen.rejected(first.rejects)

    def _import(self, api: Api, name: str, body: bytes, mapping_id: str | None) -> Finished:
        with self.screen.importing(name) as show:
            finished = import_file(api, name, body, show, mapping_id=mapping_id)
        self.summary.imports.append(finished)
        self.summary.status = finished.status
        if finished.status != "completed":
            raise self.screen.not_imported(finished.seen)
        return finished

    def _wait_for_events(self, recorder: Recorder) -> None:
        told = ("completed", "failed", "refused")
        waiting = {each.seen["import_id"] for each in self.summary.imports if each.status in told}
        deadline = time.monotonic() + EVENTS_WITHIN
        seen, quiet_since = -1, time.monotonic()
        with self.screen.step("Waiting for the last events") as note:
            while time.monotonic() < deadline:
                events = recorder.events
                if len(events) != seen:
                    seen, quiet_since = len(events), time.monotonic()
                    note(f"{seen} events")
                ended = {event["detail"]["data"].get("import_id") for event in events if _ends(event)}
                if waiting <= ended and time.monotonic() - quiet_since > QUIET_SECONDS:
                    return
                time.sleep(0.1)

    def _count_catalogue(self, api: Api) -> None:
        with self.screen.step("Counting what the catalogue holds now"):
            for product in api.pages("/v1/products"):
                self.summary.products += 1
                self.summary.variants += len(product.get("variants", ()))

    def _show(self, api: Api) -> None:
        summary, screen = self.summary, self.screen
        drops = summary.of("PriceDropped")
        screen.title(f"Price drops found: {len(drops)}")
        if drops:
            screen.price_drops(drops)
        screen.title(f"Events that flowed: {len(summary.events)}")
        screen.events(summary.event_counts())
        if drops:
            path = f"/v1/products/{drops[0]['product_id']}/price-history"
            screen.title(f"Price history of {drops[0]['title']}")
            screen.history(path, api.get(path), drops[0]["variant_id"])
        screen.title(f"The catalogue holds {summary.products} products with {summary.variants} variants")
        screen.links(_links(self.instance, summary, api.key))


def _ends(event: dict[str, Any]) -> bool:
    return event["detail-type"] in ("ImportCompleted", "ImportFailed")


def _links(instance: Instance, summary: Summary, key: str) -> list[tuple[str, str]]:
    base, flag = summary.api, instance.flag
    return [
        ("API", f"{base}/v1/products"),
        ("  try it", f"curl -H 'Authorization: Bearer {key}' '{base}/v1/products?limit=5'"),
        ("Catalogue", f".venv/bin/skuflow catalog products --client {summary.client_id}{flag}"),
        ("API reference", f"{base}/docs"),
        ("OpenAPI", f"{base}/openapi.json"),
        ("Logs", f".venv/bin/skuflow logs --follow{flag}"),
        ("Events", f".venv/bin/skuflow events tail{flag}"),
        ("Stop", f".venv/bin/skuflow down{flag}"),
    ]
