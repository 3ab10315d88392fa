"""The states of jobs, the kinds of events that crews send, and the reasons for failed jobs."""

from collections.abc import Mapping
from typing import Literal, get_args

Kind = Literal["inspect", "make_safe", "repair", "collect", "deliver", "revisit"]
State = Literal["to_plan", "planned", "started", "done", "could_not", "handed_over", "cancelled"]
JobEventKind = Literal["start", "done", "could_not", "hand_over", "note", "photo", "new_date"]
CouldNot = Literal[
    "no_access",
    "not_found",
    "parked_car",
    "needs_other_team",
    "needs_materials",
    "unsafe",
    "already_done",
    "other",
]
"""The reason why a crew could not do a job."""
By = Literal["crew", "contractor", "office"]
Side = Literal["site", "office"]

STATES: tuple[State, ...] = get_args(State)
LEADS_TO: Mapping[JobEventKind, State] = {
    "start": "started",
    "done": "done",
    "could_not": "could_not",
    "hand_over": "handed_over",
}
"""The state that an event sets; a note, a photo or a new date sets none."""
WAITING: frozenset[State] = frozenset(("to_plan", "planned"))
ENDED: frozenset[State] = frozenset(("done", "could_not", "handed_over", "cancelled"))
"""The states in which the crew's work has ended; could_not and handed_over can be planned again."""
OVER: frozenset[State] = frozenset(("done", "cancelled"))
"""The states that need no more planning."""
