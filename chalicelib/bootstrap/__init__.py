"""Composition root: settings and the council's document become each slice's ports.

`base` has what all stand on, `reports`, `places` and `publishing` build the slices. Adapters are
imported where they are built, so that a request which needs no database loads none.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

from chalicelib.bootstrap import base, places, publishing, reports
from chalicelib.bootstrap.base import (
    SecretName,
    client,
    council,
    secret,
    secret_arn,
    settings,
)
from chalicelib.bootstrap.places import areas_ports, facilities_ports, gazetteer_ports
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.bootstrap.reports import photos_ports, reports_ports
from chalicelib.events import Event
from chalicelib.reports.reference import grouped
from chalicelib.reports.states import LABELS

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from chalicelib.forms.pages import FormPages

__all__ = [
    "SecretName",
    "areas_ports",
    "council",
    "facilities_ports",
    "forget",
    "form_pages",
    "gazetteer_ports",
    "photos_ports",
    "publishing_ports",
    "reactions",
    "reports_ports",
    "secret",
    "secret_arn",
    "settings",
]


class Reaction(Protocol):
    """Where facts go."""

    def send(self, events: Sequence[Event]) -> None:
        """Queues the facts. Raises UpstreamFailed if any was not taken."""


@cache
def form_pages() -> "FormPages":
    from chalicelib.forms.pages import FormPages
    from chalicelib.forms.views import Wording

    here = council()
    return FormPages(
        council={
            "name": here.name,
            "phone": here.phone,
            "opening_hours": here.opening_hours,
        },
        wording=Wording(zone=here.zone, labels=LABELS, grouped=grouped),
    )


@cache
def reactions() -> tuple[Reaction, ...]:
    """Everything that hears of what happens to a report."""
    from chalicelib.adapters.sqs import SqsReaction

    queues: SQSClient = client("sqs")
    return (SqsReaction(queues, settings().publish_queue_url),)


def forget() -> None:
    """Drops everything built so far, for a process whose settings change."""
    for module in (base, reports, places, publishing):
        for built in vars(module).values():
            if hasattr(built, "cache_clear"):
                built.cache_clear()
    for built in (form_pages, reactions):
        built.cache_clear()
