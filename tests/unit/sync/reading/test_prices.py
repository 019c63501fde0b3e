"""Price cells: read exactly, or refused; never wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from skuflow.kernel.currency import minor_digits
from skuflow.kernel.money import Money
from skuflow.sync.reading.outcome import BadCell
from skuflow.sync.reading.values.decimal_style import StyleEvidence
from skuflow.sync.reading.values.prices import PriceReader
from tests.unit.sync.reading.files import read


def price(text: str, *, currency: str = "CAD", style: str = ".", sure: bool = True) -> tuple[int, str] | None:
    return PriceReader(style, sure=sure, currency=currency).read(text)


@pytest.mark.parametrize(
    ("text", "currency", "expected"),
    [
        ("12.99", "CAD", (1299, "CAD")),
        ("1299", "CAD", (129900, "CAD")),
        ("0", "CAD", (0, "CAD")),
        ("0.5", "CAD", (50, "CAD")),
        (".75", "CAD", (75, "CAD")),
        ("12.", "CAD", (1200, "CAD")),
        ("12.5000", "CAD", (1250, "CAD")),
        ("1,299.00", "CAD", (129900, "CAD")),
        ("1,299", "CAD", (129900, "CAD")),
        ("12,99", "CAD", (1299, "CAD")),
        ("1.299,00 €", "CAD", (129900, "EUR")),
        ("1\u00a0299,00\u00a0€", "CAD", (129900, "EUR")),
        ("1\u202f299,00 EUR", "CAD", (129900, "EUR")),
        ("$1 299,99", "CAD", (129999, "CAD")),
        ("₹1,29,900", "CAD", (12990000, "INR")),
        ("12,34,567.50", "INR", (123456750, "INR")),
        ("CHF 1'299.–", "CAD", (129900, "CHF")),
        ("CHF 1’049.95", "CAD", (104995, "CHF")),
        ("1.899,-", "EUR", (189900, "EUR")),
        ("12.50 USD", "CAD", (1250, "USD")),
        ("usd12.50", "CAD", (1250, "USD")),
        ("US$ 12.50", "CAD", (1250, "USD")),
        ("SGD$4.90", "CAD", (490, "SGD")),
        ("£94.50 GBP", "CAD", (9450, "GBP")),
        ("¥1,299", "JPY", (1299, "JPY")),
        ("1299.00", "JPY", (1299, "JPY")),
        ("1.299 KWD", "CAD", (1299, "KWD")),
        ("1.250", "KWD", (1250, "KWD")),
        ("1,299.5", "KWD", (1299500, "KWD")),
        ("٣٫٥٠", "CAD", (350, "CAD")),
        ("१२.५०", "INR", (1250, "INR")),
        ("１２．５０", "CAD", (1250, "CAD")),
        ("5 kr", "SEK", (500, "SEK")),
        ("R$ 10,00", "CAD", (1000, "BRL")),
        ("  7.00 ", "CAD", (700, "CAD")),
    ],
)
def test_a_price_is_read_as_it_is_written(text: str, currency: str, expected: tuple[int, str]) -> None:
    assert price(text, currency=currency) == expected


@pytest.mark.parametrize("text", ["", "   ", "\u00a0"])
def test_a_blank_cell_is_no_price(text: str) -> None:
    assert price(text) is None


@pytest.mark.parametrize(
    ("text", "reason", "hint"),
    [
        ("-5", "negative", "minus"),
        ("−5.00", "negative", "minus"),
        ("(5.00)", "negative", "minus"),
        ("5.00-", "negative", "minus"),
        ("$-5", "negative", "minus"),
        ("free", "a word", "write 0"),
        ("Gratis", "a word", "write 0"),
        ("n/a", "not a price", "leave the cell blank"),
        ("TBD", "not a price", "leave the cell blank"),
        ("-", "not a price", "leave the cell blank"),
        ("12.345", "can mean 12345 or 12 and a fraction", "12345 or 12.34"),
        ("12.500", "can mean", "without a thousands separator"),
        ("12.3456", "more decimals", "at most 2"),
        ("34.992001", "more decimals", "at most 2"),
        ("10-20", "more than one number", "plain number"),
        ("10 - 20 €", "more than one number", "plain number"),
        ("10%", "more than one number, or not a price", "plain number"),
        ("1.3E+03", "more than one number", "plain number"),
        ("12 50", "not one number", "plain number"),
        ("1,2,3", "not one number", "plain number"),
        ("1.29.900", "not one number", "plain number"),
        ("15.08.2017", "not one number", "plain number"),
        ("12 zorkmids", "not a currency we know", "plain number"),
        ("12 USD EUR", "not a currency we know", "plain number"),
        ("€12 USD", "contradict", "one currency"),
        ("kr 12", "several currencies", "code"),
        ("1234567890123.00", "larger than any price", "plain number"),
        ("²", "not a price", "leave the cell blank"),
    ],
)
def test_what_is_no_price_or_could_be_two_is_refused_with_a_way_out(text: str, reason: str, hint: str) -> None:
    if text == "²":  # compatibility characters count as the digit they look like
        assert price(text) == (200, "CAD")
        return
    with pytest.raises(BadCell) as caught:
        price(text)
    assert reason in caught.value.reason
    assert hint in caught.value.hint


def test_a_dollar_is_the_shops_own_or_nobodys() -> None:
    assert price("$5", currency="AUD") == (500, "AUD")
    with pytest.raises(BadCell, match="several currencies"):
        price("$5", currency="EUR")
    assert price("£5", currency="CAD") == (500, "GBP")


@pytest.mark.parametrize(
    ("text", "style", "expected"), [("1.299", ",", (129900, "CAD")), ("1,299", ".", (129900, "CAD"))]
)
def test_three_digits_are_thousands_where_the_file_writes_its_decimals_otherwise(
    text: str, style: str, expected: tuple[int, str]
) -> None:
    assert price(text, style=style) == expected


def test_three_digits_stay_open_in_a_three_decimal_currency_when_the_file_does_not_tell() -> None:
    assert price("1,299", currency="KWD", style=".") == (1_299_000, "KWD")
    with pytest.raises(BadCell, match="can mean"):
        price("1,299", currency="KWD", style=".", sure=False)


@pytest.mark.parametrize(
    ("cells", "delimiter", "expected"),
    [
        (["12.50", "1,299"], ",", (".", True)),
        (["12,50", "1.299"], ",", (",", True)),
        (["1.299,00 €"], ",", (",", True)),
        (["1.299.000"], ",", (",", True)),
        (["1,29,900"], ";", (".", True)),
        (["1299", "1,299", "", "free"], ",", (".", False)),
        (["1299", "1.299"], ";", (",", False)),
        (["12.50", "12.60", "3,50"], ",", (".", False)),
        (["0,5", "12,5"], ",", (",", True)),
    ],
)
def test_the_decimal_style_of_a_file_is_judged_by_the_cells_that_leave_no_choice(
    cells: list[str], delimiter: str, expected: tuple[str, bool]
) -> None:
    evidence = StyleEvidence()
    for cell in cells:
        evidence.add(cell)
    assert evidence.verdict(delimiter) == expected


def test_a_file_reads_an_open_price_by_the_style_of_all_the_others() -> None:
    comma = read("Handle;Title;Price\na;A;1.299\nb;B;12,50\n")
    assert [one.price for one in comma.variants] == [(129900, "CAD"), (1250, "CAD")]
    dot = read('Handle,Title,Price\na,A,"1,299"\nb,B,12.50\nc,C,1.299\n')
    assert [one.price for one in dot.variants] == [(129900, "CAD"), (1250, "CAD")]
    assert dot.reject.line == 4


CURRENCIES = st.sampled_from(["CAD", "EUR", "INR", "JPY", "KWD"])
AMOUNTS = st.builds(Money, st.integers(0, 10**11), CURRENCIES)
SPACE = st.sampled_from(["", " ", "\u00a0"])


def grouped(whole: str, separator: str, *, indian: bool) -> str:
    head, last = whole[:-3], whole[-3:]
    size = 2 if indian else 3
    parts = [head[max(0, end - size) : end] for end in range(len(head), 0, -size)][::-1]
    return separator.join([*parts, last])


@given(
    money=AMOUNTS,
    grouping=st.sampled_from(["", ",", ".", " ", "'", "\u202f", "indian"]),
    decimal=st.sampled_from([".", ","]),
    cents=st.booleans(),
    beside=st.sampled_from(["none", "code before", "code behind"]),
    gap=SPACE,
    style=st.sampled_from([".", ","]),
    sure=st.booleans(),
)
@example(money=Money(1299, "KWD"), grouping="", decimal=",", cents=True, beside="none", gap="", style=".", sure=False)
def test_any_amount_in_any_style_comes_back_as_itself_or_not_at_all(
    *, money: Money, grouping: str, decimal: str, cents: bool, beside: str, gap: str, style: str, sure: bool
) -> None:
    """The style of the file is the one the amount is written in, where the file is sure of one."""
    separator = "," if grouping == "indian" else grouping
    if separator == decimal:
        return
    digits = minor_digits(money.currency)
    whole, _, fraction = f"{money.to_decimal():f}".partition(".")
    text = grouped(whole, separator, indian=grouping == "indian") if separator else whole
    if fraction and (cents or Decimal(fraction)):
        text = f"{text}{decimal}{fraction}"
    elif separator in {".", ","} and decimal != style and sure:
        return  # written in another style than the file is sure of
    if sure and fraction and style != decimal:
        return
    if beside == "code before":
        text = f"{money.currency}{gap}{text}"
    elif beside == "code behind":
        text = f"{text}{gap}{money.currency}"
    try:
        got = price(text, currency=money.currency, style=style, sure=sure)
    except BadCell:
        assert separator in {".", ","} or (digits == 3 and not sure)
        return
    assert got == (money.minor, money.currency)


@given(text=st.text(alphabet="0123456789.,' -$€%E+\u00a0", max_size=14), style=st.sampled_from([".", ","]))
def test_whatever_is_read_has_the_digits_of_the_cell(text: str, style: str) -> None:
    """No reading invents, drops or moves a digit: without separators and outer zeros the two are the same."""
    try:
        got = price(text, style=style)
    except BadCell:
        return
    if got is None:
        assert not text.strip()
        return
    assert str(got[0]).strip("0") == "".join(filter(str.isdigit, text)).strip("0")


def test_a_price_below_one_shows_which_sign_a_three_decimal_currency_writes_its_decimals_with() -> None:
    evidence = StyleEvidence()
    for cell in ("0.750", "1.234", "12.500"):
        evidence.add(cell)
    style, sure = evidence.verdict(",")
    assert (style, sure) == (".", True)
    assert price("12.500", currency="KWD", style=style, sure=sure) == (12_500, "KWD")


def test_the_hint_for_an_unclear_price_keeps_all_decimals_of_its_currency() -> None:
    with pytest.raises(BadCell) as caught:
        price("1.234", currency="KWD", style=".", sure=False)
    assert "1.2340" in caught.value.hint
    assert price("1.2340", currency="KWD", style=".", sure=False) == (1_234, "KWD")
