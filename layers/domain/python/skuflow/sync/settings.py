"""What each function of this context must be told by its environment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """The environment of sync/api."""

    sync_table: str
    upload_bucket: str
    idempotency_table: str
    work_queue_url: str


@dataclass(frozen=True, slots=True)
class ReceiveUploadSettings:
    """The environment of sync/receive_upload."""

    sync_table: str
    upload_bucket: str
    work_queue_url: str
    dead_letter_queue_url: str
    flags_application: str
    flags_environment: str
    flags_profile: str


@dataclass(frozen=True, slots=True)
class ReadImportSettings:
    """The environment of sync/read_import."""

    sync_table: str
    upload_bucket: str
    work_queue_url: str
    report_queue_url: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class RecordBatchOutcomeSettings:
    """The environment of sync/record_batch_outcome."""

    sync_table: str
    report_queue_url: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class WriteReportSettings:
    """The environment of sync/write_report."""

    sync_table: str
    upload_bucket: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class OnTableChangeSettings:
    """The environment of sync/on_table_change."""

    event_bus: str
    rejects_queue_url: str
