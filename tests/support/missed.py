"""Requests about missed collections."""

from datetime import date
from typing import Any

from msgspec.structs import replace

from chalicelib.geo.point import Point
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import MissedCollection
from chalicelib.reports.ports import MissedCollectionCheck, Ports, PremisesAddress
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.submission import submit
from tests.support.builders import MARKET_PLACE, draft
from tests.support.councils import council_named

OWNER, NEIGHBOUR = Author("account-1"), Author("account-2")
RUBBISH = MissedCollection(container="rubbish", date=date(2026, 11, 23))
TITLE = "Black bin: rubbish, 23 November 2026"
HOME = PremisesAddress("2 Dial Row, YO1 7HH", Point(**MARKET_PLACE))


def missed_ports(ports: Ports) -> Ports:
    """The ports of a council with two premises, whose rules accept every request."""
    homes = {"100": HOME, "101": HOME}
    council = council_named("demo")
    service = replace(
        council.by_code["missed-bin"],
        kind="request",
        needs="premises",
        steps=("premises", "collection", "contact", "check"),
        visibility="private",
        attributes=(),
    )
    others = [each for each in council.services if each.service_code != "missed-bin"]
    council = replace(council, services=(*others, service))
    return with_answer(
        replace(ports, council=council, find_premises=homes.get), MissedCollectionCheck(TITLE)
    )


def with_answer(ports: Ports, answer: MissedCollectionCheck) -> Ports:
    """The ports with rules that give that answer."""
    return replace(ports, check_missed_collection=lambda premises_id, collection: answer)


def report_missed(
    ports: Ports, key: str = "key", by: Author = OWNER, **values: Any
) -> ServiceRequest:
    """A request about the rubbish of premises 100."""
    usual = {"service_code": "missed-bin", "premises_id": "100", "collection": RUBBISH}
    no_place = {"lat": None, "long": None}
    return submit(draft(**(usual | no_place | values)), key, by, ports)
