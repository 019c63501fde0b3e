"""What each function of this context must be told by its environment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """The environment of access/api."""

    skuflow_stage: str
    access_table: str
    idempotency_table: str
    user_pool_id: str


@dataclass(frozen=True, slots=True)
class AuthorizerSettings:
    """The environment of access/authorizer. `token_issuer` is the user pool's address, `token_app` the id of its app client.
    `jwks_url` says where the pool's public keys are, if not below the issuer; it and `outbound_allow_loopback` are for the local
    stage, whose user pool is on this machine and says that it is Amazon's."""

    skuflow_stage: str
    access_table: str
    outbound_table: str
    user_pool_id: str
    token_issuer: str
    token_app: str
    jwks_url: str = ""
    outbound_allow_loopback: bool = False


@dataclass(frozen=True, slots=True)
class AdministerSettings:
    """The environment of access/administer."""

    skuflow_stage: str
    access_table: str
    user_pool_id: str
