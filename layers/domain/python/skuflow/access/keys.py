"""API keys. Pure: randomness and time come in as arguments.

A key is `sk_<stage>_<secret>` (server) or `pk_<stage>_<secret>` (browser, storefront). It is shown once; what is kept is its
SHA-256. A slow hash would protect a guessable secret; 192 random bits are not guessable (docs/decisions, "API keys").
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from skuflow.kernel.errors import Conflict, Forbidden, Invalid, Problem
from skuflow.kernel.tenancy import ClientId

SECRET: Literal["secret"] = "secret"  # noqa: S105 - the kind of key, not a key
PUBLISHABLE: Literal["publishable"] = "publishable"
PREFIXES = {SECRET: "sk", PUBLISHABLE: "pk"}
SCOPES = (
    "analytics:write",
    "audit:read",
    "billing:read",
    "billing:write",
    "catalog:read",
    "catalog:write",
    "client:read",
    "imports:read",
    "imports:write",
    "inventory:write",
    "keys:read",
    "keys:write",
    "quality:read",
    "quality:write",
    "shops:read",
    "shops:write",
    "usage:read",
    "usage:write",
    "users:read",
    "users:write",
)
PUBLISHABLE_SCOPES = ("analytics:write", "catalog:read")
"""All that a key which anybody can read in a page's source may hold."""

SECRET_DIGITS = 48
"""Hexadecimal digits of the random part: 192 bits."""

MAX_OVERLAP = timedelta(days=7)
_KEY = re.compile(rf"(sk|pk)_([a-z0-9-]{{1,20}})_([0-9a-f]{{{SECRET_DIGITS}}})")
_MAX_LABEL = 100

NewSecret = Callable[[], str]
"""Gives SECRET_DIGITS fresh hexadecimal digits from a source fit for secrets."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """`hint` is the last four digits, by which its owner tells it from others. `last_used_on` is a day in UTC. `version`
    counts writes other than of `last_used_on`."""

    key_id: str
    client_id: ClientId
    kind: str
    label: str
    scopes: tuple[str, ...]
    key_hash: str
    hint: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    replaced_by: str | None = None
    last_used_on: date | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class NewKey:
    """What its owner says about a key to be."""

    kind: str
    label: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Minting:
    """What a new key gets from outside: where and when it is made, by whom, and the two random parts."""

    stage: str
    now: datetime
    key_id: str
    secret: str
    created_by: str


def key_text(kind: str, stage: str, secret: str) -> str:
    return f"{PREFIXES[kind]}_{stage}_{secret}"


def key_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def looks_like_key(text: str, stage: str) -> bool:
    """Whether `text` can be a key of this stage at all; what cannot is not worth a look-up."""
    found = _KEY.fullmatch(text)
    return found is not None and found[2] == stage


def mint(wanted: NewKey, client_id: ClientId, making: Minting) -> tuple[ApiKey, str]:
    """The key's record and the text that is shown once. Raises Invalid that names every fault."""
    problems = _faults(wanted, making.now)
    if problems:
        raise Invalid("the key is not valid", problems=problems)
    text = key_text(wanted.kind, making.stage, making.secret)
    key = ApiKey(
        key_id=making.key_id,
        client_id=client_id,
        kind=wanted.kind,
        label=wanted.label.strip(),
        scopes=tuple(sorted(set(wanted.scopes))),
        key_hash=key_hash(text),
        hint=text[-4:],
        created_at=making.now,
        created_by=making.created_by,
        expires_at=wanted.expires_at,
    )
    return key, text


def ensure_grantable(scopes: Iterable[str], held: frozenset[str]) -> None:
    """Raises Forbidden if `scopes` go beyond `held`: nobody hands on what they do not have."""
    beyond = sorted(set(scopes) - held)
    if beyond:
        raise Forbidden(f"this key or role lacks {', '.join(f'`{scope}`' for scope in beyond)} and so cannot grant it")


def is_live(key: ApiKey, now: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)


def status_of(key: ApiKey, now: datetime) -> str:
    """`active`, `expired` or `revoked`."""
    if key.revoked_at is not None:
        return "revoked"
    return "active" if is_live(key, now) else "expired"


def revoked(key: ApiKey, now: datetime) -> ApiKey:
    """`key`, revoked; the same object if it was."""
    return key if key.revoked_at is not None else replace(key, revoked_at=now, version=key.version + 1)


def rotated(key: ApiKey, overlap: timedelta, making: Minting) -> tuple[ApiKey, ApiKey, str]:
    """The old key, which ends after `overlap` at the latest; its successor, alike in all but the secret; the text shown once.

    A key with an end gets a successor that lives as long from now on as the key was meant to. Raises Conflict if the key no
    longer works or has a successor, Invalid if the overlap is negative or over a week.
    """
    if not timedelta() <= overlap <= MAX_OVERLAP:
        fault = Problem("overlap_seconds", "is out of range", f"use 0 to {int(MAX_OVERLAP.total_seconds())}")
        raise Invalid("the overlap is not valid", problems=[fault])
    if not is_live(key, making.now):
        raise Conflict("this key has ended; issue a new one")
    if key.replaced_by is not None:
        raise Conflict(f"this key has already been replaced by {key.replaced_by}")
    end = making.now + overlap
    lifetime = None if key.expires_at is None else key.expires_at - key.created_at
    wanted = NewKey(key.kind, key.label, key.scopes, None if lifetime is None else making.now + lifetime)
    successor, text = mint(wanted, key.client_id, making)
    ending = replace(
        key,
        expires_at=end if key.expires_at is None else min(end, key.expires_at),
        replaced_by=successor.key_id,
        version=key.version + 1,
    )
    return ending, successor, text


def _faults(wanted: NewKey, now: datetime) -> list[Problem]:
    problems = []
    if wanted.kind not in PREFIXES:
        problems.append(Problem("kind", "is not a kind of key", f"use {' or '.join(PREFIXES)}"))
    if not 0 < len(wanted.label.strip()) <= _MAX_LABEL or not wanted.label.isprintable():
        problems.append(Problem("label", f"is empty or over {_MAX_LABEL} characters", "say what the key is for"))
    if not wanted.scopes:
        problems.append(Problem("scopes", "is empty", f"choose from {', '.join(SCOPES)}"))
    allowed = PUBLISHABLE_SCOPES if wanted.kind == PUBLISHABLE else SCOPES
    problems += [
        Problem("scopes", f"`{scope[:40]}` cannot be held by such a key", f"choose from {', '.join(allowed)}")
        for scope in sorted(set(wanted.scopes) - set(allowed))
    ]
    if wanted.expires_at is not None and wanted.expires_at <= now:
        problems.append(Problem("expires_at", "lies in the past", "give a later time, or none"))
    return problems
