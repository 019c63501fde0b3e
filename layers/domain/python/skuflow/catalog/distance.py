"""How far a shop is from a buyer."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_M = 6371008.8
"""Mean radius R1 of the GRS 80 ellipsoid in metres (Moritz, Geodetic Reference System 1980)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Degrees, WGS 84: latitude -90 to 90 (north positive), longitude -180 to 180 (east positive)."""

    lat: float
    lon: float


def distance_m(a: Place, b: Place) -> int:
    """Great-circle distance in metres by the haversine formula (Sinnott 1984); the sphere errs by 0.5 % at most."""
    d_lat, d_lon = radians(b.lat - a.lat), radians(b.lon - a.lon)
    h = sin(d_lat / 2) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(d_lon / 2) ** 2
    return round(2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(h))))
