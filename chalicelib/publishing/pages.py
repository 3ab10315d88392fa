"""The published page of a report, made with jinja2 from templates/."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.kernel.languages import ENGLISH, Language, language_names
from chalicelib.kernel.templating import environment
from chalicelib.kernel.time import is_overdue
from chalicelib.reports.automatic_texts import translate_text
from chalicelib.reports.published import Delay, PhotoView, ReportView, UpdateView
from chalicelib.reports.reference import format_reference
from chalicelib.reports.states import LABELS

TEMPLATES = Path(__file__).parent / "templates"


class JinjaPages:
    """Pages in one language. Dates are in the council's time zone. `services` are the names of
    services in the language, by code; `languages` are all that the council offers."""

    def __init__(
        self,
        *,
        council: Mapping[str, Any],
        zone: ZoneInfo,
        now: Callable[[], datetime],
        services: Mapping[str, str] = {},
        language: Language = ENGLISH,
        languages: Sequence[Language] = (ENGLISH,),
    ) -> None:
        self._template = environment(TEMPLATES, language).get_template("report.html")
        self._council = council
        self._services = services
        self._zone = zone
        self._now = now
        self._language = language
        self._languages = languages

    def render_report(self, report: ReportView) -> bytes:
        in_all = self._links_in_all(report)
        page = self._template.render(
            council=self._council,
            report=self._report_context(report),
            script=f"/assets/{self._folder}report-page.js",
            in_all=in_all if len(in_all) > 1 else [],
            other_languages=[each for each in in_all if each["code"] != self._language.code],
        )
        return page.encode()

    @property
    def _folder(self) -> str:
        return "" if self._language is ENGLISH else f"{self._language.code}/"

    def _links_in_all(self, report: ReportView) -> list[dict[str, str]]:
        """The address of the page in each language."""
        english = f"/reports/{report.service_request_id}"
        return [
            {
                "code": each.code,
                "name": language_names()[each.code],
                "address": each.address(english),
            }
            for each in self._languages
        ]

    def _report_context(self, report: ReportView) -> dict[str, Any]:
        expected = report.expected_datetime
        return {
            "service_request_id": report.service_request_id,
            "reference": format_reference(report.service_request_id),
            "title": report.title,
            "description": report.description,
            "service_name": self._services.get(report.service_code, report.service_name),
            "state": report.state,
            "state_label": self._language.say(LABELS[report.state]),
            "is_open": report.status == "open",
            "requested_iso": _iso(report.requested_datetime),
            "requested_text": self._date(report.requested_datetime),
            "expected_text": expected and self._date(expected),
            "delay": report.delay and self._delay_context(report.delay),
            "is_overdue": expected and is_overdue(expected, self._now(), self._zone),
            "planned": report.planned_day and self._language.day(report.planned_day),
            "address": report.address,
            "lat": report.lat,
            "long": report.long,
            "external_reference": report.external_reference,
            "followers": report.followers,
            "duplicate_of": report.duplicate_of,
            "duplicate_reference": report.duplicate_of and format_reference(report.duplicate_of),
            "photos": self._photo_contexts(report.photos, self._language.say("the report")),
            "updates": [self._update_context(update) for update in report.updates],
        }

    def _delay_context(self, delay: Delay) -> dict[str, str]:
        return {"promised": self._date(delay.promised_datetime), "reason": delay.reason}

    def _update_context(self, update: UpdateView) -> dict[str, Any]:
        local = update.datetime.astimezone(self._zone)
        return {
            "update_id": update.update_id,
            "state": update.state,
            "state_label": self._language.say(LABELS[update.state]),
            "text": translate_text(update.text, self._language) or update.text,
            "datetime_iso": _iso(update.datetime),
            "datetime_text": f"{self._date(update.datetime)}, {local:%H:%M}",
            "by": update.by,
            "photos": self._photo_contexts(
                update.photos,
                self._language.say("the update of {day}", day=self._date(update.datetime)),
            ),
        }

    def _date(self, moment: datetime) -> str:
        local = moment.astimezone(self._zone)
        return f"{local.day} {self._language.month(local)} {local.year}"

    def _photo_contexts(self, photos: Sequence[PhotoView], of: str) -> list[dict[str, str]]:
        """The photos with alternative texts."""
        say = self._language.say
        return [
            {
                "url": each.url,
                "thumbnail_url": each.thumbnail_url,
                "alt": say("Photo {number} of {of}", number=number, of=of),
            }
            for number, each in enumerate(photos, 1)
        ]


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
