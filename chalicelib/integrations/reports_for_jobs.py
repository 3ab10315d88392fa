"""Reports, as jobs see them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from chalicelib.jobs import ports as jobs
from chalicelib.jobs.usecases.attention import UNDONE
from chalicelib.reports import ports as reports
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import Need, open_needs
from chalicelib.reports.states import OPEN_STATES
from chalicelib.reports.usecases import attention, notes
from chalicelib.reports.usecases.staff import crew_updates

NEED_A_LOOK: Collection[str] = frozenset(("waiting", "held", "unconfirmed", "hidden"))
"""The visibilities of reports that no crew goes out for yet."""


class ReportsForJobs:
    def __init__(self, ports: Callable[[], reports.Ports]) -> None:
        self._ports = ports

    def report_of(self, service_request_id: str) -> jobs.Report | None:
        report = self._ports().repository.get(service_request_id)
        return _report(report, self._ports()) if report else None

    def say(
        self,
        service_request_id: str,
        update_id: str,
        text: str,
        state: str | None,
        photo_ids: Sequence[str],
        *,
        photos_wait: bool = False,
    ) -> None:
        crew_updates.tell_of_work(
            service_request_id,
            update_id,
            text,
            self._ports(),
            state=state,
            photo_ids=photo_ids,
            photos_wait=photos_wait,
        )

    def note(self, service_request_id: str, note_id: str, text: str, by: str) -> None:
        notes.add_note(service_request_id, note_id, by, text, self._ports())

    def ask_for_look(self, service_request_id: str, look: jobs.Look) -> None:
        need = Need(
            need_id=look.look_id,
            reason=look.reason,
            since=look.at,
            about=look.job_id,
            by=look.by,
            why=look.why,
        )
        attention.ask_for_look(service_request_id, need, self._ports())

    def need_no_look(self, service_request_id: str, job_id: str) -> None:
        attention.need_no_look(service_request_id, job_id, self._ports())


def _report(report: ServiceRequest, ports: reports.Ports) -> jobs.Report:
    scheduled = [
        update.datetime
        for update in report.updates
        if update.by == "council" and update.state == "action_scheduled"
    ]
    work = crew_updates.work_for(report, ports)
    seen = jobs.Report(
        service_request_id=report.service_request_id,
        service_code=report.service_code,
        state=report.state,
        is_open=report.state in OPEN_STATES,
        needs_look=report.visibility in NEED_A_LOOK,
        is_withdrawn=report.visibility == "withdrawn",
        is_forgotten=report.forgotten,
        team=report.team,
        priority=report.priority,
        lat=report.lat,
        long=report.long,
        address=report.address,
        ward_code=report.ward_code,
        due=report.expected_datetime,
        opens=report.opens,
        repairs=report.repairs,
        failed_repairs=report.failed_repairs,
        duplicate_of=report.duplicate_of,
        scheduled_at=max(scheduled, default=None),
        said=frozenset(update.update_id for update in report.updates),
        asked=frozenset(each.need_id for each in report.needs),
        needs_look_at=frozenset(
            each.about for each in open_needs(report.needs) if each.reason in UNDONE
        ),
    )
    if work is None:
        return seen
    return replace(
        seen,
        kind=work.kind,
        minutes=work.minutes,
        skills=work.skills,
        hazards=work.hazards,
        materials=work.materials,
    )
