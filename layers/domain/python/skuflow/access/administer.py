"""What an operator does with clients, keys and users: one request, named by its `action`, one answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import msgspec

from skuflow.access.audit import BY_OPERATOR
from skuflow.access.deps import AdministerDeps
from skuflow.access.issue_key import issue_key
from skuflow.access.keys import PUBLISHABLE, PUBLISHABLE_SCOPES, SCOPES, SECRET, NewKey
from skuflow.access.manage_users import Hand, change_role, invite_user, remove_user
from skuflow.access.model import Channel, NewClient, open_client, with_status
from skuflow.access.revoke_key import revoke_key
from skuflow.access.roles import OPERATOR
from skuflow.access.time_zones import is_time_zone
from skuflow.access.views import client_view, key_view, user_view
from skuflow.kernel.errors import Invalid, Malformed, Problem
from skuflow.kernel.tenancy import ClientId, client_id
from skuflow.platform.paging import decode_cursor, encode_cursor

_HAND = Hand(OPERATOR, frozenset(SCOPES))


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateClient:
    name: str
    home_currency: str
    time_zone: str = "UTC"
    residency: Literal["ca", "us", "eu", "in"]
    alert_thresholds: dict[str, int] = field(default_factory=dict)
    notification_channels: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListClients:
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetClientStatus:
    client_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueKey:
    """Without `scopes` the key holds all that its kind may."""

    client_id: str
    label: str
    kind: Literal["secret", "publishable"] = SECRET
    scopes: tuple[str, ...] | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKeys:
    client_id: str
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeKey:
    client_id: str
    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteUser:
    """A client's first owner comes about like this; owners invite the others."""

    client_id: str
    email: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListUsers:
    client_id: str
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRole:
    client_id: str
    user_id: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveUser:
    client_id: str
    user_id: str


def administer(request: Any, deps: AdministerDeps) -> dict[str, Any]:
    """The answer to `request`, a JSON object with an `action`. Raises Malformed or Invalid that says what it should be."""
    if not isinstance(request, Mapping) or str(request.get("action")) not in _ACTIONS:
        raise Malformed(f"`action` must be one of {', '.join(_ACTIONS)}")
    kind, act = _ACTIONS[str(request["action"])]
    given = {name: value for name, value in request.items() if name != "action"}
    unknown = sorted(set(given) - set(kind.__dataclass_fields__))
    if unknown:
        raise Invalid(
            "the request is not valid", problems=[Problem(name, "is unknown", "leave it out") for name in unknown]
        )
    try:
        return act(msgspec.convert(given, kind), deps)
    except msgspec.ValidationError as error:
        raise Invalid(f"the request is not valid: {error}") from None


def _create_client(wanted: CreateClient, deps: AdministerDeps) -> dict[str, Any]:
    client = open_client(
        NewClient(
            wanted.name,
            wanted.home_currency,
            wanted.time_zone,
            wanted.residency,
            wanted.alert_thresholds,
            wanted.notification_channels,
        ),
        client_id=client_id(deps.new_id("cli")),
        now=deps.clock(),
        is_time_zone=is_time_zone,
    )
    deps.store.add_client(client.client_id, client, deps.act(BY_OPERATOR).on_client("client.created", client))
    return client_view(client)


def _list_clients(wanted: ListClients, deps: AdministerDeps) -> dict[str, Any]:
    position = decode_cursor("clients", wanted.cursor)
    clients, stopped = deps.store.list_clients(_within(wanted.limit), position)
    return {"items": [client_view(client) for client in clients], "next_cursor": encode_cursor("clients", stopped)}


def _set_client_status(wanted: SetClientStatus, deps: AdministerDeps) -> dict[str, Any]:
    whose = client_id(wanted.client_id)
    client = deps.store.get_client(whose)
    changed = with_status(client, wanted.status, now=deps.clock())
    if changed is not client:
        entry = deps.act(BY_OPERATOR).on_client("client.status_changed", changed, client)
        deps.store.save_client(whose, changed, entry)
    return client_view(changed)


def _issue_key(wanted: IssueKey, deps: AdministerDeps) -> dict[str, Any]:
    whose = _existing(wanted.client_id, deps)
    scopes = wanted.scopes
    if scopes is None:
        scopes = PUBLISHABLE_SCOPES if wanted.kind == PUBLISHABLE else SCOPES
    making = deps.making(OPERATOR)
    new = NewKey(wanted.kind, wanted.label, scopes, wanted.expires_at)
    act = deps.act(BY_OPERATOR)
    key, text = issue_key(new, client_id=whose, held=None, store=deps.store, making=making, act=act)
    return {**key_view(key, making.now), "key": text}


def _list_keys(wanted: ListKeys, deps: AdministerDeps) -> dict[str, Any]:
    whose = _existing(wanted.client_id, deps)
    query = f"keys {whose}"
    keys, stopped = deps.store.list_keys(whose, _within(wanted.limit), decode_cursor(query, wanted.cursor))
    now = deps.clock()
    return {"items": [key_view(key, now) for key in keys], "next_cursor": encode_cursor(query, stopped)}


def _revoke_key(wanted: RevokeKey, deps: AdministerDeps) -> dict[str, Any]:
    act = deps.act(BY_OPERATOR)
    key = revoke_key(wanted.key_id, client_id=client_id(wanted.client_id), store=deps.store, act=act)
    return key_view(key, act.at)


def _invite_user(wanted: InviteUser, deps: AdministerDeps) -> dict[str, Any]:
    member = invite_user(
        wanted.email,
        wanted.role,
        client_id=_existing(wanted.client_id, deps),
        hand=_HAND,
        store=deps.members,
        people=deps.people,
        act=deps.act(BY_OPERATOR),
    )
    return user_view(member)


def _list_users(wanted: ListUsers, deps: AdministerDeps) -> dict[str, Any]:
    whose = _existing(wanted.client_id, deps)
    query = f"users {whose}"
    found, stopped = deps.members.list_members(whose, _within(wanted.limit), decode_cursor(query, wanted.cursor))
    return {"items": [user_view(member) for member in found], "next_cursor": encode_cursor(query, stopped)}


def _change_role(wanted: ChangeRole, deps: AdministerDeps) -> dict[str, Any]:
    whose, act = client_id(wanted.client_id), deps.act(BY_OPERATOR)
    return user_view(change_role(wanted.user_id, wanted.role, client_id=whose, hand=_HAND, store=deps.members, act=act))


def _remove_user(wanted: RemoveUser, deps: AdministerDeps) -> dict[str, Any]:
    whose, act = client_id(wanted.client_id), deps.act(BY_OPERATOR)
    remove_user(wanted.user_id, client_id=whose, hand=_HAND, store=deps.members, act=act)
    return {"user_id": wanted.user_id, "removed": True}


def _existing(text: str, deps: AdministerDeps) -> ClientId:
    """The id of a client that is there: a key for nobody would be of no use to anybody."""
    return deps.store.get_client(client_id(text)).client_id


def _within(limit: int) -> int:
    if not 1 <= limit <= 100:
        raise Invalid("the request is not valid", problems=[Problem("limit", "is out of range", "use 1 to 100")])
    return limit


_ACTIONS: dict[str, tuple[Any, Callable[[Any, AdministerDeps], dict[str, Any]]]] = {
    "create_client": (CreateClient, _create_client),
    "list_clients": (ListClients, _list_clients),
    "set_client_status": (SetClientStatus, _set_client_status),
    "issue_key": (IssueKey, _issue_key),
    "list_keys": (ListKeys, _list_keys),
    "revoke_key": (RevokeKey, _revoke_key),
    "invite_user": (InviteUser, _invite_user),
    "list_users": (ListUsers, _list_users),
    "change_role": (ChangeRole, _change_role),
    "remove_user": (RemoveUser, _remove_user),
}
