"""Distances on the globe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.distance import EARTH_RADIUS_M, Place, distance_m

places = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180))


def test_a_quarter_of_a_meridian_is_half_pi_radii() -> None:
    assert distance_m(Place(0, 0), Place(90, 0)) == pytest.approx(EARTH_RADIUS_M * 3.141592653589793 / 2, abs=1)


def test_the_date_line_is_no_obstacle() -> None:
    assert distance_m(Place(0, 179.5), Place(0, -179.5)) == pytest.approx(111_195, abs=1)


@given(a=places, b=places)
def test_it_is_symmetric_and_never_more_than_half_way_round(a: Place, b: Place) -> None:
    assert distance_m(a, b) == distance_m(b, a)
    assert 0 <= distance_m(a, b) <= EARTH_RADIUS_M * 3.1415927
