"""What each function of this context must be told by its environment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """The environment of quality/api."""

    quality_table: str
    idempotency_table: str
    job_queue_url: str


@dataclass(frozen=True, slots=True)
class OnTableChangeSettings:
    """The environment of quality/on_table_change."""

    event_bus: str
    rejects_queue_url: str


@dataclass(frozen=True, slots=True)
class RunQualityJobSettings:
    """The environment of quality/run_quality_job. `outbound_allow_loopback` is for the local stage."""

    quality_table: str
    job_queue_url: str
    dead_letter_queue_url: str
    outbound_table: str
    outbound_allow_loopback: bool = False


@dataclass(frozen=True, slots=True)
class RecordFixOutcomeSettings:
    """The environment of quality/record_fix_outcome."""

    quality_table: str
    job_queue_url: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class RecordProductSettings:
    """The environment of quality/record_product."""

    quality_table: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class StartNightlyJobsSettings:
    """The environment of quality/start_nightly_jobs."""

    job_queue_url: str
