"""A result, slice by slice: first its stretches are sorted into heaps, then heap after heap is joined and handed over. Last
come the orders, page by page.

Everything of a slice is written under names derived from its content before the slice is given out; whoever stores it moves the
checkpoint. What a slice holds depends on the result's bytes and the slices before it alone, so a repeat and a twin write the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from skuflow.contracts.sync import BatchHeader, SourceProduct
from skuflow.kernel.clock import Clock, iso
from skuflow.sync.batches import batches
from skuflow.sync.bucket import batch_key, rejects_key
from skuflow.sync.model import BatchFile, Slice
from skuflow.sync.reading.outcome import RowReject
from skuflow.sync.reading.source import Checkpoint
from skuflow.sync.report_rows import ReportRow, Severity, encoded, in_order
from skuflow.sync.runs.joining import Joined, joined
from skuflow.sync.runs.lines import Line, lines, routed
from skuflow.sync.runs.model import Run
from skuflow.sync.runs.reading_state import ReadingState, RunFiles
from skuflow.sync.runs.result_source import ResultSource
from skuflow.sync.runs.spool import Row, Segment, SegmentBuilder, SpoolSizes, rows
from skuflow.sync.shopify.fields import Taken
from skuflow.sync.shops.model import source_of

if TYPE_CHECKING:
    from skuflow.sync.runs.heal_orders import OrderHealing

_Cover = tuple[tuple[str, ...], tuple[str, ...], bool]
"""Product fields, variant fields, and whether products are complete: what the header of a batch says of all its products."""


@dataclass(frozen=True, slots=True)
class SliceReader:
    """Reads the result of `run`, and the orders changed since `orders_since` ("": none)."""

    run: Run
    files: RunFiles
    source: ResultSource
    orders: Callable[[], OrderHealing]
    orders_since: str
    sizes: SpoolSizes
    clock: Clock

    def slices(self, last: Slice | None) -> Iterator[Slice]:
        """What comes after `last`, which is not the end. Raises what ResultSource and the bucket raise."""
        if last is not None:
            state = self.files.state(last.state_key)
        else:
            size = self.source.size() if self.run.url or self.run.objects else 0
            state = ReadingState(size, self.sizes.heaps_for(size), orders_since=self.orders_since)
        at = last.next if last is not None else Checkpoint(0, 1, 0)
        for part in self._sorted(at, state, last) if at.offset < state.size else ():
            yield part
            last = part
        if last is not None:
            state = self.files.state(last.state_key)
        for part in self._joined(state, last):
            yield part
            last = part
        if last is not None and not last.done:
            yield from self._ordered(self.files.state(last.state_key), last)

    def _sorted(self, at: Checkpoint, state: ReadingState, last: Slice | None) -> Iterator[Slice]:
        most = self.sizes.segment_for(state.size)
        stretch = _Stretch(state.heaps)
        for line in lines(self.source.read_from(at.offset, state.size), offset=at.offset, number=at.line):
            stretch.add(line)
            if line.end - at.offset >= most or line.end == state.size:
                at = Checkpoint(line.end, line.number + 1, line.number)
                state, last = self._sorted_slice(stretch, at, state, last)
                stretch = _Stretch(state.heaps)
                yield last

    def _sorted_slice(
        self, stretch: _Stretch, at: Checkpoint, state: ReadingState, last: Slice | None
    ) -> tuple[ReadingState, Slice]:
        number = last.number + 1 if last is not None else 1
        content, bounds = stretch.lines.finished()
        segment = Segment(self.files.put(f"segment-{number:06d}", "spool", content), bounds)
        rejected = len(stretch.rejects)
        totals = replace(
            state.totals,
            lines=at.rows,
            bytes=at.offset,
            ignored=state.totals.ignored + stretch.ignored,
            rejected=state.totals.rejected + rejected,
        )
        state = replace(
            state,
            segments=(*state.segments, segment),
            media=state.media or stretch.media,
            unreadable=state.unreadable + rejected,
            totals=totals,
        )
        return state, self._slice(number, at, state, last, rejects=stretch.rejects)

    def _joined(self, state: ReadingState, last: Slice | None) -> Iterator[Slice]:
        for heap in range(state.joined, state.heaps):
            found = joined(
                self._rows(state, heap),
                currency=self.run.currency,
                seen_at=self.run.observed_at or self.run.created_at,
                media_asked=state.media,
                all_variants=state.is_whole and not self.run.partial,
            )
            state, last = self._joined_slice(found, state, last)
            del found
            yield last

    def _rows(self, state: ReadingState, heap: int) -> Iterator[Row]:
        for segment in state.segments:
            yield from rows(self.files.heap(segment, heap))

    def _joined_slice(self, found: Joined, state: ReadingState, last: Slice | None) -> tuple[ReadingState, Slice]:
        number = last.number + 1 if last is not None else 1
        files = self._handed_over(found.products, last.batches if last is not None else 0)
        content = "".join(f"{key}\n" for key in found.keys).encode()
        keys = (self.files.put(f"keys-{number:06d}", "txt", content),) if content else ()
        totals = replace(
            state.totals,
            products=state.totals.products + found.found,
            variants=state.totals.variants + found.variants,
            ignored=state.totals.ignored + found.ignored,
            rejected=state.totals.rejected + len(found.rejects),
        )
        state = replace(state, joined=state.joined + 1, keys=(*state.keys, *keys), totals=totals)
        at = last.next if last is not None else Checkpoint(0, 1, 0)
        return state, self._slice(number, at, state, last, files=files, rejects=found.rejects, warnings=found.warnings)

    def _ordered(self, state: ReadingState, last: Slice) -> Iterator[Slice]:
        """Page by page; a page that is read again changes nothing."""
        healing = self.orders()
        while not last.done:
            found = healing.page(state.orders_since, state.orders_after)
            since = state.orders_since if found.after is not None else ""
            state = replace(state, orders_since=since, orders_after=found.after)
            last = self._slice(last.number + 1, last.next, state, last, rejects=())
            yield last

    def _handed_over(self, taken: Iterable[Taken], before: int) -> tuple[BatchFile, ...]:
        """The batches of `taken`; products that the file tells alike share them."""
        alike: dict[_Cover, list[SourceProduct]] = {}
        for one in taken:
            if one.product is not None and (one.product_fields or one.variant_fields):
                alike.setdefault((one.product_fields, one.variant_fields, one.complete), []).append(one.product)
        files: list[BatchFile] = []
        for cover, products in alike.items():
            for batch in batches(products, self._header(cover, before + len(files) + 1)):
                key = batch_key(self.files.client_id, self.run.run_id, batch.number, batch.content)
                self.files.bucket.put(key, batch.content, "application/x-ndjson")
                files.append(BatchFile(batch.number, key, batch.products))
        return tuple(files)

    def _header(self, cover: _Cover, batch: int) -> BatchHeader:
        product_fields, variant_fields, complete = cover
        return BatchHeader(
            schema_version=1,
            import_id=self.run.run_id,
            client_id=self.files.client_id,
            batch=batch,
            source=source_of(self.run.shop),
            observed_at=iso(self.run.observed_at or self.run.created_at),
            currency=self.run.currency,
            product_fields=product_fields,
            variant_fields=variant_fields,
            complete=complete,
        )

    def _slice(
        self,
        number: int,
        at: Checkpoint,
        state: ReadingState,
        last: Slice | None,
        *,
        rejects: Sequence[RowReject],
        files: tuple[BatchFile, ...] = (),
        warnings: Sequence[RowReject] = (),
    ) -> Slice:
        return Slice(
            number=number,
            next=at,
            done=state.is_done,
            bucket=self.files.bucket.name,
            files=files,
            rejects_key=self._keep_remarks(number, rejects, warnings),
            source=source_of(self.run.shop),
            observed_at=self.run.observed_at or self.run.created_at,
            read_at=self.clock(),
            batches=(last.batches if last is not None else 0) + len(files),
            products=(last.products if last is not None else 0) + sum(file.products for file in files),
            rejected=state.totals.rejected,
            warnings=(last.warnings if last is not None else 0) + len({remark.line for remark in warnings}),
            state_key=self.files.put_state(number, state),
        )

    def _keep_remarks(self, number: int, rejects: Sequence[RowReject], warnings: Sequence[RowReject]) -> str | None:
        remarks = [*[_remark(one, "error") for one in rejects], *[_remark(one, "warning") for one in warnings]]
        if not remarks:
            return None
        content = encoded(sorted(remarks, key=in_order))
        key = rejects_key(self.files.client_id, self.run.run_id, number, content)
        self.files.bucket.put(key, content, "application/x-ndjson")
        return key


class _Stretch:
    """A stretch of the file while its lines come in."""

    def __init__(self, heaps: int) -> None:
        self.lines = SegmentBuilder(heaps)
        self.rejects: list[RowReject] = []
        self.ignored = 0
        self.media = False

    def add(self, line: Line) -> None:
        route = routed(line)
        if route.product:
            self.lines.add(route.product, Row(line.number, line.offset, line.content))
            self.media = self.media or route.is_media
        elif route.reject is not None:
            self.rejects.append(route.reject)
        else:
            self.ignored += 1


def _remark(remark: RowReject, severity: Severity) -> ReportRow:
    return ReportRow(remark.line, remark.column, remark.value, remark.reason, remark.hint, severity)
