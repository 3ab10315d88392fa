"""The outcome of a report, as its timeline shows it.

- *Done*: its state is fixed or closed. It is done since the last entry that led there from a state
  that is neither; so a failed repair lengthens the wait. A report that came from another system as
  done is done since that system last changed it.
- *Reopened*: at least once it was opened again after it had been said to be done.
- *Failed repair*: a resident opened it again after it had been said to be done; each time counts.
- *Target*: the date that was promised first.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Update
from chalicelib.reports.states import DONE_STATES, State


class Outcome(NamedTuple):
    """`done_at` is None if the report is not done. `was_put_off`: a later date was promised than
    `target`."""

    done_at: datetime | None
    target: datetime | None
    was_put_off: bool
    was_reopened: bool
    failed_repairs: int


def outcome_in(told: Sequence[Update], report: ServiceRequest) -> Outcome:
    """The outcome of a report with this whole timeline."""
    backs = _put_back(told)
    delays = report.delays
    return Outcome(
        done_at=_done_at(report, told),
        target=delays[0].promised_datetime if delays else report.expected_datetime,
        was_put_off=bool(delays),
        was_reopened=bool(backs),
        failed_repairs=sum(each.by == "resident" for each in backs),
    )


def _done_at(report: ServiceRequest, told: Sequence[Update]) -> datetime | None:
    """When the report was done, None if it is not done."""
    if report.state not in DONE_STATES:
        return None
    since: datetime | None = None
    for update in told:
        if update.state not in DONE_STATES:
            since = None
        elif since is None:
            since = update.datetime
    closed = report.closed_datetime
    if since is None or all(each.state in DONE_STATES for each in told):
        # It may have come as done: later entries do not end its wait.
        since = min(filter(None, (since, closed)), default=report.updated_datetime)
    return since


def _put_back(told: Sequence[Update]) -> list[Update]:
    """The entries that opened the report again after it had been said to be done. A report whose
    timeline begins with such an entry came as done: new reports begin as open."""
    before: State = "fixed"
    found = []
    for update in told:
        if update.state == "reopen" and before in DONE_STATES:
            found.append(update)
        before = update.state
    return found
