"""Webhooks: who is told what, signed, with Shopify's headers, timeouts, retries and the end of a subscription that never answers.

Source: shopify.dev, "Webhook delivery structure", "Verify webhook deliveries", "Troubleshooting webhooks" (1 s to connect, 5 s in
all, eight retries over four hours, after the last of which a subscription made through the Admin API is removed).
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
import uuid
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from local.sandbox.shopify.model import Attempt, Delivery, Later, Subscription
from local.sandbox.shopify.shop import Shop
from local.sandbox.shopify.world import API_VERSION, PROVIDER, World

CONNECT_WITHIN = 1.0
ANSWER_WITHIN = 5.0
RETRY_AFTER = (10, 50, 180, 480, 1020, 2160, 4200, 6300)
"""Seconds after the attempt before; together four hours."""

KEPT = 20_000
"""Deliveries of a shop that are remembered."""

REORDER_WINDOW = 4
REORDER_WITHIN = 1.0
"""So many deliveries are gathered, or for so many seconds, before they are sent in another order."""

AT_ONCE = 8
COMPLIANCE = ("customers/data_request", "customers/redact", "shop/redact")


@dataclass
class Job:
    """A delivery under way, in the shop it belongs to."""

    shop: Shop
    delivery: Delivery


@dataclass
class Webhooks:
    """Emits, delivers, repeats. Everything runs in the event loop of the process."""

    world: World
    client: httpx.AsyncClient | None = None
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _timers: set[asyncio.Task[None]] = field(default_factory=set)
    _held: dict[str, list[Job]] = field(default_factory=dict)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def emit(self, shop: Shop, topic: str, body: Mapping[str, Any], *, event_id: str = "") -> list[Delivery]:
        """Tell every subscriber of `topic`; returns what is on its way. `event_id` is shared by all that one action caused."""
        event_id = event_id or str(uuid.uuid4())
        subscribed = [each for each in shop.state.subscriptions if each.topic == topic and _passes(each, body)]
        made = [self._made(shop, topic, _included(each, body), event_id, each) for each in subscribed]
        if topic in COMPLIANCE:
            made.append(self._made(shop, topic, body, event_id))
        for delivery in made:
            self._send_off(shop, delivery)
        return made

    def _made(
        self, shop: Shop, topic: str, body: Mapping[str, Any], event_id: str, subscription: Subscription | None = None
    ) -> Delivery:
        uri = subscription.uri if subscription else self.world.state.app.compliance_url
        triggered = self.world.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
        number = subscription.id if subscription else None
        delivery = Delivery(str(uuid.uuid4()), event_id, topic, uri, triggered, text, number)
        shop.state.deliveries.append(delivery)
        if len(shop.state.deliveries) > KEPT:
            del shop.state.deliveries[: KEPT // 10]
        return delivery

    def _send_off(self, shop: Shop, delivery: Delivery) -> None:
        domain, topic = shop.state.domain, delivery.topic
        delivery.due = self.world.clock.seconds()
        if self.world.faults.strike("dropped_webhooks", PROVIDER, domain, topic):
            delivery.state = "dropped"
            return
        delivery.forged = self.world.faults.strike("wrong_signature", PROVIDER, domain, topic) is not None
        job = Job(shop, delivery)
        copies = 2 if self.world.faults.strike("duplicate_webhooks", PROVIDER, domain, topic) else 1
        if fault := self.world.faults.strike("reordered_webhooks", PROVIDER, domain, topic):
            self._hold(domain, [job] * copies, fault.seed)
            return
        for _ in range(copies):
            self._start(self._attempt(job))

    def _hold(self, domain: str, jobs: list[Job], seed: int) -> None:
        held = self._held.setdefault(domain, [])
        held.extend(jobs)
        if len(held) >= REORDER_WINDOW:
            self._release(domain, seed)
        elif len(held) == len(jobs):
            self._start(self._release_later(domain, seed), among=self._timers)

    async def _release_later(self, domain: str, seed: int) -> None:
        await asyncio.sleep(REORDER_WITHIN)
        self._release(domain, seed)

    def _release(self, domain: str, seed: int) -> None:
        """Send what was held back, the last first or in any order, one after the other so that the order is kept."""
        jobs = self._held.pop(domain, [])
        mixed = list(reversed(jobs))
        if len(mixed) > 2:
            random.Random(seed).shuffle(mixed)  # noqa: S311 - has to be repeatable
        if mixed and all(a is b for a, b in zip(mixed, jobs, strict=True)):
            mixed.reverse()
        self._start(self._one_by_one(mixed))

    async def _one_by_one(self, jobs: list[Job]) -> None:
        for job in jobs:
            await self._attempt(job)

    def _start(self, work: Coroutine[Any, Any, None], *, among: set[asyncio.Task[None]] | None = None) -> None:
        tasks = self._running if among is None else among
        task = asyncio.get_running_loop().create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _attempt(self, job: Job) -> None:
        async with self._places:
            answer, ok = await self._post(job)
        job.delivery.attempts.append(Attempt(self.world.clock.instant(), answer, ok))
        if ok:
            job.delivery.state = "delivered"
        elif job.delivery.state == "pending":
            self._failed(job)

    async def _post(self, job: Job) -> tuple[str, bool]:
        assert self.client is not None
        delivery = job.delivery
        body = delivery.body.encode()
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                got = await self.client.post(delivery.uri, content=body, headers=self._headers(job, body))
        except TimeoutError:
            return "timeout", False
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return f"{type(error).__name__}: {error}", False
        return str(got.status_code), 200 <= got.status_code < 300

    def _headers(self, job: Job, body: bytes) -> dict[str, str]:
        delivery = job.delivery
        return {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "X-Shopify-Topic": delivery.topic,
            "X-Shopify-Hmac-SHA256": base64.b64encode(self.world.mac(body, forged=delivery.forged)).decode(),
            "X-Shopify-Shop-Domain": job.shop.state.domain,
            "X-Shopify-API-Version": API_VERSION,
            "X-Shopify-Webhook-Id": delivery.webhook_id,
            "X-Shopify-Event-Id": delivery.event_id,
            "X-Shopify-Triggered-At": delivery.triggered_at,
        }

    def _failed(self, job: Job) -> None:
        delivery, tried = job.delivery, len(job.delivery.attempts)
        if tried <= len(RETRY_AFTER):
            delivery.due = self.world.clock.seconds() + RETRY_AFTER[tried - 1]
            return
        delivery.state = "failed"
        subscriptions = job.shop.state.subscriptions
        job.shop.state.subscriptions = [each for each in subscriptions if each.id != delivery.subscription_id]

    async def retry(self, shop: Shop) -> int:
        """Try everything again that has failed so far, now and not when it is due; returns how many there were."""
        await self.settled()
        waiting = [each for each in shop.state.deliveries if each.state == "pending"]
        await asyncio.gather(*(self._attempt(Job(shop, delivery)) for delivery in waiting))
        return len(waiting)

    async def repeat(self, shop: Shop, webhook_id: str) -> bool:
        """Send a delivery once more, whatever became of it; False if there is none of that id."""
        found = next((each for each in shop.state.deliveries if each.webhook_id == webhook_id), None)
        if found:
            await self._attempt(Job(shop, found))
        return found is not None

    async def settled(self) -> None:
        """Return once nothing is on its way; what waits for a retry is not."""
        for domain in list(self._held):
            self._release(domain, 0)
        while self._running:
            await asyncio.wait(self._running)

    def resume(self) -> None:
        """After a restart: send what was on its way when the process ended."""
        for shop in self.world.shops.values():
            for delivery in shop.state.deliveries:
                if delivery.state == "pending" and not delivery.attempts:
                    self._start(self._attempt(Job(shop, delivery)))

    async def due(self) -> None:
        """Start what time has come for: retries, and what Shopify sends by itself later."""
        now = self.world.clock.seconds()
        for shop in list(self.world.shops.values()):
            for delivery in shop.state.deliveries:
                if delivery.state == "pending" and delivery.attempts and delivery.due <= now:
                    delivery.due = now + ANSWER_WITHIN * 2
                    self._start(self._attempt(Job(shop, delivery)))
            self._send_what_is_due(shop, now)

    def _send_what_is_due(self, shop: Shop, now: float) -> None:
        coming: Iterable[Later] = [later for later in shop.state.later if later.due <= now]
        for later in coming:
            shop.state.later.remove(later)
            self.emit(shop, later.what, {"shop_id": shop.state.id, "shop_domain": shop.state.domain})


def _passes(subscription: Subscription, body: Mapping[str, Any]) -> bool:
    """Filters are of the form `status:active`, as far as we know them."""
    name, colon, wanted = (subscription.filter or "").partition(":")
    return not colon or str(body.get(name, "")).lower() == wanted.lower()


def _included(subscription: Subscription, body: Mapping[str, Any]) -> Mapping[str, Any]:
    wanted = subscription.include_fields
    return {name: value for name, value in body.items() if name in wanted} if wanted else body
