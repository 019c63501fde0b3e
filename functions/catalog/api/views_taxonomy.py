"""What is answered about categories, brands and collections. For the documentation and the tests; no running function imports
this."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, Field


class CategoryView(BaseModel):
    category_id: str
    market: str
    name: str
    slug: str
    parent_id: str | None
    depth: int = Field(description="0 for a root.")
    position: int = Field(description="Among its siblings, from 0.")
    path: list[str] = Field(description="Names from the root down.")
    created_at: AwareDatetime
    updated_at: AwareDatetime
    version: int


class CategoryPage(BaseModel):
    """Parents before children, siblings in display order: indenting by `depth` shows the tree."""

    items: list[CategoryView]
    next_cursor: str | None


class BrandView(BaseModel):
    brand_id: str = Field(description="The slug of the name.")
    name: str
    popularity: int | None = Field(description="0 to 100.")
    quality: int | None = Field(description="0 to 100.")
    description: str
    logo_url: str | None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    version: int


class BrandPage(BaseModel):
    items: list[BrandView]
    next_cursor: str | None


class CollectionSummary(BaseModel):
    collection_id: str
    title: str
    slug: str
    description: str
    products: int
    is_active: bool = Field(description="Now.")
    starts_at: AwareDatetime | None
    ends_at: AwareDatetime | None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    version: int


class CollectionView(CollectionSummary):
    product_ids: list[str] = Field(description="In the order in which they are shown.")


class CollectionPage(BaseModel):
    items: list[CollectionSummary]
    next_cursor: str | None
