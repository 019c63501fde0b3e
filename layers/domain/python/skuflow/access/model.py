"""A client: the tenant, and what the rest of the platform must know of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from skuflow.kernel.currency import MINOR_DIGITS
from skuflow.kernel.errors import Invalid, Problem
from skuflow.kernel.tenancy import ClientId

ACTIVE, SUSPENDED, CLOSED = "active", "suspended", "closed"
STATUSES = (ACTIVE, SUSPENDED, CLOSED)
RESIDENCIES = ("ca", "us", "eu", "in")
CHANNEL_KINDS = ("email", "slack", "sms", "in_app")

_THRESHOLD = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")
_MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Channel:
    """Where news for the client goes: `kind` is one of CHANNEL_KINDS, `target` an address, a number or a channel's name."""

    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Client:
    """`alert_thresholds` maps a figure's name to the whole number at which it is worth an alert. `version` counts writes."""

    client_id: ClientId
    name: str
    status: str
    home_currency: str
    time_zone: str
    residency: str
    created_at: datetime
    updated_at: datetime
    alert_thresholds: Mapping[str, int] = field(default_factory=dict)
    notification_channels: tuple[Channel, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True)
class NewClient:
    """What an operator says about a client to be."""

    name: str
    home_currency: str
    time_zone: str
    residency: str
    alert_thresholds: Mapping[str, int] = field(default_factory=dict)
    notification_channels: tuple[Channel, ...] = ()


def open_client(
    wanted: NewClient, *, client_id: ClientId, now: datetime, is_time_zone: Callable[[str], bool]
) -> Client:
    """A new, active client. Raises Invalid that names every fault."""
    problems = [
        *_unless(
            0 < len(wanted.name.strip()) <= _MAX_NAME, "name", f"is empty or over {_MAX_NAME} characters", "shorten it"
        ),
        *_unless(
            wanted.home_currency in MINOR_DIGITS, "home_currency", "is not a currency we know", "use ISO 4217: CAD"
        ),
        *_unless(
            bool(_ZONE.fullmatch(wanted.time_zone)) and is_time_zone(wanted.time_zone),
            "time_zone",
            "is not a time zone",
            "use an IANA name: America/Toronto",
        ),
        *_unless(wanted.residency in RESIDENCIES, "residency", "is not a residency", f"use {', '.join(RESIDENCIES)}"),
        *_faulty_thresholds(wanted.alert_thresholds),
        *_faulty_channels(wanted.notification_channels),
    ]
    if problems:
        raise Invalid("the client is not valid", problems=problems)
    return Client(
        client_id=client_id,
        name=wanted.name.strip(),
        status=ACTIVE,
        home_currency=wanted.home_currency,
        time_zone=wanted.time_zone,
        residency=wanted.residency,
        created_at=now,
        updated_at=now,
        alert_thresholds=dict(wanted.alert_thresholds),
        notification_channels=wanted.notification_channels,
    )


def with_status(client: Client, status: str, *, now: datetime) -> Client:
    """`client` in the given status; the same object if it is in it. Closed is final. Raises Invalid."""
    if status not in STATUSES:
        fault = Problem("status", "is not a status", f"use {', '.join(STATUSES)}")
        raise Invalid("the status is not valid", problems=[fault])
    if status == client.status:
        return client
    if client.status == CLOSED:
        fault = Problem("status", "cannot change any more: the client is closed", "create a new client")
        raise Invalid("the client is closed", problems=[fault])
    return replace(client, status=status, updated_at=now, version=client.version + 1)


def _unless(holds: bool, field_name: str, message: str, remedy: str) -> list[Problem]:
    return [] if holds else [Problem(field_name, message, remedy)]


def _faulty_thresholds(thresholds: Mapping[str, int]) -> list[Problem]:
    return [
        Problem(f"alert_thresholds.{name[:40]}", "is not a name of a figure", "use small letters, digits and _")
        for name in thresholds
        if not _THRESHOLD.fullmatch(name)
    ]


def _faulty_channels(channels: tuple[Channel, ...]) -> list[Problem]:
    return [
        Problem(f"notification_channels.{index}", "is not a channel", f"use {', '.join(CHANNEL_KINDS)} and a target")
        for index, channel in enumerate(channels)
        if channel.kind not in CHANNEL_KINDS or not 0 < len(channel.target) <= 320
    ]
