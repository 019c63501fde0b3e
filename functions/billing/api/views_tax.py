"""What the API answers about taxes. For the documentation and the tests; no running function imports this."""

from __future__ import annotations

from pydantic import BaseModel, Field


class TaxView(BaseModel):
    """One tax of the whole sale. Amounts in major units, as text."""

    tax: str = Field(examples=["QST"])
    name: str
    regime: str = Field(description="What the seller is registered for, and a customer exempt from.")
    jurisdiction: str = Field(examples=["CA-QC"])
    rate: str = Field(description="Percent.", examples=["9.975"])
    base: str
    amount: str
    registration: str
    line_ids: list[str]


class TaxReliefView(BaseModel):
    """A tax that lines do not bear, or not in full."""

    why: str
    regime: str
    jurisdiction: str
    line_ids: list[str]
    certificate: str


class TaxedLineView(BaseModel):
    line_id: str
    net: str
    country: str
    region: str
    hsn: str


class TaxCalculationView(BaseModel):
    """`net` + `tax` = `gross`."""

    currency: str
    price_mode: str
    net: str
    tax: str
    gross: str
    taxes: list[TaxView]
    lines: list[TaxedLineView]
    reliefs: list[TaxReliefView]
    tax_dates: dict[str, str] = Field(description="Place of supply -> the day there that decided about rates.")
    estimate: str | None = Field(description="Why the taxes are not to be relied on; null if they are.")


class TaxRateView(BaseModel):
    """`tax_code` `*`: for whatever has no rate of its own."""

    jurisdiction: str
    tax: str
    tax_code: str
    rate: str
    valid_from: str
    valid_to: str | None
    why: str
    source: str


class TaxRateList(BaseModel):
    items: list[TaxRateView]
    estimate: str | None
