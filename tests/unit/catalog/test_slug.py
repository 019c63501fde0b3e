"""Names in keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.slug import slug


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Crème & Co.", "creme-co"),
        ("  Levi's®  501 ", "levi-s-501"),
        ("जूते > स्नीकर्स", "जूते-स्नीकर्स"),
        ("ＷＩＤＥ Straße", "wide-strasse"),
        ("a#b>c/d", "a-b-c-d"),
        ("☃", ""),
    ],
)
def test_letters_and_digits_stay(name: str, short: str) -> None:
    assert slug(name) == short


@given(name=st.text())
def test_it_is_stable_and_holds_no_separator_of_a_key(name: str) -> None:
    assert slug(slug(name)) == slug(name)
    assert not set(slug(name)) & set("#>/ ")
