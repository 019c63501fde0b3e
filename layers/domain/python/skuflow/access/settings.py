"""What each function of this context must be told by its environment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """The environment of access/api."""

    skuflow_stage: str
    access_table: str
    idempotency_table: str


@dataclass(frozen=True, slots=True)
class AuthorizerSettings:
    """The environment of access/authorizer."""

    skuflow_stage: str
    access_table: str


@dataclass(frozen=True, slots=True)
class AdministerSettings:
    """The environment of access/administer."""

    skuflow_stage: str
    access_table: str
