"""Which currencies a sign or code beside an amount can stand for.

Signs: Unicode CLDR's currency symbols and narrow symbols, and the abbreviations shops write. A sign that several currencies
share is settled by the currency of the shop, and otherwise refused: a dollar is not a dollar.
"""

from __future__ import annotations

from skuflow.kernel.currency import MINOR_DIGITS
from skuflow.sync.reading.outcome import BadCell

_DOLLARS = (
    "USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP BSD BBD BMD BND BZD DOP FJD GYD JMD KYD LRD NAD SBD SRD TTD UYU XCD"
)
_SHARED = {
    "$": _DOLLARS,
    "kr": "SEK NOK DKK ISK",
    "¥": "JPY CNY",
    "£": "GBP GIP FKP SHP EGP SSP",
    "₤": "GBP GIP FKP SHP EGP SSP",
    "rs": "INR PKR LKR NPR MUR SCR",
    "dollar": _DOLLARS,
    "dollars": _DOLLARS,
    "pounds": "GBP GIP FKP SHP EGP SSP",
    "pound": "GBP GIP FKP SHP EGP SSP",
    "br": "BYN ETB",
    "fcfa": "XOF XAF",
    "bs": "BOB VES",
}
_ONE = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "us$": "USD", "u$s": "USD", "ca$": "CAD", "c$": "CAD",
    "can$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "s$": "SGD", "sg$": "SGD", "hk$": "HKD",
    "nt$": "TWD", "nt": "TWD", "mx$": "MXN", "mex$": "MXN", "r$": "BRL", "₹": "INR", "रु": "INR", "र": "INR",
    "zł": "PLN", "zl": "PLN", "kč": "CZK", "kc": "CZK", "lei": "RON", "leu": "RON", "₽": "RUB", "руб": "RUB",
    "р": "RUB", "₴": "UAH", "грн": "UAH", "₺": "TRY", "tl": "TRY", "₪": "ILS", "₩": "KRW", "₫": "VND",
    "đ": "VND", "vnđ": "VND", "฿": "THB", "₱": "PHP", "₦": "NGN", "₵": "GHS", "₡": "CRC", "₲": "PYG",
    "₸": "KZT", "₾": "GEL", "₼": "AZN", "₮": "MNT", "৳": "BDT", "rp": "IDR", "rm": "MYR", "dhs": "AED",
    "درهم": "AED", "د.إ": "AED", "ر.س": "SAR", "د.ك": "KWD", "kd": "KWD", "جنيه": "EGP", "e£": "EGP",
    "sfr": "CHF", "円": "JPY", "元": "CNY", "rmb": "CNY", "s/": "PEN", "b/": "PAB", "ksh": "KES", "tsh": "TZS",
    "j$": "JMD", "gy$": "GYD", "tt$": "TTD", "bz$": "BZD", "t$": "TOP", "$u": "UYU", "yen": "JPY", "yuan": "CNY",
    "圆": "CNY", "圓": "TWD", "рублей": "RUB", "рубля": "RUB", "рубль": "RUB", "lek": "ALL", "km": "BAM",
    "ден": "MKD", "₭": "LAK", "؋": "AFN", "rf": "MVR", "ks": "MMK", "fdj": "DJF", "nfk": "ERN", "ar": "MGA",
    "frw": "RWF", "fbu": "BIF", "gfr": "GNF", "som": "UZS", "so'm": "UZS", "ש״ח": "ILS", "රු": "LKR",
    "bd": "BHD", "د.ب": "BHD", ".د.ب": "BHD", "دج": "DZD", "د.ج": "DZD", "ع.د": "IQD", "ل.د": "LYD",
    "د.أ": "JOD", "ر.ع": "OMR", "ج.س": "SDG",
}  # fmt: skip
_EXACT = {"Ft": "HUF", "FT": "HUF", "R": "ZAR", "Fr": "CHF", "SFr": "CHF"}  # in lower case these are other things
_PREFERRED = {"£": "GBP", "₤": "GBP"}

_SIGNS = {sign: frozenset(codes.split()) for sign, codes in {**_SHARED, **_ONE}.items()}


def currency_of(tokens: list[str], default: str) -> str:
    """The currency that all the signs and codes around one amount agree on; `default` if there are none.

    Raises BadCell for a sign that nobody knows, for signs that contradict each other, and for a shared sign that `default`
    does not settle.
    """
    if not tokens:
        return default
    possible = frozenset.intersection(*(_possible(token) for token in tokens))
    if len(possible) == 1:
        return next(iter(possible))
    if default in possible:
        return default
    sign = " ".join(tokens)
    if possible and sign in _PREFERRED:
        return _PREFERRED[sign]
    if not possible:
        raise BadCell(f"the currencies in {sign!r} contradict each other", "name one currency, such as 12.50 CAD")
    raise BadCell(
        f"{sign!r} can mean several currencies, and the import is in {default}", "write the code, such as 12.50 USD"
    )


def _possible(token: str) -> frozenset[str]:
    """Every currency that `token` may mean. Raises BadCell if there is none."""
    text = token.replace(" ", "")
    if text[-1:] == "." and text[-2:-1] != ".":
        text = text[:-1]
    if text in _EXACT:
        return frozenset((_EXACT[text],))
    key = text.casefold()
    known = _SIGNS.get(key) or _code(key)
    if known:
        return known
    if len(key) > 3:  # a code and a sign run together: "SGD$", "$CAD"
        for code, sign in ((key[:3], key[3:]), (key[-3:], key[:-3])):
            if _code(code) and sign in _SIGNS:
                return _code(code) & _SIGNS[sign]
    raise BadCell(
        f"{token!r} is not a currency we know",
        "give a plain number, such as 12.50, or one with its code, such as 12.50 CAD",
    )


def _code(text: str) -> frozenset[str]:
    code = text.upper()
    return frozenset((code,)) if code in MINOR_DIGITS else frozenset()
