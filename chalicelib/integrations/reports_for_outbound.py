"""Reports, as deliveries to other systems and their answers see them."""

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import asdict

from chalicelib.errors import NotFound
from chalicelib.kernel.fields import copy_fields
from chalicelib.outbound.inbound_updates import RemoteStatus
from chalicelib.outbound.model import Case, Contact, Reopening
from chalicelib.reports import ports as reports
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.published import InboundResult, Report, ReportView
from chalicelib.reports.usecases import find_published, notes, reading
from chalicelib.reports.usecases.exchange import forwarding, inbound_updates
from chalicelib.reports.views import public_page
from chalicelib.reports.work_details import work_details_of


class ReportsForOutbound:
    def __init__(self, ports: Callable[[], reports.Ports]) -> None:
        self._ports = ports

    def many(self, service_request_ids: Sequence[str]) -> Mapping[str, Report]:
        return find_published.find_reports(service_request_ids, self._ports())

    def public(self, service_request_id: str) -> ReportView | None:
        return reading.public_views([service_request_id], self._ports()).get(service_request_id)

    def case(self, service_request_id: str) -> Case | None:
        report = self._report(service_request_id)
        if report is None or not forwarding.may_be_passed_on(report):
            return None
        return _case_of(report, self.public(service_request_id), self._ports())

    def current_case(self, service_request_id: str) -> Case | None:
        report = self._report(service_request_id)
        if report is None or not forwarding.is_settled(report):
            return None
        return _case_of(report, self.public(service_request_id), self._ports())

    def current_case_at(self, service_request_id: str, destination: str) -> Case | None:
        case = self.current_case(service_request_id)
        is_theirs = case and self._ports().council.forward_to(case.service_code) == destination
        return case if is_theirs else None

    def find_reopening(self, service_request_id: str) -> Reopening | None:
        report = self._report(service_request_id)
        update = forwarding.find_reopening(report) if report else None
        if report is None or update is None or report.visibility not in ("public", "private"):
            return None
        shown = self.public(service_request_id)
        views = {view.update_id: view for view in shown.updates} if shown else {}
        view = views.get(update.update_id)
        urls = tuple(photo.url for photo in view.photos) if view else ()
        return Reopening(text=update.text, at=update.datetime, photo_urls=urls)

    def note_passed_on(
        self, service_request_id: str, to: str, reference: str | None, delivery_id: str
    ) -> None:
        forwarding.record_forwarding(service_request_id, to, reference, delivery_id, self._ports())

    def bring_back(self, service_request_id: str, key: str, said: RemoteStatus) -> InboundResult:
        """Puts another body's update on the report's timeline, once for each key."""
        try:
            return inbound_updates.add_inbound_update(
                service_request_id, key, said.status, said.text, self._ports()
            )
        except NotFound:
            return "known"

    def add_note(
        self, service_request_id: str, note_id: str, sender: str, text: str, is_from_team: bool
    ) -> None:
        """Keeps a reply that came by mail as a note beside the report."""
        known = sender if is_from_team else f"{notes.UNVERIFIED}{sender}"
        notes.add_note(service_request_id, note_id, known, text, self._ports())

    def _report(self, service_request_id: str) -> ServiceRequest | None:
        return self._ports().repository.get(service_request_id)


def _case_of(report: ServiceRequest, shown: ReportView | None, ports: reports.Ports) -> Case:
    """Made without the view of officers: its links stand on secrets, which no reaction reads."""
    request_id = report.service_request_id
    service = ports.council.by_code.get(report.service_code)
    return copy_fields(
        Case,
        report,
        service_name=service.service_name if service else report.service_code,
        work=work_details_of(report, ports.council),
        page_url=public_page(ports.site_url, request_id) if shown else None,
        photo_urls=tuple(photo.url for photo in shown.photos) if shown else (),
        contact=Contact(**asdict(report.contact)) if report.contact else None,
    )
