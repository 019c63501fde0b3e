"""How people write provinces and states, and the codes that they stand for.

Names in English and, for Canada, in French; codes in use before today's (PQ, NF); India's numeric state codes. Upper and lower
case, accents, points and hyphens make no difference. Sources: Canada Post, Addressing Guidelines (symbols and alternatives);
ISO 3166-2:US; the state codes of India's GST network.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from skuflow.billing.tax.indian_states import NAMED_BY_CODE, NAMES, STATES
from skuflow.billing.tax.us_rates import STATE_RATES

_CANADA = """
AB Alberta; Alta
BC British Columbia; Colombie Britannique
MB Manitoba; Man
NB New Brunswick; Nouveau Brunswick
NL Newfoundland and Labrador; Terre Neuve et Labrador; Newfoundland; Terre Neuve; NF; Nfld; LB
NS Nova Scotia; Nouvelle Ecosse
NT Northwest Territories; Territoires du Nord Ouest; NWT
NU Nunavut
ON Ontario; Ont
PE Prince Edward Island; Ile du Prince Edouard; PEI
QC Quebec; PQ; Que
SK Saskatchewan; Sask
YT Yukon; Yukon Territory; Territoire du Yukon; YK
"""
_UNITED_STATES = """
AK Alaska
AL Alabama
AR Arkansas
AZ Arizona
CA California
CO Colorado
CT Connecticut
DC District of Columbia; Washington DC
DE Delaware
FL Florida
GA Georgia
HI Hawaii
IA Iowa
ID Idaho
IL Illinois
IN Indiana
KS Kansas
KY Kentucky
LA Louisiana
MA Massachusetts
MD Maryland
ME Maine
MI Michigan
MN Minnesota
MO Missouri
MS Mississippi
MT Montana
NC North Carolina
ND North Dakota
NE Nebraska
NH New Hampshire
NJ New Jersey
NM New Mexico
NV Nevada
NY New York; New York State
OH Ohio
OK Oklahoma
OR Oregon
PA Pennsylvania
RI Rhode Island
SC South Carolina
SD South Dakota
TN Tennessee
TX Texas
UT Utah
VA Virginia
VT Vermont
WA Washington; Washington State
WI Wisconsin
WV West Virginia
WY Wyoming
"""
_INDIA = """
AN Andaman and Nicobar
DH Dadra and Nagar Haveli; Daman and Diu; 25
DL New Delhi; NCT of Delhi
AP 28
OD Orissa
PY Pondicherry
UK Uttaranchal
"""
"""Beside `indian_states.NAMES`. 25 was the code of Daman and Diu, now joined with another territory, 28 that of Andhra Pradesh
before Telangana left it."""


def region_code(country: str, text: str) -> str:
    """The code of the region of `country` that `text` names; `text` itself where it names none that we know."""
    return _CODES.get(country, {}).get(_plain(text), text)


def _plain(text: str) -> str:
    """Without accents, case and punctuation; `&` is "and"."""
    letters = unicodedata.normalize("NFKD", text.replace("&", " and ").replace(".", "").replace("'", ""))
    return " ".join(re.findall(r"[a-z0-9]+", "".join(one for one in letters if not unicodedata.combining(one)).lower()))


def _names(listed: str) -> Mapping[str, str]:
    rows = (row.split(" ", 1) for row in listed.strip().splitlines())
    return {_plain(name): code for code, names in rows for name in (code, *names.split(";"))}


_CODES: Mapping[str, Mapping[str, str]] = {
    "CA": _names(_CANADA),
    "IN": {
        **{code.lower(): code for code in STATES},
        **NAMED_BY_CODE,
        **{_plain(name): NAMED_BY_CODE[code] for code, name in NAMES.items()},
        **_names(_INDIA),
    },
    "US": {**{code.lower(): code for code in STATE_RATES}, **_names(_UNITED_STATES)},
}
