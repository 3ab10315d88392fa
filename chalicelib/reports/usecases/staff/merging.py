"""Merges reports of the same problem: the others become duplicates, and their followers move."""

from msgspec.structs import replace

from chalicelib.errors import Conflict, Invalid
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import MOST_DUPLICATES, ServiceRequest
from chalicelib.reports.parts import Update
from chalicelib.reports.ports import Ports
from chalicelib.reports.reference import parse_reference
from chalicelib.reports.states import State, next_state
from chalicelib.reports.usecases.access import Author, get_report, update_report
from chalicelib.reports.usecases.following import (
    carry_followers,
    find_surviving_report,
    list_merge_targets,
)
from chalicelib.reports.usecases.updating import council_update


def find_merge_target(
    report: ServiceRequest, changes: ReportChanges, author: Author, ports: Ports
) -> ServiceRequest | None:
    """Find the report that this one is to be merged into; None if it is not to be merged. Raises
    Invalid, also for a private report outside the officer's remit, as if it did not exist."""
    if changes.duplicate_of is None:
        if changes.state == "duplicate" and report.state != "duplicate":
            raise Invalid.field("duplicate_of", "send the report that this one duplicates")
        return None
    if changes.state not in (None, "duplicate"):
        raise Invalid.field(
            "state", "leave it out: with duplicate_of, the state is always duplicate"
        )
    reference = parse_reference(changes.duplicate_of)
    into = ports.repository.get(reference) if reference else None
    if into is None or not (into.visibility == "public" or author.is_officer_for(into)):
        raise Invalid.field("duplicate_of", "there is no such report")
    if _is_merged_into(into, report, ports):
        raise Invalid.field("duplicate_of", "a report cannot be a duplicate of itself")
    survivor = find_surviving_report(into, ports)
    _require_mergeable(survivor, author)
    return survivor


def _require_mergeable(survivor: ServiceRequest, author: Author) -> None:
    """Raises Invalid if the officer cannot merge reports into this one."""
    if survivor.visibility != "public":
        raise Invalid.field("duplicate_of", "that report is not public, so nobody could follow it")
    if not author.is_officer_for(survivor):
        raise Invalid.field(
            "duplicate_of", "that report is in another team or ward: ask an officer there"
        )
    if len(survivor.duplicates) >= MOST_DUPLICATES:
        raise Invalid.field(
            "duplicate_of",
            f"{MOST_DUPLICATES} reports have been merged into that one already: close this report "
            "with a text instead",
        )


def complete_merge(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """Adds the followers of a saved duplicate to the report that it was merged into.

    Raises Conflict if the other one was merged into this one meanwhile: two reports cannot both be
    the duplicate, so this one is open again.
    """
    into = report.duplicate_of or ""
    if _is_merged_into(get_report(into, ports), report, ports):
        update_report(
            lambda: get_report(report.service_request_id, ports),
            lambda present: move_to_state(present, "reopen", ports),
            ports,
        )
        raise Conflict(
            "The other report was merged into this one in the meantime. Look at both again."
        )
    carry_followers(report, into, ports)
    return report


def move_to_state(report: ServiceRequest, state: State, ports: Ports) -> ServiceRequest:
    """The report in its new state, with an entry for it in the timeline. Raises Invalid."""
    if report.state == state:
        return report
    return report.with_update(_state_entry(report, next_state(report.state, state), ports))


def add_reply(report: ServiceRequest, text: str, ports: Ports) -> ServiceRequest:
    """The report with the council's text in the timeline entry of the present change."""
    update_id = state_entry_id(report, ports)
    if any(each.update_id == update_id for each in report.updates):
        updates = (replace(u, text=text) if u.update_id == update_id else u for u in report.updates)
        return replace(report, updates=tuple(updates))
    return report.with_update(replace(_state_entry(report, report.state, ports), text=text))


def state_entry_id(report: ServiceRequest, ports: Ports) -> str:
    """The id of the timeline entry for a change to this version."""
    return ports.ids.update_id("change", report.service_request_id, f"version {report.version}")


def _state_entry(report: ServiceRequest, state: State, ports: Ports) -> Update:
    update_id = state_entry_id(report, ports)
    return council_update(update_id, update_id, state, "", ports)


def _is_merged_into(one: ServiceRequest, other: ServiceRequest, ports: Ports) -> bool:
    """True if `one` is the other report, or was merged into it in any number of steps."""
    chain = [one, *list_merge_targets(one, ports)]
    return other.service_request_id in {each.service_request_id for each in chain}
