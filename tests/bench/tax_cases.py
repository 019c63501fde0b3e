"""`python -m tests.bench.tax_cases FILE`: our taxes against cases of the tax authorities.

FILE is a JSON list of `{case, inputs, expected, source}`. `inputs` tell of a sale (province, price, and where needed date, lines,
tax_code …) or name a rule; `expected` has an amount for each tax by its name, and the total. Each case passes, fails, or differs
deliberately, with the reason: a date before our table begins is refused rather than guessed at. What differs is counted as failed.
A case that cannot be understood fails with the reason. The exit code is 1 if any case fails, 2 if there are no cases to be read.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from skuflow.billing.parties import Address
from skuflow.billing.pdf.document import texts_of
from skuflow.billing.pdf.invoice_document import invoice_document
from skuflow.billing.tax.compute_tax import compute_tax
from skuflow.billing.tax.display import forbidden_rates
from skuflow.billing.tax.model import TaxResult
from skuflow.kernel.errors import Invalid
from tests.bench.billing_inputs import NotUnderstood, as_number
from tests.bench.case_files import Verdict, list_verdicts
from tests.bench.tax_inputs import KNOWN, has_place, has_price, sale_of
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

_NAMES = {"TPS": "GST", "TVQ": "QST", "TVH": "HST", "TVP": "PST", "TVD": "RST"}
"""A tax's French name -> ours."""

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
        is_rule = "rule" in inputs and not (has_price(inputs) and has_place(inputs))
        return _rule(name, inputs, expected) if is_rule else _sale(name, inputs, expected)
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
    told = dict(_figure(key, value) for key, value in expected.items())
    if has_price(inputs):
        faults = _faults(compute_tax(sale_of(inputs)), told)
    else:
        faults = _rate_faults(compute_tax(sale_of({**inputs, "price": "100.00"})), told)
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
    named = {key: as_number(value) for key, value in expected.items() if key not in _SUMS}
    faults = [
        f"{tax} is {ours.get(tax, Decimal(0))}, expected {amount}"
        for tax, amount in named.items()
        if ours.get(tax, Decimal(0)) != amount
    ]
    faults += [f"{tax} is {amount}, expected none" for tax, amount in ours.items() if named and tax not in named]
    for key, value in expected.items():
        if (sum_ := _SUMS.get(key)) is not None:
            found = getattr(result, sum_).to_decimal()
            faults += [f"{key} is {found}, expected {value}"] if found != as_number(value) else []
    return faults


def _rate_faults(result: TaxResult, expected: Mapping[str, Any]) -> list[str]:
    """Of a case that names no price: it asks for the rates, in percent, each or together."""
    ours = {tax.tax: tax.rate for tax in result.taxes}
    ours |= dict.fromkeys(("RATE", "TOTAL", "COMBINED"), sum(ours.values(), Decimal(0)))
    found = {key: ours.get(key.upper(), Decimal(0)) for key in expected}
    told = {key: as_number(str(value).rstrip("% ")) for key, value in expected.items()}
    return [f"the rate of {key} is {rate} %, expected {told[key]}" for key, rate in found.items() if rate != told[key]]


def _figure(key: str, value: Any) -> tuple[str, Any]:
    """A figure under our name for it, in major units."""
    if (name := key.lower().removesuffix("_cents")) != key.lower():
        key, value = name, as_number(value).scaleb(-2)
    return _NAMES.get(_plain(key), _plain(key)), value


def _plain(key: str) -> str:
    """A figure's name without its unit, sums in lower case, taxes in capitals."""
    name = re.sub(
        r"(?<=\w)[_ ](amount|rate|pct|percent|due|BC|MB|SK|QC)$", "", key.strip().replace("-", "_"), flags=re.IGNORECASE
    )
    return name.lower() if name.lower().replace(" ", "_") in _SUMS or name.lower() == "sales tax" else name.upper()


def _rule(name: str, inputs: Mapping[str, Any], expected: Mapping[str, Any]) -> Verdict:
    rule = str(inputs["rule"])
    if "round" in rule:
        return _rounding(name)
    if "display" in rule:
        return _display(name, expected)
    raise NotUnderstood(f"the rule {rule!r}")


def _rounding(name: str) -> Verdict:
    """From half a cent on it is a whole one, and the sum of all goods is taxed before anything is rounded."""
    cases = (("0.29", "0.01"), ("0.30", "0.02"), ("0.10 0.10 0.10", "0.02"))
    for prices, gst in cases:
        result = compute_tax(sale_of({"province": "AB", "lines": prices.split()}))
        if result.tax.to_decimal() != Decimal(gst):
            return Verdict(name, "fail", f"GST on {prices} is {result.tax.to_decimal()}, expected {gst}")
    return Verdict(name, "pass")


def _display(name: str, expected: Mapping[str, Any]) -> Verdict:
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
    return list_verdicts("tests.bench.tax_cases", judged, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
