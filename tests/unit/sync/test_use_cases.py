"""Use cases on stores in memory: the turns that a whole import seldom takes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from skuflow.contracts.catalog import ProductBatchApplied
from skuflow.kernel.errors import Conflict, NotFound, TransientError, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.rows import ATTEMPTS
from skuflow.sync.ask_for_report import ask_for_report
from skuflow.sync.cancel_import import cancel_import
from skuflow.sync.choose_mapping import choose_mapping
from skuflow.sync.current_totals import current_totals
from skuflow.sync.import_store import change_import
from skuflow.sync.model import Import, Layout, Slice, Totals, asking, moved, received, stopped
from skuflow.sync.reading.plan import Suggestion
from skuflow.sync.reading.source import Checkpoint
from skuflow.sync.record_batch_outcome import record_batch_outcome
from tests.doubles import START, FakeClock
from tests.fakes.sync import FakeImports, FakeMappings, FakeProgress

MINE = ClientId("cli_0000000000000001")
CAUSE = Cause("request-1")
LAYOUT = Layout("plan", "mapped", "utf-8", ",", ".", 9, {"title": "Name"})


@dataclass(slots=True)
class Asked:
    """A work queue that remembers."""

    imports: list[str] = field(default_factory=list)

    def put(self, client: ClientId, import_id: str) -> None:
        self.imports.append(import_id)


@dataclass(slots=True)
class Busy(FakeImports):
    """Somebody else writes first, `times` over."""

    times: int = 0

    def save(self, client_id: ClientId, item: Import) -> Import:
        if self.times:
            self.times -= 1
            FakeImports.save(self, client_id, self.get(client_id, item.import_id))
        return FakeImports.save(self, client_id, item)


def waiting() -> Import:
    return Import(
        import_id="imp_1",
        file_name="a.csv",
        currency="CAD",
        status="awaiting_upload",
        created_at=START,
        updated_at=START,
        upload_key="uploads/a.csv",
        cause=CAUSE,
    )


def applying() -> Import:
    reading = moved(received(waiting(), "e", 1, START), "reading", START)
    return replace(moved(reading, "applying", START), layout=LAYOUT)


def last_slice(batches: int) -> Slice:
    return Slice(
        number=1,
        next=Checkpoint(100, 10, 9),
        done=True,
        bucket="b",
        files=(),
        rejects_key=None,
        source="file",
        observed_at=START,
        read_at=START,
        batches=batches,
        products=batches,
        rejected=0,
        warnings=0,
    )


def outcome(batch: int) -> ProductBatchApplied:
    return ProductBatchApplied("imp_1", batch, 1, 1, 0, 0, 1, 0, 0)


def test_a_change_is_made_on_what_others_left() -> None:
    imports = Busy(times=3)
    FakeImports.save(imports, MINE, waiting())
    done = change_import(MINE, "imp_1", lambda now: received(now, "e", 1, START), imports=imports)
    assert (done.status, done.version) == ("inspecting", 5)


def test_a_change_that_is_always_too_late_may_be_tried_again() -> None:
    imports = Busy(times=ATTEMPTS)
    FakeImports.save(imports, MINE, waiting())
    with pytest.raises(TransientError):
        change_import(MINE, "imp_1", lambda now: received(now, "e", 1, START), imports=imports)


def test_the_last_outcome_asks_for_the_report_and_each_repeat_asks_again() -> None:
    imports, progress, reports = FakeImports(), FakeProgress(), Asked()
    imports.save(MINE, applying())
    progress.add_slice(MINE, "imp_1", last_slice(2), CAUSE)
    for batch in (1, 1, 2, 2):
        record_batch_outcome(
            MINE,
            outcome(batch),
            imports=imports,
            progress=progress,
            reports=reports,  # type: ignore[arg-type]
            clock=FakeClock(),
        )
    assert reports.imports == ["imp_1", "imp_1"]
    assert progress.tally(MINE, "imp_1").created == 2


def test_an_outcome_of_an_unknown_import_is_refused_and_leaves_no_trace() -> None:
    progress = FakeProgress()
    with pytest.raises(NotFound):
        record_batch_outcome(
            MINE,
            outcome(1),
            imports=FakeImports(),
            progress=progress,
            reports=Asked(),  # type: ignore[arg-type]
            clock=FakeClock(),
        )
    assert progress.tally(MINE, "imp_1").batches == 0


def test_no_report_is_asked_for_while_the_file_is_read() -> None:
    progress, reports = FakeProgress(), Asked()
    progress.add_slice(MINE, "imp_1", last_slice(0), CAUSE)
    reading = moved(received(waiting(), "e", 1, START), "reading", START)
    ask_for_report(MINE, reading, progress=progress, reports=reports)  # type: ignore[arg-type]
    assert reports.imports == []


def test_totals_are_those_of_the_end_once_there_is_one() -> None:
    progress = FakeProgress()
    progress.add_slice(MINE, "imp_1", last_slice(2), CAUSE)
    assert current_totals(MINE, waiting(), progress=progress) == Totals()
    assert current_totals(MINE, applying(), progress=progress).rows_read == 9
    assert current_totals(MINE, replace(applying(), totals=Totals(rows_read=5)), progress=progress).rows_read == 5


def test_a_cancelled_import_stays_cancelled_and_a_finished_one_finished() -> None:
    imports, clock = FakeImports(), FakeClock()
    imports.save(MINE, applying())
    first = cancel_import(MINE, "imp_1", imports=imports, clock=clock)
    again = cancel_import(MINE, "imp_1", imports=imports, clock=clock)
    assert (first.status, again) == ("cancelled", first)
    assert first.refusal is not None
    refused = stopped(received(waiting(), "e", 1, START), "refused", first.refusal, START)
    imports.save(MINE, replace(refused, import_id="imp_2"))
    with pytest.raises(Conflict):
        cancel_import(MINE, "imp_2", imports=imports, clock=clock)


def test_two_people_who_answer_at_once_are_told_apart() -> None:
    imports, mappings, work = FakeImports(), FakeMappings(), Asked()
    suggestion = Suggestion({"title": "Name"}, {"title": 1}, ("price",), ("Cost",))
    imports.save(MINE, asking(received(waiting(), "e", 1, START), suggestion, START))

    def answer(mapping: dict[str, str] | None) -> Import:
        return choose_mapping(
            MINE,
            "imp_1",
            mapping,
            save_as="Supplier",
            imports=imports,
            mappings=mappings,
            work=work,  # type: ignore[arg-type]
            clock=FakeClock(),
        )

    chosen = answer({"title": "Name", "price": "Cost"})
    assert chosen.mapping == {"title": "Name", "price": "Cost"}
    assert answer({"title": "Name", "price": "Cost", "brand": ""}) == chosen
    with pytest.raises(Conflict) as caught:
        answer({"title": "Cost"})
    assert not isinstance(caught.value, VersionConflict)
    assert len(mappings.page(MINE, None, None)[0]) == 1
    assert work.imports == ["imp_1", "imp_1"]
