"""What the access API answers. For the documentation and the tests; no running function imports this."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field


class ChannelView(BaseModel):
    """Where news for the client goes."""

    kind: Literal["email", "slack", "sms", "in_app"]
    target: str


class ClientView(BaseModel):
    """The tenant: a retail business that runs the platform."""

    client_id: Annotated[str, Field(examples=["cli_5d0c9a4f0b6e4b3f9f1f6d1c2a7e8b90"])]
    name: str
    status: Literal["active", "suspended", "closed"]
    home_currency: Annotated[str, Field(description="ISO 4217.", examples=["CAD"])]
    time_zone: Annotated[str, Field(description="IANA name.", examples=["America/Toronto"])]
    residency: Annotated[Literal["ca", "us", "eu", "in"], Field(description="Where the client's data must stay.")]
    alert_thresholds: Annotated[dict[str, int], Field(description="Figure's name → value worth an alert.")]
    notification_channels: list[ChannelView]
    created_at: AwareDatetime
    updated_at: AwareDatetime


class KeyView(BaseModel):
    """An API key without the key itself."""

    key_id: Annotated[str, Field(examples=["key_0f4b8d3f2f6c4d6e9a1b2c3d4e5f6a7b"])]
    kind: Literal["secret", "publishable"]
    label: str
    scopes: list[str]
    hint: Annotated[str, Field(description="The key's last four characters.", examples=["9f3a"])]
    status: Literal["active", "expired", "revoked"]
    created_at: AwareDatetime
    created_by: Annotated[str, Field(description="The key or user that issued it, or `operator`.")]
    expires_at: AwareDatetime | None
    revoked_at: AwareDatetime | None
    replaced_by: Annotated[str | None, Field(description="The key that it was rotated to.")]
    last_used_on: Annotated[date | None, Field(description="Day in UTC; noted once a day.")]


class KeyPage(BaseModel):
    """A page of keys."""

    items: list[KeyView]
    next_cursor: str | None


class IssuedKeyView(KeyView):
    """A new key, shown this once."""

    key: Annotated[
        str | None,
        Field(description="The key. None if the request was a repeat: it is not kept.", examples=["sk_prod_6b1e…"]),
    ]


class RotatedKeyView(IssuedKeyView):
    """A key's successor, shown this once, and the key it replaces."""

    replaces: KeyView


class UserView(BaseModel):
    """A person who may act for the client."""

    user_id: Annotated[str, Field(examples=["1c0d9a5e-70f1-70d5-3c4a-1f9f2c1e7b11"])]
    email: str
    role: Literal["owner", "admin", "analyst", "viewer"]
    added_by: Annotated[str, Field(description="The user or key that invited them, or `operator`.")]
    created_at: AwareDatetime
    updated_at: AwareDatetime


class UserPage(BaseModel):
    """A page of users."""

    items: list[UserView]
    next_cursor: str | None


class MembershipView(BaseModel):
    """A client for which the person may act."""

    client_id: str
    name: str
    status: Literal["active", "suspended", "closed"]
    role: Literal["owner", "admin", "analyst", "viewer"]


class MeView(BaseModel):
    """Whose call it was."""

    id: Annotated[str, Field(description="The user's or the key's.")]
    kind: Literal["user", "secret", "publishable"]
    role: Annotated[
        Literal["owner", "admin", "analyst", "viewer", "operator"] | None, Field(description="None for a key.")
    ]
    client_id: Annotated[str, Field(description="The client that this call was for.")]
    scopes: list[str]
    memberships: list[MembershipView]


class ActorView(BaseModel):
    """Who acted."""

    kind: Literal["user", "key", "operator"]
    id: str
    source: Annotated[str, Field(description="The network address that the call came from, or the function's name.")]


class AuditEntryView(BaseModel):
    """One administrative act."""

    entry_id: str
    at: AwareDatetime
    actor: ActorView
    action: Annotated[str, Field(examples=["user.role_changed"])]
    target: Annotated[str, Field(description="Id of the user, key or client that was acted on.")]
    before: dict[str, Any]
    after: dict[str, Any]


class AuditPage(BaseModel):
    """A page of the audit log."""

    items: list[AuditEntryView]
    next_cursor: str | None
