"""What the bill assumes, from the one file that says why."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

ASSUMPTIONS = Path(__file__).with_name("assumptions.toml")


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The tables of `assumptions.toml`, every number a Decimal."""

    month: Mapping[str, Decimal]
    duration: Mapping[str, Decimal]
    latency: Mapping[str, Decimal]
    logs: Mapping[str, Decimal]
    traces: Mapping[str, Decimal]
    kept: Mapping[str, Any]
    idle: Mapping[str, Decimal]
    mix: Mapping[str, Decimal]


def assumptions(path: Path = ASSUMPTIONS) -> Assumptions:
    with path.open("rb") as file:
        return Assumptions(**_exact(tomllib.load(file, parse_float=Decimal)))


def _exact(value: Any) -> Any:
    return {name: _exact(each) for name, each in value.items()} if isinstance(value, dict) else Decimal(value)
