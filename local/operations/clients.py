"""Clients, their keys and their users, through the function that only operators may call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.aws import Aws
from local.operations.invocation import administer

TIME_ZONES = {"ca": "America/Toronto", "us": "America/New_York", "eu": "Europe/Berlin", "in": "Asia/Kolkata"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """`key` is shown this once; the platform keeps a hash."""

    client_id: str
    key_id: str
    key: str


def create(aws: Aws, *, name: str, currency: str, time_zone: str, residency: str) -> str:
    """A new client's id."""
    made = administer(
        aws,
        {
            "action": "create_client",
            "name": name,
            "home_currency": currency,
            "time_zone": time_zone,
            "residency": residency,
        },
    )
    return str(made["client_id"])


def listed(aws: Aws) -> list[dict[str, Any]]:
    """All clients, as the function tells them."""
    return _every(aws, {"action": "list_clients"})


def invite_user(aws: Aws, client_id: str, *, email: str, role: str) -> dict[str, Any]:
    """The membership of a person, who is mailed a password if they have no sign-in yet."""
    return administer(aws, {"action": "invite_user", "client_id": client_id, "email": email, "role": role})


def users(aws: Aws, client_id: str) -> list[dict[str, Any]]:
    """All people who may act for the client."""
    return _every(aws, {"action": "list_users", "client_id": client_id})


def _every(aws: Aws, event: dict[str, Any]) -> list[dict[str, Any]]:
    """The items of all pages."""
    found: list[dict[str, Any]] = []
    while True:
        page = administer(aws, event)
        found += page["items"]
        if not page["next_cursor"]:
            return found
        event["cursor"] = page["next_cursor"]


def issue_key(
    aws: Aws,
    client_id: str,
    *,
    kind: str,
    label: str,
    scopes: tuple[str, ...] = (),
    expires_at: datetime | None = None,
) -> Credentials:
    """A new API key of `kind` `secret` or `publishable`. Without `scopes` it holds all that its kind may."""
    event: dict[str, Any] = {"action": "issue_key", "client_id": client_id, "kind": kind, "label": label}
    event |= {"scopes": list(scopes)} if scopes else {}
    event |= {"expires_at": expires_at.isoformat()} if expires_at else {}
    made = administer(aws, event)
    return Credentials(client_id, str(made["key_id"]), str(made["key"]))


def revoke_key(aws: Aws, issued: Credentials) -> None:
    """The key stops working within a minute."""
    administer(aws, {"action": "revoke_key", "client_id": issued.client_id, "key_id": issued.key_id})
