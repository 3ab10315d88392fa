"""The sender of reports to another body's Open311 server.

A report is never duplicated at the destination: it carries our reference in its description and as
an Idempotency-Key. If a response was lost, the sender looks for the report among the requests of
that time before it sends it again.
Source: GeoReport v2, "GET Service Requests" (wiki.open311.org/GeoReport_v2).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.catalogue.destinations import Open311Destination
from chalicelib.errors import UpstreamFailed
from chalicelib.georeport import moments
from chalicelib.georeport.reading import UnreadableXml
from chalicelib.outbound.model import TOKEN, Case, Delivery
from chalicelib.outbound.open311_client import Open311Client, id_for_token, id_in, parse_entries
from chalicelib.outbound.open311_form import form_of
from chalicelib.outbound.senders import NOT_PASSED_ON, DeliveryRefused, DeliveryUnclear, SendResult
from chalicelib.reports.reference import format_reference

MOST_PAGES = 3
"""All requests of a sender must end within its function's minute."""
CLOCKS_DIFFER = timedelta(hours=1)


class Open311Sender(Struct, frozen=True):
    """Sends reports."""

    case: Callable[[str], Case | None]
    client: Open311Client
    now: Callable[[], datetime]

    def send(self, delivery: Delivery, destination: Open311Destination) -> SendResult:
        case = self.case(delivery.service_request_id)
        if case is None:
            raise DeliveryRefused(NOT_PASSED_ON)
        service = destination.services.get(case.service_code)
        if service is None:
            raise DeliveryRefused("no_such_service")
        if case.work.point is None:
            raise DeliveryRefused("no_place")
        contact = case.contact if destination.passes_contact else None
        form = list(form_of(case, service, contact, format_reference(case.service_request_id)))
        key = {"idempotency-key": case.service_request_id}
        reply = self.client.post(destination, "requests", form, key)
        return self._parse_result(reply.body, destination)

    def find(self, delivery: Delivery, destination: Open311Destination) -> SendResult | None:
        """Look for our reference among the requests since the delivery was created.

        Returns: None if it is not found. A server may list no requests, or not this one; the
        Idempotency-Key then prevents a duplicate.

        Raises: DeliveryUnclear if there are too many requests to read, UpstreamFailed.
        """
        try:
            return self._find_reference(delivery, destination)
        except DeliveryRefused:
            return None

    def _find_reference(
        self, delivery: Delivery, destination: Open311Destination
    ) -> SendResult | None:
        reference = format_reference(delivery.service_request_id)
        query = {
            "service_code": self._possible_codes(delivery, destination),
            "start_date": moments.write(delivery.occurred_at - CLOCKS_DIFFER),
            "end_date": moments.write(self.now()),
        }
        seen: set[str] = set()
        for page in range(1, MOST_PAGES + 1):
            listed = self.client.entries(destination, "requests", **query, page=str(page))
            for entry in listed:
                if reference in entry.get("description", ""):
                    return SendResult(id_in(entry, "service_request_id"))
            ids = {entry.get("service_request_id", "") for entry in listed}
            # A server that does not know pages returns the same entries again.
            if ids <= seen:
                return None
            seen |= ids
        raise DeliveryUnclear("not_looked_through")

    def _possible_codes(self, delivery: Delivery, destination: Open311Destination) -> str:
        """The service_code at the destination, or all of them, separated by commas, if the report
        was closed, hidden or moved since: it may have arrived before that."""
        case = self.case(delivery.service_request_id)
        mapping = destination.services
        if case and case.service_code in mapping:
            return mapping[case.service_code].service_code
        return ",".join(sorted({each.service_code for each in mapping.values()}))

    def _parse_result(self, body: bytes, destination: Open311Destination) -> SendResult:
        """The result with the report's id at the destination, or the token for it. Raises
        DeliveryUnclear."""
        try:
            entry = next(iter(parse_entries(body)), {})
        except UnreadableXml as error:
            raise DeliveryUnclear("unreadable") from error
        if external_id := id_in(entry, "service_request_id"):
            return SendResult(external_id)
        token = id_in(entry, "token")
        if not token:
            return SendResult()
        return SendResult(self._find_id(token, destination) or TOKEN + token)

    def _find_id(self, token: str, destination: Open311Destination) -> str | None:
        # The report has arrived, so a missing id is no failure.
        try:
            return id_for_token(token, destination, self.client)
        except (DeliveryRefused, UpstreamFailed):
            return None
