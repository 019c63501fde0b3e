"""The admin page: products to edit, orders to place, the app to remove. Plain forms; no JavaScript."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from local.sandbox.shopify.editing import STATUSES, Editing, WrongEdit
from local.sandbox.shopify.model import Product
from local.sandbox.shopify.shop import Shop
from local.sandbox.shopify.world import World

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip

SHOWN = 200
"""Products on the page; a shop may have a hundred thousand."""


def page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(_TEMPLATES.get_template(template).render(status=status, **values), status)


@dataclass
class Pages:
    """Each POST answers with a redirect to the page it came from, so that reloading does nothing twice."""

    world: World
    editing: Editing

    async def shops(self, _request: Request) -> Response:
        return page("shops.html", shops=list(self.world.state.shops.values()))

    async def products(self, request: Request) -> Response:
        shop = self.world.shop(request.path_params["shop"])
        products = list(shop.state.products.values())
        deliveries = list(reversed(shop.state.deliveries[-12:]))
        said = request.query_params.get("said", "")
        return page(
            "products.html", shop=shop.state, products=products[:SHOWN], count=len(products), deliveries=deliveries, said=said
        )  # fmt: skip

    async def product(self, request: Request) -> Response:
        shop = self.world.shop(request.path_params["shop"])
        product = shop.product(int(request.path_params["product"]))
        if product is None:
            return page("oops.html", status=404, title="No such product", detail="It may have been deleted.")
        said = request.query_params.get("said", "")
        return page("product.html", shop=shop.state, product=product, statuses=STATUSES, said=said)

    async def save(self, request: Request) -> Response:
        shop = self.world.shop(request.path_params["shop"])
        number = request.path_params["product"]
        product = shop.product(int(number))
        if product is None:
            return _back(shop, "That product has been deleted.")
        form = {name: str(value) for name, value in (await request.form()).items()}
        try:
            said = self._act(shop, product, form)
        except WrongEdit as wrong:
            return _back(shop, str(wrong), f"products/{number}")
        return _back(shop, said, "" if form.get("do") == "delete" else f"products/{number}")

    def _act(self, shop: Shop, product: Product, form: dict[str, str]) -> str:
        if form.get("do") == "delete":
            self.editing.delete(shop, product)
            return f"{product.title} was deleted."
        if form.get("do", "").startswith("order:"):
            order = self.editing.order(shop, [(int(form["do"].partition(":")[2]), 1)])
            return f"Order #{order.number} was placed."
        changes = [
            {
                "id": variant.id,
                "price": form.get(f"price:{variant.id}", variant.price),
                "compare_at_price": form.get(f"compare:{variant.id}", variant.compare_at_price),
                "quantity": form.get(f"quantity:{variant.id}", variant.quantity),
            }
            for variant in product.variants
        ]
        told: dict[str, Any] = {name: form[name] for name in ("title", "status", "vendor") if name in form}
        self.editing.edit(shop, product, {**told, "variants": changes})
        return "Saved."

    async def create(self, request: Request) -> Response:
        shop = self.world.shop(request.path_params["shop"])
        form = {name: str(value) for name, value in (await request.form()).items()}
        variant = {"sku": form.get("sku", ""), "price": form.get("price", ""), "quantity": form.get("quantity") or 0}
        try:
            product = self.editing.create(shop, {"title": form.get("title", ""), "variants": [variant]})
        except WrongEdit as wrong:
            return _back(shop, str(wrong))
        return _back(shop, f"{product.title} was added.")

    async def uninstall(self, request: Request) -> Response:
        shop = self.world.shop(request.path_params["shop"])
        try:
            self.editing.uninstall(shop)
        except WrongEdit as wrong:
            return _back(shop, str(wrong))
        return _back(shop, "The app was uninstalled.")


def _back(shop: Shop, said: str, path: str = "") -> RedirectResponse:
    return RedirectResponse(f"/shopify/{shop.state.domain}/{path}?said={quote(said)}", 303)
