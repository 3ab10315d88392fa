"""A council, as its configuration document describes it. Names are Open311's (GeoReport v2):
service_code, service_name, group, keywords, attributes.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.catalogue import promise
from chalicelib.catalogue.areas import Area
from chalicelib.catalogue.bank_holidays import bank_holidays
from chalicelib.catalogue.calendars import Calendar, SlotOfDay
from chalicelib.catalogue.council_document import CouncilDocument, WorkingHours
from chalicelib.catalogue.council_texts import council_with_texts
from chalicelib.catalogue.crews import Crew
from chalicelib.catalogue.decisions import Decision, ReportFacts
from chalicelib.catalogue.destinations import Destination
from chalicelib.catalogue.identity import IdentityProvider
from chalicelib.catalogue.phone_line import (
    WEEKDAYS,
    PhoneHours,
    PhoneLine,
    out_of_hours_text,
    phone_line_at,
)
from chalicelib.catalogue.prices import most_units_of
from chalicelib.catalogue.questions import Answers, check_answers
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.catalogue.triage import (
    USUAL_KIND,
    USUAL_MINUTES,
    USUAL_OPENS,
    USUAL_PRIORITY,
    ServiceRules,
)
from chalicelib.catalogue.wards import Neighbour
from chalicelib.errors import FieldError
from chalicelib.geo.point import Box, Point
from chalicelib.kernel.languages import ENGLISH, Language, language
from chalicelib.texts import Text


class Council(CouncilDocument, frozen=True, kw_only=True, dict=True):
    """A council: the fields of its document, look-ups in them and decisions that follow."""

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
    def most_reported(self) -> Sequence[ServiceDefinition]:
        """The services that are reported most often."""
        return [self.by_code[code] for code in self.frequent_services] or self.services[:6]

    @cached_property
    def missed_collections(self) -> ServiceDefinition | None:
        """The service that takes reports of missed collections, None if there is none."""
        return next((each for each in self.services if "collection" in each.steps), None)

    @cached_property
    def by_calendar(self) -> Mapping[str, Calendar]:
        """The calendars whose slots can be booked, by code."""
        return {each.calendar: each for each in self.calendars}

    def most_units_of_order(self, calendar: str) -> int:
        """The most units that one order of a service with that calendar can take."""
        using = (each for each in self.services if each.calendar == calendar)
        return max(map(most_units_of, using), default=1)

    def slot_name(self, place: SlotOfDay) -> str:
        """The name of the slot; its code if it is no longer offered."""
        calendar = self.by_calendar.get(place.calendar)
        names = {each.slot: each.name for each in calendar.slots} if calendar else {}
        return names.get(place.slot, place.slot)

    @cached_property
    def by_destination(self) -> Mapping[str, Destination]:
        """The destinations of reports, by code."""
        return {each.destination: each for each in self.destinations}

    @cached_property
    def by_provider(self) -> Mapping[str, IdentityProvider]:
        """The issuers through which people sign in, by code."""
        return {each.provider: each for each in self.identity_providers}

    @cached_property
    def controls_roles(self) -> bool:
        """True if roles hold only for staff who signed in through their own organisation."""
        return any(each.controls_roles for each in self.identity_providers)

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

    def promise_date(self, service_code: str, requested: datetime) -> datetime:
        """The promise date of a report that was sent at `requested`."""
        return self.by_code[service_code].service_level.promise_date(requested, self.calendar)

    def check_answers(
        self, service_code: str, sent: Mapping[str, Any], now: datetime
    ) -> tuple[Answers, list[FieldError]]:
        """Validates the answers to a service's questions. Returns the normalised answers and the
        faults in them; `now` decides which phone number the fault of a dangerous answer names."""
        attributes = self.by_code[service_code].attributes
        return check_answers(attributes, sent, emergency_line=lambda: self.phone_line_at(now).words)

    def phone_line_at(self, now: datetime) -> PhoneLine:
        """The number to call at that moment about an emergency."""
        hours = self.answered_hours
        return phone_line_at(
            now,
            PhoneHours(hours.days, hours.opens, hours.closes, self.zone, self.calendar.holidays),
            phone=self.phone,
            out_of_hours=self.out_of_hours_phone,
            hours_text=self.opening_hours,
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
    def page_details(self) -> dict[str, Any]:
        """The council's details for pages in English."""
        return self.page_details_in("en", str)

    def in_language(self, code: str) -> "Council":
        """The council with its own texts in that language, for display; texts without a
        translation are English. Apply rules to the council itself, as they name groups in
        English."""
        return self._council_by_language.get(code, self)

    @cached_property
    def _council_by_language(self) -> Mapping[str, "Council"]:
        return {code: council_with_texts(self, texts) for code, texts in self.translations.items()}

    def page_details_in(self, language: str, say: Callable[[str], str]) -> dict[str, Any]:
        """The council's details for pages in a language; `say` translates texts that the council
        did not write itself."""
        own = self.in_language(language)
        return {
            "name": own.name,
            "phone": self.phone,
            "opening_hours": own.opening_hours,
            "at_other_times": out_of_hours_text(self.out_of_hours_phone, say),
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

    def decide(self, facts: ReportFacts) -> Decision:
        """Applies the rules of `triage` to a report; if no rule decides, the defaults of its
        service and place apply."""
        values, because = self._rules[facts.service_code].decide(facts)
        level = values.get("service_level", self.by_code[facts.service_code].service_level)
        usual_team = self.team_for(facts.service_code, facts.point, facts.ward_code)
        return Decision(
            team=values.get("team", usual_team),
            priority=values.get("priority", USUAL_PRIORITY),
            expected_datetime=level.promise_date(facts.requested, self.calendar),
            opens=values.get("opens", USUAL_OPENS),
            kind=values.get("kind", USUAL_KIND),
            minutes=values.get("minutes", USUAL_MINUTES),
            skills=values.get("skills", ()),
            hazards=values.get("hazards", ()),
            materials=values.get("materials", ()),
            because=because,
        )

    def forward_to(self, service_code: str) -> str | None:
        """The code of the destination that receives this service's reports."""
        service = self.by_code.get(service_code)
        return service.forward_to if service else None

    def area_of_other_body(self, service_code: str, point: Point) -> Area | None:
        """The first area of another organisation that contains the place: this council is not
        responsible there."""
        others = (area for area in self.areas if area.team is None)
        return next((area for area in others if area.covers(service_code, point)), None)

    def neighbour_at(self, point: Point) -> Neighbour | None:
        """The other council that is responsible for this place, if known."""
        return next((each for each in self.neighbours if each.covers(point)), None)

    @cached_property
    def _rules(self) -> Mapping[str, ServiceRules]:
        with_values = [(rule, rule.then.values) for rule in self.triage]
        return {
            service.service_code: ServiceRules(
                service_name=service.service_name,
                questions={attribute.code: attribute for attribute in service.attributes},
                team_names=self.team_names,
                rules=[
                    (rule, values)
                    for rule, values in with_values
                    if rule.when.is_for(service.service_code, service.group)
                ],
            )
            for service in self.services
        }

    def _holidays(self) -> frozenset[date]:
        return bank_holidays(self.bank_holidays) if self.bank_holidays else frozenset()
