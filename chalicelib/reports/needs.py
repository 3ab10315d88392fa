"""Why an officer has to look at a report, besides what its visibility, photos and flags say: what
crews and contractors could not do or wrote, and what its reporter said since an officer dealt with
it. Pure.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

NeedReason = Literal["words", "could_not", "handed_over", "answered", "updated"]
"""`words`: what a contractor wrote waits for review; `could_not` and `handed_over`: a crew or a
contractor ended its job so; `answered`: the reporter answered a question; `updated`: a resident
added to the timeline."""
REASONS: tuple[NeedReason, ...] = get_args(NeedReason)
ONCE: frozenset[NeedReason] = frozenset(("updated",))
"""Reasons of which one stands for all that followed it."""
MOST_NEEDS = 40
"""Kept with a report, with those that an officer dealt with."""
LONGEST_WHY = 2_000


@dataclass(frozen=True, kw_only=True)
class Need:
    """A reason to look at a report. `need_id` is how a repeat is known; `about` is a job's id where
    it is about one; `by` says who it comes from, as the sender of a note does; `why` is what that
    one wrote. An officer who dealt with it settles it; a contractor's words go with that, as they
    are in the timeline by then, or are not to be there."""

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
    """Those that no officer dealt with yet, the oldest first."""
    return tuple(each for each in needs if each.is_open)


def with_need(needs: Needs, need: Need) -> Needs:
    """The needs with that one, unless it was there before, or another one stands for it."""
    is_known = any(each.need_id == need.need_id for each in needs)
    is_told = need.reason in ONCE and any(each.reason == need.reason for each in open_needs(needs))
    if is_known or is_told:
        return needs
    return _within_bounds((*needs, replace(need, why=need.why[:LONGEST_WHY])))


def settled(
    needs: Needs,
    now: datetime,
    *,
    reasons: Collection[NeedReason] = REASONS,
    about: str | None = None,
    need_ids: Iterable[str] | None = None,
) -> Needs:
    """The needs after an officer dealt with those: of these reasons, about that job, or of these
    ids. The very same where there are none."""
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
    return tuple(_settled(each, now) if is_meant(each) else each for each in needs)


def reopened(needs: Needs, need_ids: Iterable[str]) -> Needs:
    """The needs after it was taken back that those were dealt with."""
    chosen = frozenset(need_ids)
    return tuple(
        replace(each, settled_at=None) if each.need_id in chosen else each for each in needs
    )


def _settled(need: Need, now: datetime) -> Need:
    return replace(need, settled_at=now, why="" if need.reason == "words" else need.why)


def without_words(needs: Needs) -> Needs:
    """The needs after the reporter was forgotten: nothing that was written stays, and
    nothing waits for the reporter's words or a contractor's to be read."""
    left = (each for each in needs if each.reason in ("could_not", "handed_over"))
    return tuple(replace(each, why="") for each in left)


def _within_bounds(needs: Needs) -> Needs:
    """Without the oldest, those first that were dealt with."""
    beyond = len(needs) - MOST_NEEDS
    if beyond <= 0:
        return needs
    by_age = sorted(needs, key=lambda each: (each.is_open, each.since))
    dropped = {each.need_id for each in by_age[:beyond]}
    return tuple(each for each in needs if each.need_id not in dropped)
