"""What callers may send to the access API."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from skuflow.access.keys import MAX_OVERLAP, SCOPES

_ONE_DAY = 24 * 3600


class IssueKeyBody(BaseModel):
    """A key to be."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"label": "Warehouse sync", "scopes": ["catalog:read", "imports:write"]}]},
    )

    kind: Annotated[
        Literal["secret", "publishable"],
        Field(description="`secret` for servers, `publishable` for browsers and storefronts."),
    ] = "secret"
    label: Annotated[str, Field(min_length=1, max_length=100, description="What the key is for.")]
    scopes: Annotated[
        list[str],
        Field(
            min_length=1, max_length=len(SCOPES), description=f"What it may do: {', '.join(f'`{s}`' for s in SCOPES)}."
        ),
    ]
    expires_at: Annotated[AwareDatetime | None, Field(description="When it ends by itself; absent: never.")] = None


class RotateKeyBody(BaseModel):
    """How to hand over."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"overlap_seconds": 3600}]})

    overlap_seconds: Annotated[
        int,
        Field(
            ge=0, le=int(MAX_OVERLAP.total_seconds()), description="How long the old key goes on working, in seconds."
        ),
    ] = _ONE_DAY


_Role = Annotated[
    Literal["owner", "admin", "analyst", "viewer"],
    Field(
        description="`viewer` looks, `analyst` works on goods, `admin` runs shops, keys and users, `owner` makes owners."
    ),
]


class InviteUserBody(BaseModel):
    """A person to be let in."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"email": "kim@maple.example", "role": "analyst"}]}
    )

    email: Annotated[str, Field(min_length=3, max_length=254, description="Where the invitation goes.")]
    role: _Role


class ChangeUserBody(BaseModel):
    """What a person may do from now on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"role": "viewer"}]})

    role: _Role
