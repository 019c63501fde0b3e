"""What callers may send about sellers and customers."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

_ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=_ONE_LINE)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=_ONE_LINE)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AddressBody(_Body):
    """`country` and `region` decide which taxes are due."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"country": "CA", "region": "ON", "lines": ["12 Spadina Ave"], "city": "Toronto"}]
        },
    )

    country: Short = Field(description="ISO 3166-1, two capitals.", examples=["CA"])
    region: Short = Field(
        default="", description="ISO 3166-2 without the country, or its name; kept as the code.", examples=["ON"]
    )
    lines: list[Short] = Field(default=[], max_length=4, examples=[["12 Spadina Ave"]])
    city: Short = Field(default="", examples=["Toronto"])
    postal_code: Short = Field(default="", examples=["M5V 2J1"])


class SellerBody(_Body):
    """The legal entity that issues invoices."""

    name: Text = Field(examples=["North Goods Inc."])
    address: AddressBody
    currency: Short = Field(examples=["CAD"])
    time_zone: Short = Field(description="IANA name.", examples=["America/Toronto"])
    invoice_prefix: Short = Field(description="Its invoices' numbers begin with it, for ever.", examples=["NG-"])
    email: Text = Field(default="", examples=["billing@north.example"])
    website: Text = Field(default="", examples=["https://north.example"])
    payment_terms_days: int = Field(default=30, description="0 to 365.")
    payment_instructions: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = Field(
        default="",
        description="How to pay, as it stands on invoices, in lines.",
        examples=["Interac: pay@north.example"],
    )
    registrations: dict[str, Short] = Field(
        default={},
        max_length=60,
        description="Tax -> number: GST/HST, QST, PST_BC, PST_SK, RST_MB, GSTIN, US_<state>. What is missing is not collected.",
        examples=[{"GST/HST": "123456789 RT0001"}],
    )
    small_supplier: StrictBool = Field(
        default=False, description="Sells too little to be registered for GST/HST and QST."
    )


class ExemptionBody(_Body):
    """A tax that the customer need not pay, as a certificate says."""

    regime: Short = Field(description="GST/HST, QST, PST_BC, …", examples=["PST_BC"])
    certificate: Short = Field(examples=["R-123456"])
    valid_from: date | None = None
    valid_to: date | None = Field(default=None, description="The last day.")


class CustomerBody(_Body):
    """The billing profile of a subject."""

    name: Text = Field(examples=["Kim Tremblay"])
    address: AddressBody
    email: Text = Field(default="", examples=["kim@example.com"])
    language: Short = Field(default="en", description="Of invoices: en or fr.", examples=["en"])
    time_zone: Short = Field(default="UTC", description="IANA name.", examples=["America/Toronto"])
    tax_number: Short = Field(default="", description="A GSTIN in India.")
    exemptions: list[ExemptionBody] = Field(default=[], max_length=50)
