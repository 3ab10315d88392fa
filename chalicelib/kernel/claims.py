"""Decides which report counts when phones and the office report without knowing of each other
(ADR 31).

A claim is the report that set the present state. It is *unseen* by a phone that showed an older
version; clocks only order what one phone reported.
"""

from collections.abc import Set
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

Verdict = Literal["stands", "kept", "disputed"]
"""The effect of a report on the state: it sets it, it leaves it, or the office has to decide."""


class Report(Protocol):
    """A report of a phone. `base_version` is the version that it showed, `at` the time on its
    clock."""

    @property
    def device(self) -> str: ...
    @property
    def base_version(self) -> int: ...
    @property
    def at(self) -> datetime: ...


class Claim(Report, Protocol):
    """The report that set the present state, with its version. `contests`: the office decided that
    the work had not ended after all."""

    @property
    def version(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def contests(self) -> bool: ...


class States(NamedTuple):
    """The states that matter for the rule: `ended` are outcomes; `begun` does not deny them, except
    for those in `denied_by_begun`."""

    begun: str
    ended: Set[str]
    denied_by_begun: Set[str]

    def is_start_of_ended(self, claimed: str, state: str) -> bool:
        """True if the state is the beginning of what another sender has ended."""
        return state == self.begun and claimed in self.ended - self.denied_by_begun


def verdict(
    claim: Claim | None, report: Report, state: str, states: States, *, has_own_dispute: bool
) -> Verdict:
    """The effect of a report of `state`. `has_own_dispute`: the phone has an open dispute with the
    claim."""
    if claim is None:
        return "stands"
    if claim.by != "office" and claim.device == report.device:
        return "stands" if _is_later(report, claim) else "kept"
    if claim.state == state:
        return "kept"
    if has_own_dispute:
        return "kept" if states.is_start_of_ended(claim.state, state) else "disputed"
    if report.base_version >= claim.version:
        return "stands"
    return _verdict_if_unseen(claim, state, states)


def _verdict_if_unseen(claim: Claim, state: str, states: States) -> Verdict:
    """The effect of a report by a phone that had not seen the claim of another state."""
    if states.is_start_of_ended(claim.state, state):
        return "kept"
    contradicts = claim.state in states.ended or (claim.contests and state in states.ended)
    return "disputed" if contradicts else "stands"


def order_of(report: Report) -> tuple[int, datetime]:
    """The sort key of one phone's reports: its clock may have been corrected in between, but its
    version never decreases."""
    return report.base_version, report.at


def _is_later(report: Report, claim: Claim) -> bool:
    """True if the report is later than the claim of the same phone."""
    return report.base_version >= claim.version or order_of(report) >= order_of(claim)
