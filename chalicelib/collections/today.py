"""The published state of the rounds of today and yesterday."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import msgspec

from chalicelib.collections.ports import Ports, TodayPorts
from chalicelib.collections.round_days import (
    TODAY,
    LogKey,
    RoundLog,
    RoundStatus,
    closing_time,
    status_of,
)
from chalicelib.kernel.optimistic import retry_on_conflict

A_DAY = timedelta(days=1)


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """The published document: each round that is or was out today and yesterday, and those that
    will not go out tomorrow."""

    items: tuple[RoundStatus, ...]


def publish_today(to: TodayPorts) -> None:
    """Replaces the published document if it has changed. It is read before the logs, so
    that a slow writer does not put an older state over a newer one. Raises UpstreamFailed."""

    def write() -> None:
        held = to.read()
        body = msgspec.json.encode(today_document(to.ports))
        if held is None or held.body != body:
            to.write(body, held)

    retry_on_conflict(write, what=TODAY)


def today_document(ports: Ports) -> Today:
    """The document as it is now. Raises UpstreamFailed."""
    today = ports.today
    of_tomorrow = (each for each in statuses(today + A_DAY, ports) if each.state == "off")
    return Today(items=(*statuses(today - A_DAY, ports), *statuses(today, ports), *of_tomorrow))


def statuses(day: date, ports: Ports) -> Iterator[RoundStatus]:
    """All rounds that are planned for a day, or that anything was said of, by code."""
    if ports.council.collections is None:
        return
    logs = {log.round: log for log in ports.logs.of_day(day)}
    closes_at, now = closing_time(day, ports.council), ports.now()
    for code in sorted({*planned_for(day, ports), *logs}):
        yield status_of(LogKey(code, day), logs.get(code), closes_at, now)


def planned_for(day: date, ports: Ports) -> Iterable[str]:
    """The codes of the rounds that are planned for a day."""
    published = ports.rounds()
    items = published.items if published else ()
    return [each.round for each in items if day in each.dates]


def status_on(key: LogKey, log: RoundLog | None, ports: Ports) -> RoundStatus:
    """A round on a day, as it is now."""
    return status_of(key, log, closing_time(key.day, ports.council), ports.now())
