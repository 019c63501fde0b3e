"""What each function of this context is given to work with; `wiring` makes it. Types only: a function loads what it uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from skuflow.kernel.clock import Clock
    from skuflow.kernel.ids import NewId
    from skuflow.kernel.tenancy import ClientId
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.event_bus import EventBus
    from skuflow.sync.bucket import ImportBucket
    from skuflow.sync.import_store import ImportStore
    from skuflow.sync.mapping_store import MappingStore
    from skuflow.sync.progress_store import ProgressStore
    from skuflow.sync.reading.source import Limits
    from skuflow.sync.work import WorkQueue


@dataclass(frozen=True, slots=True)
class ApiDeps:
    """What sync/api works with."""

    imports: ImportStore
    progress: ProgressStore
    mappings: MappingStore
    bucket: ImportBucket
    work: WorkQueue
    limits: Limits
    clock: Clock
    new_id: NewId
    idempotency_table: str


@dataclass(frozen=True, slots=True)
class ReceiveUploadDeps:
    """What sync/receive_upload works with."""

    imports: ImportStore
    mappings: MappingStore
    bucket: ImportBucket
    work: WorkQueue
    accepts_suggestion: Callable[[ClientId], bool]
    limits: Limits
    clock: Clock
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class ReadImportDeps:
    """What sync/read_import works with."""

    imports: ImportStore
    progress: ProgressStore
    mappings: MappingStore
    bucket: ImportBucket
    work: WorkQueue
    reports: WorkQueue
    limits: Limits
    clock: Clock
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class RecordBatchOutcomeDeps:
    """What sync/record_batch_outcome works with."""

    imports: ImportStore
    progress: ProgressStore
    reports: WorkQueue
    clock: Clock
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class WriteReportDeps:
    """What sync/write_report works with."""

    imports: ImportStore
    progress: ProgressStore
    bucket: ImportBucket
    clock: Clock
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class OnTableChangeDeps:
    """What sync/on_table_change works with."""

    bus: EventBus
    rejects: DeadLetters
