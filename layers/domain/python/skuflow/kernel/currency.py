"""ISO 4217: which codes exist, and how many decimals each has.

Source: ISO 4217 list one (SIX), funds codes, metals and test codes left out. A currency that is not named below is refused
rather than guessed at: a wrong exponent is a price wrong by a factor of a hundred.
"""

from __future__ import annotations

from skuflow.kernel.errors import Invalid, Problem

_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE "
    "CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR "
    "KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB "
    "PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY "
    "TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"

MINOR_DIGITS: dict[str, int] = {
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(_ZERO.split(), 0),
    **dict.fromkeys(_THREE.split(), 3),
}
"""Currency code -> decimals of its minor unit."""


def minor_digits(currency: str) -> int:
    """Decimals of `currency`. Raises Invalid for anything but a current ISO 4217 code in capitals."""
    try:
        return MINOR_DIGITS[currency]
    except KeyError:
        fault = Problem(
            "currency",
            f"{currency!r} is not a currency we know",
            "use an ISO 4217 code such as CAD, USD, INR, JPY",
        )
        raise Invalid(f"{currency!r} is not a currency we know", problems=[fault]) from None
