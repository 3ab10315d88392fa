"""Applies the council's rules to a report, and keeps the values that an officer chose."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec.structs import replace

from chalicelib.catalogue.decisions import Decision, Reason, ReportFacts
from chalicelib.errors import Invalid
from chalicelib.kernel.fields import copy_fields
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import ManualChoice
from chalicelib.reports.ports import Ports

MANUAL_REASONS: Mapping[ManualChoice, Reason] = {
    "team": Reason(about="team", text="An officer chose the team."),
    "priority": Reason(about="priority", text="An officer chose the priority."),
    "target": Reason(about="target", text="The target was set by hand."),
}

LAST_YEAR = 2100
"""The last year that a target may have."""


def decision_of(report: ServiceRequest, ports: Ports) -> Decision:
    """The rules' decision about the report as it is now; its service must still be offered."""
    return ports.council.decide(
        copy_fields(
            ReportFacts,
            report,
            requested=report.requested_datetime,
            priority=report.priority if "priority" in _manual_choices(report) else None,
        )
    )


def without_target(report: ServiceRequest) -> ServiceRequest:
    """The report without a target, and the reason for one: nobody here promised anything."""
    because = tuple(reason for reason in report.because if reason.about != "target")
    return replace(report, expected_datetime=None, because=because)


def apply_rules(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """The report after the rules decided again, except what an officer chose. A report of a service
    that is no longer offered stays as it is, and a report without a target gets none."""
    if report.service_code not in ports.council.by_code:
        return report
    chosen, decision = _manual_choices(report), decision_of(report, ports)
    target = report.expected_datetime if "target" in chosen else decision.expected_datetime
    after = replace(
        report,
        team=report.team if "team" in chosen else decision.team,
        priority=decision.priority,
        expected_datetime=target,
        opens=decision.opens,
        because=_merge_reasons(chosen, decision.because),
        decided_by_hand=chosen,
    )
    return without_target(after) if report.expected_datetime is None else after


def apply_officer_choices(
    report: ServiceRequest, changes: ReportChanges, ports: Ports
) -> ServiceRequest:
    """The report with the team, priority and target that an officer chooses; the rules do not
    decide the rest again. Raises Invalid."""
    _refuse_unknown_team(changes.team, ports)
    target = changes.expected_datetime
    if target and target < report.requested_datetime:
        raise Invalid.field("expected_datetime", "is before the report was sent")
    if target and _replaces_missed_promise(report, target, ports):
        raise Invalid.field(
            "expected_datetime", "the promised date has passed: give a new_date with a reason"
        )
    if target and target.year > LAST_YEAR:
        raise Invalid.field("expected_datetime", f"must be before the end of {LAST_YEAR}")
    given = {"team": changes.team, "priority": changes.priority, "target": target}
    chosen = tuple(
        name for name in MANUAL_REASONS if given[name] or name in _manual_choices(report)
    )
    return replace(
        report,
        team=changes.team or report.team,
        priority=changes.priority or report.priority,
        expected_datetime=truncate_to_second(target) if target else report.expected_datetime,
        because=_merge_reasons(chosen, report.because),
        decided_by_hand=chosen,
    )


def mark_as_manual(report: ServiceRequest, what: ManualChoice) -> ServiceRequest:
    """The report with that value as chosen by hand, so that rules leave it alone."""
    chosen = tuple(
        name for name in MANUAL_REASONS if name == what or name in _manual_choices(report)
    )
    return replace(report, because=_merge_reasons(chosen, report.because), decided_by_hand=chosen)


def _replaces_missed_promise(report: ServiceRequest, target: datetime, ports: Ports) -> bool:
    """True if the target replaces a promise that was not kept."""
    promised = report.expected_datetime
    return promised is not None and promised <= ports.now() and target > promised


def _refuse_unknown_team(team: str | None, ports: Ports) -> None:
    if team is not None and team not in ports.council.team_names:
        known = ", ".join(ports.council.team_names)
        raise Invalid.field("team", f"is not a team of this council; choose one of: {known}")


def _manual_choices(report: ServiceRequest) -> tuple[ManualChoice, ...]:
    """The values that an officer chose. If a report from before there were rules has a priority
    that is not the usual one, an officer chose it: nothing else could set it."""
    by_rule = any(reason.about == "priority" for reason in report.because)
    if report.priority != "normal" and not by_rule and "priority" not in report.decided_by_hand:
        return (*report.decided_by_hand, "priority")
    return report.decided_by_hand


def _merge_reasons(chosen: Iterable[ManualChoice], because: Iterable[Reason]) -> tuple[Reason, ...]:
    """One reason for each thing decided: the officer's choices first, then the rules'."""
    own = tuple(MANUAL_REASONS[name] for name in chosen)
    by_hand = {reason.about for reason in own}
    return (*own, *(reason for reason in because if reason.about not in by_hand))
