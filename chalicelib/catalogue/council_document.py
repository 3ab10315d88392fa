"""A council's configuration document: its fields, their units and their defaults."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, field

from chalicelib.catalogue.areas import Area
from chalicelib.catalogue.calendars import Calendar
from chalicelib.catalogue.containers import CollectionRules, Container
from chalicelib.catalogue.crews import Crew
from chalicelib.catalogue.destinations import Destination
from chalicelib.catalogue.facility_kinds import FacilityKind
from chalicelib.catalogue.garden import GardenWaste
from chalicelib.catalogue.identity import IdentityProvider
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.catalogue.texts import CouncilTexts, FooterLinks, LanguageCode
from chalicelib.catalogue.theme import Theme
from chalicelib.catalogue.triage import Rule
from chalicelib.catalogue.wards import (
    Councillor,
    Degrees,
    GeocoderChoice,
    Neighbour,
    WardCode,
    WardProperties,
)
from chalicelib.catalogue.words import Code, EmailAddress, ShortText, Strict, TimeOfDay

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Channel = Literal["online", "phone", "counter", "letter", "social"]
CHANNEL_COSTS: dict[Channel, float] = {
    "online": 8,
    "phone": 339,
    "counter": 1053,
    "letter": 1210,
    "social": 8,
}
"""The cost of a contact in pence, if a council gives no figures of its own. Social media count as
online."""
SiteAddress = Annotated[str, Meta(pattern=r"^https://[a-z0-9.-]+$", max_length=200)]
VatNumber = Annotated[str, Meta(pattern=r"^GB([0-9]{9}|[0-9]{12}|GD[0-4][0-9]{2})$")]
"""9 digits, 12 with those of a branch, or GD and 3 for a part of government."""


class WorkingHours(Strict, frozen=True, kw_only=True):
    """The council's working hours, on its own clock."""

    days: Annotated[tuple[Weekday, ...], Meta(min_length=1)]
    opens: TimeOfDay
    closes: TimeOfDay


class Team(Strict, frozen=True, kw_only=True):
    """A team of the council, responsible for reports."""

    team: Code
    name: ShortText


class CouncilDocument(Strict, frozen=True, kw_only=True, dict=True):
    """The fields of the document. `bounds`: west, south, east, north in WGS84 degrees.

    `frequent_services` are the codes of those that are reported most often, which the report page
    shows first; if it is empty, the first six.

    `opening_hours` are the hours of `phone` in words, `phone_hours` the same hours as data; without
    `phone_hours`, the working hours apply. `out_of_hours_phone` is answered at other times.

    `bank_holidays` names a region of `bank_holidays.json`. `photos_wait`: a photo is public only
    after an officer approves it. `publish_after_s`: how many seconds a report is held before it is
    public. `destinations` are the organisations that reports are passed on to, `identity_providers`
    the issuers through which people sign in. `closed_shown_days`: how long the map shows closed
    reports. `unconfirmed_kept_days`: how long an unconfirmed report is kept; `sender_kept_days`:
    how long the reporter's identity is kept after the last change of a closed report.
    `site_url`: the address of the site, by which pages name themselves in other languages; search
    engines ignore addresses that are not whole.
    `privacy_contact`: where to write about data protection; without it the privacy notice names the
    phone alone. `security_contact`: where to report a security fault; without it security.txt links
    to the privacy notice. `replies_to`: where replies to alerts go that are not about a single
    report. `vat_number`: what receipts of prices with VAT name. `texts_a_day`: how many text
    messages, in parts of 160 characters, alerts and codes may use. `ask_after_days`: how many days
    after a report is marked as mended its followers are asked whether it is. `councillors` are
    listed by ward code. `calendars` have the slots that can be booked. `containers` are those that
    it empties at homes, and `collections` says how; `garden` describes the subscriptions to
    garden waste. `ward_properties`: the first of these that a file of boundaries has is used.
    `triage`: the rules that decide how a report is handled. A crew drives `detour_factor` times the
    straight line, at `crew_speed_kmh`.
    `channel_costs`: the cost of a contact, in pence. `theme` is its look. `footer_links` lead from
    each page to its other pages. `translations` are its own texts in the other languages that it
    offers. `example_place` and `example_postcode` are the examples in hints.
    """

    jurisdiction_id: Annotated[str, Meta(min_length=1, max_length=100)]
    name: ShortText
    phone: ShortText
    opening_hours: ShortText
    phone_hours: WorkingHours | None = None
    out_of_hours_phone: ShortText | None = None
    time_zone: ShortText
    working_hours: WorkingHours
    bounds: tuple[Degrees, Degrees, Degrees, Degrees]
    teams: tuple[Team, ...]
    services: tuple[ServiceDefinition, ...]
    frequent_services: Annotated[tuple[Code, ...], Meta(max_length=6)] = ()
    areas: tuple[Area, ...] = ()
    destinations: tuple[Destination, ...] = ()
    identity_providers: tuple[IdentityProvider, ...] = ()
    facility_kinds: tuple[FacilityKind, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    containers: tuple[Container, ...] = ()
    collections: CollectionRules | None = None
    garden: GardenWaste | None = None
    ward_properties: tuple[WardProperties, ...] = ()
    councillors: Mapping[WardCode, tuple[Councillor, ...]] = {}
    neighbours: tuple[Neighbour, ...] = ()
    geocoder: GeocoderChoice | None = None
    triage: tuple[Rule, ...] = ()
    crews: tuple[Crew, ...] = ()
    detour_factor: Annotated[float, Meta(ge=1, le=5)] = 1.35
    crew_speed_kmh: Annotated[float, Meta(gt=0, le=130)] = 25
    channel_costs: Mapping[Channel, Annotated[float, Meta(ge=0)]] = field(
        default_factory=CHANNEL_COSTS.copy
    )
    bank_holidays: str | None = None
    photos_wait: bool = False
    publish_after_s: Annotated[int, Meta(ge=0, le=7 * 24 * 3600)] = 0
    closed_shown_days: Annotated[int, Meta(ge=0, le=3650)] = 90
    unconfirmed_kept_days: Annotated[int, Meta(ge=1, le=365)] = 28
    sender_kept_days: Annotated[int, Meta(ge=1, le=3650)] = 730
    site_url: SiteAddress | None = None
    privacy_contact: EmailAddress | None = None
    security_contact: EmailAddress | None = None
    replies_to: EmailAddress | None = None
    vat_number: VatNumber | None = None
    texts_a_day: Annotated[int, Meta(ge=0, le=1_000_000)] = 500
    ask_after_days: Annotated[int, Meta(ge=1, le=28)] = 3
    basemap_attribution: str = ""
    theme: Theme = Theme()
    footer_links: FooterLinks = ()
    translations: Mapping[LanguageCode, CouncilTexts] = {}
    example_place: ShortText | None = None
    example_postcode: ShortText | None = None
