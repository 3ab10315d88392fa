"""Holds and their ids. The id of a hold names its slot, so that no index of holds is needed."""

from collections.abc import Callable
from datetime import date, datetime

from msgspec import Struct

from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.errors import Invalid
from chalicelib.kernel.signing import is_same
from chalicelib.texts import Text

SEPARATOR = "."
"""A character that no code of a calendar or slot contains."""
MARK_DIGITS = 16
"""The number of hexadecimal digits that make an id unguessable, and of those that prove that this
system made it."""


class Hold(Struct, frozen=True, kw_only=True):
    """Units that nobody else can have until `until`; None if they are confirmed."""

    hold_id: str
    place: SlotOfDay
    units: int
    until: datetime | None


class HoldIds(Struct, frozen=True):
    """Ids such as `bulky.2026-06-08.day.3.<32 hexadecimal digits>`. `digest` makes a text that
    follows from its arguments and a secret."""

    digest: Callable[..., str]

    def make(self, scope: str, key: str, place: SlotOfDay, units: int) -> str:
        """The id of a caller's hold, the same for the same scope, key, place and units."""
        claimed = SEPARATOR.join([place.calendar, f"{place.day}", place.slot, f"{units}"])
        mark = self.digest("hold", scope, key, claimed)[:MARK_DIGITS]
        return f"{claimed}{SEPARATOR}{mark}{self._proof(claimed, mark)}"

    def read(self, hold_id: str) -> tuple[SlotOfDay, int]:
        """The place and the units of an id that this system made. Raises Invalid for another id."""
        claimed, _, marks = hold_id.rpartition(SEPARATOR)
        if not is_same(self._proof(claimed, marks[:MARK_DIGITS]), marks[MARK_DIGITS:]):
            raise _unknown_hold()
        return place_of(hold_id), int(claimed.rpartition(SEPARATOR)[2])

    def _proof(self, claimed: str, mark: str) -> str:
        return self.digest("hold made here", claimed, mark)[:MARK_DIGITS]


def place_of(hold_id: str) -> SlotOfDay:
    """The place that an id names, without a check that it was made here. Raises Invalid."""
    try:
        calendar, day, slot, _, _ = hold_id.split(SEPARATOR)
        return SlotOfDay(calendar, date.fromisoformat(day), slot)
    except ValueError as error:
        raise _unknown_hold() from error


def _unknown_hold() -> Invalid:
    return Invalid.field("hold_id", Text("There is no such hold. Choose a slot again."))
