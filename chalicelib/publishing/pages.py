"""The published page of a report, made with jinja2 from templates/."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.kernel.templating import environment
from chalicelib.kernel.time import is_overdue
from chalicelib.reports.published import Delay, PhotoView, ReportView, UpdateView
from chalicelib.reports.reference import grouped
from chalicelib.reports.states import LABELS

TEMPLATES = Path(__file__).parent / "templates"


class JinjaPages:
    """Dates are in the council's time zone."""

    def __init__(
        self,
        *,
        council: Mapping[str, Any],
        zone: ZoneInfo,
        now: Callable[[], datetime],
    ) -> None:
        self._template = environment(TEMPLATES).get_template("report.html")
        self._council = council
        self._zone = zone
        self._now = now

    def report(self, report: ReportView) -> bytes:
        page = self._template.render(council=self._council, report=self._shown(report))
        return page.encode()

    def _shown(self, report: ReportView) -> dict[str, Any]:
        expected = report.expected_datetime
        return {
            "service_request_id": report.service_request_id,
            "reference": grouped(report.service_request_id),
            "title": report.title,
            "description": report.description,
            "service_name": report.service_name,
            "state": report.state,
            "state_label": LABELS[report.state],
            "is_open": report.status == "open",
            "requested_iso": _iso(report.requested_datetime),
            "requested_text": self._date(report.requested_datetime),
            "expected_text": expected and self._date(expected),
            "delay": report.delay and self._delay(report.delay),
            "is_overdue": expected and is_overdue(expected, self._now(), self._zone),
            "planned": report.planned_day and _day(report.planned_day),
            "address": report.address,
            "lat": report.lat,
            "long": report.long,
            "external_reference": report.external_reference,
            "followers": report.followers,
            "duplicate_of": report.duplicate_of,
            "duplicate_reference": report.duplicate_of and grouped(report.duplicate_of),
            "photos": _photos(report.photos, "the report"),
            "updates": [self._update(update) for update in report.updates],
        }

    def _delay(self, delay: Delay) -> dict[str, str]:
        return {"promised": self._date(delay.promised_datetime), "reason": delay.reason}

    def _update(self, update: UpdateView) -> dict[str, Any]:
        local = update.datetime.astimezone(self._zone)
        return {
            "update_id": update.update_id,
            "state": update.state,
            "state_label": LABELS[update.state],
            "text": update.text,
            "datetime_iso": _iso(update.datetime),
            "datetime_text": f"{self._date(update.datetime)}, {local:%H:%M}",
            "by": update.by,
            "photos": _photos(update.photos, f"the update of {self._date(update.datetime)}"),
        }

    def _date(self, moment: datetime) -> str:
        local = moment.astimezone(self._zone)
        return f"{local.day} {local:%B %Y}"


def _photos(photos: Sequence[PhotoView], of: str) -> list[dict[str, str]]:
    """The photos with alternative texts."""
    return [
        {"url": each.url, "thumbnail_url": each.thumbnail_url, "alt": f"Photo {number} of {of}"}
        for number, each in enumerate(photos, 1)
    ]


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
