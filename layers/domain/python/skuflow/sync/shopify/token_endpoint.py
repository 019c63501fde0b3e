"""Shopify's token endpoint: a code for a token pair, an old pair for a new one.

Protocol: shopify.dev, "Authorization code grant" and "About offline access tokens": POST {shop}/admin/oauth/access_token. The
tokens are offline ones that expire (`expiring=1`): the access token after an hour, the refresh token after 90 days.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

import msgspec

from skuflow.kernel.errors import Misconfigured, PermanentError, Problem
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.outbound.calls import Answer, Call, Outbound, ProviderFailed

DEADLINE_SECONDS = 15.0
_OK = 200
_REFUSED = frozenset({400, 401})
_LONGEST = 60
"""Characters of a provider's own words that go into ours."""
_INACTIVE = (401, "invalid_request")
"""How Shopify also says that a refresh token is not active any more, besides `invalid_grant` (RFC 6749, 5.2)."""
_OUR_FAULT = frozenset({"invalid_client", "application_cannot_be_found", "unauthorized_client"})
"""OAuth's words for: we are not who we say we are (RFC 6749, 5.2; the second is Shopify's own)."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What the endpoint gave; lifetimes in seconds, None: without end. `scopes` are what the shop's owner granted."""

    access_token: str
    refresh_token: str
    scopes: frozenset[str]
    expires_in: int | None
    refresh_expires_in: int | None

    def __repr__(self) -> str:
        return f"Grant(scopes={sorted(self.scopes)})"


class GrantRefused(PermanentError):
    """The code or refresh token is not, or no longer, worth anything."""

    code = "grant_refused"


class Credentials(Protocol):
    def client_id(self) -> str:
        """Our app's id."""
        ...

    def client_secret(self, *, fresh: bool = False) -> str:
        """Our app's secret; `fresh` if the one before was refused."""
        ...


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """`base_of` gives the address below which a shop is administered."""

    outbound: Outbound
    credentials: Credentials
    base_of: Callable[[str], str]

    def exchange(self, client_id: ClientId, shop: str, code: str) -> Grant:
        """The grant that `code` stands for; a code works once. Raises GrantRefused, Misconfigured (the app's credentials are
        wrong), ProviderFailed (also when the answer makes no sense) and what Outbound raises."""
        form = {"code": code, "expiring": "1"}
        answer = self._asked("token.exchange", client_id, shop, form, repeatable=False)
        if answer.status in _REFUSED:
            raise GrantRefused(f"Shopify does not accept the code ({_error_in(answer) or answer.status})")
        return _granted(answer)

    def refresh(self, client_id: ClientId, shop: str, refresh_token: str) -> Grant:
        """A new pair for the refresh token of the one before. Raises as `exchange` does.

        May be asked again if the answer was lost: Shopify takes the old refresh token until the new one is used, for 30 days at
        most (shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens)."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        answer = self._asked("token.refresh", client_id, shop, form, repeatable=True)
        error = _error_in(answer)
        if error == "invalid_grant" or (answer.status, error) == _INACTIVE:
            raise GrantRefused(f"Shopify does not accept the refresh token ({error})")
        return _granted(answer)

    def _asked(
        self, operation: str, client_id: ClientId, shop: str, content: dict[str, str], *, repeatable: bool
    ) -> Answer:
        """Shopify's answer to us, known by our credentials. If they are refused they are read anew: they may just have been
        rotated."""

        def ask(secret: str) -> Answer:
            form = {"client_id": self.credentials.client_id(), "client_secret": secret, **content}
            call = Call(
                operation=operation,
                method="POST",
                url=f"{self.base_of(shop)}/admin/oauth/access_token",
                headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
                body=urlencode(form).encode(),
                credential=f"{client_id}#{shop}",
                repeatable=repeatable,
                deadline_seconds=DEADLINE_SECONDS,
            )
            return self.outbound.send(call)

        secret = self.credentials.client_secret()
        answer = ask(secret)
        if _error_in(answer) in _OUR_FAULT:
            current = self.credentials.client_secret(fresh=True)
            answer = ask(current) if current != secret else answer
        error = _error_in(answer)
        if error in _OUR_FAULT:
            remedy = "set both secrets of the app to what Shopify shows for it"
            fault = Problem("client_secret", f"is refused by Shopify ({error})", remedy)
            raise Misconfigured("Shopify does not know our app by its credentials", problems=[fault])
        return answer


def _error_in(answer: Answer) -> str:
    """OAuth's error code, "" if there is none to be read."""
    if answer.status == _OK:
        return ""
    content = _content(answer)
    return str(content.get("error", ""))[:_LONGEST] if isinstance(content, dict) else ""


def _granted(answer: Answer) -> Grant:
    """Raises ProviderFailed unless it is a success that holds what a success must."""
    content = _content(answer) if answer.status == _OK else None
    try:
        return _grant(msgspec.convert(content, _Answer))
    except (msgspec.ValidationError, ValueError):
        raise ProviderFailed(
            f"Shopify's token endpoint answered {answer.status} and nothing that makes sense"
        ) from None


def _content(answer: Answer) -> Any:
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


class _Answer(msgspec.Struct, frozen=True):
    """A success, as far as we use it."""

    access_token: str
    scope: str
    expires_in: int | None = None
    refresh_token: str | None = None
    refresh_token_expires_in: int | None = None


def _grant(answer: _Answer) -> Grant:
    """Raises ValueError if a token is blank, or expires and cannot be renewed."""
    refresh = answer.refresh_token or ""
    if not answer.access_token or (answer.expires_in is not None and (answer.expires_in <= 0 or not refresh)):
        raise ValueError("half a pair")
    return Grant(
        access_token=answer.access_token,
        refresh_token=refresh,
        scopes=frozenset(part.strip() for part in answer.scope.split(",") if part.strip()),
        expires_in=answer.expires_in,
        refresh_expires_in=answer.refresh_token_expires_in,
    )
