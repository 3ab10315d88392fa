"""Jobs as staff see them: with what their reports say, and what became of their photos."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.bootstrap.base import council
from chalicelib.bootstrap.reports import photos_ports, reports_ports
from chalicelib.bootstrap.stored_jobs import stored_jobs
from chalicelib.jobs.labels import writer_of
from chalicelib.jobs.model import Job
from chalicelib.jobs.views import (
    Became,
    Beside,
    DeedPhotoView,
    JobPhotoView,
    JobView,
    SeenBy,
    WorkPhotoView,
    job_view,
    when_of,
)
from chalicelib.photos.ports import PhotoKey
from chalicelib.photos.usecases import asking
from chalicelib.reports.model import PhotoState, ServiceRequest

Address = Callable[[str, str, str], str]
"""Where the picture of a report's photo in some size can be seen."""
Reports = Mapping[str, ServiceRequest]
Pair = tuple[str, str]


class Seen(NamedTuple):
    """Jobs as staff see them. `looks` are the reports of which they show more than the public sees,
    by id, with who may see them."""

    views: list[JobView]
    looks: Mapping[str, str]


def job_views(jobs: Sequence[Job], address: Address | None = None) -> list[JobView]:
    """These jobs as staff see them; without an `address`, their pictures' ones hold for ten
    minutes. Raises UpstreamFailed."""
    return jobs_seen(jobs, address).views


def jobs_seen(jobs: Sequence[Job], address: Address | None = None) -> Seen:
    """The same, and of which reports that shows more than the public sees. Raises
    UpstreamFailed."""
    at = address or _address
    first = {job.service_request_ids[0] for job in jobs if job.service_request_ids}
    reports = reports_ports().repository.many(sorted(first)) if first else {}
    ready = _ready([*_before(reports), *(pair for job in jobs for pair in _sent(job))])
    views = [job_view(job, _beside(job, reports, ready, at)) for job in jobs]
    return Seen(views, {key: each.visibility for key, each in reports.items() if _shows_more(each)})


def kept_from_public(service_request_ids: Sequence[str]) -> Mapping[str, str]:
    """Those of the reports of which a job shows more than the public sees, with who may see them.
    Raises UpstreamFailed."""
    found = reports_ports().repository.many(service_request_ids) if service_request_ids else {}
    return {key: each.visibility for key, each in found.items() if _shows_more(each)}


def work_photos(report: ServiceRequest) -> list[WorkPhotoView]:
    """The photos that crews and contractors sent with the report's jobs, the first one first.
    Raises UpstreamFailed."""
    jobs = stored_jobs().of_report(report.service_request_id)
    ready = _ready([pair for job in jobs for pair in _sent(job)])
    seen_by = {photo.photo_id: _seen_by(photo.state, report) for photo in report.photos}
    return [
        WorkPhotoView(
            **msgspec.structs.asdict(_photo(photo_id, job, ready, _address)),
            job_id=job.job_id,
            kind=deed.kind,
            when=when_of(deed, job),
            at=deed.happened_at,
            by=writer_of(deed, job),
            seen_by=seen_by.get(photo_id, "officers"),
        )
        for job in jobs
        for deed in job.deeds
        if not deed.is_emptied
        for photo_id in deed.photo_ids
    ]


def _seen_by(state: PhotoState, report: ServiceRequest) -> SeenBy:
    if state != "shown":
        return "nobody_yet" if state == "waiting" else "officers"
    return "everybody" if report.visibility == "public" else "reporter"


def _shows_more(report: ServiceRequest) -> bool:
    """True where a job shows what the public does not see: all of it, or a photo that waits."""
    waits = any(each.update_id is None and each.state == "waiting" for each in report.photos)
    return report.visibility != "public" or waits


def _beside(job: Job, reports: Reports, ready: frozenset[Pair], at: Address) -> Beside:
    service = council().by_code.get(job.service_code)
    report = reports.get(job.service_request_ids[0]) if job.service_request_ids else None
    return Beside(
        service_name=service.service_name if service else job.service_code,
        description=report.description if report else None,
        photos_before=tuple(_shown(report, ready, at)) if report else (),
        photos={photo_id: _photo(photo_id, job, ready, at) for photo_id in job.photo_ids},
    )


def _shown(report: ServiceRequest, ready: frozenset[Pair], at: Address) -> Iterator[JobPhotoView]:
    """Those of its sender that no officer has hidden."""
    for pair in _before({report.service_request_id: report}):
        if pair in ready:
            page, thumbnail = at(*pair, "page"), at(*pair, "thumbnail")
            yield JobPhotoView(photo_id=pair[1], url=page, thumbnail_url=thumbnail)


def _photo(photo_id: str, job: Job, ready: frozenset[Pair], at: Address) -> DeedPhotoView:
    pairs = [(request_id, photo_id) for request_id in _reports_of(job)]
    pair = next((each for each in pairs if each in ready), None)
    if pair:
        page, thumbnail = at(*pair, "page"), at(*pair, "thumbnail")
        return DeedPhotoView(photo_id=photo_id, state="ready", url=page, thumbnail_url=thumbnail)
    return DeedPhotoView(photo_id=photo_id, state=_became(pairs), url=None, thumbnail_url=None)


def _became(pairs: Sequence[Pair]) -> Became:
    found = (asking.look(PhotoKey(*pair), photos_ports()).state for pair in pairs)
    return "refused" if "refused" in found else "waiting"


def _before(reports: Reports) -> Iterator[Pair]:
    for report in reports.values():
        for photo in report.photos:
            if photo.update_id is None and photo.state != "hidden":
                yield report.service_request_id, photo.photo_id


def _sent(job: Job) -> Iterator[Pair]:
    # A photo belongs to the report that its phone named, and a job may have several.
    for photo_id in job.photo_ids:
        for request_id in _reports_of(job):
            yield request_id, photo_id


def _reports_of(job: Job) -> Iterator[str]:
    """Those that its photos may belong to: also one that was merged when a photo was taken."""
    yield from dict.fromkeys((*job.service_request_ids, *job.joined))


def _ready(pairs: Sequence[Pair]) -> frozenset[Pair]:
    return asking.ready(pairs, photos_ports()) if pairs else frozenset()


def _address(service_request_id: str, photo_id: str, size: str) -> str:
    return asking.private_address(service_request_id, photo_id, size, photos_ports())
