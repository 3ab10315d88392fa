"""A council and its services, as its configuration document describes them. Names are Open311's
(GeoReport v2): service_code, service_name, group, keywords, attributes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, field, structs

from chalicelib.catalogue import promise
from chalicelib.catalogue.bank_holidays import bank_holidays
from chalicelib.catalogue.containers import Container
from chalicelib.catalogue.crews import Crew
from chalicelib.catalogue.decisions import Decision, Facts
from chalicelib.catalogue.destinations import Destination
from chalicelib.catalogue.facility_kinds import FacilityKind
from chalicelib.catalogue.identity import WHY_SIGN_IN, IdentityProvider, Needed
from chalicelib.catalogue.phone_line import WEEKDAYS, Line, PhoneHours, at_other_times, line_at
from chalicelib.catalogue.promise import ServiceLevel
from chalicelib.catalogue.questions import Answers, Attribute, checked
from chalicelib.catalogue.texts import CouncilTexts, FooterLinks, LanguageCode, given, with_answers
from chalicelib.catalogue.theme import Theme
from chalicelib.catalogue.triage import (
    USUAL_KIND,
    USUAL_MINUTES,
    USUAL_OPENS,
    USUAL_PRIORITY,
    Rule,
    ServiceRules,
)
from chalicelib.catalogue.wards import (
    Councillor,
    Degrees,
    GeocoderChoice,
    Neighbour,
    Ring,
    WardCode,
    WardProperties,
)
from chalicelib.catalogue.words import (
    Code,
    EmailAddress,
    Sentences,
    Strict,
    TimeOfDay,
    Words,
)
from chalicelib.errors import FieldError
from chalicelib.geo.point import Box, Point
from chalicelib.geo.polygon import in_ring
from chalicelib.kernel.languages import ENGLISH, Language, language
from chalicelib.texts import Text

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Visibility = Literal["public", "private", "moderated"]
Photo = Literal["wanted", "welcome", "none"]
Channel = Literal["online", "phone", "counter", "letter", "social"]
DoneState = Literal[
    "fixed", "closed", "investigating", "no_further_action", "not_councils_responsibility"
]
"""The states of a report after its job is done."""
CHANNEL_COSTS: dict[Channel, float] = {
    "online": 8,
    "phone": 339,
    "counter": 1053,
    "letter": 1210,
    "social": 8,
}
"""The cost of a contact in pence, if a council gives no figures of its own. Social media count as
online."""


class WorkingHours(Strict, frozen=True, kw_only=True):
    """The council's working hours, on its own clock."""

    days: Annotated[tuple[Weekday, ...], Meta(min_length=1)]
    opens: TimeOfDay
    closes: TimeOfDay


class Team(Strict, frozen=True, kw_only=True):
    """A team of the council, responsible for reports."""

    team: Code
    name: Words


class ServiceDefinition(Strict, frozen=True, kw_only=True):
    """One kind of thing that can be reported.

    `visibility`: moderated reports are public after an officer approves them, private ones never.
    `type`: another system gets the id of a report at once; for a batch service it gets the id when
    the report is published or set aside.
    `other_groups` are further groups in which another system lists the service.
    `asset_kind` is the kind of asset that a report may refer to. `forward_to` is the destination
    that its reports are passed on to. `assurance`: the level of identity that a reporter needs.
    `job_done_state`: the state of its reports when their job is done. `icon` is one of
    `icons.json`.
    """

    service_code: Code
    service_name: Words
    group: Words
    other_groups: tuple[Words, ...] = ()
    description: Words
    team: Code
    service_level: ServiceLevel
    keywords: tuple[Words, ...] = ()
    visibility: Visibility = "public"
    photo: Photo = "welcome"
    type: Literal["realtime", "batch"] = "realtime"
    asset_kind: Code | None = None
    attributes: tuple[Attribute, ...] = ()
    forward_to: Code | None = None
    assurance: Needed = "anonymous"
    job_done_state: DoneState = "fixed"
    icon: Words = "circle-alert"

    @property
    def why_sign_in(self) -> str | None:
        """The level of identity required to report this, and the reason; None if none is."""
        return WHY_SIGN_IN[self.assurance]


class Area(Strict, frozen=True, kw_only=True):
    """An area with a different responsible body from the rest of the council.

    It is made of polygons or wards. `services` are those that it applies to; None means all. One
    of the council's own teams is responsible, or another body: then `advice` says what to do, and
    `phone` and `url` where to go.
    """

    name: Words
    polygons: tuple[Ring, ...] = ()
    wards: tuple[WardCode, ...] = ()
    services: tuple[Code, ...] | None = None
    team: Code | None = None
    advice: Sentences | None = None
    phone: Words | None = None
    url: Words | None = None

    def covers(self, service_code: str, point: Point, ward_code: str | None = None) -> bool:
        about = self.services is None or service_code in self.services
        within = any(in_ring(point, ring) for ring in self.polygons)
        return about and (within or ward_code in self.wards)


SiteAddress = Annotated[str, Meta(pattern=r"^https://[a-z0-9.-]+$", max_length=200)]


class Council(Strict, frozen=True, kw_only=True, dict=True):
    """A council's whole configuration. `bounds`: west, south, east, north in WGS84 degrees.

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
    report. `texts_a_day`: how many text messages, in parts of 160 characters, alerts and codes may
    use. `ask_after_days`: how many days after a report is marked as mended its followers are asked
    whether it is. `councillors` are listed by ward code. `containers` are
    those that it empties at homes. `ward_properties`: the first of these that
    a file of boundaries has is used. `triage`: the rules that decide how a report is handled. A
    crew drives `detour_factor` times the straight line, at `crew_speed_kmh`. `channel_costs`: the
    cost of a contact, in pence. `theme` is its look. `footer_links` lead from each page to its
    other pages. `translations` are its own texts in the other languages that it offers.
    `example_place` and `example_postcode` are the examples in hints.
    """

    jurisdiction_id: Annotated[str, Meta(min_length=1, max_length=100)]
    name: Words
    phone: Words
    opening_hours: Words
    phone_hours: WorkingHours | None = None
    out_of_hours_phone: Words | None = None
    time_zone: Words
    working_hours: WorkingHours
    bounds: tuple[Degrees, Degrees, Degrees, Degrees]
    teams: tuple[Team, ...]
    services: tuple[ServiceDefinition, ...]
    frequent_services: Annotated[tuple[Code, ...], Meta(max_length=6)] = ()
    areas: tuple[Area, ...] = ()
    destinations: tuple[Destination, ...] = ()
    identity_providers: tuple[IdentityProvider, ...] = ()
    facility_kinds: tuple[FacilityKind, ...] = ()
    containers: tuple[Container, ...] = ()
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
    texts_a_day: Annotated[int, Meta(ge=0, le=1_000_000)] = 500
    ask_after_days: Annotated[int, Meta(ge=1, le=28)] = 3
    basemap_attribution: str = ""
    theme: Theme = Theme()
    footer_links: FooterLinks = ()
    translations: Mapping[LanguageCode, CouncilTexts] = {}
    example_place: Words | None = None
    example_postcode: Words | None = None

    @property
    def box(self) -> Box:
        west, south, east, north = self.bounds
        return Box(west=west, south=south, east=east, north=north)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def by_code(self) -> Mapping[str, ServiceDefinition]:
        """The services by service_code."""
        return {service.service_code: service for service in self.services}

    @cached_property
    def frequent(self) -> Sequence[ServiceDefinition]:
        """The services that are reported most often."""
        return [self.by_code[code] for code in self.frequent_services] or self.services[:6]

    @cached_property
    def by_destination(self) -> Mapping[str, Destination]:
        """The destinations of reports, by code."""
        return {each.destination: each for each in self.destinations}

    @cached_property
    def by_provider(self) -> Mapping[str, IdentityProvider]:
        """The issuers through which people sign in, by code."""
        return {each.provider: each for each in self.identity_providers}

    @cached_property
    def keeps_roles(self) -> bool:
        """True if roles hold only for staff who signed in through their own organisation."""
        return any(each.keeps_roles for each in self.identity_providers)

    @cached_property
    def team_names(self) -> Mapping[str, str]:
        """The teams' names by code."""
        return {team.team: team.name for team in self.teams}

    @cached_property
    def by_crew(self) -> Mapping[str, Crew]:
        """The crews by code."""
        return {each.crew: each for each in self.crews}

    @cached_property
    def calendar(self) -> promise.WorkingCalendar:
        """This council's working hours."""
        hours = self.working_hours
        return promise.WorkingCalendar(
            zone=self.zone,
            weekdays=frozenset(WEEKDAYS.index(day) for day in hours.days),
            opens=time.fromisoformat(hours.opens),
            closes=time.fromisoformat(hours.closes),
            holidays=self._holidays(),
        )

    def due(self, service_code: str, requested: datetime) -> datetime:
        """The promise date of something reported then."""
        return self.by_code[service_code].service_level.due(requested, self.calendar)

    def answers(
        self, service_code: str, sent: Mapping[str, Any], now: datetime
    ) -> tuple[Answers, list[FieldError]]:
        """The normalised answers to a service's questions, and the faults in them; `now`
        decides which number a dangerous answer names."""
        emergency_line = self.line_at(now).words
        return checked(self.by_code[service_code].attributes, sent, emergency_line=emergency_line)

    def line_at(self, now: datetime) -> Line:
        """The number to call at that moment about an emergency."""
        hours = self.answered_hours
        return line_at(
            now,
            PhoneHours(hours.days, hours.opens, hours.closes, self.zone, self.calendar.holidays),
            phone=self.phone,
            out_of_hours=self.out_of_hours_phone,
            said_hours=self.opening_hours,
        )

    @property
    def answered_hours(self) -> WorkingHours:
        """The hours of `phone`."""
        return self.phone_hours or self.working_hours

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages that it offers."""
        return (ENGLISH.code, *self.translations)

    def offered_language(self, code: str | None) -> Language | None:
        """The language of that code, such as cy or cy-GB, if the council offers it."""
        found = (code or "").partition("-")[0]
        return language(found) if found in self.languages else None

    def language_faults(self, code: str | None) -> list[FieldError]:
        """The fault of the field `language` if the council does not offer that language."""
        if code is None or self.offered_language(code):
            return []
        return [
            FieldError("language", Text("choose from: {known}", known=", ".join(self.languages)))
        ]

    @property
    def said(self) -> dict[str, Any]:
        """The council's details for pages in English."""
        return self.said_in("en", str)

    def in_language(self, code: str) -> "Council":
        """The council with its own texts in that language, to be shown; a text that it does not
        have there is English. Rules are applied to the council itself: they name groups."""
        return self._translated.get(code, self)

    @cached_property
    def _translated(self) -> Mapping[str, "Council"]:
        return {code: _with_texts(self, texts) for code, texts in self.translations.items()}

    def said_in(self, language: str, say: Callable[[str], str]) -> dict[str, Any]:
        """The council's details for pages in a language; `say` translates the texts that are not
        the council's own."""
        own = self.in_language(language)
        return {
            "name": own.name,
            "phone": self.phone,
            "opening_hours": own.opening_hours,
            "at_other_times": at_other_times(self.out_of_hours_phone, say),
            "colour": self.theme.brand.ground,
            "logo": self.theme.mark,
            "site_url": self.site_url or "",
            "footer_links": own.footer_links,
            "in_example_place": f" in {self.example_place}" if self.example_place else "",
        }

    def team_for(self, service_code: str, point: Point | None, ward_code: str | None = None) -> str:
        """The team for this service in this place; without a place, that of the service."""
        if point:
            for area in self.areas:
                if area.team and area.covers(service_code, point, ward_code):
                    return area.team
        return self.by_code[service_code].team

    def decide(self, facts: Facts) -> Decision:
        """Applies the rules of `triage` to a report; if no rule decides, the defaults of its
        service and place apply."""
        said, because = self._rules[facts.service_code].say(facts)
        level = said.get("service_level", self.by_code[facts.service_code].service_level)
        usual_team = self.team_for(facts.service_code, facts.point, facts.ward_code)
        return Decision(
            team=said.get("team", usual_team),
            priority=said.get("priority", USUAL_PRIORITY),
            expected_datetime=level.due(facts.requested, self.calendar),
            opens=said.get("opens", USUAL_OPENS),
            kind=said.get("kind", USUAL_KIND),
            minutes=said.get("minutes", USUAL_MINUTES),
            skills=said.get("skills", ()),
            hazards=said.get("hazards", ()),
            materials=said.get("materials", ()),
            because=because,
        )

    def forward_to(self, service_code: str) -> str | None:
        """The code of the destination that receives this service's reports."""
        service = self.by_code.get(service_code)
        return service.forward_to if service else None

    def elsewhere(self, service_code: str, point: Point) -> Area | None:
        """The first area of another organisation that contains the place: this council is not
        responsible there."""
        others = (area for area in self.areas if area.team is None)
        return next((area for area in others if area.covers(service_code, point)), None)

    def neighbour_at(self, point: Point) -> Neighbour | None:
        """The other council that is responsible for this place, if known."""
        return next((each for each in self.neighbours if each.covers(point)), None)

    @cached_property
    def _rules(self) -> Mapping[str, ServiceRules]:
        ready = [(rule, rule.then.said) for rule in self.triage]
        return {
            service.service_code: ServiceRules(
                service_name=service.service_name,
                questions={attribute.code: attribute for attribute in service.attributes},
                team_names=self.team_names,
                rules=[
                    (rule, said)
                    for rule, said in ready
                    if rule.when.is_for(service.service_code, service.group)
                ],
            )
            for service in self.services
        }

    def _holidays(self) -> frozenset[date]:
        return bank_holidays(self.bank_holidays) if self.bank_holidays else frozenset()


def names_between(council: Council, other: Council) -> dict[str, str]:
    """The texts of the council that its errors name, in English and as `other` has them: the same
    council in another language."""
    texts = zip(_named(council), _named(other), strict=True)
    return {english: said for english, said in texts if english and said}


def _named(council: Council) -> Iterator[str | None]:
    yield from (council.name, council.opening_hours)
    yield from (each.name for each in council.neighbours)
    for area in council.areas:
        yield from (area.name, area.advice)
    for service in council.services:
        yield from (each.description for each in service.attributes)


def _with_texts(council: Council, texts: CouncilTexts) -> Council:
    """The council with these texts in place of its own, as far as they are given."""
    own = given(texts, "name", "opening_hours", "footer_links", "example_place")
    return structs.replace(
        council,
        **own,
        services=tuple(_service_with(each, texts) for each in council.services),
        areas=tuple(
            structs.replace(each, **given(texts.areas.get(each.name), "name", "advice"))
            for each in council.areas
        ),
        neighbours=tuple(
            structs.replace(each, name=texts.neighbours.get(each.name, each.name))
            for each in council.neighbours
        ),
        facility_kinds=tuple(
            structs.replace(each, **given(texts.facility_kinds.get(each.kind), "label", "plural"))
            for each in council.facility_kinds
        ),
        containers=tuple(
            structs.replace(each, name=texts.containers.get(each.container, each.name))
            for each in council.containers
        ),
        identity_providers=tuple(
            structs.replace(each, label=texts.identity_providers.get(each.provider, each.label))
            for each in council.identity_providers
        ),
    )


def _service_with(service: ServiceDefinition, texts: CouncilTexts) -> ServiceDefinition:
    group = texts.groups.get(service.group, service.group)
    own = texts.services.get(service.service_code)
    if own is None:
        return structs.replace(service, group=group)
    english = (service.service_name, *service.keywords)
    return structs.replace(
        service,
        **given(own, "service_name", "description"),
        group=group,
        keywords=(*own.keywords, *english),
        attributes=tuple(with_answers(each, own) for each in service.attributes),
    )
