"""What PynamoDB raises, in our error tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pynamodb.exceptions import PynamoDBException

from skuflow.kernel.errors import VersionConflict
from skuflow.platform.table import as_ours, lost_race

Pause = Callable[[int], None]
"""Waits before attempt number n (from 1) after a lost race; the longer, the larger n."""


def no_pause(_attempt: int) -> None:
    """Try again at once."""


@contextmanager
def translated() -> Iterator[None]:
    """A condition that did not hold is a VersionConflict; everything else as `skuflow.platform.table.as_ours` says."""
    try:
        yield
    except PynamoDBException as error:
        if lost_race(error):
            raise VersionConflict("somebody else wrote first; read it again and repeat the change") from None
        raise as_ours(error) from error
