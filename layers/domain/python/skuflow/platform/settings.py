"""Typed settings: a frozen dataclass per function, read once from the environment.

A field `sync_table: str` is the variable `SYNC_TABLE`. A field with a default is optional. Plain dataclasses, because a
settings model of a validation library costs each cold start as much as half a boto3 client.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar, get_type_hints

from skuflow.kernel.errors import Misconfigured, Problem

T = TypeVar("T")


def _flag(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError
    return text.lower() == "true"


_READERS: dict[type, tuple[Callable[[str], Any], str]] = {
    str: (str, "a text"),
    int: (int, "a whole number"),
    bool: (_flag, "`true` or `false`"),
}


def names(settings: type[Any]) -> tuple[str, ...]:
    """The environment variables that must be set for `settings`; infrastructure is checked against them."""
    return tuple(f.name.upper() for f in fields(settings) if f.default is MISSING and f.default_factory is MISSING)


def from_env(settings: type[T], environ: Mapping[str, str] | None = None) -> T:
    """`settings` filled from `environ` (default: the process's). Raises Misconfigured that names every faulty variable at once."""
    source = os.environ if environ is None else environ
    hints = get_type_hints(settings)
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for item in fields(settings):  # type: ignore[arg-type]
        name = item.name.upper()
        text = source.get(name, "")
        reader, expected = _READERS[hints[item.name]]
        if not text:
            if item.default is MISSING and item.default_factory is MISSING:
                problems.append(Problem(name, "is not set", f"set {name} to {expected}"))
            continue
        try:
            values[item.name] = reader(text)
        except ValueError:
            problems.append(Problem(name, f"is not {expected}", f"set {name} to {expected}"))
    if problems:
        raise Misconfigured("; ".join(f"{p.field} {p.message}" for p in problems), problems=problems)
    return settings(**values)
