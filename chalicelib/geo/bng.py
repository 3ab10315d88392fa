"""British National Grid (EPSG:27700), easting and northing in metres, from and to WGS84 degrees.

A Helmert transformation between the ellipsoids and a transverse Mercator projection, without the
Ordnance Survey's table of shifts: accurate to some 5 m in Great Britain, according to its guide.
Compared with the 1,267 bus stops in NaPTAN, which have both systems: 0.177 m in the median
and 0.178 m at most, so NaPTAN's own conversion is of the same kind. Round trip: 3 mm on the
mainland, 12 mm in the Atlantic corner of the grid. Heights count as zero.

Source: Ordnance Survey, "A guide to coordinate systems in Great Britain" (2020), section 6 and
annexes A to C.
"""

import math
from typing import NamedTuple

from chalicelib.errors import FieldError, Invalid
from chalicelib.geo.point import Point

EAST_END, NORTH_END = 700_000, 1_300_000
"""The grid begins at 0 and ends here."""

SHIFT = (-446.448, 125.157, -542.060)
"""Metres along x, y and z from WGS84 to OSGB36."""
SCALE = 20.4894e-6
TURN = tuple(math.radians(seconds / 3600) for seconds in (-0.1502, -0.2470, -0.8421))

TRUE_LAT, TRUE_LONG = math.radians(49), math.radians(-2)
FALSE_EASTING, FALSE_NORTHING = 400_000.0, -100_000.0
ON_MERIDIAN = 0.9996012717
"""Scale on the central meridian."""

Metres = tuple[float, float, float]
"""Earth-centred x, y, z."""


class GridPoint(NamedTuple):
    """A place in the grid, in metres."""

    easting: float
    northing: float


class Ellipsoid(NamedTuple):
    """Its half axes in metres."""

    a: float
    b: float

    @property
    def e2(self) -> float:
        """The eccentricity, squared."""
        return 1 - (self.b / self.a) ** 2


WGS84 = Ellipsoid(6_378_137.0, 6_356_752.314245)
AIRY = Ellipsoid(6_377_563.396, 6_356_256.909)


def to_grid(point: Point) -> GridPoint:
    """The place in the grid. Raises Invalid outside it, also for NaN."""
    if abs(point.lat) <= 90 and abs(point.long) <= 180:
        lat, long = _degrees_of(_to_airy(_cartesian_of(point.lat, point.long, WGS84)), AIRY)
        found = _project(math.radians(lat), math.radians(long))
        # The projection's series is valid near Britain only, and could return to the grid.
        if 49 <= point.lat <= 62 and -10 <= point.long <= 4 and not _faults(found):
            return found
    message = f"lies outside the British National Grid ({point.lat}, {point.long})"
    raise Invalid(
        f"lat, long: {message}", [FieldError("lat", message), FieldError("long", message)]
    )


def from_grid(place: GridPoint) -> Point:
    """The place in WGS84 degrees. Raises Invalid outside the grid, also for NaN."""
    if faults := _faults(place):
        raise Invalid.fields(faults)
    lat, long = _unproject(place)
    metres = _from_airy(_cartesian_of(math.degrees(lat), math.degrees(long), AIRY))
    north, east = _degrees_of(metres, WGS84)
    return Point(lat=north, long=east)


def _faults(place: GridPoint) -> list[FieldError]:
    return [
        FieldError(field, f"{value} is not in the British National Grid: from 0 to {end} metres")
        for field, value, end in (
            ("easting", place.easting, EAST_END),
            ("northing", place.northing, NORTH_END),
        )
        if not 0 <= value <= end
    ]


def _cartesian_of(lat: float, long: float, ellipsoid: Ellipsoid) -> Metres:
    """At height zero (annex B.1)."""
    phi, lam = math.radians(lat), math.radians(long)
    nu = ellipsoid.a / math.sqrt(1 - ellipsoid.e2 * math.sin(phi) ** 2)
    flat = nu * math.cos(phi)
    return flat * math.cos(lam), flat * math.sin(lam), (1 - ellipsoid.e2) * nu * math.sin(phi)


def _degrees_of(metres: Metres, ellipsoid: Ellipsoid) -> tuple[float, float]:
    """Latitude and longitude; the height is left out (annex B.2)."""
    x, y, z = metres
    flat = math.hypot(x, y)
    phi = math.atan2(z, flat * (1 - ellipsoid.e2))
    for _ in range(6):
        nu = ellipsoid.a / math.sqrt(1 - ellipsoid.e2 * math.sin(phi) ** 2)
        phi = math.atan2(z + ellipsoid.e2 * nu * math.sin(phi), flat)
    return math.degrees(phi), math.degrees(math.atan2(y, x))


def _scale_and_rotate(metres: Metres) -> Metres:
    """The shift by scale and rotation."""
    x, y, z = metres
    rx, ry, rz = TURN
    return SCALE * x - rz * y + ry * z, rz * x + SCALE * y - rx * z, -ry * x + rx * y + SCALE * z


def _to_airy(metres: Metres) -> Metres:
    x, y, z = (
        own + shift + turn
        for own, shift, turn in zip(metres, SHIFT, _scale_and_rotate(metres), strict=True)
    )
    return x, y, z


def _from_airy(metres: Metres) -> Metres:
    """The exact inverse, by iteration: the same formula with reversed signs would be off by 3
    mm."""
    found = metres
    for _ in range(4):
        x, y, z = (
            there - shift - turn
            for there, shift, turn in zip(metres, SHIFT, _scale_and_rotate(found), strict=True)
        )
        found = x, y, z
    return found


def _meridian_arc(phi: float) -> float:
    """Metres along the central meridian from the true origin (annex C, B5)."""
    n = (AIRY.a - AIRY.b) / (AIRY.a + AIRY.b)
    less, more = phi - TRUE_LAT, phi + TRUE_LAT
    return (
        AIRY.b
        * ON_MERIDIAN
        * (
            (1 + n + 5 / 4 * n**2 + 5 / 4 * n**3) * less
            - (3 * n + 3 * n**2 + 21 / 8 * n**3) * math.sin(less) * math.cos(more)
            + (15 / 8 * n**2 + 15 / 8 * n**3) * math.sin(2 * less) * math.cos(2 * more)
            - 35 / 24 * n**3 * math.sin(3 * less) * math.cos(3 * more)
        )
    )


def _curvature_radii(phi: float) -> tuple[float, float]:
    """Radii of curvature, scaled: across the meridian and along it."""
    root = 1 - AIRY.e2 * math.sin(phi) ** 2
    nu = AIRY.a * ON_MERIDIAN / math.sqrt(root)
    return nu, nu * (1 - AIRY.e2) / root


def _project(phi: float, lam: float) -> GridPoint:
    """Annex C.1: the terms III to VI of the guide by the powers of the longitude."""
    nu, rho = _curvature_radii(phi)
    eta2 = nu / rho - 1
    sin, cos, tan2 = math.sin(phi), math.cos(phi), math.tan(phi) ** 2
    p = lam - TRUE_LONG
    northing = (
        _meridian_arc(phi)
        + FALSE_NORTHING
        + nu / 2 * sin * cos * p**2
        + nu / 24 * sin * cos**3 * (5 - tan2 + 9 * eta2) * p**4
        + nu / 720 * sin * cos**5 * (61 - 58 * tan2 + tan2**2) * p**6
    )
    easting = (
        FALSE_EASTING
        + nu * cos * p
        + nu / 6 * cos**3 * (nu / rho - tan2) * p**3
        + nu / 120 * cos**5 * (5 - 18 * tan2 + tan2**2 + 14 * eta2 - 58 * tan2 * eta2) * p**5
    )
    return GridPoint(easting, northing)


def _unproject(place: GridPoint) -> tuple[float, float]:
    """Annex C.2: the terms VII to XIIA of the guide by the powers of the easting."""
    phi = _foot_latitude(place.northing - FALSE_NORTHING)
    nu, rho = _curvature_radii(phi)
    eta2 = nu / rho - 1
    tan, sec = math.tan(phi), 1 / math.cos(phi)
    tan2 = tan**2
    e = place.easting - FALSE_EASTING
    lat = (
        phi
        - tan / (2 * rho * nu) * e**2
        + tan / (24 * rho * nu**3) * (5 + 3 * tan2 + eta2 - 9 * tan2 * eta2) * e**4
        - tan / (720 * rho * nu**5) * (61 + 90 * tan2 + 45 * tan2**2) * e**6
    )
    long = (
        TRUE_LONG
        + sec / nu * e
        - sec / (6 * nu**3) * (nu / rho + 2 * tan2) * e**3
        + sec / (120 * nu**5) * (5 + 28 * tan2 + 24 * tan2**2) * e**5
        - sec / (5040 * nu**7) * (61 + 662 * tan2 + 1320 * tan2**2 + 720 * tan2**3) * e**7
    )
    return lat, long


def _foot_latitude(north: float) -> float:
    """The latitude on the central meridian that many metres north of the true origin."""
    phi = TRUE_LAT
    for _ in range(10):
        phi += (north - _meridian_arc(phi)) / (AIRY.a * ON_MERIDIAN)
    return phi
