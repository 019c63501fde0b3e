"""Clients, keys, users and the audit log as the outside sees them: plain JSON data; nothing of it could be used as a key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from skuflow.access.audit import Entry
from skuflow.access.keys import ApiKey, status_of
from skuflow.access.model import Client
from skuflow.access.people import Membership
from skuflow.kernel.clock import iso


def client_view(client: Client) -> dict[str, Any]:
    return {
        "client_id": client.client_id,
        "name": client.name,
        "status": client.status,
        "home_currency": client.home_currency,
        "time_zone": client.time_zone,
        "residency": client.residency,
        "alert_thresholds": dict(client.alert_thresholds),
        "notification_channels": [{"kind": c.kind, "target": c.target} for c in client.notification_channels],
        "created_at": iso(client.created_at),
        "updated_at": iso(client.updated_at),
    }


def key_view(key: ApiKey, now: datetime) -> dict[str, Any]:
    return {
        "key_id": key.key_id,
        "kind": key.kind,
        "label": key.label,
        "scopes": list(key.scopes),
        "hint": key.hint,
        "status": status_of(key, now),
        "created_at": iso(key.created_at),
        "created_by": key.created_by,
        "expires_at": _optional(key.expires_at),
        "revoked_at": _optional(key.revoked_at),
        "replaced_by": key.replaced_by,
        "last_used_on": None if key.last_used_on is None else key.last_used_on.isoformat(),
    }


def user_view(member: Membership) -> dict[str, Any]:
    return {
        "user_id": member.user_id,
        "email": member.email,
        "role": member.role,
        "added_by": member.added_by,
        "created_at": iso(member.created_at),
        "updated_at": iso(member.updated_at),
    }


def me_view(client: Client, member: Membership) -> dict[str, Any]:
    return {"client_id": client.client_id, "name": client.name, "status": client.status, "role": member.role}


def entry_view(entry: Entry) -> dict[str, Any]:
    return {
        "entry_id": entry.entry_id,
        "at": iso(entry.at),
        "actor": {"kind": entry.actor.kind, "id": entry.actor.actor_id, "source": entry.actor.source},
        "action": entry.action,
        "target": entry.target,
        "before": dict(entry.before),
        "after": dict(entry.after),
    }


def _optional(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
