"""Premises, as reports see them."""

from chalicelib.collections.stored_premises import StoredPremises
from chalicelib.geo.point import Point
from chalicelib.reports.ports import PremisesAddress


def premises_address(premises_id: str, premises: StoredPremises) -> PremisesAddress | None:
    """The address and place of premises; None if there is none of that id. Raises
    UpstreamFailed."""
    found = premises.get(premises_id)
    if found is None:
        return None
    point = Point(lat=found.lat, long=found.long)
    return PremisesAddress(f"{found.address}, {found.postcode}", point)
