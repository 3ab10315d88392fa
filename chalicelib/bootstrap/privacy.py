"""The wording of the page that shows all data kept about a person."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap.base import council
from chalicelib.reports.states import LABELS

if TYPE_CHECKING:
    from chalicelib.privacy.page import ExportPages

KINDS = {"email": "Email", "phone": "Phone"}
NAMES: Mapping[str, Mapping[Any, str]] = {
    "state": LABELS,
    "address_kind": KINDS,
    "invited": KINDS,
    "reach_by": KINDS,
    "role": {"crew": "Crew", "officer": "Officer", "admin": "Administrator"},
    "by": {"resident": "A resident", "council": "The council", "contractor": "A contractor"},
    "channel": {
        "online": "Online",
        "phone": "By phone",
        "counter": "At the counter",
        "letter": "By letter",
        "social": "On social media",
    },
    "visibility": {
        "public": "Everybody",
        "waiting": "You and the council, until an officer has looked at it",
        "held": "You and the council, until it becomes public",
        "private": "You and the council",
        "unconfirmed": "You and the council",
        "hidden": "You and the council",
        "withdrawn": "Nobody: it was withdrawn",
    },
    "reason": {
        "personal_data": "It says something personal",
        "offensive": "It is offensive",
        "not_a_report": "It is not a report",
        "other": "Something else",
    },
}
"""Of codes, by the attribute that holds them."""


@cache
def export_pages() -> "ExportPages":
    # Imported where a page is made: jinja2 takes a while to load.
    from chalicelib.privacy.page import ExportPages

    here = council()
    own = {
        "service_code": {each.service_code: each.service_name for each in here.services},
        "teams": here.team_names,
    }
    return ExportPages(
        council=here.name, zone=here.zone, names={**NAMES, **own}, questions=dict(_questions())
    )


def _questions() -> Iterator[tuple[str, str]]:
    for service in council().services:
        for question in service.attributes:
            way = f"{service.service_code}.{question.code}"
            yield way, question.description
            for value in question.values:
                yield f"{way}.{value.key}", value.name
