"""What the functions of this context are given to work with."""

from __future__ import annotations

import secrets

from skuflow.access.audit_store import AuditStore
from skuflow.access.cognito import CognitoPeople
from skuflow.access.deps import AdministerDeps, ApiDeps, AuthorizerDeps
from skuflow.access.items import AccessItem
from skuflow.access.keys import SECRET_DIGITS
from skuflow.access.people_store import PeopleStore
from skuflow.access.settings import AdministerSettings, ApiSettings, AuthorizerSettings
from skuflow.access.signing_keys import Fetch, SigningKeys
from skuflow.access.store import AccessStore
from skuflow.access.tokens import Tokens
from skuflow.kernel.errors import SkuflowError
from skuflow.platform.aws import client
from skuflow.platform.clock import new_id, utc_now
from skuflow.platform.observability import count, logger
from skuflow.platform.settings import from_env
from skuflow.platform.table import bind

SETTINGS: dict[str, type] = {
    "api": ApiSettings,
    "authorizer": AuthorizerSettings,
    "administer": AdministerSettings,
}

USER_POOL = "user_pool"
"""The user pool as an outside service: what its circuit and its metrics are called."""

KEYS_DEADLINE_SECONDS = 2.5
"""For the pool's keys. The authorizer has 5 s in all, and a person waits."""


def build_authorizer() -> AuthorizerDeps:
    settings = from_env(AuthorizerSettings)
    items = bind(AccessItem, settings.access_table)
    return AuthorizerDeps(
        store=AccessStore(items),
        members=PeopleStore(items),
        audit=AuditStore(items),
        people=_people(settings.user_pool_id),
        tokens=Tokens(settings.token_issuer, settings.token_app, SigningKeys(_keys_of(settings), _notice)),
        clock=utc_now,
        new_id=new_id,
        stage=settings.skuflow_stage,
    )


def build_administer() -> AdministerDeps:
    settings = from_env(AdministerSettings)
    items = bind(AccessItem, settings.access_table)
    people = _people(settings.user_pool_id)
    stage = settings.skuflow_stage
    return AdministerDeps(AccessStore(items), PeopleStore(items), people, utc_now, new_id, _new_secret, stage)


def build_api() -> ApiDeps:
    settings = from_env(ApiSettings)
    items = bind(AccessItem, settings.access_table)
    return ApiDeps(
        store=AccessStore(items),
        members=PeopleStore(items),
        people=_people(settings.user_pool_id),
        clock=utc_now,
        new_id=new_id,
        new_secret=_new_secret,
        stage=settings.skuflow_stage,
        audit=AuditStore(items),
        idempotency_table=settings.idempotency_table,
    )


def _people(pool: str) -> CognitoPeople:
    return CognitoPeople(lambda: client("cognito-idp"), pool)


def _keys_of(settings: AuthorizerSettings) -> Fetch:
    """Reads the pool's key list. The way out is made by the first token; requests with a key need none."""
    url = settings.jwks_url or f"{settings.token_issuer}/.well-known/jwks.json"

    def fetch() -> bytes:
        from skuflow.platform.outbound.addresses import AddressGuard, loopback_allowed
        from skuflow.platform.outbound.calls import Call, ProviderFailed, Service
        from skuflow.platform.outbound.circuits import DynamoCircuits
        from skuflow.platform.outbound.http import HttpOutbound
        from skuflow.platform.outbound.state import OutboundItem

        circuits = DynamoCircuits(bind(OutboundItem, settings.outbound_table), utc_now)
        guard = AddressGuard(allow_loopback=loopback_allowed(settings.outbound_allow_loopback))
        service = Service(USER_POOL, connect_timeout=1.0, read_timeout=2.0, attempts=2, max_bytes=100_000)
        call = Call("keys.read", "GET", url, repeatable=True, deadline_seconds=KEYS_DEADLINE_SECONDS)
        answer = HttpOutbound(service, circuits, guard).send(call)
        if answer.status != 200:
            raise ProviderFailed(f"the user pool answered {answer.status} for its keys")
        return answer.body

    return fetch


def _notice(attempt: str, error: SkuflowError) -> None:
    count("AuthorizerTroubles")
    logger().warning(f"could not {attempt}", extra={"reason": f"{error.code}: {error.detail}"})


def _new_secret() -> str:
    return secrets.token_hex(SECRET_DIGITS // 2)
