"""The other side of the demo: a merchant with a shop in the sandbox, who installs our app, edits products, and leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from local.demo.browser import Browser, Page
from local.problems import LocalProblem
from local.sandbox.control import SandboxControl, ShopControl

_OK = 200


@dataclass(frozen=True, slots=True)
class Merchant:
    """`sandbox` is the sandbox's base URL, `shop` the domain of the merchant's shop."""

    sandbox: str
    shop: str

    @property
    def counter(self) -> ShopControl:
        """The shop, as its merchant works in it."""
        return SandboxControl(self.sandbox).shop(self.shop)

    def open_shop(self, currency: str, *, products: int, variants: int) -> dict[str, Any]:
        """A new shop with so many products of so many variants each; what the sandbox says of it."""
        self.counter.open(currency=currency)
        return self.counter.seed(products, variants)

    def products(self) -> list[dict[str, Any]]:
        return self.counter.products()

    def install(self, url: str) -> Page:
        """Open the address that the client was given, agree to what the app asks for, and end where that leads; `passed` holds all
        addresses on the way."""
        browser = Browser()
        page = browser.open(url)
        consent = [form for form in page.forms if ("answer", "install") in form.buttons]
        if page.status != _OK or len(consent) != 1:
            raise LocalProblem(f"the installation ended at {page.url} ({page.status})", "see: skuflow logs")
        ended = browser.submit(page, consent[0], answer="install")
        return replace(ended, passed=(*page.passed, page.url, *ended.passed))

    def reprice(self, product: dict[str, Any], price: str) -> None:
        """Give the product's first variant another price."""
        self.counter.edit(product["id"], variants=[{"id": product["variants"][0]["id"], "price": price}])

    def lose_next_webhook(self, topic: str) -> None:
        """Have Shopify lose the next webhook of `topic` to this shop's app."""
        SandboxControl(self.sandbox).set_fault("dropped_webhooks", scope=self.shop, place=topic, count=1)

    def deliveries(self, topic: str) -> list[dict[str, Any]]:
        return self.counter.deliveries(topic=topic)

    def uninstall(self) -> None:
        self.counter.uninstall()
