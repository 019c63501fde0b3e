"""The products of one chunk while their rows come in."""

from __future__ import annotations

from collections.abc import Iterable

from skuflow.contracts.sync import SourceImage, SourceProduct, SourceVariant
from skuflow.sync.reading.outcome import BadRow, RowReject, shown

MAX_TITLE, MAX_NAME, MAX_KEY, MAX_DESCRIPTION, MAX_IMAGES, MAX_TAGS = 1_000, 255, 255, 100_000, 250, 250


class Draft:
    """One product in the making. Only `Assembly` keeps drafts; what leaves is the frozen `SourceProduct`."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.lines: list[int] = []
        self.defines = False
        self.title = ""
        self.description_html = ""
        self.brand = ""
        self.category: tuple[str, ...] = ()
        self.product_type = ""
        self.tags: tuple[str, ...] = ()
        self.status = "active"
        self.url = ""
        self.images: dict[str, tuple[int, str]] = {}
        self.attributes: dict[str, tuple[str, ...]] = {}
        self.external_ids: dict[str, str] = {}
        self.variants: dict[str, SourceVariant] = {}
        self.base: SourceVariant | None = None

    def add_image(self, url: str, alt: str = "", position: int | None = None) -> bool:
        """`position` orders the images; without one they stay in the order of the rows. False if there are too many."""
        if url in self.images:
            return True
        if len(self.images) >= MAX_IMAGES:
            return False
        self.images[url] = (len(self.images) + 1 if position is None else position, alt)
        return True

    def add_attribute(self, name: str, values: Iterable[str]) -> None:
        have = self.attributes.get(name, ())
        merged = tuple(dict.fromkeys((*have, *(value for value in values if value))))
        if merged:
            self.attributes[name] = merged

    def add_variant(self, variant: SourceVariant, column: str, shown_as: str) -> None:
        """Raises BadRow if the chunk already has this variant of the product: one of the two rows would be lost."""
        twin = self.variants.get(variant.key)
        if twin is not None:
            raise BadRow(
                column,
                shown_as,
                f"the same variant as on line {twin.line}",
                "keep one of the two rows, or tell them apart",
            )
        self.variants[variant.key] = variant

    def finished(self) -> SourceProduct:
        if self.base is not None and not self.variants:
            self.variants[self.base.key] = self.base
        ordered = sorted(self.images.items(), key=lambda image: image[1][0])
        return SourceProduct(
            key=self.key,
            lines=tuple(self.lines),
            defines=self.defines,
            title=self.title,
            description_html=self.description_html,
            brand=self.brand,
            category=self.category,
            product_type=self.product_type,
            tags=self.tags,
            status=self.status,
            url=self.url,
            images=tuple(SourceImage(url, alt) for url, (_, alt) in ordered),
            attributes=self.attributes,
            external_ids=self.external_ids,
            variants=tuple(self.variants.values()),
        )


class Assembly:
    """Everything that one chunk's rows have come to so far."""

    def __init__(self) -> None:
        self._drafts: dict[str, Draft] = {}
        self._latest: Draft | None = None
        self.rejects: list[RowReject] = []
        self.warnings: list[RowReject] = []
        self.option_names: tuple[str, ...] = ()
        self.context: Draft | None = None

    def begin_run(self) -> None:
        """Rows of another product begin: forget what its rows inherit from the first one (Shopify's option names, and the
        product that BigCommerce's variant rows belong to), and the last product if none of its rows was taken."""
        if self._latest is not None and not self._latest.lines:
            del self._drafts[self._latest.key]
        self._latest = None
        self.option_names = ()
        self.context = None

    def draft(self, key: str) -> Draft:
        found = self._drafts.get(key)
        if found is None:
            found = self._drafts[key] = Draft(key)
        self._latest = found
        return found

    def warn(self, line: int, column: str, value: str, reason: str, hint: str) -> None:
        self.warnings.append(RowReject(line, column, shown(value), reason, hint))

    def products(self) -> tuple[SourceProduct, ...]:
        """The products of which at least one row was taken, in the order of their first rows."""
        return tuple(draft.finished() for draft in self._drafts.values() if draft.lines)
