"""Memberships: which person may act for which client, and as what. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from skuflow.kernel.errors import Invalid, Problem
from skuflow.kernel.tenancy import ClientId

MAX_MEMBERSHIPS = 20
"""Clients per person: what the authorizer tells of them must fit into 8 KB, the gateway's limit for its answer."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+")
"""An address as browsers take it (HTML Living Standard, "valid e-mail address"), with a full domain, in lower case."""

_USER_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Membership:
    """`user_id` is the person's `sub` in the user pool. `added_by` names who invited: a user, a key or `operator`. `version` counts
    writes."""

    user_id: str
    client_id: ClientId
    email: str
    role: str
    added_by: str
    created_at: datetime
    updated_at: datetime
    version: int = 1


def email_address(text: str) -> str:
    """`text` in the one spelling that we keep. Raises Invalid if it is no e-mail address."""
    address = text.strip().lower()
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        fault = Problem("email", "is not an e-mail address", "write name@example.com, in ASCII")
        raise Invalid("the e-mail address is not valid", problems=[fault])
    return address


def is_user_id(text: str) -> bool:
    """Whether `text` can be a `sub` of the user pool (a UUID); what cannot is not worth a look-up."""
    return _USER_ID.fullmatch(text) is not None


def with_role(member: Membership, role: str, *, now: datetime) -> Membership:
    """`member` in the given role; the same object if it has it."""
    return member if member.role == role else replace(member, role=role, updated_at=now, version=member.version + 1)
