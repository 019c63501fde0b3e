"""Which column of a file means what, as a person has said it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from skuflow.kernel.errors import Invalid, Problem

IDENTITY = ("title", "key", "sku", "gtin", "mpn", "url")
"""The fields of which a mapping needs at least one."""


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """A column mapping kept for the next file with the same header. `mapping` is field -> header."""

    mapping_id: str
    name: str
    mapping: dict[str, str]
    created_at: datetime
    updated_at: datetime
    version: int = 0


def checked_mapping(
    mapping: Mapping[str, str], known: Collection[str], headers: Collection[str] | None
) -> dict[str, str]:
    """`mapping` (field -> header) with empty answers left out. Raises Invalid that names every unknown field, every header
    that is not in the file (`headers`; None: the file is not known yet), and a mapping that tells no product from another."""
    chosen = {name: header for name, header in mapping.items() if header}
    faults = [
        Problem(f"mapping.{name}", "is not a field", f"use some of {', '.join(sorted(known))}")
        for name in chosen
        if name not in known
    ]
    faults += [
        Problem(f"mapping.{name}", f"the file has no column {header!r}", "use a header as it stands in the file")
        for name, header in chosen.items()
        if headers is not None and header not in headers
    ]
    if not faults and not any(name in IDENTITY for name in chosen):
        faults.append(Problem("mapping", "maps nothing that tells products apart", f"map one of {', '.join(IDENTITY)}"))
    if faults:
        raise Invalid("the mapping does not fit", problems=faults)
    return chosen
