"""The reports of the invented council and their changes, by the product's use cases."""

from collections.abc import Sequence

from bench.crowd.model import PRIVATE, Phase, PlannedReport, ReportAct
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.drafts import Draft, ReportChanges, UpdateDraft
from chalicelib.reports.parts import Contact
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.resident.withdrawing import withdraw_report
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update

OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
ANYBODY = Author()


class Reports:
    """The reports sent so far: `ids` by their numbers."""

    def __init__(self, cases: Sequence[PlannedReport]) -> None:
        self._cases = cases
        self.ids: dict[int, str] = {}

    def act(self, number: int, act: ReportAct, phase: Phase) -> None:
        """Applies this event to that report."""
        if act.what in ("submit", "lose"):
            self._submit(self._cases[number], is_lost=act.what == "lose")
        elif changes := self._changes(act):
            stored = reports_ports().repository.get(self.ids[number])
            assert stored
            ports = reports_ports()
            change_report(stored.service_request_id, changes, stored.version, OFFICER, ports)
        else:
            state = None if act.what == "say" else act.what
            draft = UpdateDraft(text="There is news.", state=state)  # type: ignore[arg-type]
            add_update(self.ids[number], draft, phase, OFFICER, reports_ports())

    def _submit(self, case: PlannedReport, *, is_lost: bool) -> None:
        draft = Draft(
            service_code=case.service,
            description="It is broken.",
            lat=case.lat,
            long=case.long,
            attributes={"kind": "noise"} if case.service == PRIVATE else None,
            contact=Contact(email=case.reporter) if case.reporter else None,
            alerts=case.wants_alerts,
        )
        key, ports = f"case {case.number}", reports_ports()
        self.ids[case.number] = submit(draft, key, ANYBODY, ports).service_request_id
        if is_lost:
            withdraw_report(self.ids[case.number], key, ANYBODY, ports)

    def _changes(self, act: ReportAct) -> ReportChanges | None:
        match act.what:
            case "show":
                return ReportChanges(visibility="public")
            case "hide":
                return ReportChanges(visibility="hidden")
            case "merge":
                return ReportChanges(duplicate_of=self.ids[act.into])
        return None
