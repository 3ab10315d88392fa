"""Publish the days of crews as documents that their phones fetch. Each document is made from the
stored jobs and replaces the one that was read before, with a retry on a conflict.

A document contains a crew's jobs of a day and, under `gone`, the jobs that were removed from it,
with the reason. It is written when its content changes, and again before the URLs of its photos
expire. Phones get a notification that the day changed, without any content, and fetch it.
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
from chalicelib.kernel.time import truncate_to_second

ATTEMPTS = 20
PICTURES_FOR = timedelta(hours=12)
"""How long the photo URLs in a document are valid; it is written again after half of this time."""
READ_FOR = timedelta(hours=12)
"""How long the URL of a document is valid."""
BEFORE, AHEAD = timedelta(days=1), timedelta(days=7)
"""Days from yesterday to a week ahead have documents."""
NOTIFICATION = b'{"kind":"day"}'
"""The body of the notification to phones."""
MOST_GONE = 100

CANCELLED = "The office cancelled it."
ANOTHER_CREW = "Another crew has it now."
OTHER_DAY = "It is now planned for {day:%d/%m/%Y}."
NOT_PLANNED = "The office removed it from the day."

NOT_NOTIFIED = frozenset(
    ("version", "state", "events", "disputes", "updated_at", "photos_before", "description")
)
"""The fields of a job whose changes need no notification to the crew."""
_URLS = frozenset(("url", "thumbnail_url"))

CrewAndDay = tuple[str, date]
"""A crew's code, and a day."""


class GoneJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job that was removed from the crew's day, and the reason."""

    job_id: str
    because: str


class DepotView(msgspec.Struct, frozen=True, kw_only=True):
    """The place where the day begins and ends."""

    name: str
    lat: float
    long: float


class ShiftView(msgspec.Struct, frozen=True, kw_only=True):
    """The crew's working hours, in the council's time zone."""

    starts: str
    ends: str


class DayDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A crew's day, with its jobs in order."""

    crew: str
    name: str
    date: date
    depot: DepotView
    shift: ShiftView
    made_at: datetime
    jobs: tuple[JobView, ...]
    gone: tuple[GoneJob, ...] = ()


class DayLink(NamedTuple):
    """The URL of a crew's day, valid until `expires_at`. `etag` is the document's version, `about`
    are the reports in it."""

    url: str
    expires_at: datetime
    etag: str
    about: tuple[str, ...] = ()


def document_key(crew: str, day: date) -> str:
    """The key of a crew's day in the store."""
    return f"crews/{crew}/{day.isoformat()}.json"


def publish_days(days: Collection[CrewAndDay], ports: CrewPorts) -> Mapping[CrewAndDay, Exception]:
    """Bring the documents of these days up to date. Returns: the errors of the days that failed.
    Skips days without a document and crews that the council no longer has."""
    failed: dict[CrewAndDay, Exception] = {}
    for crew, day in sorted(days):
        if crew not in ports.council.by_crew or not _has_document(day, ports):
            continue
        try:
            _publish(crew, day, ports)
        except Exception as error:
            failed[crew, day] = error
    return failed


def publish_due(ports: CrewPorts) -> Mapping[CrewAndDay, Exception]:
    """Bring today's and tomorrow's documents of every crew up to date. Returns: the errors of the
    days that failed."""
    today = _today(ports)
    days = [
        (crew, day) for crew in ports.council.by_crew for day in (today, today + timedelta(days=1))
    ]
    return publish_days(days, ports)


def day_link(crew: str, day: date, ports: CrewPorts) -> DayLink:
    """The link to read the day; the caller checks permission first. Raises NotFound (the day has
    no document), UpstreamFailed."""
    document = ports.documents.read(document_key(crew, day))
    if document is None:
        raise NotFound(
            f"There is no plan of {day} for {crew} yet. Plans exist from yesterday to a week "
            "ahead, and can take some minutes to appear."
        )
    expires_at = truncate_to_second(ports.now()) + READ_FOR
    url = ports.documents.address(document_key(crew, day), expires_at)
    jobs = msgspec.json.decode(document.body, type=DayDocument).jobs
    about = dict.fromkeys(each for job in jobs for each in job.service_request_ids[:1])
    return DayLink(url, expires_at, document.etag, tuple(about))


def _publish(crew: str, day: date, ports: CrewPorts) -> None:
    """Write the document if it has changed or is old, and notify the crew. Raises
    UpstreamFailed."""

    def write() -> bool:
        """Returns: whether the crew must be notified."""
        stored = ports.documents.read(document_key(crew, day))
        before = msgspec.json.decode(stored.body, type=DayDocument) if stored else None
        after = _document(crew, day, before, ports)
        if before and _content(after) == _content(before) and not _is_old(before, ports):
            return False
        ports.documents.write(document_key(crew, day), msgspec.json.encode(after), stored)
        return _notified_content(after) != _notified_content(before)

    has_changed = retry_on_conflict(write, what=document_key(crew, day), attempts=ATTEMPTS)
    if has_changed and day == _today(ports):
        _notify_crew(crew, ports)


def _document(crew: str, day: date, before: DayDocument | None, ports: CrewPorts) -> DayDocument:
    """The new document. The jobs of the list and of the document before are read, as the list may
    lag behind."""
    had = [job.job_id for job in before.jobs] if before else []
    was_gone = {gone.job_id: gone for gone in before.gone} if before else {}
    listed = [job.job_id for job in ports.jobs.of_day(crew, day)]
    stored = ports.jobs.many(list(dict.fromkeys([*listed, *had, *was_gone])))
    jobs = sorted(
        (job for job in stored.values() if _is_planned_for(job, crew, day)),
        key=lambda job: (job.position is None, job.position, job.job_id),
    )
    gone = [each for each in (*was_gone, *had) if each not in {job.job_id for job in jobs}]
    now = truncate_to_second(ports.now())
    details = ports.council.by_crew[crew]
    depot = details.depot
    return DayDocument(
        crew=crew,
        name=details.name,
        date=day,
        depot=DepotView(name=depot.name, lat=depot.lat, long=depot.long),
        shift=ShiftView(starts=details.shift.starts, ends=details.shift.ends),
        made_at=now,
        jobs=tuple(ports.views(jobs, now + PICTURES_FOR)),
        gone=tuple(
            GoneJob(job_id=each, because=_reason_removed(stored.get(each), crew, day))
            for each in list(dict.fromkeys(gone))[-MOST_GONE:]
        ),
    )


def _is_planned_for(job: Job, crew: str, day: date) -> bool:
    return (job.crew, job.planned_day) == (crew, day) and job.state != "cancelled"


def _reason_removed(job: Job | None, crew: str, day: date) -> str:
    if job and job.state == "cancelled":
        return job.cancelled_because or CANCELLED
    if job is None or job.planned_day is None or job.crew is None:
        return NOT_PLANNED
    return OTHER_DAY.format(day=job.planned_day) if job.planned_day != day else ANOTHER_CREW


def _content(document: DayDocument) -> Any:
    """The content of a document without the fields that differ each time it is made."""
    return _without_fields(msgspec.to_builtins(document), _URLS | {"made_at"})


def _notified_content(document: DayDocument | None) -> Sequence[Any]:
    """The content whose changes are notified to the crew."""
    jobs = document.jobs if document else ()
    return [_without_fields(msgspec.to_builtins(job), NOT_NOTIFIED) for job in jobs]


def _without_fields(value: Any, names: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {
            name: _without_fields(each, names) for name, each in value.items() if name not in names
        }
    if isinstance(value, list | tuple):
        return [_without_fields(each, names) for each in value]
    return value


def _is_old(document: DayDocument, ports: CrewPorts) -> bool:
    return ports.now() - document.made_at >= PICTURES_FOR / 2


def _notify_crew(crew: str, ports: CrewPorts) -> None:
    """Notify the crew's phones. A failure is only logged, as phones also poll the document."""
    try:
        devices = ports.devices.of_crew(crew)
    except AppError as error:
        logs.failure("the phones of a crew were not notified", error, crew=crew)
        return
    for device in devices:
        if device.expires_at <= ports.now():
            continue
        try:
            ports.notify(NOTIFICATION, device.push)
        except Gone:
            _remove_device(crew, device.device_id, ports)
        except AppError as error:
            logs.failure("a phone of a crew was not notified", error, crew=crew)


def _remove_device(crew: str, device_id: str, ports: CrewPorts) -> None:
    try:
        ports.devices.remove(crew, device_id)
    except AppError as error:
        logs.failure("a phone that is gone was not removed", error, crew=crew)


def _has_document(day: date, ports: CrewPorts) -> bool:
    return _today(ports) - BEFORE <= day <= _today(ports) + AHEAD


def _today(ports: CrewPorts) -> date:
    return ports.now().astimezone(ports.council.zone).date()
