"""The pages of the authorization code grant, and the endpoint that exchanges codes and refreshes tokens.

Source: shopify.dev, "Implement authorization code grant manually".
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from local.sandbox.shopify import tokens
from local.sandbox.shopify.model import Code
from local.sandbox.shopify.pages import page
from local.sandbox.shopify.shop import Shop
from local.sandbox.shopify.tokens import Refused
from local.sandbox.shopify.world import World

CODE_LASTS = 60.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")

UNKNOWN_APP = Refused(400, "application_cannot_be_found", "There is no app with that client_id")
REDIRECT_REFUSED = Refused(400, "invalid_request", "The redirect_uri is not whitelisted")
NO_SCOPE = Refused(400, "invalid_scope", "The requested scope is empty")

READS = {
    "read_products": "See products, variants and collections",
    "read_inventory": "See stock",
    "read_orders": "See orders of the last 60 days",
    "read_discounts": "See discounts",
}


class OAuth:
    def __init__(self, world: World) -> None:
        self.world = world

    async def ask(self, request: Request) -> Response:
        """GET …/admin/oauth/authorize: the page on which the merchant agrees."""
        shop = self.world.shop(request.path_params["shop"])
        query = dict(request.query_params)
        try:
            self._check(query)
        except Refused as refused:
            return _shown(refused)
        scopes = [(scope, READS.get(scope, "")) for scope in _scopes(query)]
        known = ("client_id", "scope", "redirect_uri", "state")
        return page(
            "consent.html", shop=shop.state, scopes=scopes, fields={name: query.get(name, "") for name in known}
        )

    async def agree(self, request: Request) -> Response:
        """POST of that page's form: back to the app with a code, signed."""
        shop = self.world.shop(request.path_params["shop"])
        form = {name: str(value) for name, value in (await request.form()).items()}
        try:
            self._check(form)
        except Refused as refused:
            return _shown(refused)
        if form.get("answer") == "cancel":
            denied = {
                "error": "access_denied",
                "error_description": "The merchant did not agree",
                "state": form.get("state", ""),
            }
            return RedirectResponse(_joined(form["redirect_uri"], denied), 302)
        return RedirectResponse(self.callback(shop, form), 302)

    def callback(self, shop: Shop, asked: Mapping[str, str]) -> str:
        """The address that the merchant's browser is sent back to. The signature is over all parameters but itself, sorted."""
        code = secrets.token_hex(16)
        now = self.world.clock.seconds()
        shop.state.codes.append(Code(code, asked["client_id"], _scopes(asked), now + CODE_LASTS))
        name = shop.state.domain.removesuffix(".myshopify.com")
        host = base64.b64encode(f"admin.shopify.com/store/{name}".encode()).decode().rstrip("=")
        given = {"code": code, "host": host, "shop": shop.state.domain, "state": asked.get("state", "")}
        given["timestamp"] = str(int(now))
        message = "&".join(f"{key}={value}" for key, value in sorted(given.items()))
        given["hmac"] = self.world.mac(message.encode()).hex()
        return _joined(asked["redirect_uri"], dict(sorted(given.items())))

    async def token(self, request: Request) -> Response:
        """POST …/admin/oauth/access_token, with a form or JSON. Errors are JSON to those who speak it, otherwise a page."""
        shop = self.world.shop(request.path_params["shop"])
        is_json = "json" in request.headers.get("content-type", "")
        asked = await _asked(request, is_json=is_json)
        try:
            return JSONResponse(tokens.answer(self.world, shop, asked), headers={"Cache-Control": "no-store"})
        except Refused as refused:
            if is_json or "json" in request.headers.get("accept", ""):
                told = {"error": refused.error, "error_description": refused.description}
                return JSONResponse(told, refused.status)
            return _shown(refused)

    def _check(self, asked: Mapping[str, str]) -> None:
        if asked.get("client_id") != self.world.state.app.client_id:
            raise UNKNOWN_APP
        if not self._may_return_to(asked.get("redirect_uri", "")):
            raise REDIRECT_REFUSED
        if not _scopes(asked):
            raise NO_SCOPE

    def _may_return_to(self, uri: str) -> bool:
        """To the platform, and to this machine; nothing else is this app's."""
        target, platform = urlsplit(uri), urlsplit(self.world.state.app.platform)
        if target.scheme not in ("http", "https"):
            return False
        return target.hostname in LOOPBACK or target[:2] == platform[:2]


def _scopes(asked: Mapping[str, str]) -> list[str]:
    return [scope.strip() for scope in asked.get("scope", "").replace(" ", ",").split(",") if scope.strip()]


def _joined(uri: str, parameters: Mapping[str, str]) -> str:
    return f"{uri}{'&' if urlsplit(uri).query else '?'}{urlencode(parameters)}"


async def _asked(request: Request, *, is_json: bool) -> dict[str, str]:
    if not is_json:
        form = {name: str(value) for name, value in (await request.form()).items()}
        return {**request.query_params, **form}
    try:
        document = json.loads(await request.body())
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in document.items()} if isinstance(document, dict) else {}


def _shown(refused: Refused) -> HTMLResponse:
    return page("oops.html", status=refused.status, title=f"Oauth error {refused.error}", detail=refused.description)
