"""Computes the expected messages by brute force: every subscription is tested with every event.
Written from the specification, without the product's code: neither its index nor its distances.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal, NamedTuple

from bench.crowd.geometry import WardAt, metres
from bench.crowd.model import (
    MODERATED,
    PRIVATE,
    Interest,
    Person,
    Phase,
    PlannedReport,
    ReportAct,
    World,
    acts_in_order,
)

What = Literal["new", "state_changed", "fixed", "updated"]
LABELS = {
    "open": "Open",
    "investigating": "Investigating",
    "in_progress": "In progress",
    "action_scheduled": "Work planned",
    "reopen": "Reopened",
    "fixed": "Fixed",
    "closed": "Closed",
    "no_further_action": "No further action",
    "duplicate": "Duplicate",
}
DONE = ("fixed", "closed")
MOST_LISTED = 50


class ExpectedMessage(NamedTuple):
    """One message to one address. `about`: the number of the report; for a digest by email one for
    each report in it, otherwise their count. The text is one of these."""

    address: str
    about: int
    says: frozenset[str]


def expected_messages(world: World, ward_at: WardAt) -> list[ExpectedMessage]:
    """All expected messages, in the order of the days in `stack.py`."""
    council = _Council(world, ward_at)
    for phase in ("before", "new", "first", "second"):
        council.live(phase)
    council.evening()
    council.digests("daily")
    council.live("next day")
    council.evening()
    council.digests("daily")
    council.questions()
    council.digests("weekly")
    return council.due


class _Report:
    """A report in its present state."""

    def __init__(self, case: PlannedReport, ward: str | None) -> None:
        self.case, self.ward = case, ward
        self.seen_by = "nobody"
        self.was_public = False
        self.state = "open"
        self.repairs = 0
        self.merged: list[_Report] = []

    def shown_to(self, seen_by: str) -> What | None:
        """It is announced as new once."""
        was_public, self.was_public = self.was_public, seen_by == "everybody"
        self.seen_by = seen_by
        return "new" if self.was_public and not was_public else None

    def everybody(self) -> "Iterator[_Report]":
        """The report and those that were merged into it."""
        yield self
        for each in self.merged:
            yield from each.everybody()


class _Council:
    def __init__(self, world: World, ward_at: WardAt) -> None:
        self.world = world
        self.reports = [_Report(case, ward_at(case.lat, case.long)) for case in world.cases]
        self.people = [each for each in world.people if each.standing == "active"]
        self.subscribed: list[Person] = []
        self.due: list[ExpectedMessage] = []
        self.quiet: dict[tuple[str, _Report], set[str]] = defaultdict(set)
        self.gathered: dict[Person, dict[_Report, set[str]]] = {}
        self.asked: list[tuple[str, _Report, int]] = []

    def live(self, phase: Phase) -> None:
        """Applies all events of a phase, and then notifies all subscribers."""
        happened = [(self.reports[n], act) for n, act in acts_in_order(self.world, phase)]
        whats = [self._happen(report, act) for report, act in happened]
        for (report, act), what in zip(happened, whats, strict=True):
            if act.what == "submit" and report.case.wants_alerts and report.case.reporter:
                self._tell(report.case.reporter, report, "received")
            if what:
                self._notify_all(report, what)
        if phase == "before":
            self.subscribed = self.people

    def _happen(self, report: _Report, act: ReportAct) -> What | None:
        """The report afterwards, and the event types for its subscribers."""
        match act.what:
            case "submit":
                seen_by = {MODERATED: "sender", PRIVATE: "sender"}
                return report.shown_to(seen_by.get(report.case.service, "everybody"))
            case "show":
                return report.shown_to("everybody")
            case "hide" | "lose":
                report.seen_by = "nobody"
                return None
            case "say":
                return "updated"
            case "merge":
                self.reports[act.into].merged.append(report)
                report.state = "duplicate"
                return "state_changed"
        if act.what in DONE and report.state not in DONE:
            report.repairs += 1
            self.asked += [(each, report, report.repairs) for each in self._to_ask(report)]
        report.state = act.what
        return "fixed" if act.what == "fixed" else "state_changed"

    def _to_ask(self, report: _Report) -> set[str]:
        found = {person.address for person in self._subscribers_of(report, "repair_question")}
        return found | self._reporters(report)

    def _notify_all(self, report: _Report, what: What) -> None:
        reporters = self._reporters(report) if what != "new" else set()
        for address in reporters:
            self._tell(address, report, what)
        case = report.case
        # The reporter already has a confirmation.
        heard = {case.reporter} if what == "new" and case.wants_alerts else reporters
        for person in self._subscribers_of(report, what):
            if person.address in heard:
                continue
            if person.frequency != "now":
                self.gathered.setdefault(person, {}).setdefault(report, set()).add(what)
            elif person.is_quiet:
                self.quiet[person.address, report].add(what)
            else:
                self._tell(person.address, report, what)

    def _reporters(self, report: _Report) -> set[str]:
        """The reporters of it and of those merged into it, as far as they may see it."""
        return {
            each.case.reporter
            for each in report.everybody()
            if each.case.reporter and each.case.wants_alerts
            if report.seen_by == "everybody" or (each is report and report.seen_by == "sender")
        }

    def _subscribers_of(self, report: _Report, what: str) -> list[Person]:
        if report.seen_by != "everybody":
            return []
        return [p for p in self.subscribed if any(_matches(w, report, what) for w in p.wishes)]

    def _tell(self, address: str, report: _Report, what: str) -> None:
        says = what if what in ("received", "new", "updated") else LABELS[report.state]
        self.due.append(ExpectedMessage(address, report.case.number, frozenset((says,))))

    def evening(self) -> None:
        """Quiet hours end: one message for each report, with its present state."""
        for (address, report), whats in self.quiet.items():
            if true := _valid_event_types(report, whats):
                says = {w if w in ("new", "updated") else LABELS[report.state] for w in true}
                self.due.append(ExpectedMessage(address, report.case.number, frozenset(says)))
        self.quiet.clear()

    def digests(self, frequency: str) -> None:
        for person in [each for each in self.gathered if each.frequency == frequency]:
            found = [
                r for r, whats in self.gathered.pop(person).items() if _valid_event_types(r, whats)
            ]
            if person.channel == "email" and len(found) <= MOST_LISTED:
                numbers = [(each.case.number, "listed") for each in found]
            elif person.channel == "sms" and len(found) == 1:
                numbers = [(found[0].case.number, LABELS[found[0].state])]
            else:
                numbers = [(len(found), "counted")] if found else []
            self.due += [
                ExpectedMessage(person.address, n, frozenset((says,))) for n, says in numbers
            ]

    def questions(self) -> None:
        """The questions some days later, about reports that are still done."""
        for address, report, repair in self.asked:
            if report.repairs == repair and report.state in DONE and report.seen_by != "nobody":
                self.due.append(
                    ExpectedMessage(address, report.case.number, frozenset(("officer_question",)))
                )


def _valid_event_types(report: _Report, whats: set[str]) -> set[str]:
    """The event types still valid when the message is due: "fixed" only if it was not reopened."""
    if report.seen_by != "everybody":
        return set()
    return whats if report.state in DONE else whats - {"fixed"}


def _matches(wish: Interest, report: _Report, what: str) -> bool:
    case = report.case
    if wish.services and case.service not in wish.services:
        return False
    wanted = (what, "state_changed") if what == "fixed" else (what,)
    if wish.event_types and not set(wanted) & set(wish.event_types):
        return False
    if wish.case is not None:
        return wish.case in {each.case.number for each in report.everybody()}
    if what in ("updated", "repair_question"):
        return False
    if wish.circle:
        lat, long, radius_m = wish.circle
        return metres(lat, long, case.lat, case.long) <= radius_m
    return wish.ward is None or wish.ward == report.ward
