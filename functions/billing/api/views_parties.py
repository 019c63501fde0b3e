"""What is answered about sellers and customers. For the OpenAPI document and the tests; never loaded at run time."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field


class AddressView(BaseModel):
    country: str
    region: str
    lines: list[str]
    city: str
    postal_code: str


class SellerView(BaseModel):
    """The legal entity that issues invoices."""

    seller_id: str
    name: str
    address: AddressView
    currency: str
    time_zone: str
    invoice_prefix: str
    email: str
    website: str
    payment_terms_days: int
    payment_instructions: str
    registrations: dict[str, str]
    small_supplier: bool
    created_at: datetime
    updated_at: datetime
    version: int


class SellerPage(BaseModel):
    items: list[SellerView]
    next_cursor: str | None


class ExemptionView(BaseModel):
    regime: str
    certificate: str
    valid_from: date | None
    valid_to: date | None


class CustomerView(BaseModel):
    """The billing profile of a subject."""

    subject: str
    name: str
    address: AddressView
    email: str
    language: str
    time_zone: str
    tax_number: str
    exemptions: list[ExemptionView]
    credit_minor: dict[str, int] = Field(
        description="Currency -> minor units that the next invoices take into account."
    )
    created_at: datetime
    updated_at: datetime
    version: int


class CustomerPage(BaseModel):
    items: list[CustomerView]
    next_cursor: str | None
