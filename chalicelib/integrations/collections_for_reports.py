"""Collections, as reports see them."""

from chalicelib.collections.missed import CollectionKey
from chalicelib.collections.past_collections import check_missed
from chalicelib.collections.ports import Ports
from chalicelib.reports.parts import MissedCollection
from chalicelib.reports.ports import MissedCollectionCheck


def missed_answer(premises_id: str, of: MissedCollection, ports: Ports) -> MissedCollectionCheck:
    """Whether that collection of the premises may be reported as missed, or disputed. Raises
    UpstreamFailed."""
    found, name = check_missed(CollectionKey(premises_id, of.container, of.date), ports)
    title = f"{name}, {of.date:%A} {of.date.day} {of.date:%B %Y}"
    if found.may_dispute and of.disputes:
        return MissedCollectionCheck(f"{title}. Disputed: {found.why_not}", is_dispute=True)
    return MissedCollectionCheck(title, why_not=found.why_not)
