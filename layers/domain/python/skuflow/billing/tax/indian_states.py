"""India: states and union territories with the codes that begin a GSTIN, and what a GSTIN looks like.

Sources: ISO 3166-2:IN (with the codes in use before 2023 beside today's); the state codes of the GST network.
"""

from __future__ import annotations

import re

STATES: dict[str, str] = {
    "AN": "35",
    "AP": "37",
    "AR": "12",
    "AS": "18",
    "BR": "10",
    "CG": "22",
    "CT": "22",
    "CH": "04",
    "DH": "26",
    "DL": "07",
    "GA": "30",
    "GJ": "24",
    "HP": "02",
    "HR": "06",
    "JH": "20",
    "JK": "01",
    "KA": "29",
    "KL": "32",
    "LA": "38",
    "LD": "31",
    "MH": "27",
    "ML": "17",
    "MN": "14",
    "MP": "23",
    "MZ": "15",
    "NL": "13",
    "OD": "21",
    "OR": "21",
    "PB": "03",
    "PY": "34",
    "RJ": "08",
    "SK": "11",
    "TN": "33",
    "TS": "36",
    "TG": "36",
    "TR": "16",
    "UK": "05",
    "UT": "05",
    "UP": "09",
    "WB": "19",
}
"""Region -> state code. Two spellings of one state share a code."""

NAMED_BY_CODE = {code: region for region, code in reversed(STATES.items())}
"""State code -> today's region."""

NAMES: dict[str, str] = {
    "01": "Jammu and Kashmir",
    "02": "Himachal Pradesh",
    "03": "Punjab",
    "04": "Chandigarh",
    "05": "Uttarakhand",
    "06": "Haryana",
    "07": "Delhi",
    "08": "Rajasthan",
    "09": "Uttar Pradesh",
    "10": "Bihar",
    "11": "Sikkim",
    "12": "Arunachal Pradesh",
    "13": "Nagaland",
    "14": "Manipur",
    "15": "Mizoram",
    "16": "Tripura",
    "17": "Meghalaya",
    "18": "Assam",
    "19": "West Bengal",
    "20": "Jharkhand",
    "21": "Odisha",
    "22": "Chhattisgarh",
    "23": "Madhya Pradesh",
    "24": "Gujarat",
    "26": "Dadra and Nagar Haveli and Daman and Diu",
    "27": "Maharashtra",
    "29": "Karnataka",
    "30": "Goa",
    "31": "Lakshadweep",
    "32": "Kerala",
    "33": "Tamil Nadu",
    "34": "Puducherry",
    "35": "Andaman and Nicobar Islands",
    "36": "Telangana",
    "37": "Andhra Pradesh",
    "38": "Ladakh",
}
"""State code -> what it is called."""

WITHOUT_LEGISLATURE = frozenset({"04", "26", "31", "35", "38"})
"""Union territories whose half of the tax is UTGST: Chandigarh, Dadra and Nagar Haveli and Daman and Diu, Lakshadweep, the
Andaman and Nicobar Islands, Ladakh. Delhi, Puducherry and Jammu and Kashmir have a legislature, and SGST."""

_GSTIN = re.compile(r"\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def region_of(gstin: str) -> str | None:
    """The region that the GSTIN is registered in; None if it is not a GSTIN: its shape, its state or its check digit is wrong."""
    if not _GSTIN.fullmatch(gstin) or _check_digit(gstin[:14]) != gstin[14]:
        return None
    return NAMED_BY_CODE.get(gstin[:2])


def _check_digit(first: str) -> str:
    """The last character of a GSTIN: modulus 36 over the others, every second one doubled, digits of the products summed."""
    total = 0
    for place, character in enumerate(first):
        tens, ones = divmod(_DIGITS.index(character) * (1 + place % 2), 36)
        total += tens + ones
    return _DIGITS[-total % 36]
