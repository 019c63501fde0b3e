"""`python -m tests.bench.billing_cases FILE`: the billing engine against cases of other billing systems' suites.

FILE is a JSON list of `{case, model, inputs, source}` with `expected_amount` (major units, exact), `expected_cents` (rounded) or
`expected` (an object of figures). Each case passes, fails, or differs deliberately, with the reason: at an exact half we round
to even, once per line, where others round up; tax is that of the rounded amount. What differs is counted as failed. A case that
cannot be understood fails with the reason. The exit code is 1 if any case fails, 2 if there are no cases to be read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from skuflow.billing.tax.rounding import half_up
from tests.bench import billing_charge_cases, billing_time_cases
from tests.bench.billing_inputs import Answer, NotUnderstood, Watched, as_number
from tests.bench.case_files import Verdict, list_verdicts

TIE = "at an exact half we round to even, once per line; the source rounds it up"


def judged(case: object) -> Verdict:
    """The verdict on one case, whatever it is made of."""
    name = str(case.get("case", "?")) if isinstance(case, Mapping) else "?"
    try:
        if not isinstance(case, Mapping):
            raise NotUnderstood("a case must be an object")
        inputs = Watched(case["inputs"]) if isinstance(case.get("inputs"), Mapping) else None
        verdict = _compared(name, _answer(case.get("model"), inputs), list(_expected(case)))
        unread = sorted(set(inputs or ()) - (inputs.read if inputs else set()))
        if verdict.outcome == "pass" or not unread:
            return verdict
        return replace(verdict, why=f"{verdict.why}; nothing was made of {', '.join(unread)}")
    except NotUnderstood as reason:
        return Verdict(name, "fail", f"not understood: {reason}")
    except Exception as reason:
        return Verdict(name, "fail", f"{type(reason).__name__}: {reason}")


def _answer(model: object, inputs: Watched | None) -> Answer:
    if inputs is None:
        raise NotUnderstood("the case has no inputs")
    answer = billing_time_cases.answering(str(model)) or billing_charge_cases.answering(str(model))
    if answer is None:
        raise NotUnderstood(f"there is no model {model!r}")
    return answer(inputs)


def _expected(case: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    """(name of the figure, what it should be)."""
    if case.get("expected_amount") is not None:
        yield "amount", as_number(case["expected_amount"])
    if case.get("expected_cents") is not None:
        yield "cents", as_number(case["expected_cents"])
    others = case.get("expected") or {}
    if not isinstance(others, Mapping):
        raise NotUnderstood("what is expected is no object")
    for name, value in others.items():
        yield name, as_number(value)


def _compared(name: str, answer: Answer, expected: Sequence[tuple[str, Decimal]]) -> Verdict:
    if not expected:
        raise NotUnderstood("the case expects nothing")
    verdicts = [_figure(name, answer, figure, value) for figure, value in expected]
    return min(verdicts, key=lambda one: ("fail", "deliberately different", "pass").index(one.outcome))


def _figure(name: str, answer: Answer, figure: str, value: Decimal) -> Verdict:
    if figure in answer.cents and not figure.startswith("precise"):
        return _rounded(name, answer, figure, int(value))
    if figure not in answer.exact:
        raise NotUnderstood(f"the figure {figure!r}; there are {', '.join(sorted({*answer.exact, *answer.cents}))}")
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


def main(arguments: Sequence[str]) -> int:
    return list_verdicts("tests.bench.billing_cases", judged, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
