"""The words for codes on the page that shows all data kept about a person."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.catalogue.model import Council
from chalicelib.reports.states import LABELS

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
        "withdrawn": "Nobody: you withdrew it",
    },
    "reason": {
        "personal_data": "It includes personal information",
        "offensive": "It is offensive",
        "not_a_report": "It is not a report",
        "other": "Something else",
    },
}
"""The words for each code, by the attribute that holds it."""


def names_of(council: Council) -> Mapping[str, Mapping[Any, str]]:
    """The words for codes, with those of the council's services and teams."""
    services = {each.service_code: each.service_name for each in council.services}
    return {**NAMES, "service_code": services, "teams": council.team_names}


def questions_of(council: Council) -> Iterator[tuple[str, str]]:
    """The words of each service's questions and of the values that answer them."""
    for service in council.services:
        for question in service.attributes:
            way = f"{service.service_code}.{question.code}"
            yield way, question.description
            for value in question.values:
                yield f"{way}.{value.key}", value.name
