"""Shopify's side of the installation, as far as our functions talk to it: codes, token pairs, refreshes; and its signature.

A refresh token is retired when the one that replaced it is used, as at Shopify since August 2026; `strict`: when it is used.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from skuflow.platform.outbound.calls import Answer, Call
from tests.doubles import FakeClock
from tests.fakes.outbound import FakeOutbound, json_answer
from tests.fakes.shops import SCOPES, SHOP

APP_ID, APP_SECRET = "app-1", "shhh-1"
TOKEN_URL = f"https://{SHOP}/admin/oauth/access_token"


@dataclass(slots=True)
class FakeOAuth:
    """`codes` are those that were handed out and not used yet. `secret` is the app's; `scopes` what the owner grants. `refreshed`
    counts refreshes that were granted. `instead` is answered whatever is asked. `before` is called with each call before it is
    answered, `lost` after it has been acted upon."""

    clock: FakeClock
    outbound: FakeOutbound = field(default_factory=FakeOutbound)
    codes: set[str] = field(default_factory=lambda: {"code-1"})
    secret: str = APP_SECRET
    scopes: tuple[str, ...] = SCOPES
    refreshed: int = 0
    instead: Answer | None = None
    strict: bool = False
    before: Callable[[Call], None] = lambda _call: None
    lost: Callable[[Call], None] = lambda _call: None
    _issued: int = 0
    _refresh: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.outbound.answer("POST", TOKEN_URL, self._answered)

    def uninstall(self) -> None:
        """Every token that was handed out is worth nothing from now on."""
        self._refresh.clear()

    def callback(self, state: str | None, /, **changes: Any) -> str:
        """The query with which Shopify sends the browser back; a change of None leaves a parameter out. It is signed afterwards,
        unless `hmac` is among the changes."""
        params = {
            "code": "code-1",
            "host": "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvbWFwbGU",
            "shop": SHOP,
            "state": state,
            "timestamp": str(int(self.clock().timestamp())),
            **changes,
        }
        given = {name: str(value) for name, value in params.items() if value is not None}
        if "hmac" not in changes:
            given["hmac"] = signed(given, self.secret)
        return urlencode(given)

    def _answered(self, call: Call) -> Answer:
        self.before(call)
        if self.instead is not None:
            return self.instead
        form = {name: values[0] for name, values in parse_qs((call.body or b"").decode()).items()}
        answer = self._acted(form)
        self.lost(call)
        return answer

    def _acted(self, form: dict[str, str]) -> Answer:
        if (form.get("client_id"), form.get("client_secret")) != (APP_ID, self.secret):
            return _refused("invalid_client", 401)
        if form.get("grant_type") == "refresh_token":
            return self._refreshed(form["refresh_token"])
        if form.get("code") not in self.codes or form.get("expiring") != "1":
            return _refused("invalid_request")
        self.codes.discard(form["code"])
        return self._pair("")

    def _refreshed(self, token: str) -> Answer:
        if token not in self._refresh:
            return _refused("invalid_grant")
        self._refresh.pop(self._refresh[token], None)
        if self.strict:
            del self._refresh[token]
        self.refreshed += 1
        return self._pair(token)

    def _pair(self, predecessor: str) -> Answer:
        self._issued += 1
        self._refresh[f"shprt_{self._issued}"] = predecessor
        content = {
            "access_token": f"shpat_{self._issued}",
            "scope": ",".join(self.scopes),
            "expires_in": 3600,
            "refresh_token": f"shprt_{self._issued}",
            "refresh_token_expires_in": 7_776_000,
        }
        return json_answer(json.dumps(content))


def signed(params: dict[str, str], secret: str = APP_SECRET) -> str:
    """The `hmac` of a redirect, as Shopify documents it."""
    text = "&".join(f"{name}={value}" for name, value in sorted(params.items()) if name != "hmac")
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _refused(error: str, status: int = 400) -> Answer:
    return json_answer(json.dumps({"error": error, "error_description": "no"}), status)
