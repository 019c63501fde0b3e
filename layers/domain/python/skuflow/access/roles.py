"""Roles: what each may do. The one table that turns a role into scopes. Pure.

viewer    looks: catalogue, client, imports, shops, quality, usage, billing
analyst   works on goods: the catalogue, stock, imports and quality besides, and reports usage
admin     runs the account: shops, billing, keys, users, the audit log besides; hands out every role but owner's
owner     as admin, and hands out every role; a client always has one
operator  staff of the platform, for any client, each time noted in its audit log; a group of the user pool, never a membership
"""

from __future__ import annotations

from skuflow.access.keys import SCOPES
from skuflow.kernel.errors import Forbidden, Invalid, Problem

OWNER, ADMIN, ANALYST, VIEWER, OPERATOR = "owner", "admin", "analyst", "viewer", "operator"

ROLES = (OWNER, ADMIN, ANALYST, VIEWER)
"""What a membership may say, from the mightiest down."""

STAFF_SCOPES = ("platform:read",)
"""What concerns the platform and no client: no key holds it, and no role that a client hands out."""

_VIEWER = ("billing:read", "catalog:read", "client:read", "imports:read", "quality:read", "shops:read", "usage:read")
_ANALYST = (
    *_VIEWER,
    "analytics:write",
    "catalog:write",
    "imports:write",
    "inventory:write",
    "quality:write",
    "usage:write",
)
ROLE_SCOPES: dict[str, tuple[str, ...]] = {
    VIEWER: tuple(sorted(_VIEWER)),
    ANALYST: tuple(sorted(_ANALYST)),
    ADMIN: tuple(sorted(SCOPES)),
    OWNER: tuple(sorted(SCOPES)),
    OPERATOR: tuple(sorted((*SCOPES, *STAFF_SCOPES))),
}


def check_role(role: str) -> None:
    """Raises Invalid unless a membership may have this role."""
    if role not in ROLES:
        fault = Problem("role", "is not a role", f"use {', '.join(ROLES)}")
        raise Invalid("the role is not valid", problems=[fault])


def ensure_may_hand(role: str, *, by_role: str, held: frozenset[str]) -> None:
    """Raises Forbidden if whoever has `by_role` ("": a key) and the scopes `held` may not give `role`, or take it away."""
    if role == OWNER and by_role not in {OWNER, OPERATOR}:
        raise Forbidden("only an owner may make, change or remove an owner")
    beyond = sorted(set(ROLE_SCOPES[role]) - held)
    if beyond:
        named = ", ".join(f"`{scope}`" for scope in beyond)
        raise Forbidden(f"the role {role} holds {named}, which you lack and so cannot hand out or take away")
