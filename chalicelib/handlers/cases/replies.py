"""Officers' replies on a case: typed, or from a template, with its placeholders filled in."""

import re
from zoneinfo import ZoneInfo

from chalicelib.bootstrap import container
from chalicelib.bootstrap.desk import desk_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.desk.model import fill_placeholders
from chalicelib.desk.usecases import reply_templates
from chalicelib.kernel.time import is_overdue
from chalicelib.reports.cases import CaseChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.reference import format_reference

NO_TARGET = "as soon as we can"
_BY_TARGET = re.compile(r"(?:\b(?:by|on|before|until)\s+)?\{target\}", re.IGNORECASE)
"""The target with the preposition that a day needs, and "as soon as we can" does not."""
NO_PLACE = "the place that you marked"


def reply_of(changes: CaseChanges, report: ServiceRequest) -> str | None:
    """The reply of a change: its text, or its template filled in. Raises NotFound."""
    text = changes.text
    if text is None and changes.template:
        text = reply_templates.get_template(changes.template, desk_ports()).text
    return fill_reply(text, report) if text else None


def fill_reply(text: str, report: ServiceRequest) -> str:
    """The text with its placeholders filled in from the report."""
    service = container.council().by_code.get(report.service_code)
    target = _target_day(report, container.council().zone)
    return fill_placeholders(
        text if target else _BY_TARGET.sub(_without_day, text),
        {
            "reference": format_reference(report.service_request_id),
            "service": service.service_name if service else report.service_code,
            "target": target or NO_TARGET,
            "place": report.address or NO_PLACE,
        },
    )


def _without_day(found: re.Match[str]) -> str:
    return NO_TARGET.capitalize() if found[0][0].isupper() else NO_TARGET


def _target_day(report: ServiceRequest, zone: ZoneInfo) -> str | None:
    """The target day in words, None if there is none."""
    expected = report.expected_datetime
    # A day in the past is no promise.
    if expected is None or is_overdue(expected, reports_ports().now(), zone):
        return None
    local = expected.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y}"
