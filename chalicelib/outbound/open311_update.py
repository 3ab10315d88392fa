"""The sender of updates to another body's Open311 server: a resident says that the problem is not
fixed, or the work has changed or was cancelled.

If a response was lost, an update may be sent twice, both times with the same update_id, by which a
server such as our own recognises it.
Source: mySociety's extension of GeoReport v2, "POST Service Request Update"
(wiki.open311.org/GeoReport_v2/Extensions).
"""

from collections.abc import Callable, Iterator

from msgspec import Struct

from chalicelib.catalogue.destinations import Open311Destination
from chalicelib.errors import NotNow
from chalicelib.georeport import moments
from chalicelib.georeport.reading import UnreadableXml
from chalicelib.outbound.model import UPDATE, Case, Delivery, Reopening, id_of_forwarded
from chalicelib.outbound.open311_client import Open311Client, id_in, parse_entries
from chalicelib.outbound.open311_form import attribute_fields
from chalicelib.outbound.senders import DeliveryRefused, SendResult
from chalicelib.outbound.work_words import PLACE_WORDS, change_words, work_words

STATUS = "OPEN"
"""Every server knows this status; for a report that was closed it means that it was reopened."""
CANCELLED = "CANCELLED"


class UpdateSender(Struct, frozen=True):
    """Sends updates. `reopening` loads the reopening of a report, `current_case` the case that a
    destination has, and `delivery` a delivery by its id, which has the report's id there."""

    reopening: Callable[[str], Reopening | None]
    current_case: Callable[[str, str], Case | None]
    delivery: Callable[[str], Delivery | None]
    client: Open311Client

    def send(self, delivery: Delivery, destination: Open311Destination) -> SendResult:
        content = (
            self._change_fields if delivery.event == "case.changed" else self._reopening_fields
        )
        told = [*content(delivery, destination)]
        form = [
            ("service_request_id", self._their_reference(delivery.service_request_id, destination)),
            ("update_id", delivery.delivery_id),
            *told,
        ]
        key = {"idempotency-key": delivery.delivery_id}
        reply = self.client.post(destination, "servicerequestupdates", form, key)
        return SendResult(_external_id(reply.body))

    def _reopening_fields(
        self, delivery: Delivery, _: Open311Destination
    ) -> Iterator[tuple[str, str]]:
        reopening = self.reopening(delivery.service_request_id)
        if reopening is None:
            raise DeliveryRefused("not_reopened")
        yield "updated_datetime", moments.write(reopening.at)
        yield "status", STATUS
        yield "description", reopening.text
        yield from (("media_url", url) for url in reopening.photo_urls)

    def _change_fields(
        self, delivery: Delivery, destination: Open311Destination
    ) -> Iterator[tuple[str, str]]:
        case = self.current_case(delivery.service_request_id, destination.destination)
        yield "updated_datetime", moments.write(delivery.occurred_at)
        yield "status", _status_of(case)
        yield "description", _description_of(case)
        if case:
            yield from attribute_fields(case, destination.services[case.service_code])

    def find(self, delivery: Delivery, destination: Open311Destination) -> None:
        """Always None, so the update is sent again: the receiver recognises its update_id."""

    def _their_reference(self, request_id: str, server: Open311Destination) -> str:
        """The report's id at the destination. Raises: DeliveryRefused; NotNow if the destination
        has only given a token yet."""
        forwarded = self.delivery(id_of_forwarded(server.destination, request_id))
        if forwarded is None or forwarded.external_id is None:
            raise DeliveryRefused("no_reference")
        if forwarded.their_reference is None:
            raise NotNow("no_reference_yet")
        return forwarded.their_reference


def _status_of(case: Case | None) -> str:
    """The status of a case that the destination has; None is one that it may no longer know."""
    if case is None:
        return CANCELLED
    return STATUS if case.state == "reopen" else case.state.upper()


def _description_of(case: Case | None) -> str:
    """What became of the case, and its address and place, for which an update has no fields. All
    else goes into attributes, because servers may show this text to everybody."""
    work = work_words(case.work) if case else {}
    place = (f"{name}: {work[name]}" for name in PLACE_WORDS if name in work)
    return "\n".join((change_words(case), *place))


def _external_id(body: bytes) -> str | None:
    """The update's id at the destination, by which it is recognised among the polled updates."""
    try:
        update_id = id_in(next(iter(parse_entries(body)), {}), "update_id")
    except UnreadableXml:
        return None
    return UPDATE + update_id if update_id else None
