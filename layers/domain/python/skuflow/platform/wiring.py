"""What the functions of the platform itself are given to work with."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from skuflow.platform.aws import session
from skuflow.platform.clock import utc_now
from skuflow.platform.health import HealthDeps, bus_probe, circuit_probe, queue_probe, table_probe
from skuflow.platform.settings import from_env


@dataclass(frozen=True, slots=True)
class ApiReferenceSettings:
    """The environment of platform/api_reference, which needs nothing."""


@dataclass(frozen=True, slots=True)
class CheckHealthSettings:
    """The environment of platform/check_health. `tables`, `queues` (worked off), `dead_letter_queues` and `providers`: names with
    blanks between them; those of tables and queues lack the beginning that all of the stage's names share."""

    skuflow_stage: str
    event_bus: str
    outbound_table: str
    tables: str
    queues: str = ""
    dead_letter_queues: str = ""
    providers: str = ""


SETTINGS: dict[str, type] = {"api_reference": ApiReferenceSettings, "check_health": CheckHealthSettings}


def build_api_reference() -> None:
    """The reference needs nothing."""


def build_check_health() -> HealthDeps:
    settings = from_env(CheckHealthSettings)
    prefix = f"skuflow-{settings.skuflow_stage}-"
    dynamodb, sqs = _impatient("dynamodb"), _impatient("sqs")
    probes = [table_probe(dynamodb, prefix, name) for name in settings.tables.split()]
    probes += [bus_probe(_impatient("events"), settings.event_bus)]
    probes += [queue_probe(sqs, prefix, name, is_end=False) for name in settings.queues.split()]
    probes += [queue_probe(sqs, prefix, name, is_end=True) for name in settings.dead_letter_queues.split()]
    table = settings.outbound_table
    probes += [circuit_probe(dynamodb, table, name, utc_now) for name in settings.providers.split()]
    return HealthDeps(probes, time.monotonic, utc_now)


def _impatient(service: str) -> Any:
    """A client that tries once and gives up early: a check that waits for long is no check."""
    from botocore.config import Config

    once = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1}, max_pool_connections=16)
    return session().create_client(service, config=once)
