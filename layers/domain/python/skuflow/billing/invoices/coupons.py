"""Coupons: what they take off, from which invoices, how often they may be redeemed. Pure.

A coupon belongs to a client and is redeemed by subscriptions, each of them once. Its terms are copied to the subscription then, so
that archiving a coupon takes nothing from who has it already. It is used up by the invoices from which it takes something off:
`once` by the first, `periods` by those of that many periods (a second invoice within a period does not count again), `forever`
by none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from skuflow.billing.phrases import Phrase
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Conflict, Invalid, Problem
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money

Duration = Literal["once", "periods", "forever"]
DURATIONS: tuple[Duration, ...] = ("once", "periods", "forever")
MAX_PERIODS = 120
MAX_REDEMPTIONS = 1_000_000_000
_HUNDRED = Decimal(100)
_MAX_DECIMALS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponTerms:
    """Either `percent` (above 0, at most 100) or `amount` is set; an amount is for invoices in its currency alone."""

    code: str
    duration: Duration
    percent: Decimal | None = None
    amount: Money | None = None
    periods: int | None = None

    @property
    def label(self) -> Phrase:
        """What it is called on an invoice."""
        if self.percent is None:
            return Phrase("discount", {"coupon": self.code})
        return Phrase("discount_percent", {"coupon": self.code}, {"percent": self.percent})


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """`redeem_by`: last moment to redeem it; None: no end. `max_redemptions` None: any number. `redemptions` counts them."""

    terms: CouponTerms
    created_at: datetime
    cause: Cause
    name: str = ""
    redeem_by: datetime | None = None
    max_redemptions: int | None = None
    archived_at: datetime | None = None
    redemptions: int = 0
    version: int = 0

    @property
    def code(self) -> str:
        return self.terms.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    """A coupon that a subscription has. `period_from`: the period that it was last used in, of which `taken` (minor units) came
    off so far; `uses` counts the periods. `version` counts writes."""

    terms: CouponTerms
    redeemed_at: datetime
    period_from: datetime | None = None
    taken: int = 0
    uses: int = 0
    version: int = 0


def coupon_problems(terms: CouponTerms) -> tuple[Problem, ...]:
    """What is wrong with `terms`, all at once."""
    return (*_value_problems(terms), *_duration_problems(terms))


def _value_problems(terms: CouponTerms) -> tuple[Problem, ...]:
    if (terms.percent is None) == (terms.amount is None):
        return (Problem("percent", "a coupon takes off either a percentage or an amount", "give one of the two"),)
    percent, amount = terms.percent, terms.amount
    if percent is not None:
        sound = percent.is_finite() and 0 < percent <= _HUNDRED
        if not sound or -int(percent.as_tuple().exponent) > _MAX_DECIMALS:
            remedy = f"give a number above 0, at most 100, of at most {_MAX_DECIMALS} decimals"
            return (Problem("percent", f"{percent} is not a discount", remedy),)
    if amount is not None and amount.minor <= 0:
        return (Problem("amount", "a discount is above zero", "give a positive amount"),)
    return ()


def _duration_problems(terms: CouponTerms) -> tuple[Problem, ...]:
    if terms.duration == "periods":
        if terms.periods is None or not 1 <= terms.periods <= MAX_PERIODS:
            return (Problem("periods", "says for how many periods", f"give a whole number from 1 to {MAX_PERIODS}"),)
        return ()
    if terms.periods is not None:
        return (Problem("periods", f"does not go with {terms.duration}", "leave it out, or say duration `periods`"),)
    return ()


def check_redeemable(coupon: Coupon, currency: str, now: datetime, *, field: str) -> None:
    """Raises Conflict or Invalid, naming `field`, if a subscription billed in `currency` may not redeem `coupon` now."""
    limit, amount = coupon.max_redemptions, coupon.terms.amount
    why = ""
    if coupon.archived_at is not None:
        why = f"the coupon {coupon.code} is no longer given out"
    elif coupon.redeem_by is not None and now > coupon.redeem_by:
        why = f"the coupon {coupon.code} could be redeemed until {iso(coupon.redeem_by)}"
    elif limit is not None and coupon.redemptions >= limit:
        why = f"the coupon {coupon.code} has been redeemed {coupon.redemptions} times, which is as often as it may be"
    if why:
        raise Conflict(why, problems=[Problem(field, why, "take another coupon, or none")])
    if amount is not None and amount.currency != currency:
        fault = Problem(field, f"takes off {amount.currency}, this is billed in {currency}", "take another coupon")
        raise Invalid(f"the coupon {coupon.code} is of another currency", problems=[fault])


def discount_on(held: Redeemed, subtotal: Money, period_from: datetime) -> Money:
    """What `held` takes off `subtotal` on an invoice of the period that begins at `period_from`; never more than there is, nothing
    of a subtotal that is not above zero. A percentage is rounded half to even."""
    zero = Money(0, subtotal.currency)
    same = held.period_from == period_from
    if subtotal.minor <= 0 or not _has_uses_left(held, same):
        return zero
    terms = held.terms
    if terms.percent is not None:
        return subtotal.times(terms.percent.scaleb(-2), rounding="ROUND_HALF_EVEN")
    amount = terms.amount
    if amount is None or amount.currency != subtotal.currency:
        return zero
    left = amount.minor - (held.taken if same else 0)
    return Money(min(left, subtotal.minor), subtotal.currency)


def used(held: Redeemed, discount: Money, period_from: datetime) -> Redeemed:
    """`held` after an invoice of that period on which it took `discount` off; as it was if that was nothing."""
    if not discount.minor:
        return held
    same = held.period_from == period_from
    taken = discount.minor + (held.taken if same else 0)
    return replace(held, period_from=period_from, taken=taken, uses=held.uses + (0 if same else 1))


def is_used_up(held: Redeemed) -> bool:
    """Whether it takes nothing off in any period to come."""
    return not _has_uses_left(held, same=False)


def _has_uses_left(held: Redeemed, same: bool) -> bool:
    if held.terms.duration == "forever":
        return True
    if held.terms.duration == "once":
        return held.uses == 0
    return same or held.uses < (held.terms.periods or 0)
