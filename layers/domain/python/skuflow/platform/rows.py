"""What stores do alike with the rows of a table. They raise our own errors, never PynamoDB's.

A row here is an item with the keys `pk` and `sk`; some functions also need the attribute `version` or the index `listing` (keys
`listing_pk`, `listing_sk`; keys only).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

from skuflow.kernel.errors import TransientError, VersionConflict
from skuflow.platform.table import as_ours, lost_race

T = TypeVar("T")
R = TypeVar("R", bound=Model)

ATTEMPTS = 5


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
    table: type[R], listing_pk: str, limit: int, start: Mapping[str, str] | None, *, newest_first: bool = False
) -> tuple[Sequence[R], str | None]:
    """At most `limit` rows of the index `listing`, in its order, and the sort key of the last one if there may be more.

    `start` is the row after which to go on: its `listing_sk`, `pk` and `sk`. A row that went since it was listed is left out."""
    after = {"listing_pk": listing_pk, **start} if start is not None else None
    index: Any = getattr(table, "listing")  # noqa: B009 - a Model need not have it
    try:
        answer = index.query(
            listing_pk,
            limit=limit,
            scan_index_forward=not newest_first,
            last_evaluated_key={name: {"S": text} for name, text in after.items()} if after else None,
        )
        keys = [(row.pk, row.sk) for row in answer]
        found: list[Any] = list(table.batch_get(keys)) if keys else []
    except PynamoDBException as error:
        raise as_ours(error) from error
    rows: dict[tuple[str, str], R] = {(row.pk, row.sk): row for row in found}
    last = answer.last_evaluated_key
    return [rows[key] for key in keys if key in rows], str(last["listing_sk"]["S"]) if last else None
