"""Reports, as the messages to subscribers tell of them."""

from collections.abc import Callable, Mapping, Sequence

from chalicelib.alerts.messages import Report, Seen
from chalicelib.catalogue.model import Council
from chalicelib.reports import ports as reports
from chalicelib.reports.model import ServiceRequest, Visibility
from chalicelib.reports.reference import grouped
from chalicelib.reports.states import LABELS, SAID_TO_BE_DONE
from chalicelib.reports.views import tracking_url

SEEN_BY: Mapping[Visibility, Seen] = {
    "public": "public",
    "waiting": "sender",
    "held": "sender",
    "private": "sender",
    "unconfirmed": "nobody",
    "hidden": "nobody",
    "withdrawn": "nobody",
}


class ReportsForMessages:
    """`reply_address` makes the address for replies about a report, None where no mail is sent."""

    def __init__(
        self,
        ports: Callable[[], reports.Ports],
        council: Council,
        reply_address: Callable[[str], str] | None,
    ) -> None:
        self._ports = ports
        self._council = council
        self._reply_address = reply_address

    def many(self, service_request_ids: Sequence[str]) -> Mapping[str, Report]:
        """Those of the reports that are stored. Raises UpstreamFailed."""
        found = self._ports().repository.many(service_request_ids)
        return {key: self._report(report) for key, report in found.items()}

    def _report(self, report: ServiceRequest) -> Report:
        service = self._council.by_code.get(report.service_code)
        report_id, ports = report.service_request_id, self._ports()
        return Report(
            service_request_id=report_id,
            reference=grouped(report_id),
            service_name=service.service_name if service else report.service_code,
            street=ports.whereabouts.street(report.point) if report.point else None,
            state=report.state,
            state_label=LABELS[report.state],
            is_done=report.state in SAID_TO_BE_DONE,
            expected=report.expected_datetime,
            version=report.version,
            repairs=report.repairs,
            seen_by=SEEN_BY[report.visibility],
            page_url=tracking_url(report, ports),
            reply_to=self._reply_address(report_id) if self._reply_address else None,
            asks={each.number: each.text for each in report.questions if each.is_open}
            if report.waits_for
            else {},
            told_from=report.told_from,
            taken_back=report.taken_back,
        )
