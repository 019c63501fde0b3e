"""`python -m tests.bench.tax_cases FILE`: our taxes against cases of the tax authorities.

FILE is a JSON list of `{case, inputs, expected, source}`. `inputs` tell of a sale (province, price, and where needed date, lines,
tax_code …) or name a rule; `expected` has an amount for each tax by its name, and the total. Each case passes, fails, or differs
deliberately, with the reason: a date before our table begins is refused rather than guessed at. What differs is counted as failed.
A case that cannot be understood fails with the reason. The exit code is 1 if any case fails, 2 if there are no cases to be read.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from skuflow.billing.parties import Address
from skuflow.billing.pdf.document import texts_of
from skuflow.billing.pdf.invoice_document import invoice_document
from skuflow.billing.tax.compute_tax import compute_tax
from skuflow.billing.tax.display import forbidden_rates
from skuflow.billing.tax.model import TaxResult
from skuflow.kernel.errors import Invalid
from tests.bench.billing_cases import Verdict, read
from tests.bench.billing_inputs import NotUnderstood, as_number
from tests.bench.tax_inputs import KNOWN, sale_of
from tests.unit.billing.pdf import samples

_SUMS = {
    "total": "gross",
    "gross": "gross",
    "total_with_taxes": "gross",
    "net": "net",
    "subtotal": "net",
    "price": "net",
    "before_tax": "net",
    "tax": "tax",
    "taxes": "tax",
    "tax_total": "tax",
    "total_tax": "tax",
}
"""What a case calls a sum -> ours."""

_PERCENTAGE = re.compile(r"\d+(?:[.,]\d+)?\s*%")


def judged(case: object) -> Verdict:
    """The verdict on one case, whatever it is made of."""
    name = str(case.get("case", "?")) if isinstance(case, Mapping) else "?"
    try:
        if not isinstance(case, Mapping):
            raise NotUnderstood("a case must be an object")
        inputs, expected = case.get("inputs"), case.get("expected")
        if not isinstance(inputs, Mapping) or not isinstance(expected, Mapping) or not expected:
            raise NotUnderstood("the case needs inputs and what is expected")
        return _rule(name, inputs, expected) if "rule" in inputs else _sale(name, inputs, expected)
    except NotUnderstood as reason:
        return Verdict(name, "fail", f"not understood: {reason}")
    except Invalid as refused:
        return _refused(name, refused)
    except Exception as reason:
        return Verdict(name, "fail", f"{type(reason).__name__}: {reason}")


def _refused(name: str, refused: Invalid) -> Verdict:
    said = f"{refused.detail} ({'; '.join(f'{one.field}: {one.message}' for one in refused.problems)})"
    early = any(one.field == "tax_date" and "begin" in one.message for one in refused.problems)
    return Verdict(name, "deliberately different" if early else "fail", f"refused: {said}")


def _sale(name: str, inputs: Mapping[str, Any], expected: Mapping[str, Any]) -> Verdict:
    result = compute_tax(sale_of(inputs))
    faults = list(_faults(result, expected))
    if not faults:
        return Verdict(name, "pass")
    unknown = sorted(set(inputs) - KNOWN)
    beside = f"; not understood: {', '.join(unknown)}" if unknown else ""
    return Verdict(name, "fail", "; ".join(faults) + beside)


def _faults(result: TaxResult, expected: Mapping[str, Any]) -> list[str]:
    """What is not as expected. A tax that nobody expects is a fault where any is named."""
    ours: dict[str, Decimal] = defaultdict(Decimal)
    for tax in result.taxes:
        ours[tax.tax] += tax.amount.to_decimal()
    named = {key: as_number(value) for key, value in expected.items() if key.lower() not in _SUMS}
    faults = [
        f"{tax} is {ours.get(tax, Decimal(0))}, expected {amount}"
        for tax, amount in named.items()
        if ours.get(tax, Decimal(0)) != amount
    ]
    faults += [f"{tax} is {amount}, expected none" for tax, amount in ours.items() if named and tax not in named]
    for key, value in expected.items():
        if (sum_ := _SUMS.get(key.lower())) is not None:
            found = getattr(result, sum_).to_decimal()
            faults += [f"{key} is {found}, expected {value}"] if found != as_number(value) else []
    return faults


def _rule(name: str, inputs: Mapping[str, Any], expected: Mapping[str, Any]) -> Verdict:
    if inputs["rule"] != "display":
        raise NotUnderstood(f"the rule {inputs['rule']!r}")
    barred = [text.replace(" ", "") for text in _PERCENTAGE.findall(str(expected.get("rule", "")))]
    if not barred or forbidden_rates(barred) != tuple(barred):
        raise NotUnderstood("which percentages must not be displayed")
    shown = [text for language in ("en", "fr") for text in texts_of(invoice_document(_to_quebec(language)))]
    if not any("9.975%" in text for text in shown):
        raise AssertionError("the document shows no QST")
    found = forbidden_rates(shown)
    return Verdict(name, "fail", f"the document shows {', '.join(found)}") if found else Verdict(name, "pass")


def _to_quebec(language: str) -> Any:
    """An invoice with GST and QST for a buyer in Québec."""
    address = Address(country="CA", region="QC", city="Montréal")
    return samples.invoice(customer=replace(samples.CUSTOMER, language=language, address=address))


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m tests.bench.tax_cases FILE", file=sys.stderr)
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
