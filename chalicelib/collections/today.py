"""The published state of the rounds of today and yesterday."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import msgspec

from chalicelib.collections.calendar_events import DaysOff
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
    """The published document: the rounds of today and yesterday, and those of tomorrow that are
    called off."""

    items: tuple[RoundStatus, ...]


def publish_today(to: TodayPorts) -> None:
    """Replace the published document if it has changed. It is read before the logs, so that a slow
    writer does not replace a newer state with an older one. Raises UpstreamFailed."""

    def write() -> None:
        held = to.read()
        body = msgspec.json.encode(today_document(to.ports))
        if held is None or held.body != body:
            to.write(body, held)

    retry_on_conflict(write, what=TODAY)


def today_document(ports: Ports) -> Today:
    """The present document. Raises UpstreamFailed."""
    today = ports.today
    of_tomorrow = (each for each in round_statuses(today + A_DAY, ports) if each.state == "off")
    return Today(
        items=(*round_statuses(today - A_DAY, ports), *round_statuses(today, ports), *of_tomorrow)
    )


def days_off(ports: Ports) -> DaysOff:
    """The rounds of yesterday, today and tomorrow that were called off. Raises UpstreamFailed."""
    since = ports.today - A_DAY
    logs = [
        log
        for days in range(3)
        for log in ports.logs.of_day(since + days * A_DAY)
        if any(event.kind == "off" for event in log.events)
    ]
    claims = {(log.round, log.day): log.claim() for log in logs}
    return DaysOff(
        since=since,
        reasons={
            key: claim.reason for key, claim in claims.items() if claim and claim.kind == "off"
        },
        rounds=frozenset(log.round for log in logs),
    )


def round_statuses(day: date, ports: Ports) -> Iterator[RoundStatus]:
    """The status of each round that is planned for the day or has a log for it, by code."""
    if ports.council.collections is None:
        return
    logs = {log.round: log for log in ports.logs.of_day(day)}
    closes_at, now = closing_time(day, ports.council), ports.now()
    for code in sorted({*rounds_planned_for(day, ports), *logs}):
        yield status_of(LogKey(code, day), logs.get(code), closes_at, now)


def rounds_planned_for(day: date, ports: Ports) -> Iterable[str]:
    """The codes of the rounds that are planned for a day."""
    published = ports.rounds()
    items = published.items if published else ()
    return [each.round for each in items if day in each.dates]


def current_status(key: LogKey, log: RoundLog | None, ports: Ports) -> RoundStatus:
    """The present status of a round on a day."""
    return status_of(key, log, closing_time(key.day, ports.council), ports.now())
