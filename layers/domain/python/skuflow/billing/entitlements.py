"""What a subject may use of a product, right now: one read, remembered for a few seconds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from skuflow.billing.plans import Entitlements, PlanRef
from skuflow.billing.subscriptions import Entitled, Status
from skuflow.kernel.clock import Clock
from skuflow.kernel.tenancy import ClientId

REMEMBERED_FOR = timedelta(seconds=5)
"""So long a change may go unnoticed by a process that has just been asked."""
MOST_REMEMBERED = 10_000

Read = Callable[[ClientId, str, str], Entitled | None]
_Key = tuple[ClientId, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What holds now. `status` "none": the subject never subscribed to the product, or does not exist; nothing is entitled then,
    nor when it is paused or cancelled. A trial entitles to all that the plan gives. `until`: when that is known to change."""

    subject: str
    product: str
    status: Status | str
    entitled: bool
    entitlements: Entitlements = field(default_factory=dict)
    plan: PlanRef | None = None
    subscription_id: str = ""
    until: datetime | None = None


def answer_at(known: Entitled | None, subject: str, product: str, now: datetime) -> Answer:
    """What holds at `now`, as far as is `known`."""
    steps = known.steps if known is not None else ()
    begun = [step for step in steps if step.start <= now]
    until = next((step.start for step in steps if step.start > now), None)
    if known is None or not begun:
        return Answer(subject=subject, product=product, status="none", entitled=False, until=until)
    step = begun[-1]
    entitled = step.status in {"trialing", "active"}
    return Answer(
        subject=subject,
        product=product,
        status=step.status,
        entitled=entitled,
        entitlements=step.entitlements if entitled else {},
        plan=step.plan,
        subscription_id=known.subscription_id,
        until=until,
    )


@dataclass(slots=True)
class EntitlementReader:
    """Asks the table at most once in REMEMBERED_FOR for the same subject and product. What is remembered knows the dates to come:
    an end or a change that was scheduled is seen the moment it comes."""

    _read: Read
    _clock: Clock
    _remembered: OrderedDict[_Key, tuple[datetime, Entitled | None]] = field(default_factory=OrderedDict)

    def __call__(self, client_id: ClientId, subject: str, product: str) -> Answer:
        """May raise TransientError."""
        now, key = self._clock(), (client_id, subject, product)
        found = self._remembered.get(key)
        if found is None or not timedelta(0) <= now - found[0] < REMEMBERED_FOR:
            found = now, self._read(client_id, subject, product)
            self._remembered[key] = found
            self._remembered.move_to_end(key)
            if len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        return answer_at(found[1], subject, product, now)
