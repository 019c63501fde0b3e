"""Connecting a shop, in the order in which it happens, and disconnecting it.

The client asks for a link; somebody who may install apps in the shop opens it in a browser; Shopify asks that person and sends the
browser back to us.
"""

from __future__ import annotations

from urllib.parse import urlencode

from functions.sync.connect_shop import pages
from functions.sync.connect_shop.cookie import STATE_LIVES, dropped, kept, state_in
from skuflow.kernel.clock import iso
from skuflow.platform.http_api import OpenRequest, Param, Request, Response, Routes
from skuflow.sync.deps import ConnectShopDeps
from skuflow.sync.shops.authorize_installation import authorize_installation
from skuflow.sync.shops.begin_installation import begin_installation
from skuflow.sync.shops.complete_installation import complete_installation
from skuflow.sync.shops.disconnect import disconnect

ROUTES = Routes("shops")
_AUTHORIZE, _CALLBACK = "/v1/shopify/authorize", "/v1/shopify/callback"
_SHOP = Param("shop", "The domain that Shopify gave the shop, e.g. `maple-outfitters.myshopify.com`.", required=True)


@ROUTES.add(
    "GET",
    "/v1/shopify/install",
    scope="shops:write",
    summary="Begin to connect a Shopify shop",
    description=(
        "Open `url` (also in `Location`) in the browser of somebody who may install apps in the shop. It works once, for ten "
        "minutes, so a program must not follow the redirect itself. The shop is connected when that browser is back from "
        "Shopify. A shop that needs to be authorised again, or was uninstalled or disconnected, is connected again in the same way."
    ),
    status=302,
    query=(_SHOP,),
    response="functions.sync.connect_shop.views:InstallLink",
)
def begin_shopify_installation(request: Request, deps: ConnectShopDeps) -> Response:
    link = begin_installation(
        request.client_id,
        request.query["shop"],
        installations=deps.completing.installations,
        new_secret=deps.new_secret,
        clock=deps.completing.clock,
    )
    url = f"{deps.public_url}{_AUTHORIZE}?{urlencode({'ticket': link.ticket})}"
    return Response({"url": url, "expires_at": iso(link.expires_at)}, 302, {"Location": url})


@ROUTES.add(
    "GET",
    _AUTHORIZE,
    scope=None,
    summary="Go to Shopify with a link of `install`",
    description="For browsers. Sets the cookie by which the same browser is known when Shopify sends it back.",
    status=302,
    query=(Param("ticket", "As it stands in the link.", required=True),),
    free_query=True,
    refusal=pages.refusal,
    errors=(400, 403),
)
def go_to_shopify(request: OpenRequest, deps: ConnectShopDeps) -> Response:
    forwarding = authorize_installation(
        request.query["ticket"],
        installations=deps.completing.installations,
        app_id=deps.app_id,
        base_of=deps.base_of,
        callback_url=f"{deps.public_url}{_CALLBACK}",
        new_secret=deps.new_secret,
        clock=deps.completing.clock,
    )
    cookie = kept(forwarding.state, deps.public_url, STATE_LIVES)
    headers = {"Location": forwarding.url, "Referrer-Policy": "no-referrer"}
    return Response(None, 302, headers, cookies=(cookie,))


@ROUTES.add(
    "GET",
    _CALLBACK,
    scope=None,
    summary="Come back from Shopify",
    description=(
        "For browsers, sent by Shopify. The shop is connected if Shopify has signed the query just now, this browser is the one "
        "that was sent off for this shop, and everything that was asked for was granted."
    ),
    content_type="text/html",
    free_query=True,
    refusal=pages.refusal,
    errors=(400, 401, 403, 409, 422),
)
def come_back_from_shopify(request: OpenRequest, deps: ConnectShopDeps) -> Response:
    cookie = state_in(request.cookies, deps.public_url)
    item = complete_installation(request.raw_query, cookie, request.cause, using=deps.completing)
    return pages.connected(item.shop, item.scopes, (dropped(deps.public_url),))


@ROUTES.add(
    "DELETE",
    "/v1/shopify/shops/{shop}",
    scope="shops:write",
    summary="Disconnect a shop",
    description=(
        "Uninstalls our app in the shop, forgets its tokens and stops whatever was under way. Products that came from it stay. "
        "If Shopify cannot be reached the shop is disconnected all the same; `trouble` then says what is left to do there."
    ),
    status=204,
)
def disconnect_shop(request: Request, deps: ConnectShopDeps) -> Response:
    disconnect(
        request.client_id,
        request.path["shop"].lower(),
        cause=request.cause,
        shops=deps.completing.shops,
        uninstall_app=deps.uninstall_app,
        clock=deps.completing.clock,
    )
    return Response(None, 204)
