"""What a plan charges for usage, and what was measured. Amounts are decimals in major units of the plan's currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from skuflow.billing.phrases import Text

ChargeModel = Literal[
    "per_item",
    "graduated",
    "volume",
    "package",
    "percentage",
    "graduated_percentage",
    "graduated_blocks",
    "volume_blocks",
]
"""per_item              max(0, units - included) x unit_amount
graduated             each tier prices the units that fall into it; a tier's flat_amount is due once it is reached, the first
                      one's always
volume                the tier that holds all units prices all of them; its flat_amount is due even at 0 units
package               every started package of package_size beyond the included units costs package_price
percentage            rate percent of the units (an amount of money), fixed_amount per event; free events, free amount, bounds
                      per event
graduated_percentage  as graduated, with a rate in percent for each tier
graduated_blocks      as graduated, in started blocks
volume_blocks         the block that holds all units prices all of them, in started blocks
"""

CHARGE_MODELS: tuple[ChargeModel, ...] = (
    "per_item",
    "graduated",
    "volume",
    "package",
    "percentage",
    "graduated_percentage",
    "graduated_blocks",
    "volume_blocks",
)

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tier:
    """Units above `above` and up to `up_to`, inclusive; None: without end. `above` need not be given: it is where the tier
    before ends. `rate` is in percent and belongs to graduated_percentage, `unit_amount` to graduated and volume."""

    up_to: Decimal | None = None
    unit_amount: Decimal = ZERO
    flat_amount: Decimal = ZERO
    rate: Decimal = ZERO
    above: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Units are sold in blocks of `size`, each started one at `price`; at most `max_blocks` of them belong to this tier, None:
    any number."""

    size: Decimal
    price: Decimal
    max_blocks: int | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge of a plan, billed in arrears. `code` names it within the plan; only the fields of its `model` may be set.

    `included` units are free in each period (per_item, package). `currency` "" is the plan's, and may be no other.
    """

    code: str
    metric: str
    model: ChargeModel
    description: str = ""
    currency: str = ""
    included: Decimal = ZERO
    unit_amount: Decimal | None = None
    tiers: tuple[Tier, ...] = ()
    blocks: tuple[Block, ...] = ()
    package_size: Decimal | None = None
    package_price: Decimal | None = None
    rate: Decimal | None = None
    fixed_amount: Decimal = ZERO
    free_events: int | None = None
    free_amount: Decimal | None = None
    min_per_event: Decimal | None = None
    max_per_event: Decimal | None = None

    @property
    def reads_events(self) -> bool:
        """Whether the amount depends on each event's value in order of time, not on their sum alone."""
        return self.model == "percentage" and any(
            bound is not None for bound in (self.free_events, self.free_amount, self.min_per_event, self.max_per_event)
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """The usage of one metric in one window. `units` is the aggregated quantity, `events` how many there were.

    `amounts`: the value of each event in order of time, needed where `Charge.reads_events`.

    `full_units`: the level from which a volume tier is chosen where `units` was lessened because something was there for a part of
    the period only; None: `units` itself. A weighted sum is no such case: its mean over the period is what is priced, and what
    chooses the tier. Source: Lago, charge_models/volume_service.rb, where the full units count for prorated charges alone, and
    weighted_sum_service.rb, which gives none.
    """

    units: Decimal = ZERO
    events: int = 0
    amounts: tuple[Decimal, ...] = ()
    full_units: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of how an amount came about. `amount` is exact, in major units; `unit_amount` None: it is a flat amount."""

    text: Text
    quantity: Decimal
    unit_amount: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Priced:
    """`amount` is exact, in major units, and the sum of the steps."""

    amount: Decimal
    steps: tuple[Step, ...] = ()
