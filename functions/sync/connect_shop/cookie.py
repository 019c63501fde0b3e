"""The cookie by which a browser that was sent to Shopify is known again."""

from __future__ import annotations

from collections.abc import Mapping

from skuflow.sync.shops.installations import LIVES

STATE_LIVES = int(LIVES.total_seconds())
"""Seconds."""

_NAME = "skuflow-installation"


def kept(state: str, public_url: str, seconds: int) -> str:
    """What to set. Lax: the browser must send it along when another site, Shopify, leads it back to us. `__Host-` has browsers
    refuse it from anybody but this very host over HTTPS; the local stage has no HTTPS."""
    secure = "; Secure" if _is_https(public_url) else ""
    return f"{_name(public_url)}={state}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def dropped(public_url: str) -> str:
    """What makes an end of it."""
    return kept("", public_url, 0)


def state_in(cookies: Mapping[str, str], public_url: str) -> str:
    """What the browser kept; "" if nothing."""
    return cookies.get(_name(public_url), "")


def _name(public_url: str) -> str:
    return f"__Host-{_NAME}" if _is_https(public_url) else _NAME


def _is_https(public_url: str) -> bool:
    return public_url.startswith("https://")
