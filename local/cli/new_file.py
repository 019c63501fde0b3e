"""Files that a command writes where people keep theirs: never over one that is there, never half a one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from local.problems import LocalProblem


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """`path`, open for writing. Raises LocalProblem if there is a file already; leaves none behind when the writing fails."""
    try:
        out = path.open("xb")
    except FileExistsError:
        raise LocalProblem(f"{path} is there already", "choose another name, or delete it first") from None
    try:
        with out:
            yield out
    except BaseException:
        path.unlink(missing_ok=True)
        raise
