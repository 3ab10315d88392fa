"""Deliveries to other systems, with the reports as they see them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.base import (
    client,
    council,
    outside,
    published,
    session,
    settings,
)
from chalicelib.bootstrap.forwarding import forwarders, open311_client
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.destinations import Open311Destination
from chalicelib.errors import NotFound
from chalicelib.kernel.observability import trace
from chalicelib.outbound.model import Case, Contact, Reopening, Subject, Wake
from chalicelib.outbound.ports import Ports
from chalicelib.outbound.webhook import WebhookSender
from chalicelib.publishing.model import JSON
from chalicelib.publishing.ports import Document
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.usecases import access, reading
from chalicelib.reports.usecases.exchange import forwarding
from chalicelib.reports.usecases.exchange import inbound_updates as reports_inbound_updates
from chalicelib.reports.views import ReportView, public_page

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from chalicelib.aws.sqs import SqsReaction
    from chalicelib.outbound import inbound_updates
    from chalicelib.outbound.ports import Brought

GETTING_THROUGH = "data/getting-through.json"


@cache
def outbound_ports() -> Ports:
    from secrets import SystemRandom, token_bytes

    from chalicelib.aws.clients import lend_to_pynamodb
    from chalicelib.aws.sqs import SqsReaction
    from chalicelib.kernel.time import utc_now
    from chalicelib.outbound.dynamo.deliveries import DynamoDeliveries
    from chalicelib.outbound.dynamo.receivers import DynamoMarks, DynamoReceivers

    lend_to_pynamodb(session)
    here, reports = council(), ReportsToTell()
    deliveries = DynamoDeliveries(settings().outbound_table)
    queues: SQSClient = client("sqs")
    return Ports(
        deliveries=deliveries,
        receivers=DynamoReceivers(settings().outbound_table),
        marks=DynamoMarks(settings().outbound_table),
        reports=reports,
        senders={
            "webhook": WebhookSender(reports.public, outside, utc_now),
            **forwarders(reports, deliveries),
        },
        queue=SendQueue(SqsReaction(queues, settings().send_queue_url)),
        destinations=here.by_destination,
        forward_to=here.forward_to,
        check_url=lambda url: outside().check(url),
        publish=_publish,
        random_bytes=token_bytes,
        chance=SystemRandom().random,
        now=utc_now,
    )


@cache
def return_ports() -> "inbound_updates.Ports":
    from chalicelib.kernel.time import utc_now
    from chalicelib.outbound import inbound_updates

    others = outbound_ports()
    return inbound_updates.Ports(
        deliveries=others.deliveries,
        marks=others.marks,
        client=open311_client(),
        timelines=_bring_back,
        reports=others.reports,
        destinations=_asked_for_updates(),
        now=utc_now,
    )


def _bring_back(
    service_request_id: str, key: str, said: "inbound_updates.RemoteStatus"
) -> "Brought":
    try:
        return reports_inbound_updates.bring_back(
            service_request_id, key, said.status, said.text, reports_ports()
        )
    except NotFound:
        return "known"


def _asked_for_updates() -> list[Open311Destination]:
    return [each for each in council().destinations if isinstance(each, Open311Destination)]


class SendQueue:
    """The queue of the sender: each message names a delivery and the request behind it."""

    def __init__(self, queue: "SqsReaction") -> None:
        self._queue = queue

    def send(self, delivery_ids: Sequence[str]) -> None:
        behind = trace.current()
        self._queue.send([Wake(delivery_id=each, request_id=behind) for each in delivery_ids])


class ReportsToTell:
    """The reports slice as deliveries see it."""

    def subjects(self, service_request_ids: Sequence[str]) -> Mapping[str, Subject]:
        found = reports_ports().repository.many(service_request_ids)
        return {key: _subject(report) for key, report in found.items()}

    def public(self, service_request_id: str) -> ReportView | None:
        return reading.public_views([service_request_id], reports_ports()).get(service_request_id)

    def case(self, service_request_id: str) -> Case | None:
        report = reports_ports().repository.get(service_request_id)
        if report is None or not forwarding.may_be_passed_on(report):
            return None
        return _case(report, self.public(service_request_id))

    def reopening(self, service_request_id: str) -> Reopening | None:
        report = reports_ports().repository.get(service_request_id)
        update = forwarding.reopened_by(report) if report else None
        if report is None or update is None or report.visibility not in ("public", "private"):
            return None
        shown = self.public(service_request_id)
        views = {view.update_id: view for view in shown.updates} if shown else {}
        view = views.get(update.update_id)
        urls = tuple(photo.url for photo in view.photos) if view else ()
        return Reopening(text=update.text, at=update.datetime, photo_urls=urls)

    def passed_on(
        self, service_request_id: str, to: str, reference: str | None, delivery_id: str
    ) -> None:
        forwarding.note_passed_on(service_request_id, to, reference, delivery_id, reports_ports())


def _subject(report: ServiceRequest) -> Subject:
    reopened_by = forwarding.reopened_by(report)
    return Subject(
        service_request_id=report.service_request_id,
        service_code=report.service_code,
        ward_code=report.ward_code,
        is_public=report.visibility == "public",
        may_be_passed_on=forwarding.may_be_passed_on(report),
        is_from_partner=access.is_from_partner(report),
        reopened_by=reopened_by.update_id if reopened_by else None,
    )


def _case(report: ServiceRequest, shown: ReportView | None) -> Case:
    """Made without the view of officers: its links stand on secrets, which no reaction reads."""
    here, request_id = reports_ports(), report.service_request_id
    service = here.council.by_code.get(report.service_code)
    assert report.lat is not None and report.long is not None, "It has a place."
    return Case(
        service_request_id=request_id,
        service_code=report.service_code,
        service_name=service.service_name if service else report.service_code,
        title=report.title,
        description=report.description,
        lat=report.lat,
        long=report.long,
        address=report.address,
        attributes=report.attributes,
        requested_datetime=report.requested_datetime,
        page_url=public_page(here.site_url, request_id) if shown else None,
        photo_urls=tuple(photo.url for photo in shown.photos) if shown else (),
        contact=Contact(**vars(report.contact)) if report.contact else None,
    )


def _publish(body: bytes) -> None:
    store = published()
    store.write(GETTING_THROUGH, Document(body, JSON), store.read(GETTING_THROUGH))
