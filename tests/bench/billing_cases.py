"""`python -m tests.bench.billing_cases FILE`: the billing engine against cases of other billing systems' suites.

FILE is a JSON list of `{case, model, inputs, source}` with `expected_amount` (major units, exact), `expected_cents` (rounded) or
`expected` (an object of figures). Each case passes, fails, or differs deliberately, with the reason: at an exact half we round
to even, once per line, where others round up; tax is that of the rounded amount. What differs is counted as failed. A case that
cannot be understood fails with the reason. The exit code is 1 if any case fails, 2 if there are no cases to be read.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from skuflow.billing.tax.rounding import half_up
from tests.bench import billing_charge_cases, billing_time_cases
from tests.bench.billing_inputs import Answer, NotUnderstood, as_number

Outcome = Literal["pass", "fail", "deliberately different"]
TIE = "at an exact half we round to even, once per line; the source rounds it up"


@dataclass(frozen=True, slots=True)
class Verdict:
    case: str
    outcome: Outcome
    why: str = ""


def judged(case: object) -> Verdict:
    """The verdict on one case, whatever it is made of."""
    name = str(case.get("case", "?")) if isinstance(case, Mapping) else "?"
    try:
        if not isinstance(case, Mapping):
            raise NotUnderstood("a case must be an object")
        return _compared(name, _answer(case), list(_expected(case)))
    except NotUnderstood as reason:
        return Verdict(name, "fail", f"not understood: {reason}")
    except Exception as reason:
        return Verdict(name, "fail", f"{type(reason).__name__}: {reason}")


def _answer(case: Mapping[str, Any]) -> Answer:
    model, inputs = str(case.get("model", "")), case.get("inputs")
    if not isinstance(inputs, Mapping):
        raise NotUnderstood("the case has no inputs")
    answer = billing_charge_cases.answering(model) or billing_time_cases.answering(model)
    if answer is None:
        raise NotUnderstood(f"there is no model {model!r}")
    return answer(inputs)


def _expected(case: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    """(name of the figure, what it should be)."""
    if case.get("expected_amount") is not None:
        yield "amount", as_number(case["expected_amount"])
    if case.get("expected_cents") is not None:
        yield "cents", as_number(case["expected_cents"])
    for name, value in (case.get("expected") or {}).items():
        yield name, as_number(value)


def _compared(name: str, answer: Answer, expected: Sequence[tuple[str, Decimal]]) -> Verdict:
    if not expected:
        raise NotUnderstood("the case expects nothing")
    verdicts = [_figure(name, answer, figure, value) for figure, value in expected]
    return min(verdicts, key=lambda one: ("fail", "deliberately different", "pass").index(one.outcome))


def _figure(name: str, answer: Answer, figure: str, value: Decimal) -> Verdict:
    if figure in answer.cents and figure != "precise_cents":
        return _rounded(name, answer, figure, int(value))
    if figure not in answer.exact:
        raise NotUnderstood(f"the figure {figure!r}")
    ours = answer.exact[figure]
    if _same(ours, value):
        return Verdict(name, "pass")
    if answer.note:
        return Verdict(name, "deliberately different", f"{answer.note} ({figure} {_shown(ours)}, there {value})")
    return Verdict(name, "fail", f"{figure} is {_shown(ours)}, expected {value}")


def _rounded(name: str, answer: Answer, figure: str, value: int) -> Verdict:
    ours = answer.cents[figure]
    if ours == value:
        return Verdict(name, "pass")
    exact = answer.exact.get(figure)
    if figure == "cents" and "amount" in answer.exact:
        exact = answer.exact["amount"] * 100
    differ = f"({figure} {ours}, there {value})"
    if exact is not None and exact.denominator == 2 and half_up(exact) == value:
        return Verdict(name, "deliberately different", f"{TIE} {differ}")
    if answer.note and abs(ours - value) <= 1:
        return Verdict(name, "deliberately different", f"{answer.note} {differ}")
    return Verdict(name, "fail", f"{figure} is {ours}, expected {value}")


def _same(ours: Fraction, value: Decimal) -> bool:
    """Equal; or, where the source cuts off or rounds after five decimals or more, equal as far as it goes."""
    exponent = value.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else 0
    gap = abs(ours - Fraction(value))
    return gap == 0 or (decimals >= 5 and gap < Fraction(1, 10**decimals))


def _shown(value: Fraction) -> str:
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


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


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m tests.bench.billing_cases FILE", file=sys.stderr)
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
