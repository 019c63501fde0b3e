"""What a batch of webhooks hands over to the catalogue. The item's stream record is what tells the others.

    who asks                              key that serves it
    whoever hands over                    pk C#<client>#IMPORT#<itk_…>  sk INTAKE

An intake is named after the messages that it was made of: the same messages, delivered again, meet the intake of the first time.
It is scaffolding: it goes after 60 days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import added, row_at
from skuflow.sync.model import BatchFile
from skuflow.sync.store import SyncItem, import_pk, scaffolding_expiry


@dataclass(frozen=True, slots=True)
class Gone:
    """Products that the shop deleted at `observed_at`; `keys` as in `SourceProduct.key`."""

    keys: tuple[str, ...]
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Intake:
    """`files` of products lie in `bucket`, `gone` was deleted; both are of `source`. `observed_at`: the latest state in the files.
    Its id begins with `itk_`."""

    intake_id: str
    shop: str
    source: str
    created_at: datetime
    observed_at: datetime
    bucket: str
    files: tuple[BatchFile, ...] = ()
    gone: tuple[Gone, ...] = ()


class IntakeStore(Protocol):
    def add(self, client_id: ClientId, intake: Intake, cause: Cause) -> bool:
        """Hand `intake` over; False if it was handed over before."""
        ...

    def find(self, client_id: ClientId, intake_id: str) -> Intake | None:
        """The intake, strongly consistent; None if there is none, or no longer."""
        ...


class DynamoIntakes:
    """IntakeStore on the sync table."""

    def __init__(self, table: type[SyncItem]) -> None:
        self._table = table

    def add(self, client_id: ClientId, intake: Intake, cause: Cause) -> bool:
        row = self._table(
            import_pk(client_id, intake.intake_id),
            "INTAKE",
            client_id=client_id,
            expires_at=scaffolding_expiry(intake.created_at),
            correlation_id=cause.correlation_id,
            causation_id=cause.causation_id,
            **packed(intake),
        )
        return added(row)

    def find(self, client_id: ClientId, intake_id: str) -> Intake | None:
        found = row_at(self._table, import_pk(client_id, intake_id), "INTAKE")
        return unpacked(Intake, found.doc, found.doc_z) if found is not None else None
