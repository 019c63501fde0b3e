"""Who issues invoices and who gets them. Pure; what makes them valid stands in `party_rules`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from skuflow.billing.tax.model import Exemption
from skuflow.kernel.events import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """`lines`: street and the like. `country`: ISO 3166-1 alpha-2; `region`: ISO 3166-2 without the country, e.g. ON."""

    country: str
    region: str = ""
    lines: tuple[str, ...] = ()
    city: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """The legal entity that issues invoices; their numbers are gapless per seller and begin with `invoice_prefix`.

    `registrations`: tax regime (`GST/HST`, `QST`, `GSTIN`, …) -> number; a tax without a registration is not collected.
    `small_supplier`: sells too little to be registered for GST/HST and QST. `payment_instructions`: how to pay, in lines, as it
    stands on invoices. `version` counts writes.
    """

    seller_id: str
    name: str
    address: Address
    currency: str
    time_zone: str
    invoice_prefix: str
    created_at: datetime
    updated_at: datetime
    cause: Cause
    email: str = ""
    website: str = ""
    payment_terms_days: int = 30
    payment_instructions: str = ""
    registrations: Mapping[str, str] = field(default_factory=dict)
    small_supplier: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """The billing profile of a subject.

    `credit_minor`: currency -> minor units that we owe the subject, used up by its next invoices; changed by billing runs and
    credit notes alone, never by hand. `tax_number`: a GSTIN in India. `version` counts writes.
    """

    subject: str
    name: str
    address: Address
    created_at: datetime
    updated_at: datetime
    cause: Cause
    email: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    tax_number: str = ""
    exemptions: tuple[Exemption, ...] = ()
    credit_minor: Mapping[str, int] = field(default_factory=dict)
    version: int = 0
