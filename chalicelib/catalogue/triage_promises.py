"""Checks that a higher priority never gets a later promise than a lower one. A rule with a promise
that names priorities matches these and all higher ones. So a higher priority matches more of these
rules, and the first one decides: no rule that requires a higher priority may be slower than a later
one that requires a lower one, or than the usual promise of the service.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations
from typing import NamedTuple, get_args

import msgspec

from chalicelib.catalogue.decisions import Priority
from chalicelib.catalogue.model import Council
from chalicelib.catalogue.promise import ServiceLevel, WorkingCalendar
from chalicelib.catalogue.triage import When

PRIORITIES: tuple[Priority, ...] = get_args(Priority)
"""From the lowest to the highest."""
STEP = timedelta(hours=5)
SPANS = (datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 12, 18, tzinfo=UTC))
"""An ordinary fortnight, and one with many holidays: promises of different units are compared at
times in these."""
SPAN = timedelta(days=14)


class Promise(NamedTuple):
    """A promise in the order of the rules: for this priority and higher ones, if `when` matches.
    The usual promise of a service belongs to no rule."""

    place: str
    level: ServiceLevel
    lowest: int
    when: When


def promise_faults(council: Council) -> Iterable[str]:
    """Every rule that gives a higher priority a later promise, once. Rules for different wards are
    not compared; all other conditions may match the same report."""
    try:
        calendar = council.calendar
    except KeyError:
        # A faulty time zone or bank holidays are refused separately.
        return
    is_slower = cache(lambda one, other: _is_slower(one, other, calendar))
    seen: set[str] = set()
    for service in council.services:
        promises = list(_promises(council, service.service_code, service.group))
        usual = Promise("the usual promise of", service.service_level, 0, When())
        for one, other in combinations((*promises, usual), 2):
            is_after = one.lowest > other.lowest and not _exclude_each_other(one.when, other.when)
            if one.place in seen or not (is_after and is_slower(one.level, other.level)):
                continue
            seen.add(one.place)
            what = other.place if other is not usual else f"{usual.place} {service.service_code!r}"
            yield (
                f"{one.place}: {one.level} for {PRIORITIES[one.lowest]} priority can be later "
                f"than {other.level} of {what}, which lower priorities get. A higher priority "
                "must not wait longer: make it as soon, or put the sooner rule first"
            )


def _promises(council: Council, service_code: str, group: str) -> Iterator[Promise]:
    for at, rule in enumerate(council.triage):
        level = rule.then.service_level
        if level and level.is_one_promise and rule.when.is_for(service_code, group):
            named = [PRIORITIES.index(each) for each in rule.when.priorities or ()]
            place = f"`$.triage[{at}].then.service_level`"
            yield Promise(place, level, min(named, default=0), rule.when)


def _exclude_each_other(one: When, other: When) -> bool:
    """True if no report matches both."""
    return bool(one.wards and other.wards and set(one.wards).isdisjoint(other.wards))


def _is_slower(one: ServiceLevel, other: ServiceLevel, calendar: WorkingCalendar) -> bool:
    """True if the one promise can be later than the other."""
    counts: list[Mapping[str, int]] = [msgspec.to_builtins(each) for each in (one, other)]
    if counts[0].keys() == counts[1].keys():
        return sum(counts[0].values()) > sum(counts[1].values())
    return any(
        one.promise_date(each, calendar) > other.promise_date(each, calendar) for each in _moments()
    )


def _moments() -> Iterator[datetime]:
    for start in SPANS:
        moment = start
        while moment < start + SPAN:
            yield moment
            moment += STEP
