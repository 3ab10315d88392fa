"""The life of a ServiceRequest: thirteen states and the moves between them.

Source: the extended statuses of mySociety's open311-adapter, in lower case. Open311 itself knows
only `open` and `closed`: `status_of` gives that.
"""

from collections.abc import Mapping
from typing import Literal, get_args

from chalicelib.errors import Conflict, Invalid
from chalicelib.kernel.languages import translatable
from chalicelib.kernel.words import Words
from chalicelib.texts import Text

State = Literal[
    "open",
    "for_triage",
    "investigating",
    "in_progress",
    "action_scheduled",
    "reopen",
    "fixed",
    "closed",
    "duplicate",
    "not_councils_responsibility",
    "no_further_action",
    "internal_referral",
    "cancelled",
]
Status = Literal["open", "closed"]

STATES: tuple[State, ...] = get_args(State)
EXTERNAL_STATES: Mapping[str, State] = {
    **{each: each for each in STATES},
    "planned": "action_scheduled",
}
"""What other systems call the states, in lower case."""
WORK_STATES: frozenset[State] = frozenset(
    ("for_triage", "investigating", "in_progress", "action_scheduled")
)
REOPENED_STATES: frozenset[State] = frozenset(("reopen",))
OPEN_STATES: frozenset[State] = WORK_STATES | REOPENED_STATES | {"open"}
CLOSED_STATES: frozenset[State] = frozenset(STATES) - OPEN_STATES

DONE_STATES: frozenset[State] = frozenset(("fixed", "closed"))

LABELS: Words[State] = Words(
    {
        "open": translatable("Open"),
        "for_triage": translatable("Being looked at"),
        "investigating": translatable("Investigating"),
        "in_progress": translatable("In progress"),
        "action_scheduled": translatable("Work planned"),
        "reopen": translatable("Reopened"),
        "fixed": translatable("Fixed"),
        "closed": translatable("Closed"),
        "duplicate": translatable("Duplicate"),
        "not_councils_responsibility": translatable("Not the council's responsibility"),
        "no_further_action": translatable("No further action"),
        "internal_referral": translatable("Passed to another team"),
        "cancelled": translatable("Cancelled"),
    }
)


def status_of(state: State) -> Status:
    """Open311's view of the state. One that only a newer version knows is open: the report still
    waits for somebody."""
    return "closed" if state in CLOSED_STATES else "open"


def moves_from(state: State) -> frozenset[State]:
    """The states that may follow `state`.

    Open work may move to any stage or be closed for any reason; `open` is only a beginning, and
    `reopen` only follows an end. A closed report can be opened again, or its reason corrected.
    """
    if state in OPEN_STATES:
        return (WORK_STATES | CLOSED_STATES) - {state}
    return (CLOSED_STATES | REOPENED_STATES) - {state}


def next_state(state: State, asked: State | Literal["not_fixed"] | None) -> State:
    """The state of a report after an update that asks for `asked`; None leaves it.

    Raises Invalid on a move that the lifecycle does not allow, Conflict on `not_fixed` for a
    report that nobody said was done.
    """
    if asked is None or asked == state:
        return state
    if asked == "not_fixed":
        if state not in DONE_STATES:
            raise _not_done_error(state)
        return "reopen"
    if asked not in moves_from(state):
        raise _no_move_error(state)
    return asked


def _not_done_error(state: State) -> Conflict:
    return Conflict(
        Text(
            "This report is '{state}'. Only a report that was marked as fixed can be "
            "reported as not fixed.",
            state=Text(LABELS[state]),
        )
    )


def _no_move_error(state: State) -> Invalid:
    return Invalid.field(
        "state",
        Text(
            "a report that is '{state}' can only move to: {names}",
            state=Text(LABELS[state]),
            names=", ".join(sorted(moves_from(state))),
        ),
    )
