"""What is answered about shops. For the OpenAPI document and the tests; never loaded at run time."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class TroubleView(BaseModel):
    """Something that went wrong at a shop."""

    code: str = Field(description="Stable; made for programs.", examples=["needs_reauth"])
    detail: str
    remedy: str
    at: datetime


class ShopView(BaseModel):
    """A shop that is connected, or was."""

    shop: str = Field(description="The domain that Shopify gave it.", examples=["maple-outfitters.myshopify.com"])
    status: Literal["connected", "needs_reauth", "uninstalled", "disconnected"] = Field(
        description=(
            "needs_reauth: the shop does not accept our credentials any more, connect it again. uninstalled: by its owner. "
            "disconnected: by you."
        )
    )
    name: str | None = Field(description="Null until the shop has been set up.")
    currency: str | None = Field(description="Null until the shop has been set up.")
    time_zone: str | None = Field(description="IANA name. Null until the shop has been set up.")
    scopes: list[str] = Field(description="What its owner granted.")
    connected_at: datetime
    updated_at: datetime
    set_up_at: datetime | None = Field(description="Since when its webhooks come to us.")
    run_id: str | None = Field(description="The run that reads its whole catalogue just now.")
    last_run_id: str | None
    last_success_at: datetime | None = Field(description="When its whole catalogue had been read and applied at last.")
    next_run_at: datetime | None = Field(description="When its whole catalogue is read next.")
    failures: int = Field(description="How many runs have failed since the last success.")
    trouble: TroubleView | None = Field(description="Why the last thing that was tried failed; null if it did not.")


class ShopDetails(ShopView):
    """A shop, with what went wrong there in the last 30 days."""

    troubles: list[TroubleView] = Field(description="The latest, newest first.")


class ShopPage(BaseModel):
    items: list[ShopView]
    next_cursor: str | None


class PrivacyRequestView(BaseModel):
    """Somebody's personal data is to be shown or erased. What names the person is null where the request does not."""

    request_id: str
    kind: Literal["customers/data_request", "customers/redact", "shop/redact"]
    status: Literal["received"]
    shop: str
    received_at: datetime
    due_at: datetime = Field(description="30 days after it was received.")
    customer_id: str | None = Field(description="The shop's own id of the person.")
    email: str | None
    phone: str | None
    order_ids: list[str] = Field(description="The orders that it is about.")


class PrivacyRequestPage(BaseModel):
    items: list[PrivacyRequestView]
    next_cursor: str | None
