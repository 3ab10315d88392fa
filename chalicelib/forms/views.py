"""The template variables of a stored report and of the pages of a form."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.catalogue.model import Council
from chalicelib.forms.flow import BACK, Screen
from chalicelib.forms.steps import (
    WITHOUT_SERVICE,
    fields_of_step,
    find_step,
    previous_step,
)
from chalicelib.forms.validation import MOST_PHOTOS
from chalicelib.kernel.languages import Language
from chalicelib.kernel.time import is_overdue
from chalicelib.reports.automatic_texts import translate_text
from chalicelib.reports.published import Delay, ReportView, UpdateView
from chalicelib.reports.reference import format_reference
from chalicelib.reports.states import LABELS
from chalicelib.texts import Text

WHO_SEES: Mapping[str, str] = {
    "public": Text("Everyone can see this report, but not your contact details."),
    "waiting": Text(
        "We check reports before publishing them. Until then, only the council and anyone "
        "who has the link to this page can see it."
    ),
    "held": Text(
        "It will be published soon. Until then, only the council and anyone who has the link "
        "to this page can see it."
    ),
    "private": Text(
        "It is not public. Only the council and anyone who has the link to this page can see it."
    ),
    "unconfirmed": Text("It is not public."),
    "hidden": Text("We have removed it from the public pages."),
    "withdrawn": Text("It was withdrawn. We are not dealing with it."),
}
REASONS: Mapping[str, str] = {
    "personal_data": Text("It includes personal information that should not be public"),
    "offensive": Text("It is offensive"),
    "not_a_report": Text("It is not about a problem"),
    "other": Text("Something else"),
}
REOPENABLE = ("fixed", "closed")
SPEAKERS: Mapping[str, str] = {
    "council": Text("The council"),
    "resident": Text("A resident"),
    "contractor": Text("A contractor"),
}


class Wording:
    """Words for dates, states and references, in the reader's language."""

    def __init__(
        self, council: Council, *, now: Callable[[], datetime], language: Language
    ) -> None:
        """`council` is in the language."""
        self._services = council.by_code
        self._zone = council.zone
        self._now = now
        self._language = language

    def date(self, moment: datetime) -> str:
        """The day on the council's calendar: 7 May 2026."""
        local = moment.astimezone(self._zone)
        return f"{local.day} {self._language.month(local)} {local.year}"

    def is_overdue(self, expected: datetime | None) -> bool:
        """True if the promised day is over."""
        return expected is not None and is_overdue(expected, self._now(), self._zone)

    def report(self, report: ReportView, *, is_for_staff: bool) -> dict[str, Any]:
        """The variables of a report for a page. Only its sender sees one that is not public, or
        staff, if it `is_for_staff`."""
        speakers = {**SPEAKERS, "resident": _sender_words(report, is_for_staff=is_for_staff)}
        expected = report.expected_datetime
        service = self._services.get(report.service_code)
        service_name = service.service_name if service else report.service_name
        said = (report.title, service_name)
        return {
            "service_request_id": report.service_request_id,
            "reference": format_reference(report.service_request_id),
            "heading": report.title or service_name,
            "service_code": report.service_code,
            "service_name": service_name,
            "is_request": service is not None and service.is_request,
            "description": "" if report.description in said else report.description,
            "address": report.address,
            "visibility": report.visibility,
            "who_sees": self._language.say(WHO_SEES.get(report.visibility, "")),
            "state": report.state,
            "state_label": self._language.say(LABELS[report.state]),
            "requested": self.date(report.requested_datetime),
            "promise": self.date(expected) if expected and report.status == "open" else None,
            "delay": report.delay and self._delay(report.delay),
            "is_overdue": self.is_overdue(expected),
            "photos": report.photos,
            "updates": [self._update(update, speakers) for update in report.updates],
            "followers": report.followers,
            "can_be_reopened": report.state in REOPENABLE
            and not (service is not None and service.is_order),
        }

    def _delay(self, delay: Delay) -> dict[str, str]:
        return {"promised": self.date(delay.promised_datetime), "reason": delay.reason}

    def _update(self, update: UpdateView, speakers: Mapping[str, str]) -> dict[str, Any]:
        local = update.datetime.astimezone(self._zone)
        return {
            "state": update.state,
            "state_label": self._language.say(LABELS[update.state]),
            "text": translate_text(update.text, self._language) or update.text,
            "when": f"{self.date(update.datetime)}, {local:%H:%M}",
            "by": self._language.say(speakers[update.by]),
            "photos": update.photos,
        }


def _sender_words(report: ReportView, *, is_for_staff: bool) -> str:
    """Who wrote an entry of a resident: nobody but the sender can, if the report is not public."""
    if report.visibility == "public":
        return SPEAKERS["resident"]
    return Text("The reporter") if is_for_staff else Text("You")


def form_path(service_code: str) -> str:
    """The path that the pages of a service are posted to; that of a report without a service."""
    return f"/forms/services/{service_code}" if service_code else "/forms/report"


def screen_context(screen: Screen, services: Mapping[str, Any]) -> dict[str, Any]:
    """The variables for the template of a screen."""
    step = find_step(screen.name)
    service = services.get(screen.answers.one("service_code"))
    asked = fields_of_step(step, service) if step else ()
    before = previous_step(step, screen.answers, service) if step else None
    is_request = step not in WITHOUT_SERVICE and service is not None and service.is_request
    code = screen.answers.one("service_code")
    return {
        "step": screen.name,
        "action": form_path(code if is_request else ""),
        "is_request": is_request,
        "answers": screen.answers,
        "hidden": list(screen.answers.carried_fields(asked)),
        "first": step is not None and before is None,
        "has_back": before is not None,
        "back": BACK,
        "most_photos": MOST_PHOTOS,
        "faults": screen.faults,
        **screen.context,
    }
