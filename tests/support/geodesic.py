"""The distance along the ellipsoid, with which tests compare our distances."""

from geopy.distance import geodesic

from chalicelib.geo.point import Point


def geodesic_m(one: Point, other: Point) -> float:
    """Distance along the ellipsoid of WGS84 in metres, to a nanometre.

    Source: Karney, "Algorithms for geodesics" (2013), as in geopy.
    """
    return float(geodesic((one.lat, one.long), (other.lat, other.long)).m)
