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
    from skuflow.quality.images.facts_store import ImageFactsStore
    from skuflow.quality.images.pictures import Pictures
    from skuflow.quality.jobs.finish_job import Ending
    from skuflow.quality.jobs.progress_store import ProgressStore
    from skuflow.quality.jobs.start_job import Starting
    from skuflow.quality.jobs.store import JobStore
    from skuflow.quality.jobs.work import JobWork
    from skuflow.quality.nightly_store import NightlyStore
    from skuflow.quality.products_store import ProductsStore
    from skuflow.quality.report.store import ReportStore
    from skuflow.quality.rule_store import RuleStore
    from skuflow.quality.series_store import SeriesStore
    from skuflow.quality.threshold_store import ThresholdStore


@dataclass(frozen=True, slots=True)
class ApiDeps:
    """What quality/api works with."""

    jobs: JobStore
    progress: ProgressStore
    starting: Starting
    rules: RuleStore
    reports: ReportStore
    series: SeriesStore
    thresholds: ThresholdStore
    nightly: NightlyStore
    clock: Clock
    new_id: NewId
    idempotency_table: str


@dataclass(frozen=True, slots=True)
class OnTableChangeDeps:
    """What quality/on_table_change works with."""

    bus: EventBus
    rejects: DeadLetters


@dataclass(frozen=True, slots=True)
class RunQualityJobDeps:
    """What quality/run_quality_job works with. `ending` is what ends a job, `pictures` what looks
    at pictures: both are made when the first job needs them."""

    jobs: JobStore
    progress: ProgressStore
    products: ProductsStore
    rules: RuleStore
    nightly: NightlyStore
    ending: Callable[[], Ending]
    pictures: Callable[[], Pictures]
    work: JobWork
    clock: Clock
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class RecordFixOutcomeDeps:
    """What quality/record_fix_outcome works with."""

    jobs: JobStore
    progress: ProgressStore
    products: ProductsStore
    rules: RuleStore
    facts: ImageFactsStore
    work: JobWork
    clock: Clock
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class RecordProductDeps:
    """What quality/record_product works with. `enlist` has a client's nights begin, and remembers whose have."""

    products: ProductsStore
    enlist: Callable[[ClientId], bool]
    clock: Clock
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class StartNightlyJobsDeps:
    """What quality/start_nightly_jobs works with."""

    work: JobWork
    clock: Clock
