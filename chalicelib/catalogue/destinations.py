"""Destinations of reports: another organisation's GeoReport v2 server, or a team's mailbox."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.catalogue.words import Code, EmailAddress, ShortText, Strict

Endpoint = Annotated[
    str, Meta(pattern=r"^(https://|http://127\.0\.0\.1:)[!-~]*[^/\s]$", max_length=500)
]
"""Plain http only to this machine, for a demonstration."""
REPORT_FIELDS = ("reference", "title", "address", "easting", "northing")
"""The fields of every report that can answer their questions, besides answers to ours."""
AddressOrDomain = Annotated[
    str,
    Meta(pattern=r"^([^@\s]+@)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$", max_length=254),
]
"""Such as ann@example.org, or example.org for everybody there."""
TheirCode = Annotated[str, Meta(min_length=1, max_length=200)]


class ServiceMapping(Strict, frozen=True, kw_only=True):
    """A service's code at the destination. `attributes` maps their codes to the codes of our
    questions, or to fields of REPORT_FIELDS and `work_fields_of`. Without it, all answers and
    fields of the work go under our own names; with {}, none."""

    service_code: TheirCode
    attributes: Mapping[TheirCode, Code] | None = None


class Open311Destination(Strict, frozen=True, kw_only=True, tag_field="kind", tag="open311"):
    """A GeoReport v2 server: `endpoint` such as https://example.org/open311/v2. `services` by our
    service_code. The reporter's name, email and phone are sent only if it `passes_contact`; reports
    from our own Open311 server only if it `passes_on_partners`, which must be false for a server
    that passes such reports on to us."""

    destination: Code
    name: ShortText
    endpoint: Endpoint
    services: Mapping[Code, ServiceMapping]
    jurisdiction_id: ShortText | None = None
    passes_contact: bool = False
    passes_on_partners: bool = False

    @property
    def kind(self) -> Literal["open311"]:
        return "open311"


class MailboxDestination(Strict, frozen=True, kw_only=True, tag_field="kind", tag="mailbox"):
    """A team's mailbox. `passes_contact` as above. A reply counts as the team's if it is from the
    address `to`, or from one of `answers_from`."""

    destination: Code
    name: ShortText
    to: EmailAddress
    answers_from: tuple[AddressOrDomain, ...] = ()
    passes_contact: bool = False

    @property
    def kind(self) -> Literal["mailbox"]:
        return "mailbox"

    @property
    def passes_on_partners(self) -> bool:
        """People read it, so nothing returns as a new report."""
        return True


Destination = Open311Destination | MailboxDestination


def work_fields_of(service: ServiceDefinition) -> Iterator[str]:
    """The fields of the work that requests for the service have. `items` are the ordered ones with
    their counts, `item-count` is the sum. `booked-day` and `collection-date` are as YYYY-MM-DD,
    `booked-time` is when the slot begins, as HH:MM; `booked-slot` and `container` are codes."""
    if service.needs == "premises":
        yield "uprn"
    if service.price and service.price.items:
        yield from ("items", "item-count")
    if service.calendar:
        yield from ("booked-day", "booked-slot", "booked-time")
    if "collection" in service.steps:
        yield from ("container", "collection-date")
