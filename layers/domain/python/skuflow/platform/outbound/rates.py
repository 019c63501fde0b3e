"""Rate limits that all instances share.

Both buckets are kept as the one moment at which they will be full again (the "virtual scheduling" form of the generic cell rate
algorithm, ITU-T I.371): what is left follows from the time, nothing has to be filled up, and to take is to move that moment on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from pynamodb.exceptions import DoesNotExist, PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Throttled
from skuflow.platform.outbound.state import COST, TOKENS, OutboundItem, expiry, micros, place
from skuflow.platform.table import as_ours, lost_race

_SECOND = 1_000_000
_TRIES = 10
"""How often a write that lost a race is tried with what is there now, before the caller is sent away for a second."""

_IN_FLIGHT_SECONDS = 60
"""How long the calls of an instance that died are taken for still on their way; until then, estimates alone count."""


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """For services that allow so many calls in so much time. In any stretch of t seconds at most capacity + rate × t tokens are
    granted, whoever asks."""

    table: type[OutboundItem]
    service: str
    clock: Clock

    def take(self, credential: str, rate: float, capacity: int, *, tokens: int = 1) -> None:
        """Take `tokens` of a bucket that holds `capacity` and regains `rate` a second. Raises Throttled that says when there
        will be enough, ValueError if there never will, TransientError if the table does not answer."""
        if not 0 < tokens <= capacity or rate <= 0:
            raise ValueError(f"{tokens} tokens of {capacity} at {rate} per second can never be had")
        pk = place(self.service, credential)
        one = math.ceil(_SECOND / rate)
        step, burst = tokens * one, capacity * one
        for _ in range(_TRIES):
            now = micros(self.clock())
            item = _read(self.table, pk, TOKENS)
            full_at = int(item.full_at or 0) if item is not None else 0
            late = max(full_at, now) + step - now - burst
            if late > 0:
                raise _busy(self.service, late)
            if self._moved(pk, now, full_at, step, burst):
                return
        raise _busy(self.service, _SECOND)

    def _moved(self, pk: str, now: int, full_at: int, step: int, burst: int) -> bool:
        """One write, whose condition allows for tokens that others took since: adding up needs no order."""
        stored = OutboundItem.full_at
        if full_at > now:
            actions: list[Action] = [stored.add(step)]
            condition = (stored > now) & (stored <= now + burst - step)
        else:
            actions = [stored.set(now + step)]
            condition = stored.does_not_exist() | (stored <= now)
        return _written(
            self.table, pk, TOKENS, [*actions, OutboundItem.expires_at.set(expiry(self.clock()))], condition
        )


@dataclass(slots=True)
class CostBucket:
    """For Shopify, whose calls cost differently and whose answers say what is left. `reserve` before a call, `settle` after it
    with what the answer says; a call that brought no such answer is settled by the next `reserve`. One instance serves one thread.

    What an answer says is believed at once if it is less than thought. If it is more, only if no other call was on its way from
    our `reserve` to our `settle`: the provider may not have charged that one yet. What comes back while a call is on its way may
    still be granted twice; the provider then says so itself, and `settle` passes it on."""

    table: type[OutboundItem]
    service: str
    clock: Clock
    maximum: int = 1000
    """Assumed until the provider has said; a single Shopify query may not cost more."""
    restore_rate: float = 100.0
    _open: dict[str, int] = field(default_factory=dict)
    """Place -> the item's version after our reservation, or 0 if other calls were on their way then."""

    def reserve(self, credential: str, cost: int) -> None:
        """Deduct `cost` points; more than the bucket holds is taken for all of it. Raises Throttled that says when there will
        be enough, or TransientError."""
        pk = place(self.service, credential)
        for _ in range(_TRIES):
            now = micros(self.clock())
            item = _read(self.table, pk, COST) or self.table(pk, COST)
            bucket = self._bucket(item)
            wanted = min(max(cost, 1), bucket.maximum)
            missing = wanted - bucket.available(now)
            if missing > 0:
                raise _busy(self.service, math.ceil(missing / bucket.rate * _SECOND))
            others = int(item.in_flight or 0) if int(item.in_flight_until or 0) > now else 0
            others = max(0, others - (pk in self._open))
            actions: list[Action] = [
                OutboundItem.full_at.set(bucket.after(wanted, now)),
                OutboundItem.in_flight.set(others + 1),
                OutboundItem.in_flight_until.set(now + _IN_FLIGHT_SECONDS * _SECOND),
            ]
            version = self._changed(pk, item, actions)
            if version is not None:
                self._open[pk] = 0 if others else version
                return
        raise _busy(self.service, _SECOND)

    def settle(self, credential: str, maximum: int, available: int, restore_rate: float) -> None:
        """What the provider says is left, in points, after the call that was reserved last. May raise TransientError."""
        if maximum <= 0 or restore_rate <= 0:
            return
        pk = place(self.service, credential)
        alone_at = self._open.pop(pk, 0)
        for _ in range(_TRIES):
            now = micros(self.clock())
            item = _read(self.table, pk, COST) or self.table(pk, COST)
            told = _Bucket(maximum, restore_rate, now + math.ceil((maximum - available) / restore_rate * _SECOND))
            known = self._bucket(item)
            was_alone = 0 < alone_at == int(item.version or 0)
            full_at = told.full_at if was_alone else told.with_at_most(known.available(now), now)
            actions: list[Action] = [
                OutboundItem.full_at.set(full_at),
                OutboundItem.maximum.set(maximum),
                OutboundItem.restore_rate.set(restore_rate),
                OutboundItem.in_flight.set(max(0, int(item.in_flight or 0) - 1)),
            ]
            if self._changed(pk, item, actions) is not None:
                return

    def _bucket(self, item: OutboundItem) -> _Bucket:
        maximum, rate = int(item.maximum or self.maximum), float(item.restore_rate or self.restore_rate)
        return _Bucket(maximum, rate, int(item.full_at or 0))

    def _changed(self, pk: str, item: OutboundItem, actions: list[Action]) -> int | None:
        """The new version; None if somebody else wrote since `item` was read."""
        before = int(item.version or 0)
        condition = OutboundItem.version == before if before else OutboundItem.version.does_not_exist()
        told: list[Action] = [OutboundItem.version.set(before + 1), OutboundItem.expires_at.set(expiry(self.clock()))]
        return before + 1 if _written(self.table, pk, COST, actions + told, condition) else None


@dataclass(frozen=True, slots=True)
class _Bucket:
    maximum: int
    rate: float
    full_at: int

    def available(self, now: int) -> float:
        return self.maximum - self.rate * max(0, self.full_at - now) / _SECOND

    def after(self, cost: float, now: int) -> int:
        return max(self.full_at, now) + math.ceil(cost / self.rate * _SECOND)

    def with_at_most(self, available: float, now: int) -> int:
        """`full_at` of this bucket with no more in it than `available`."""
        return max(self.full_at, now + math.ceil((self.maximum - available) / self.rate * _SECOND))


def _busy(service: str, micros_to_wait: int) -> Throttled:
    return Throttled(
        f"{service}: our share of calls is used up", retry_after=max(1, math.ceil(micros_to_wait / _SECOND))
    )


def _read(table: type[OutboundItem], pk: str, sk: str) -> OutboundItem | None:
    try:
        return table.get(pk, sk, consistent_read=True)
    except DoesNotExist:
        return None
    except PynamoDBException as error:
        raise as_ours(error) from error


def _written(table: type[OutboundItem], pk: str, sk: str, actions: list[Action], condition: Condition) -> bool:
    """Whether the condition held."""
    try:
        table(pk, sk).update(actions, condition=condition)
    except PynamoDBException as error:
        if lost_race(error):
            return False
        raise as_ours(error) from error
    return True
