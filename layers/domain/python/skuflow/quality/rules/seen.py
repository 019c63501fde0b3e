"""Values that only one may have: which were met, how often, what it costs if that was too often. To be added up in any order.

A value is kept as 64 bits of BLAKE2b over the rule's id and the value in the form in which it is compared. Among a million values
two different ones meet with a probability of about 3 in 100 million (birthday bound, n²/2^65).
"""

from __future__ import annotations

import hashlib
import heapq
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from skuflow.quality.rules.checks.whole import same_product_key
from skuflow.quality.rules.fields import Subject, Value
from skuflow.quality.rules.normal.codes import gtin_key
from skuflow.quality.rules.normal.whitespace import key, tidy
from skuflow.quality.rules.rule import Rule

_RECORD = struct.Struct(">QIQ")
"""Digest, times met, loss: sorted by digest, each digest once."""
_MOST = 2**32 - 1

Entry = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """A subject has this value of a rule's field. `loss`: what it costs the score if another has it too, in trillionths of a
    product."""

    rule_id: str
    variant_id: str
    digest: int
    loss: int


def digest_of(rule: Rule, subject: Subject, values: tuple[Value, ...]) -> int | None:
    """The value that `rule` wants to be unique, as it is kept; None if there is none."""
    if rule.kind == "same_product":
        compared = same_product_key(subject.product)
    else:
        compared = "\x1f".join(_compared(rule, value) for value in values)
    if not compared:
        return None
    scope = "" if rule.params.across_sources else subject.product.source
    text = "\x1e".join((rule.rule_id, scope, compared))
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _compared(rule: Rule, value: Value) -> str:
    if rule.field == "gtin":
        return gtin_key(str(value))
    return key(str(value)) if rule.params.ignore_case else tidy(str(value))


def packed(entries: Mapping[int, tuple[int, int]]) -> bytes:
    """`entries` (digest -> times, loss) as they are kept."""
    return b"".join(_RECORD.pack(digest, min(times, _MOST), loss) for digest, (times, loss) in sorted(entries.items()))


def unpacked(kept: bytes) -> Iterator[Entry]:
    """Digest, times, loss. Raises ValueError if `kept` is cut."""
    if len(kept) % _RECORD.size:
        raise ValueError("what was seen is cut")
    return _RECORD.iter_unpack(kept)


def joined(many: Iterable[bytes]) -> bytes:
    """All of them added up, in one pass whatever their number."""
    made: list[bytes] = []
    last, times, loss = -1, 0, 0
    for digest, more, cost in heapq.merge(*map(unpacked, many)):
        if digest == last:
            times, loss = times + more, loss + cost
            continue
        if times:
            made.append(_RECORD.pack(last, min(times, _MOST), loss))
        last, times, loss = digest, more, cost
    if times:
        made.append(_RECORD.pack(last, min(times, _MOST), loss))
    return b"".join(made)


def repetitions(kept: bytes) -> Iterator[Entry]:
    """Those that more than one subject has."""
    return (entry for entry in unpacked(kept) if entry[1] > 1)
