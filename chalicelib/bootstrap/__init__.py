"""Composition root: settings and the council's document become each slice's ports.

`base` has what all stand on, `reports`, `places` and `publishing` build the slices. Adapters are
imported where they are built, so that a request which needs no database loads none.
"""

import sys
from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

from chalicelib.bootstrap import base
from chalicelib.bootstrap.accounts import (
    account_pages,
    accounts_ports,
    codes_queue,
    sending_ports,
)
from chalicelib.bootstrap.alerts import (
    address_keys_of,
    alert_names,
    alerts_ports,
    alerts_queue,
    can_be_asked,
    index_ports,
    match_ports,
    reaches_of,
    subscriptions_of,
)
from chalicelib.bootstrap.auditing import audit_ports
from chalicelib.bootstrap.base import (
    SecretName,
    client,
    council,
    outside,
    secret,
    secret_arn,
    settings,
)
from chalicelib.bootstrap.crews import crew_ports
from chalicelib.bootstrap.desk import desk_ports
from chalicelib.bootstrap.erasing import author_of, erasure_ports
from chalicelib.bootstrap.forwarding import api_key_of, reply_ports
from chalicelib.bootstrap.job_views import (
    job_views,
    jobs_seen,
    kept_from_public,
    work_photos,
)
from chalicelib.bootstrap.jobs import (
    crews_queue,
    day_ports,
    follow_queue,
    job_follow_ports,
    job_pages,
    jobs_ports,
)
from chalicelib.bootstrap.limits import block_ports, daily, hourly, limit_ports
from chalicelib.bootstrap.notices import (
    disruptions_ports,
    disruptions_publish_ports,
    match_queue,
)
from chalicelib.bootstrap.outbound import outbound_ports, return_ports
from chalicelib.bootstrap.partners import partners_ports
from chalicelib.bootstrap.people import people_ports
from chalicelib.bootstrap.places import areas_ports, facilities_ports, gazetteer_ports
from chalicelib.bootstrap.privacy import export_pages
from chalicelib.bootstrap.publishing import figures_ports, publishing_ports
from chalicelib.bootstrap.push import push_key, web_push
from chalicelib.bootstrap.reports import photos_ports, reports_ports
from chalicelib.bootstrap.single_sign_on import sign_on_ports
from chalicelib.bootstrap.telling import alert_pages, receipts_queue, telling_ports, voice
from chalicelib.events import Event, PhotoTaken, PhotoWanted, ReportChanged, ReportSubmitted
from chalicelib.reports.reference import grouped
from chalicelib.reports.states import LABELS

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from chalicelib.forms.pages import FormPages

__all__ = [
    "SecretName",
    "account_pages",
    "accounts_ports",
    "address_keys_of",
    "alert_names",
    "alert_pages",
    "alerts_ports",
    "alerts_queue",
    "api_key_of",
    "areas_ports",
    "audit_ports",
    "author_of",
    "block_ports",
    "can_be_asked",
    "codes_queue",
    "council",
    "crew_ports",
    "crews_queue",
    "daily",
    "day_ports",
    "desk_ports",
    "disruptions_ports",
    "disruptions_publish_ports",
    "erasure_ports",
    "export_pages",
    "facilities_ports",
    "figures_ports",
    "follow_queue",
    "forget",
    "form_pages",
    "gazetteer_ports",
    "hourly",
    "index_ports",
    "job_follow_ports",
    "job_pages",
    "job_views",
    "jobs_ports",
    "jobs_seen",
    "kept_from_public",
    "limit_ports",
    "match_ports",
    "match_queue",
    "outbound_ports",
    "outside",
    "partners_ports",
    "people_ports",
    "photos_ports",
    "publishing_ports",
    "push_key",
    "reaches_of",
    "reactions",
    "receipts_queue",
    "reply_ports",
    "reports_ports",
    "return_ports",
    "secret",
    "secret_arn",
    "sending_ports",
    "settings",
    "sign_on_ports",
    "subscriptions_of",
    "telling_ports",
    "voice",
    "web_push",
    "work_photos",
]


class Reaction(Protocol):
    """Where facts go."""

    def send(self, events: Sequence[Event]) -> None:
        """Queues the facts. Raises UpstreamFailed if any was not taken."""


@cache
def form_pages() -> "FormPages":
    from chalicelib.forms.pages import FormPages
    from chalicelib.forms.views import Wording
    from chalicelib.kernel.time import utc_now

    here = council()
    return FormPages(
        council=here.said,
        wording=Wording(zone=here.zone, labels=LABELS, grouped=grouped, now=utc_now),
    )


@cache
def reactions() -> tuple[Reaction, ...]:
    """Everything that hears of what happens to a report."""
    from chalicelib.aws.sqs import SqsReaction

    queues: SQSClient = client("sqs")
    here = settings()
    seen = ReportSubmitted | ReportChanged | PhotoTaken
    return (
        SqsReaction(queues, here.publish_queue_url, seen),
        SqsReaction(queues, here.outbound_queue_url, seen),
        SqsReaction(queues, here.fetch_queue_url, PhotoWanted),
        SqsReaction(queues, here.match_queue_url, ReportSubmitted | ReportChanged),
        SqsReaction(queues, here.open_queue_url, ReportSubmitted | ReportChanged),
    )


def forget() -> None:
    """Drops everything built so far, for a process whose settings change."""
    _clear(base)
    forget_documents()


def forget_documents() -> None:
    """Drops what was built on the settings, clients and secrets of this process, and with it what
    it has read of published documents."""
    for name, module in list(sys.modules.items()):
        if name.startswith(__name__) and module is not base:
            _clear(module)


def _clear(module: ModuleType) -> None:
    for built in vars(module).values():
        if hasattr(built, "cache_clear") and built.__module__ == module.__name__:
            built.cache_clear()
