"""The main job from an empty machine to a running platform with somebody's catalogue in it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.api.calling import Api
from local.api.importing import Finished, import_file, save_mapping
from local.aws import Aws, embedded
from local.demo.billing_act import BillingAct
from local.demo.merchant import Merchant
from local.demo.quality_act import QualityAct
from local.demo.screen import Screen
from local.demo.second_version import layout, second_version
from local.demo.shop_act import ShopAct
from local.demo.summary import BillingSummary, QualitySummary, ShopSummary, Summary
from local.operations import clients, shopify_app
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
    shop: bool = True

    def run(self) -> None:
        """Import, change, import again, show; then connect a shop. Fills the summary as it goes; raises LocalProblem if the file is
        not accepted, or something does not happen that should."""
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
        self._judge_and_bill(api)
        if self.shop:
            self._connect_a_shop(aws)
        self.screen.title("Where to go on")
        self.screen.links(_links(self.instance, self.summary, api.key))

    def _new_client(self, aws: Aws) -> Api:
        api, self.summary.client_id = self._client(aws, f"Demo shop ({self.file.stem[:60]})")
        self.summary.api = api.base
        return api

    def _client(self, aws: Aws, name: str) -> tuple[Api, str]:
        """The API as a new client called `name` uses it, and the client's id."""
        residency = self.instance.residency
        with self.screen.step("Creating a client and its API key"):
            client_id = clients.create(
                aws,
                name=name,
                currency=self.currency,
                time_zone=clients.TIME_ZONES[residency],
                residency=residency,
            )
            credentials = clients.issue_key(aws, client_id, kind="secret", label="demo")
        return Api(aws.api_url(), credentials.key), client_id

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

    def _judge_and_bill(self, api: Api) -> None:
        """What was imported is scored and mended, the work metered, and a month of it billed."""
        self.summary.quality, self.summary.billing = QualitySummary(), BillingSummary()
        QualityAct(api, self.screen, self.summary.quality, self.summary.products).run()
        BillingAct(api, self.screen, self.summary.billing, self.instance.home / "invoices").run()

    def _connect_a_shop(self, aws: Aws) -> None:
        """For a client of its own: what somebody's file brought in stays by itself."""
        app_id = shopify_app.client_id(aws)
        if app_id != shopify_app.SANDBOX_ID:
            self.screen.title(f"This platform acts as the Shopify app {app_id}: the sandbox's shop is left out")
            return
        # A shop belongs to one client, and every demo makes clients of its own.
        domain = f"harbour-{secrets.token_hex(4)}.myshopify.com"
        self.screen.title(f"A merchant connects {domain}")
        api, client_id = self._client(aws, "Demo shop (Shopify)")
        self.summary.shop = ShopSummary(domain, client_id)
        ShopAct(api, Merchant(self.instance.sandbox, domain), self.currency, self.screen, self.summary.shop).run()


def _ends(event: dict[str, Any]) -> bool:
    return event["detail-type"] in ("ImportCompleted", "ImportFailed")


def _links(instance: Instance, summary: Summary, key: str) -> list[tuple[str, str]]:
    base, flag = summary.api, instance.flag
    shop = summary.shop
    connected = [("Shops", f".venv/bin/skuflow sync status --client {shop.client_id}{flag}")] if shop else []
    return [
        ("API", f"{base}/v1/products"),
        ("  try it", f"curl -H 'Authorization: Bearer {key}' '{base}/v1/products?limit=5'"),
        ("Catalogue", f".venv/bin/skuflow catalog products --client {summary.client_id}{flag}"),
        ("API reference", f"{base}/docs"),
        ("OpenAPI", f"{base}/openapi.json"),
        *connected,
        ("Sandbox", f"{instance.sandbox}/"),
        ("Logs", f".venv/bin/skuflow logs --follow{flag}"),
        ("Events", f".venv/bin/skuflow events tail{flag}"),
        ("Stop", f".venv/bin/skuflow down{flag}"),
    ]
