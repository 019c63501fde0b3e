"""What the pass over all rows finds out: how many, how they write prices, which products are scattered."""

from __future__ import annotations

import zlib

from skuflow.sync.reading.formats.cells import RowReader
from skuflow.sync.reading.formats.headers import Columns
from skuflow.sync.reading.formats.woocommerce import WooCommerceReader
from skuflow.sync.reading.plan import ReadingPlan
from skuflow.sync.reading.refusal import UploadRefused
from skuflow.sync.reading.source import Limits
from skuflow.sync.reading.stream.rows import fit
from skuflow.sync.reading.values.decimal_style import StyleEvidence

_PRICES = ("price", "sale_price", "compare_at", "cost")
_MAX_PARENTS = 2_000


class Survey:
    """Takes every record once. Memory: one hash per product, one bit per row."""

    def __init__(self, plan: ReadingPlan, reader: RowReader, limits: Limits) -> None:
        columns = Columns(plan.header, plan.mapping)
        self._width = columns.width
        self._reader = reader
        self._woo = reader if isinstance(reader, WooCommerceReader) else None
        self._number = columns["id"]
        self._limits = limits
        self._price_columns = [columns[field] for field in _PRICES if field in columns]
        self._key = ""
        self._run = (0, 0)
        self._seen: set[int] = set()
        self._repeats = bytearray()
        self._skus: dict[str, str] = {}
        self._by_number: set[str] = set()
        self.style = StyleEvidence()
        self.rows = 0
        self.runs = 0
        self.short_rows = 0
        self.last_line = 0
        self.last_is_short = False

    def add(self, offset: int, line: int, cells: list[str] | None) -> None:
        """Raises UploadRefused beyond the row limit."""
        row = self.rows
        self.rows += 1
        if row >= self._limits.max_rows:
            raise UploadRefused(
                "too_many_rows", f"the file has more than {self._limits.max_rows:,} rows", "split it into several files"
            )
        self.last_line = line
        self.last_is_short = cells is not None and len(cells) < self._width
        self.short_rows += 1 if self.last_is_short else 0
        if cells is None or not fit(cells, self._width):
            return
        add_price = self.style.add
        for column in self._price_columns:
            if cells[column]:
                add_price(cells[column])
        key = self._reader.run_key(cells)
        if key and key != self._key:
            self._begin_run(key, row, offset)
        elif (
            row - self._run[0] >= self._limits.max_product_rows
            or offset - self._run[1] >= self._limits.max_product_bytes
        ):
            self._mark(row)  # a reader may cut the product apart here, and must not take the rest for another
        if self._woo is not None:
            self._note_family(self._woo, cells)

    def _begin_run(self, key: str, row: int, offset: int) -> None:
        self._key = key
        self._run = (row, offset)
        self.runs += 1
        known = hash(key)
        if known in self._seen:
            self._mark(row)
        self._seen.add(known)

    def _mark(self, row: int) -> None:
        self._repeats.extend(bytes(max(0, row // 8 + 1 - len(self._repeats))))
        self._repeats[row // 8] |= 1 << row % 8

    def _note_family(self, woo: WooCommerceReader, cells: list[str]) -> None:
        """Parents that variations name by number although they have a SKU (WooCommerce's own export never does)."""
        parent = woo.parent_of(cells)
        if parent.startswith("id:") and len(self._by_number) < _MAX_PARENTS:
            self._by_number.add(parent)
        number, own = cells[self._number].strip(), woo.own_key(cells)
        if not parent and number and not own.startswith("id:") and woo.may_have_variations(cells):
            self._skus[f"id:{number}"] = own

    def repeats(self) -> bytes:
        return zlib.compress(bytes(self._repeats), 9) if self._repeats else b""

    def parents(self) -> dict[str, str]:
        return {number: self._skus[number] for number in sorted(self._by_number) if number in self._skus}


class Repeats:
    """The rows at which a product begins again, out of `ReadingPlan.repeats`."""

    def __init__(self, packed: bytes) -> None:
        self._bits = zlib.decompress(packed) if packed else b""

    def __contains__(self, row: int) -> bool:
        return row // 8 < len(self._bits) and bool(self._bits[row // 8] >> row % 8 & 1)
