"""What callers may ask about taxes. Amounts are texts: a number of JSON may lose a digit on its way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints


def _exact(value: Any) -> Any:
    if isinstance(value, float) or (isinstance(value, str) and len(value) > 40):
        raise ValueError('an amount is written as text, e.g. "19.99"')
    return value


Amount = Annotated[Decimal, BeforeValidator(_exact), Field(allow_inf_nan=False)]
Country = Annotated[str, StringConstraints(min_length=2, max_length=2)]
Region = Annotated[str, StringConstraints(max_length=64)]
Short = Annotated[str, StringConstraints(max_length=64)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TaxPlaceBody(_Body):
    """An address, as far as taxes ask."""

    country: Country = Field(description="ISO 3166-1.", examples=["CA"])
    region: Region = Field(
        default="", description="Province or state: ISO 3166-2 without the country, or its name.", examples=["QC"]
    )
    time_zone: Short = Field(
        default="",
        description="IANA; by default the zone of the region's capital. It decides on which day `at` falls there.",
        examples=["America/Toronto"],
    )
    postal_code: Annotated[str, StringConstraints(max_length=12)] = Field(default="", examples=["H2X 3J6"])


class TaxExemptionBody(_Body):
    """A tax that the customer need not pay."""

    regime: Annotated[str, StringConstraints(max_length=20)] = Field(
        description="GST/HST, QST, PST_BC, PST_SK, RST_MB, GSTIN, or US_ and a state.", examples=["PST_BC"]
    )
    certificate: Annotated[str, StringConstraints(max_length=100)] = Field(examples=["R-1234"])
    valid_from: date | None = None
    valid_to: date | None = Field(default=None, description="The last day.")


class TaxCustomerBody(TaxPlaceBody):
    """Who buys, and where."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"country": "CA", "region": "QC"}]})

    tax_number: Annotated[str, StringConstraints(max_length=20)] = Field(
        default="", description="A GSTIN in India; it says the state.", examples=[""]
    )
    exemptions: list[TaxExemptionBody] = Field(default=[], max_length=20, examples=[[]])


class TaxSellerBody(_Body):
    """Who sells. Without `registrations`: registered wherever the sale is taxed."""

    country: Country = Field(examples=["CA"])
    region: Region = Field(default="", examples=["ON"])
    registrations: (
        dict[Annotated[str, StringConstraints(max_length=20)], Annotated[str, StringConstraints(max_length=40)]] | None
    ) = Field(default=None, description="Tax -> number.", max_length=80, examples=[{"GST/HST": "123456789 RT0001"}])
    small_supplier: StrictBool = Field(
        default=False, description="Not registered for GST/HST and QST: sells too little."
    )


class TaxLineBody(_Body):
    """One line of the sale."""

    line_id: Short = Field(default="", description="Its place among the lines if left out.", examples=["1"])
    amount: Amount = Field(description="Of the whole line, after discounts, in major units.", examples=["19.99"])
    tax_code: Short = Field(default="general", examples=["saas"])
    supply: Literal["goods", "services"] | None = Field(
        default=None, description="By default services for saas and digital, goods for the rest."
    )
    is_credit: StrictBool = Field(default=False, description="Takes something back, so the amount may be negative.")
    hsn: Annotated[str, StringConstraints(max_length=8)] = Field(default="", examples=[""])


class CalculateTax(_Body):
    """A sale to compute the taxes of."""

    customer: TaxCustomerBody
    ship_to: TaxPlaceBody | None = Field(default=None, description="Where goods go, if not to the customer.")
    seller_id: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        default=None, description="One of the client's sellers; or `seller`; or neither, for an estimate."
    )
    seller: TaxSellerBody | None = None
    currency: Annotated[str, StringConstraints(min_length=3, max_length=3)] = Field(examples=["CAD"])
    at: AwareDatetime | None = Field(default=None, description="When the tax falls due; now if neither is given.")
    tax_date: date | None = Field(default=None, description="Instead of `at`: the day at the place of supply.")
    price_mode: Literal["exclusive", "inclusive"] = "exclusive"
    lines: list[TaxLineBody] = Field(min_length=1, max_length=1000)
