"""The words for codes on the page that shows all data kept about a person."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.catalogue.model import Council
from chalicelib.kernel.languages import Language, translatable
from chalicelib.reports.states import LABELS

KINDS = {"email": translatable("Email"), "phone": translatable("Phone")}
NAMES: Mapping[str, Mapping[Any, str]] = {
    "state": LABELS,
    "address_kind": KINDS,
    "invited": KINDS,
    "reach_by": KINDS,
    "role": {
        "crew": translatable("Crew"),
        "officer": translatable("Officer"),
        "admin": translatable("Administrator"),
    },
    "by": {
        "resident": translatable("A resident"),
        "council": translatable("The council"),
        "contractor": translatable("A contractor"),
    },
    "channel": {
        "online": translatable("Online"),
        "phone": translatable("By phone"),
        "counter": translatable("At the counter"),
        "letter": translatable("By letter"),
        "social": translatable("On social media"),
    },
    "visibility": {
        "public": translatable("Everybody"),
        "waiting": translatable("You and the council, until an officer has looked at it"),
        "held": translatable("You and the council, until it becomes public"),
        "private": translatable("You and the council"),
        "unconfirmed": translatable("You and the council"),
        "hidden": translatable("You and the council"),
        "withdrawn": translatable("Nobody: you withdrew it"),
    },
    "reason": {
        "personal_data": translatable("It includes personal information"),
        "offensive": translatable("It is offensive"),
        "not_a_report": translatable("It is not a report"),
        "other": translatable("Something else"),
    },
}
"""The words for each code, by the attribute that holds it."""


def code_names(council: Council, language: Language) -> Mapping[str, Mapping[Any, str]]:
    """The words for codes, with those of the council's services, containers and teams. The council
    has its own texts in that language."""
    said = {
        name: {code: language.say(text) for code, text in texts.items()}
        for name, texts in NAMES.items()
    }
    services = {each.service_code: each.service_name for each in council.services}
    containers = {each.container: each.name for each in council.containers}
    of_council = {"service_code": services, "container": containers, "teams": council.team_names}
    return said | of_council


def question_names(council: Council) -> Iterator[tuple[str, str]]:
    """The words of each service's questions and of the values that answer them."""
    for service in council.services:
        for question in service.attributes:
            way = f"{service.service_code}.{question.code}"
            yield way, question.description
            for value in question.values:
                yield f"{way}.{value.key}", value.name
