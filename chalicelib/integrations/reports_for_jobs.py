"""The ReportsOfJobs port, which reads and changes reports for jobs."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from chalicelib.reports import ports as reports
from chalicelib.reports.needs import Need
from chalicelib.reports.published import ReportWithWork
from chalicelib.reports.usecases import attention, find_published, notes
from chalicelib.reports.usecases.staff import crew_updates


class ReportsForJobs:
    def __init__(self, ports: Callable[[], reports.Ports]) -> None:
        self._ports = ports

    def find(self, service_request_id: str) -> ReportWithWork | None:
        return find_published.find_report_with_work(service_request_id, self._ports())

    def add_update(
        self,
        service_request_id: str,
        update_id: str,
        text: str,
        state: str | None,
        photo_ids: Sequence[str],
        *,
        photos_wait: bool = False,
        planned_day: date | None = None,
    ) -> None:
        crew_updates.add_work_update(
            service_request_id,
            update_id,
            text,
            self._ports(),
            state=state,
            photo_ids=photo_ids,
            photos_wait=photos_wait,
            planned_day=planned_day,
        )

    def give_new_date(
        self,
        service_request_id: str,
        update_id: str,
        *,
        day: date,
        reason: str,
        given_at: datetime,
    ) -> None:
        crew_updates.add_new_date_update(
            service_request_id,
            update_id,
            self._ports(),
            day=day,
            reason=reason,
            given_at=given_at,
        )

    def add_note(self, service_request_id: str, note_id: str, text: str, by: str) -> None:
        notes.add_note(service_request_id, note_id, by, text, self._ports())

    def add_need(self, service_request_id: str, need: Need) -> None:
        attention.add_need(service_request_id, need, self._ports())

    def settle_need(self, service_request_id: str, job_id: str) -> None:
        attention.settle_needs_of_job(service_request_id, job_id, self._ports())
