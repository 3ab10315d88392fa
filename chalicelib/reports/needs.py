"""Reasons for an officer to look at a report, besides its visibility, photos and flags: work that
crews and contractors could not do, texts that they wrote, and what the reporter said since an
officer dealt with the report. Pure.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

NeedReason = Literal[
    "contractor_text",
    "could_not",
    "handed_over",
    "answered",
    "updated",
    "slot_lost",
    "refund_failed",
]
"""`contractor_text`: a contractor's text waits for review; `could_not` and `handed_over`: a crew
or a contractor ended its job that way; `answered`: the reporter answered a question; `updated`: a
resident added to the timeline; `slot_lost`: it was paid after its slot had gone;
`refund_failed`: money could not be sent back, `why` is the amount."""
REASONS: tuple[NeedReason, ...] = get_args(NeedReason)
KEPT: frozenset[NeedReason] = frozenset(("could_not", "handed_over", "slot_lost", "refund_failed"))
"""Reasons that do not depend on what somebody wrote."""
ONCE: frozenset[NeedReason] = frozenset(("updated", "refund_failed"))
"""Reasons that are kept once: the first one stands for all that follow it."""
MOST_NEEDS = 40
"""The most needs that a report keeps, including those that an officer dealt with."""
LONGEST_WHY = 2_000


class Need(Struct, frozen=True, kw_only=True):
    """A reason to look at a report. A repeat is recognised by `need_id`; `about` is a job's id if
    the need is about a job; `by` says who it comes from, as the sender of a note does; `why` is
    the text of that sender. An officer who dealt with the need settles it. A contractor's words
    are removed then: they are in the timeline by that time, or are not to be there."""

    need_id: str
    reason: NeedReason
    since: datetime
    about: str = ""
    by: str = ""
    why: str = ""
    settled_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.settled_at is None


Needs = tuple[Need, ...]


def open_needs(needs: Needs) -> Needs:
    """The needs that no officer dealt with yet, the oldest first."""
    return tuple(each for each in needs if each.is_open)


def with_need(needs: Needs, need: Need) -> Needs:
    """The needs with `need` added, unless it was there before, or another one stands for it."""
    is_known = any(each.need_id == need.need_id for each in needs)
    is_told = need.reason in ONCE and any(each.reason == need.reason for each in open_needs(needs))
    if is_known or is_told:
        return needs
    return _within_bounds((*needs, replace(need, why=need.why[:LONGEST_WHY])))


def mark_settled(
    needs: Needs,
    now: datetime,
    *,
    reasons: Collection[NeedReason] = REASONS,
    about: str | None = None,
    need_ids: Iterable[str] | None = None,
) -> Needs:
    """The needs after an officer dealt with some: those of these reasons, about that job, or with
    these ids. Returns the same object if there are none."""
    chosen = None if need_ids is None else frozenset(need_ids)

    def is_meant(need: Need) -> bool:
        return (
            need.is_open
            and need.reason in reasons
            and about in (None, need.about)
            and (chosen is None or need.need_id in chosen)
        )

    if not any(map(is_meant, needs)):
        return needs
    return tuple(_settle(each, now) if is_meant(each) else each for each in needs)


def reopen_needs(needs: Needs, need_ids: Iterable[str]) -> Needs:
    """The needs with those of these ids open again."""
    chosen = frozenset(need_ids)
    return tuple(
        replace(each, settled_at=None) if each.need_id in chosen else each for each in needs
    )


def _settle(need: Need, now: datetime) -> Need:
    return replace(need, settled_at=now, why="" if need.reason == "contractor_text" else need.why)


def without_words(needs: Needs) -> Needs:
    """The needs after the reporter was forgotten: no written text stays, and no need waits for an
    officer to read the words of the reporter or a contractor."""
    left = (each for each in needs if each.reason in KEPT)
    return tuple(replace(each, why="") for each in left)


def _within_bounds(needs: Needs) -> Needs:
    """The needs within MOST_NEEDS: drops the oldest, and settled needs before open ones."""
    beyond = len(needs) - MOST_NEEDS
    if beyond <= 0:
        return needs
    by_age = sorted(needs, key=lambda each: (each.is_open, each.since))
    dropped = {each.need_id for each in by_age[:beyond]}
    return tuple(each for each in needs if each.need_id not in dropped)
