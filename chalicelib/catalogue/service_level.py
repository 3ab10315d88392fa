"""How soon a council promises to have something done."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.catalogue import promise
from chalicelib.catalogue.words import Strict

Count = Annotated[int, Meta(ge=1, le=365)]


class ServiceLevel(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """The promise, in exactly one of its units: calendar days, working days, working hours."""

    days: Count | None = None
    working_days: Count | None = None
    working_hours: Count | None = None

    @property
    def is_one_promise(self) -> bool:
        return len(msgspec.to_builtins(self)) == 1

    def due(self, requested: datetime, calendar: promise.WorkingCalendar) -> datetime:
        """The promise date of something reported then."""
        if self.working_hours:
            return promise.after_working_hours(requested, self.working_hours, calendar)
        if self.working_days:
            return promise.after_working_days(requested, self.working_days, calendar)
        return promise.after_days(requested, self.days or 0, calendar)

    def __str__(self) -> str:
        given = msgspec.to_builtins(self)
        return ", ".join(_counted(count, unit.replace("_", " ")) for unit, count in given.items())


def _counted(count: int, units: str) -> str:
    return f"{count} {units.removesuffix('s') if count == 1 else units}"
