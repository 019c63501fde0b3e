"""A client of the sandbox's control API, for the demo, the command line and tests. Everything is synchronous.

sandbox = SandboxControl("http://127.0.0.1:4600")
shop = sandbox.shop("harbour-and-field.myshopify.com")
shop.edit(product_id, variants=[{"id": variant_id, "price": "24.00"}])
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin

import httpx

from local.problems import LocalProblem
from local.sandbox import DEFAULT_SHOP

CLIENT_ID = "sandbox-skuflow"
TIMEOUT = 60.0

_UNPOOLED = httpx.Limits(max_keepalive_connections=0)

Json = dict[str, Any]


def on_loopback(timeout: float) -> httpx.Client:
    """A client for this machine alone: no proxy, no certificates to load, nothing that stays open and has to be closed."""
    return httpx.Client(timeout=timeout, trust_env=False, verify=False, limits=_UNPOOLED)  # noqa: S501  # nosec B501


@dataclass
class SandboxControl:
    """`base` is the sandbox's address. LocalProblem says what it would not do, or that nothing answers."""

    base: str
    client: httpx.Client = field(default_factory=lambda: on_loopback(TIMEOUT))

    def health(self) -> Json:
        return self.call("GET", "/sandbox/health")

    def wait_until_ready(self, within: float = 20.0) -> None:
        """Return once it answers; LocalProblem after `within` seconds."""
        until = time.monotonic() + within
        while True:
            try:
                self.health()
            except LocalProblem:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return

    def advance(self, seconds: float) -> Json:
        """Let so much time pass in the sandbox at once: tokens expire, retries become due."""
        return self.call("POST", "/sandbox/clock", {"advance_seconds": seconds})

    def set_clock_right(self) -> Json:
        """Back to the real time."""
        return self.call("DELETE", "/sandbox/clock")

    def set_fault(self, kind: str, **details: Any) -> Json:
        """`details` as in docs/sandbox.md: scope, place, count, probability, seed, seconds, status, mode."""
        return self.call("POST", "/sandbox/faults", {"kind": kind, **details})

    def faults(self) -> list[Json]:
        return list(self.call("GET", "/sandbox/faults")["faults"])

    def clear_faults(self, fault_id: str = "") -> int:
        return int(self.call("DELETE", f"/sandbox/faults{'/' + fault_id if fault_id else ''}")["cleared"])

    def settings(self, **changed: Any) -> Json:
        """bulk_delay, bulk_held, strict_rotation, compliance_url, platform."""
        return self.call("POST", "/sandbox/shopify/settings", changed)

    def add_secret(self, secret: str) -> None:
        self.call("POST", "/sandbox/shopify/secrets", {"add": secret})

    def revoke_old_secret(self) -> None:
        self.call("POST", "/sandbox/shopify/secrets", {"revoke_old": True})

    def shops(self) -> list[Json]:
        return list(self.call("GET", "/sandbox/shopify/")["shops"])

    def shop(self, domain: str = DEFAULT_SHOP) -> ShopControl:
        return ShopControl(self, domain)

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Json:
        """One request of the control API; its answer."""
        if body is not None:
            options["json"] = body
        try:
            answer = self.client.request(method, self.base + path, **options)
        except httpx.TransportError as error:
            raise LocalProblem(
                f"no sandbox answers at {self.base}: {error}", "start it, or name another address"
            ) from None
        document: Json = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        if answer.is_error:
            said = document.get("error") or document.get("errors") or answer.text[:200]
            raise LocalProblem(f"the sandbox refused {method} {path}: {said}", "mend the request")
        return document


@dataclass(frozen=True)
class ShopControl:
    """One shop, by its domain."""

    sandbox: SandboxControl
    domain: str

    @property
    def url(self) -> str:
        """What stands in for `https://<shop>`."""
        return f"{self.sandbox.base}/shopify/{self.domain}"

    def open(self, *, name: str = "", currency: str = "CAD", time_zone: str = "America/Toronto") -> Json:
        """A new, empty shop, in the place of any that was there."""
        return self._call("PUT", "", {"name": name, "currency": currency, "time_zone": time_zone})

    def state(self) -> Json:
        return self._call("GET", "")

    def seed(self, products: int = 20, variants_per_product: int = 3, seed: int = 1) -> Json:
        wanted = {"products": products, "variants_per_product": variants_per_product, "seed": seed}
        return self._call("POST", "/seed", wanted)

    def products(self) -> list[Json]:
        return list(self._call("GET", "/products")["products"])

    def create(
        self, title: str, *, variants: Sequence[Mapping[str, Any]] = (), silent: bool = False, **described: Any
    ) -> Json:
        return self._call(
            "POST", "/products", {"title": title, "variants": list(variants), "silent": silent, **described}
        )

    def edit(
        self, product_id: int, *, variants: Sequence[Mapping[str, Any]] = (), silent: bool = False, **described: Any
    ) -> Json:
        """`variants`: changes (price, compare_at_price, quantity, sku, …), each with the `id` of its variant. `silent` sends no
        webhook, so that only reconciliation can find it."""
        return self._call(
            "PATCH", f"/products/{product_id}", {**described, "variants": list(variants), "silent": silent}
        )

    def delete(self, product_id: int, *, silent: bool = False) -> None:
        self._call("DELETE", f"/products/{product_id}{'?silent=1' if silent else ''}")

    def order(self, lines: Iterable[tuple[int, int]], *, silent: bool = False) -> Json:
        """`lines`: variant id and quantity."""
        wanted = [{"variant_id": variant, "quantity": quantity} for variant, quantity in lines]
        return self._call("POST", "/orders", {"lines": wanted, "silent": silent})

    def change_order(self, order_id: int, *, status: str = "", cancelled: bool = False) -> Json:
        return self._call("PATCH", f"/orders/{order_id}", {"status": status, "cancelled": cancelled})

    def uninstall(self) -> None:
        self._call("POST", "/uninstall")

    def revoke_tokens(self) -> None:
        """The access tokens are worthless from now on; refresh tokens stay good."""
        self._call("POST", "/tokens/revoke")

    def token_requests(self) -> list[Json]:
        return list(self._call("GET", "/token-requests")["token_requests"])

    def set_bucket(self, **points: float) -> Json:
        """available, maximum, restored."""
        return self._call("POST", "/bucket", points)

    def host_bulk_result(self, file: Path | BinaryIO | bytes) -> int:
        """The next bulk operation of the shop ends with this result; streamed, of any size. Returns its bytes."""
        if isinstance(file, Path):
            with file.open("rb") as opened:
                return self.host_bulk_result(opened)
        content = file if isinstance(file, bytes) else _parts(file)
        return int(self.sandbox.call("PUT", f"/sandbox/shopify/{self.domain}/bulk/next", content=content)["bytes"])

    def deliveries(self, *, topic: str = "", state: str = "", limit: int = 200) -> list[Json]:
        query = f"?topic={topic}&state={state}&limit={limit}"
        return list(self._call("GET", f"/deliveries{query}")["deliveries"])

    def settled(self, within: float = 30.0) -> bool:
        """Wait until no webhook is on its way; what waits for a retry is not."""
        return bool(self._call("POST", f"/deliveries/settled?within={within}")["settled"])

    def retry_now(self) -> int:
        return int(self._call("POST", "/deliveries/retry-now")["retried"])

    def repeat(self, webhook_id: str) -> None:
        """Deliver a webhook once more, with the same ids."""
        self._call("POST", f"/deliveries/{webhook_id}/repeat")

    def emit(self, topic: str, body: Mapping[str, Any] | None = None) -> list[Json]:
        """Any webhook; of the compliance topics the body is made."""
        return list(self._call("POST", "/webhooks", {"topic": topic, "body": body})["deliveries"])

    def agree(self, authorize_url: str) -> str:
        """Do what the merchant does on the consent page: open it, press the button. Returns the address that the browser is sent
        back to, which is the app's callback; it is not opened."""
        shown = self.sandbox.client.get(authorize_url)
        form = _Form()
        form.feed(shown.text)
        if shown.is_error or not form.action:
            raise LocalProblem(f"the consent page says {shown.status_code}: {_plain(shown.text)}", "check the address")
        answer = self.sandbox.client.post(
            urljoin(authorize_url, form.action), data={**form.fields, "answer": "install"}
        )
        return answer.headers["location"]

    def _call(self, method: str, path: str, body: Any = None) -> Json:
        return self.sandbox.call(method, f"/sandbox/shopify/{self.domain}{path}", body)


class _Form(HTMLParser):
    """The first form of a page, as a browser would send it."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = given.get("action", "")
        elif tag == "input" and "name" in given:
            self.fields[given["name"]] = given.get("value", "")


def _parts(file: BinaryIO) -> Iterable[bytes]:
    while part := file.read(1 << 20):
        yield part


def _plain(page: str) -> str:
    _, _, main = page.partition("<main>")
    return " ".join(main.replace("<", " <").split())[:300]
