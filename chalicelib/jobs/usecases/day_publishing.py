"""The days of crews, as documents that their phones fetch: made from what is stored, put in the
place of what was read before, or started over.

A document holds a crew's jobs of a day, and under `gone` those that it had and has no more, with
the reason. It is written when something else is to stand in it, and again before the addresses of
its pictures are over. Phones hear that the day was changed, and fetch it; nothing of it is in what
they hear.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from chalicelib.errors import AppError, Gone, NotFound
from chalicelib.jobs.crew_ports import CrewPorts
from chalicelib.jobs.model import Job
from chalicelib.jobs.views import JobView
from chalicelib.kernel.observability import logs
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.kernel.time import to_the_second

ATTEMPTS = 20
PICTURES_FOR = timedelta(hours=12)
"""How long the addresses in a document hold; it is written again when half of that is over."""
READ_FOR = timedelta(hours=12)
"""How long the address of a document holds."""
BEFORE, AHEAD = timedelta(days=1), timedelta(days=7)
"""Days from yesterday to a week ahead have documents; what is planned further ahead gets one when
its day comes near."""
CHANGED = b'{"kind":"day"}'
MOST_GONE = 100

CANCELLED = "The office cancelled it."
OF_ANOTHER = "Another crew has it now."
OTHER_DAY = "It is now planned for {day:%d/%m/%Y}."
NOT_PLANNED = "The office removed it from the day."

FROM_THE_STREET = frozenset(
    ("version", "state", "events", "disputes", "updated_at", "photos_before", "description")
)
"""What of a job may change without the crew's having to know at once."""
_ADDRESSES = frozenset(("url", "thumbnail_url"))

Day = tuple[str, date]
"""A crew's code, and which day."""


class GoneJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job that the crew had on this day, and why it has it no more."""

    job_id: str
    because: str


class DepotView(msgspec.Struct, frozen=True, kw_only=True):
    """Where the day begins and ends."""

    name: str
    lat: float
    long: float


class ShiftView(msgspec.Struct, frozen=True, kw_only=True):
    """From when to when the crew works, on the council's own clock."""

    starts: str
    ends: str


class DayDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A crew's day, its jobs in their order."""

    crew: str
    name: str
    date: date
    depot: DepotView
    shift: ShiftView
    made_at: datetime
    jobs: tuple[JobView, ...]
    gone: tuple[GoneJob, ...] = ()


class DayLink(NamedTuple):
    """Where a crew's day can be read until then, and which version of it is there; `about` are the
    reports that this version tells of."""

    url: str
    expires_at: datetime
    etag: str
    about: tuple[str, ...] = ()


def key_of(crew: str, day: date) -> str:
    """Where a crew's day lies."""
    return f"crews/{crew}/{day.isoformat()}.json"


def publish_days(days: Collection[Day], ports: CrewPorts) -> Mapping[Day, Exception]:
    """Brings the documents of these days up to date. Answers those that failed."""
    failed: dict[Day, Exception] = {}
    for crew, day in sorted(days):
        # Of a crew that the council has no more, nobody reads the day.
        if crew not in ports.council.by_crew or not _has_document(day, ports):
            continue
        try:
            _publish(crew, day, ports)
        except Exception as error:
            failed[crew, day] = error
    return failed


def publish_due(ports: CrewPorts) -> Mapping[Day, Exception]:
    """Brings today's and tomorrow's documents of every crew up to date. Answers those that
    failed."""
    today = _today(ports)
    days = [
        (crew, day) for crew in ports.council.by_crew for day in (today, today + timedelta(days=1))
    ]
    return publish_days(days, ports)


def day_link(crew: str, day: date, ports: CrewPorts) -> DayLink:
    """The link to read the day; the caller checks permission first. Raises NotFound (the day has
    no document), UpstreamFailed."""
    held = ports.documents.read(key_of(crew, day))
    if held is None:
        raise NotFound(
            f"There is no plan of {day} for {crew} yet. Plans exist from yesterday to a week "
            "ahead, and can take some minutes to appear."
        )
    expires_at = to_the_second(ports.now()) + READ_FOR
    url = ports.documents.address(key_of(crew, day), expires_at)
    jobs = msgspec.json.decode(held.body, type=DayDocument).jobs
    about = dict.fromkeys(each for job in jobs for each in job.service_request_ids[:1])
    return DayLink(url, expires_at, held.etag, tuple(about))


def _publish(crew: str, day: date, ports: CrewPorts) -> None:
    """Raises UpstreamFailed."""

    def write() -> bool:
        """Returns: whether the crew has another plan now."""
        held = ports.documents.read(key_of(crew, day))
        before = msgspec.json.decode(held.body, type=DayDocument) if held else None
        after = _made(crew, day, before, ports)
        if before and _content(after) == _content(before) and not _is_old(before, ports):
            return False
        ports.documents.write(key_of(crew, day), msgspec.json.encode(after), held)
        return _plan(after) != _plan(before)

    has_changed = retry_on_conflict(write, what=key_of(crew, day), attempts=ATTEMPTS)
    if has_changed and day == _today(ports):
        _ring(crew, ports)


def _made(crew: str, day: date, before: DayDocument | None, ports: CrewPorts) -> DayDocument:
    """The document as it is to be: what the list knows and what stood there, as it is now."""
    had = [job.job_id for job in before.jobs] if before else []
    was_gone = {gone.job_id: gone for gone in before.gone} if before else {}
    listed = [job.job_id for job in ports.jobs.of_day(crew, day)]
    found = ports.jobs.many(list(dict.fromkeys([*listed, *had, *was_gone])))
    jobs = sorted(
        (job for job in found.values() if _is_in(job, crew, day)),
        key=lambda job: (job.position is None, job.position, job.job_id),
    )
    left = [each for each in (*was_gone, *had) if each not in {job.job_id for job in jobs}]
    now = to_the_second(ports.now())
    here = ports.council.by_crew[crew]
    depot = here.depot
    return DayDocument(
        crew=crew,
        name=here.name,
        date=day,
        depot=DepotView(name=depot.name, lat=depot.lat, long=depot.long),
        shift=ShiftView(starts=here.shift.starts, ends=here.shift.ends),
        made_at=now,
        jobs=tuple(ports.views(jobs, now + PICTURES_FOR)),
        gone=tuple(
            GoneJob(job_id=each, because=_because(found.get(each), crew, day))
            for each in list(dict.fromkeys(left))[-MOST_GONE:]
        ),
    )


def _is_in(job: Job, crew: str, day: date) -> bool:
    return (job.crew, job.planned_day) == (crew, day) and job.state != "cancelled"


def _because(job: Job | None, crew: str, day: date) -> str:
    if job and job.state == "cancelled":
        return job.cancelled_because or CANCELLED
    if job is None or job.planned_day is None or job.crew is None:
        return NOT_PLANNED
    return OTHER_DAY.format(day=job.planned_day) if job.planned_day != day else OF_ANOTHER


def _content(document: DayDocument) -> Any:
    """What stands in it, but for what each writing gives it again."""
    return _without(msgspec.to_builtins(document), _ADDRESSES | {"made_at"})


def _plan(document: DayDocument | None) -> Sequence[Any]:
    """What the office says of the day."""
    jobs = document.jobs if document else ()
    return [_without(msgspec.to_builtins(job), FROM_THE_STREET) for job in jobs]


def _without(value: Any, names: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(each, names) for name, each in value.items() if name not in names}
    if isinstance(value, list | tuple):
        return [_without(each, names) for each in value]
    return value


def _is_old(document: DayDocument, ports: CrewPorts) -> bool:
    return ports.now() - document.made_at >= PICTURES_FOR / 2


def _ring(crew: str, ports: CrewPorts) -> None:
    """Tells the crew's phones; who does not hear of it asks for the document now and then."""
    try:
        devices = ports.devices.of(crew)
    except AppError as error:
        logs.failure("the phones of a crew were not told", error, crew=crew)
        return
    for device in devices:
        if device.expires_at <= ports.now():
            continue
        try:
            ports.bell.ring(CHANGED, device.push)
        except Gone:
            _forget(crew, device.device_id, ports)
        except AppError as error:
            logs.failure("a phone of a crew was not told", error, crew=crew)


def _forget(crew: str, device_id: str, ports: CrewPorts) -> None:
    try:
        ports.devices.remove(crew, device_id)
    except AppError as error:
        logs.failure("a phone that is gone was not forgotten", error, crew=crew)


def _has_document(day: date, ports: CrewPorts) -> bool:
    return _today(ports) - BEFORE <= day <= _today(ports) + AHEAD


def _today(ports: CrewPorts) -> date:
    return ports.now().astimezone(ports.council.zone).date()
