"""What is answered about products and their prices. For the documentation and the tests; no running function imports this."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class MoneyView(BaseModel):
    amount_minor: int = Field(description="In the currency's smallest unit.", examples=[1999])
    currency: str = Field(description="ISO 4217.", examples=["CAD"])


class ImageView(BaseModel):
    url: str
    alt: str


class OptionView(BaseModel):
    name: str
    value: str


class VariantStockSummary(BaseModel):
    tracked: bool = Field(description="Whether units are counted.")
    available: int | None = Field(description="Units that can be had; null where they are not counted.")
    backorder: bool
    in_stock: bool = Field(description="Whether one can be had now.")


class VariantView(BaseModel):
    variant_id: str
    sku: str | None
    options: list[OptionView]
    price: MoneyView | None
    compare_at: MoneyView | None
    cost: MoneyView | None = Field(description="Null for keys without `catalog:write`.")
    gtin: str | None
    mpn: str | None
    weight_grams: int | None
    image: str | None
    stock: VariantStockSummary


class ProductView(BaseModel):
    product_id: str = Field(examples=["prd_0f4b8d3f2f6c4d6e9a1b2c3d4e5f6a7b"])
    source: str = Field(description="Where it comes from: `api`, or an import's format.", examples=["shopify"])
    key: str = Field(description="Its name there.")
    title: str
    description_html: str = Field(description="Harmless HTML.")
    description_text: str = Field(description="The same without markup.")
    brand: str
    category: list[str]
    product_type: str
    tags: list[str]
    status: Literal["active", "draft", "archived"]
    url: str
    images: list[ImageView]
    attributes: dict[str, list[str]]
    external_ids: dict[str, str]
    availability: Literal["in_stock", "out_of_stock"]
    variants: list[VariantView]
    version: int = Field(description="Counts changes; the `ETag` tells it too.")
    created_at: AwareDatetime
    updated_at: AwareDatetime
    observed_at: AwareDatetime | None = Field(description="When the import was started that last changed it.")


class ProductPage(BaseModel):
    items: list[ProductView]
    next_cursor: str | None


class PriceStateView(BaseModel):
    price: MoneyView | None
    compare_at: MoneyView | None
    available: bool | None = Field(description="Null where stock is not counted.")


class PricePointView(PriceStateView):
    """The state of one variant from `at` on; at day resolution, on the day that begins then."""

    at: AwareDatetime
    variant_id: str | None = Field(description="Null for an offer.")
    lowest: MoneyView | None
    highest: MoneyView | None
    source: str | None = Field(description="How the change came: `import`, `api`, an offer's source.")
    carried: bool = Field(description="Nothing changed here; the state is repeated where the range begins or ends.")


class PriceWindowView(BaseModel):
    """Prices in force during the last `days` days."""

    days: int
    lowest: MoneyView
    highest: MoneyView
    median: MoneyView = Field(description="The price at or below which it could be had for at least half of the time.")


class ReductionView(BaseModel):
    since: AwareDatetime
    reference: MoneyView | None = Field(
        description="The lowest price of the 30 days before the reduction (Directive 98/6/EC, article 6a)."
    )
    drop_percent: str | None = Field(description="Against the price just before, two decimals.", examples=["24.96"])


class BadgeView(BaseModel):
    kind: Literal["sale", "price_drop", "lowest_in_30_days"]
    percent: int | None = Field(description="Rounded down.")


class PriceStatisticsView(PriceStateView):
    variant_id: str | None
    since: AwareDatetime = Field(description="When the present price began; at most 120 days ago.")
    windows: list[PriceWindowView]
    prior_low: MoneyView | None = Field(description="The lowest price of the 30 days before the present one.")
    reduction: ReductionView | None
    badges: list[BadgeView]


class PriceHistoryPage(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    product_id: str
    offer_id: str | None
    resolution: Literal["raw", "day"]
    from_: AwareDatetime = Field(alias="from")
    to: AwareDatetime
    items: list[PricePointView]
    next_cursor: str | None
    last_seen_at: AwareDatetime | None
    statistics: list[PriceStatisticsView] | None = Field(description="On the first page only.")
