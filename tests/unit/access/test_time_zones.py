"""Which names are time zones."""

from __future__ import annotations

import pytest

from skuflow.access.time_zones import is_time_zone


@pytest.mark.parametrize("name", ["America/Toronto", "Asia/Kolkata", "UTC", "America/Argentina/Buenos_Aires"])
def test_a_zone_of_the_database_is_one(name: str) -> None:
    assert is_time_zone(name)


@pytest.mark.parametrize(
    "name", ["", "Toronto", "America", "Mars/Base", "../UTC", "/etc/localtime", "a" * 300, "UTC\x00"]
)
def test_anything_else_is_none(name: str) -> None:
    assert not is_time_zone(name)
