"""What the items of most tables have in common, and what stores do alike with them. They raise our own errors, never PynamoDB's.

The functions take any item with the keys `pk` and `sk`; some also need the attribute `version`, `listed` a Row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from skuflow.kernel.errors import TransientError, VersionConflict
from skuflow.platform.table import as_ours, lost_race

ATTEMPTS = 5


class Listing(GlobalSecondaryIndex["Row"]):  # type: ignore[no-untyped-call]
    """Index `listing`: what a client has of a kind, in order."""

    class Meta:
        index_name = "listing"
        projection = KeysOnlyProjection()

    listing_pk = UnicodeAttribute(hash_key=True)
    listing_sk = UnicodeAttribute(range_key=True)


class Due(GlobalSecondaryIndex["DueRow"]):  # type: ignore[no-untyped-call]
    """Index `due`: what somebody has to look at, by when."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due_pk = UnicodeAttribute(hash_key=True)
    due_sk = UnicodeAttribute(range_key=True)


class Row(Model):
    """An item. `doc` is the record as JSON, `doc_z` the same compressed (see `packing`); `version` counts its writes;
    `expires_at` (seconds since 1970) is when it may go; `correlation_id` and `causation_id` tell why it was written. A table's
    own model adds what it has besides."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    version = NumberAttribute(null=True)
    doc = UnicodeAttribute(null=True)
    doc_z = BinaryAttribute(null=True, legacy_encoding=False)
    listing_pk = UnicodeAttribute(null=True)
    listing_sk = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    correlation_id = UnicodeAttribute(null=True)
    causation_id = UnicodeAttribute(null=True)

    listing = Listing()


class DueRow(Row):
    """A row that can also be due."""

    due_pk = UnicodeAttribute(null=True)
    due_sk = UnicodeAttribute(null=True)

    due = Due()


T = TypeVar("T")
R = TypeVar("R", bound=Model)
L = TypeVar("L", bound=Row)


def numbered(prefix: str, number: int) -> str:
    """A sort key that sorts as its number does, up to 99 million."""
    return f"{prefix}{number:08d}"


def row_at(table: type[R], pk: str, sk: str) -> R | None:
    """The row as it is now, strongly consistent; None if there is none."""
    try:
        return table.get(pk, sk, consistent_read=True)
    except table.DoesNotExist:
        return None
    except PynamoDBException as error:
        raise as_ours(error) from error


def saved_if(row: Model, condition: Any) -> bool:
    """Write `row` if `condition` holds of what is there; says whether it did."""
    try:
        row.save(condition=condition)
    except PynamoDBException as error:
        if lost_race(error):
            return False
        raise as_ours(error) from error
    return True


def added(row: Model) -> bool:
    """Write `row` if there is none with its key; says whether that was so."""
    return saved_if(row, unchanged_since(type(row), 0))


def unchanged_since(table: Any, version: int) -> Any:
    """The condition that an item still has `version`; 0: that there is none."""
    return table.pk.does_not_exist() if version == 0 else table.version == version


def write_over(row: Model, version: int, name: str) -> None:
    """Write `row` in the place of the one of `version` (0: there must be none). Raises VersionConflict that says `name`."""
    if not saved_if(row, unchanged_since(type(row), version)):
        raise VersionConflict(f"{name} has changed meanwhile")


def change(get: Callable[[], T], save: Callable[[T], T], transition: Callable[[T], T], name: str) -> T:
    """Apply `transition` to what `get` gives, again and again until nobody else wrote in between; what it raises passes through.
    If it gives back what it was given, nothing is written. Raises TransientError when others are always faster."""
    for _ in range(ATTEMPTS):
        item = get()
        wanted = transition(item)
        if wanted == item:
            return item
        try:
            return save(wanted)
        except VersionConflict:
            continue
    raise TransientError(f"{name} is being changed by others; try again")


def listed(
    table: type[L], listing_pk: str, limit: int, start: Mapping[str, str] | None, *, newest_first: bool = False
) -> tuple[Sequence[L], str | None]:
    """At most `limit` rows of the index `listing`, in its order, and the sort key of the last one if there may be more.

    `start` is the row after which to go on: its `listing_sk`, `pk` and `sk`. A row that went since it was listed is left out."""
    after = {"listing_pk": listing_pk, **start} if start is not None else None
    try:
        answer = table.listing.query(
            listing_pk,
            limit=limit,
            scan_index_forward=not newest_first,
            last_evaluated_key={name: {"S": text} for name, text in after.items()} if after else None,
        )
        keys = [(row.pk, row.sk) for row in answer]
        found = list(table.batch_get(keys)) if keys else []
    except PynamoDBException as error:
        raise as_ours(error) from error
    rows = {(row.pk, row.sk): row for row in found}
    last = answer.last_evaluated_key
    return [rows[key] for key in keys if key in rows], str(last["listing_sk"]["S"]) if last else None
