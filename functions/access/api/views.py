"""What the access API answers. For the documentation and the tests; no running function imports this."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

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
    created_by: Annotated[str, Field(description="The key that issued it, or `operator`.")]
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
