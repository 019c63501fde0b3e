"""What a run amounts to, and what it still waits for."""

from __future__ import annotations

from dataclasses import replace

from skuflow.sync.model import Slice, Tally
from skuflow.sync.runs.model import Run, RunTotals


def is_compared(run: Run) -> bool:
    """Whether nothing is to be heard any more of what the shop no longer has."""
    return run.compared or run.partial or run.snapshot is None


def totals_of(run: Run, last: Slice | None, tally: Tally) -> RunTotals:
    """The counts of `run`, its reader's and the catalogue's, at this moment."""
    return replace(
        run.totals,
        products=max(run.totals.products, last.products if last is not None else 0),
        rejected=(last.rejected if last is not None else 0) + tally.rejected,
        created=tally.products_created,
        updated=tally.products_updated,
        unchanged=tally.products_unchanged,
    )
