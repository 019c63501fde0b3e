"""What the functions of this context are given to work with."""

from __future__ import annotations

import secrets

from skuflow.access.deps import AdministerDeps, ApiDeps, AuthorizerDeps
from skuflow.access.keys import SECRET_DIGITS
from skuflow.access.settings import AdministerSettings, ApiSettings, AuthorizerSettings
from skuflow.access.store import AccessItem, AccessStore
from skuflow.platform.clock import new_id, utc_now
from skuflow.platform.settings import from_env
from skuflow.platform.table import bind

SETTINGS: dict[str, type] = {
    "api": ApiSettings,
    "authorizer": AuthorizerSettings,
    "administer": AdministerSettings,
}


def build_authorizer() -> AuthorizerDeps:
    settings = from_env(AuthorizerSettings)
    return AuthorizerDeps(_store(settings.access_table), utc_now, settings.skuflow_stage)


def build_administer() -> AdministerDeps:
    settings = from_env(AdministerSettings)
    return AdministerDeps(_store(settings.access_table), utc_now, new_id, _new_secret, settings.skuflow_stage)


def build_api() -> ApiDeps:
    settings = from_env(ApiSettings)
    store = _store(settings.access_table)
    return ApiDeps(store, utc_now, new_id, _new_secret, settings.skuflow_stage, settings.idempotency_table)


def _store(table_name: str) -> AccessStore:
    return AccessStore(bind(AccessItem, table_name))


def _new_secret() -> str:
    return secrets.token_hex(SECRET_DIGITS // 2)
