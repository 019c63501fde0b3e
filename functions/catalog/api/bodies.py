"""What callers may send about products."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from skuflow.catalog import codes
from skuflow.catalog.incoming_values import LIMITS, MAX_ATTRIBUTES, MAX_IMAGES, MAX_LEVELS, MAX_TAGS, MAX_TEXT
from skuflow.kernel.currency import MINOR_DIGITS

_MOST = 10**15
_WEB = r"^(?:https?://\S*|[^\s:]*(?:[/?#]\S*)?)$"


def _currency(code: str) -> str:
    if code not in MINOR_DIGITS:
        raise ValueError("is not an ISO 4217 currency code such as CAD")
    return code


Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
Link = Annotated[str, Field(max_length=LIMITS["url"], pattern=_WEB, examples=["https://shop.example/shirt"])]
Sku = Annotated[str, Field(max_length=codes.MAX_SKU), AfterValidator(codes.sku)]
Gtin = Annotated[str, Field(description="GTIN-8, -12, -13 or -14.", max_length=20), AfterValidator(codes.gtin)]
Mpn = Annotated[str, Field(max_length=codes.MAX_MPN), AfterValidator(codes.mpn)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _no_control_characters(cls, said: Any) -> Any:
        texts = said.items() if isinstance(said, dict) else ()
        if any(isinstance(text, str) and "\x00" in text for _, text in texts):
            raise ValueError("texts hold no NUL characters")
        return said


class MoneyBody(_Body):
    amount_minor: int = Field(ge=0, le=_MOST, description="In the currency's smallest unit.", examples=[1999])
    currency: Annotated[str, AfterValidator(_currency), Field(examples=["CAD"])]


class ImageBody(_Body):
    url: Annotated[Link, Field(min_length=1)]
    alt: str = Field(default="", max_length=MAX_TEXT)


class OptionBody(_Body):
    name: Text
    value: Text


class VariantBody(_Body):
    """One sellable thing. In a change, what is left out stays as it is, and null clears it."""

    sku: Sku | None = None
    options: list[OptionBody] = Field(default=[], max_length=10)
    price: MoneyBody | None = None
    compare_at: MoneyBody | None = Field(default=None, description="The price before, or the recommended one.")
    cost: MoneyBody | None = Field(
        default=None, description="What it costs the client. Shown with `catalog:write` only."
    )
    gtin: Gtin | None = None
    mpn: Mpn | None = None
    weight_grams: int | None = Field(default=None, ge=0, le=10**9)
    image: Link | None = None

    @model_validator(mode="after")
    def _one_currency(self) -> VariantBody:
        if self.price and self.compare_at and self.price.currency != self.compare_at.currency:
            raise ValueError("price and compare_at are in different currencies")
        return self


class VariantChangeBody(VariantBody):
    variant_id: str | None = Field(default=None, max_length=64, description="Which variant; absent: a new one.")


class _ProductFields(_Body):
    description_html: str = Field(
        default="", max_length=LIMITS["description_html"], description="Made harmless when it is stored."
    )
    brand: str = Field(default="", max_length=LIMITS["brand"])
    category: list[Text] = Field(
        default=[], max_length=MAX_LEVELS, description="From the root down.", examples=[["Apparel", "Shirts"]]
    )
    product_type: str = Field(default="", max_length=LIMITS["product_type"])
    tags: list[Text] = Field(default=[], max_length=MAX_TAGS)
    status: Literal["active", "draft", "archived"] = "active"
    url: Link = ""
    images: list[ImageBody] = Field(default=[], max_length=MAX_IMAGES)
    attributes: dict[Text, Annotated[list[Text], Field(min_length=1, max_length=MAX_TAGS)]] = Field(
        default={}, max_length=MAX_ATTRIBUTES, examples=[{"material": ["linen"]}]
    )
    external_ids: dict[Text, Text] = Field(
        default={},
        max_length=MAX_ATTRIBUTES,
        description="Ids elsewhere. `asin` is checked.",
        examples=[{"erp": "A-17"}],
    )

    @model_validator(mode="after")
    def _asin(self) -> _ProductFields:
        if "asin" in self.external_ids:
            self.external_ids["asin"] = codes.asin(self.external_ids["asin"])
        return self


class CreateProductBody(_ProductFields):
    """A product of the client's own."""

    title: str = Field(min_length=1, max_length=LIMITS["title"], examples=["Linen shirt"])
    variants: list[VariantBody] = Field(default=[], max_length=500)


class ChangeProductBody(_ProductFields):
    """What is left out stays as it is."""

    title: str = Field(default="", min_length=1, max_length=LIMITS["title"])
    variants: list[VariantChangeBody] = Field(default=[], max_length=500)
    remove_variants: list[Annotated[str, Field(max_length=64)]] = Field(default=[], max_length=500)
    version: int | None = Field(
        default=None, ge=1, description="The version that was read, instead of `If-Match`; absent: whatever it is."
    )
