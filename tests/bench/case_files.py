"""Benches of cases in a file: read them, list a verdict on each, and say how many passed."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

Outcome = Literal["pass", "fail", "deliberately different"]


@dataclass(frozen=True, slots=True)
class Verdict:
    case: str
    outcome: Outcome
    why: str = ""


def read(path: Path) -> list[object]:
    """The cases of a file. Raises ValueError with the reason if there are none to be read."""
    try:
        cases = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror or error}") from None
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from None
    if not isinstance(cases, list) or not cases:
        raise ValueError(f"{path} has no list of cases")
    return cases


def list_verdicts(module: str, judged: Callable[[object], Verdict], arguments: Sequence[str]) -> int:
    """Print what `judged` makes of each case of the file that `arguments` name, then how many passed and failed: what differs
    deliberately is counted as failed. Returns the exit code: 1 if any case fails, 2 if there are no cases to be read."""
    if len(arguments) != 1:
        print(f"usage: python -m {module} FILE", file=sys.stderr)
        return 2
    try:
        cases = read(Path(arguments[0]))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    verdicts = [judged(case) for case in cases]
    for verdict in verdicts:
        print(f"{verdict.outcome:<24}{verdict.case}{': ' + verdict.why if verdict.why else ''}")
    counts = Counter(verdict.outcome for verdict in verdicts)
    if different := counts["deliberately different"]:
        print(f"{different} deliberately different, counted as failed")
    failed = len(verdicts) - counts["pass"]
    print(f"{counts['pass']} passed, {failed} failed")
    return 1 if failed else 0
