"""What callers may send about invoices, credit notes, coupons and billing runs."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StringConstraints

_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"
_ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=_LINES)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=_ONE_LINE)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
CouponCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{2,40}$")]
MOST = 10**15


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AmountBody(_Body):
    amount_minor: int = Field(
        strict=True, ge=-MOST, le=MOST, description="In the currency's smallest unit.", examples=[2259]
    )
    currency: str = Field(min_length=3, max_length=3, examples=["CAD"])


class PaymentBody(_Body):
    payment_id: Name = Field(
        description="Your name for it; the same payment again changes nothing.", examples=["pay-1001"]
    )
    amount: AmountBody
    outcome: Literal["succeeded", "failed"] = "succeeded"
    received_at: AwareDatetime | None = Field(default=None, description="When the money came. Absent: now.")
    method: Short = Field(default="", examples=["transfer"])
    reference: Short = ""
    reason: Short = Field(default="", description="Why it failed.")


class ReasonBody(_Body):
    reason: Text = Field(examples=["Sent to the wrong customer"])


class CreditNoteBody(_Body):
    reference: Name = Field(
        description="Your name for it; the same one again issues no second.", examples=["refund-1001"]
    )
    amount: AmountBody | None = Field(
        default=None, description="Taxes included. Absent: all that is left of the invoice."
    )
    destination: Literal["refund", "credit"] = Field(
        default="credit", description="Where what was paid goes: back to the payer, or to the customer's credit."
    )
    reason: Text = Field(examples=["The service was down"])
    memo: Short = ""


class CouponBody(_Body):
    code: CouponCode = Field(examples=["WELCOME20"])
    name: Short = ""
    percent: Annotated[Decimal, Field(max_digits=8)] | None = Field(default=None, examples=["20"])
    amount: AmountBody | None = Field(default=None, examples=[None])
    duration: Literal["once", "periods", "forever"] = "once"
    periods: int | None = Field(default=None, description="With duration `periods`: of how many.", examples=[None])
    redeem_by: AwareDatetime | None = Field(default=None, examples=[None])
    max_redemptions: int | None = Field(default=None, ge=1, le=1_000_000_000)


class RedeemBody(_Body):
    code: CouponCode = Field(examples=["WELCOME20"])


class BillingRunBody(_Body):
    dry: StrictBool = Field(default=False, description="Explain what would be billed, and write nothing.")
    as_of: AwareDatetime | None = Field(
        default=None, description="Bill what is due then. Absent: now. Only a dry run can look into the future."
    )
    subscription_ids: list[Name] = Field(
        default=[], max_length=25, description="Only these; none: all that are due.", examples=[[]]
    )
    cursor: str | None = Field(
        default=None, max_length=2000, description="Of a dry run: the `next_cursor` of the one before."
    )
