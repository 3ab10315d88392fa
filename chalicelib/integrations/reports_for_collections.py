"""Find the reports of missed collections."""

from collections.abc import Collection, Set

from chalicelib.collections.missed import CollectionKey
from chalicelib.reports.parts import MissedCollection
from chalicelib.reports.ports import Repository
from chalicelib.reports.usecases.missed_collections import claim_of


def find_reported(keys: Collection[CollectionKey], repository: Repository) -> Set[CollectionKey]:
    """The collections among these that were reported as missed, without withdrawn reports. Raises
    UpstreamFailed."""
    claims = {_claim_of(key): key for key in keys}
    holders = repository.find_claim_holders(claims)
    reports = repository.get_many(list(holders.values()))
    return {
        claims[claim]
        for claim, holder in holders.items()
        if holder in reports and reports[holder].visibility != "withdrawn"
    }


def _claim_of(key: CollectionKey) -> str:
    return claim_of(key.premises_id, MissedCollection(container=key.container, date=key.date))
