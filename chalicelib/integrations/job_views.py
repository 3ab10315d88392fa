"""Jobs as staff see them: with the text of their reports and the state of their photos."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.catalogue.model import Council
from chalicelib.jobs.labels import writer_of
from chalicelib.jobs.model import Job
from chalicelib.jobs.ports import Jobs
from chalicelib.jobs.views import (
    Became,
    Beside,
    JobEventPhotoView,
    JobPhotoView,
    JobView,
    SeenBy,
    WorkPhotoView,
    job_view,
    when_of,
)
from chalicelib.photos import ports as photos
from chalicelib.photos.usecases import asking
from chalicelib.reports import ports as reports
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import PhotoState

Address = Callable[[str, str, str], str]
"""Makes the address of the picture of a report's photo in a size."""
ReportsById = Mapping[str, ServiceRequest]
Pair = tuple[str, str]


class Seen(NamedTuple):
    """Jobs as staff see them. `looks` are the reports of which they show more than the public sees,
    by id, with who may see them."""

    views: list[JobView]
    looks: Mapping[str, str]


class JobViews:
    """Makes the views of jobs from the reports and photos that they name. Every method raises
    UpstreamFailed."""

    def __init__(
        self,
        council: Council,
        jobs: Jobs,
        reports: Callable[[], reports.Ports],
        photos: Callable[[], photos.Ports],
    ) -> None:
        self._council = council
        self._jobs = jobs
        self._reports = reports
        self._photos = photos

    def views(self, jobs: Sequence[Job], address: Address | None = None) -> list[JobView]:
        """These jobs as staff see them; without an `address`, the addresses of their pictures hold
        for ten minutes."""
        return self.seen(jobs, address).views

    def seen(self, jobs: Sequence[Job], address: Address | None = None) -> Seen:
        """The same, with the reports of which that shows more than the public sees."""
        first = {job.service_request_ids[0] for job in jobs if job.service_request_ids}
        found = self._many(sorted(first))
        ready = self._ready([*_before(found), *(pair for job in jobs for pair in _sent(job))])
        at = address or self._address
        views = [job_view(job, self._beside(job, found, ready, at)) for job in jobs]
        return Seen(
            views, {key: each.visibility for key, each in found.items() if _shows_more(each)}
        )

    def kept_from_public(self, service_request_ids: Sequence[str]) -> Mapping[str, str]:
        """Those of the reports of which a job shows more than the public sees, with who may see
        them."""
        return _kept_from_public(self._many(service_request_ids))

    def work_photos(self, report: ServiceRequest) -> list[WorkPhotoView]:
        """The photos that crews and contractors sent with the report's jobs, the first one
        first."""
        jobs = self._jobs.of_report(report.service_request_id)
        ready = self._ready([pair for job in jobs for pair in _sent(job)])
        seen_by = {photo.photo_id: _seen_by(photo.state, report) for photo in report.photos}
        return [
            WorkPhotoView(
                **msgspec.structs.asdict(self._photo(photo_id, job, ready, self._address)),
                job_id=job.job_id,
                kind=event.kind,
                when=when_of(event, job),
                at=event.happened_at,
                by=writer_of(event, job),
                seen_by=seen_by.get(photo_id, "officers"),
            )
            for job in jobs
            for event in job.events
            if not event.is_emptied
            for photo_id in event.photo_ids
        ]

    def _many(self, service_request_ids: Sequence[str]) -> ReportsById:
        if not service_request_ids:
            return {}
        return self._reports().repository.many(service_request_ids)

    def _beside(self, job: Job, found: ReportsById, ready: frozenset[Pair], at: Address) -> Beside:
        service = self._council.by_code.get(job.service_code)
        report = found.get(job.service_request_ids[0]) if job.service_request_ids else None
        return Beside(
            service_name=service.service_name if service else job.service_code,
            description=report.description if report else None,
            photos_before=tuple(_shown(report, ready, at)) if report else (),
            photos={photo_id: self._photo(photo_id, job, ready, at) for photo_id in job.photo_ids},
        )

    def _photo(
        self, photo_id: str, job: Job, ready: frozenset[Pair], at: Address
    ) -> JobEventPhotoView:
        pairs = [(request_id, photo_id) for request_id in _reports_of(job)]
        pair = next((each for each in pairs if each in ready), None)
        if pair is None:
            state = self._became(pairs)
            return JobEventPhotoView(photo_id=photo_id, state=state, url=None, thumbnail_url=None)
        page, thumbnail = at(*pair, "page"), at(*pair, "thumbnail")
        return JobEventPhotoView(
            photo_id=photo_id, state="ready", url=page, thumbnail_url=thumbnail
        )

    def _became(self, pairs: Sequence[Pair]) -> Became:
        found = (asking.look(photos.PhotoKey(*pair), self._photos()).state for pair in pairs)
        return "refused" if "refused" in found else "waiting"

    def _ready(self, pairs: Sequence[Pair]) -> frozenset[Pair]:
        return asking.ready(pairs, self._photos()) if pairs else frozenset()

    def _address(self, service_request_id: str, photo_id: str, size: str) -> str:
        return asking.private_address(service_request_id, photo_id, size, self._photos())


def _seen_by(state: PhotoState, report: ServiceRequest) -> SeenBy:
    if state != "shown":
        return "nobody_yet" if state == "waiting" else "officers"
    return "everybody" if report.visibility == "public" else "reporter"


def _kept_from_public(found: ReportsById) -> Mapping[str, str]:
    return {key: each.visibility for key, each in found.items() if _shows_more(each)}


def _shows_more(report: ServiceRequest) -> bool:
    """True where a job shows what the public does not see: all of it, or a photo that waits."""
    waits = any(each.update_id is None and each.state == "waiting" for each in report.photos)
    return report.visibility != "public" or waits


def _shown(report: ServiceRequest, ready: frozenset[Pair], at: Address) -> Iterator[JobPhotoView]:
    """Those of its sender that no officer has hidden."""
    for pair in _before({report.service_request_id: report}):
        if pair in ready:
            page, thumbnail = at(*pair, "page"), at(*pair, "thumbnail")
            yield JobPhotoView(photo_id=pair[1], url=page, thumbnail_url=thumbnail)


def _before(reports: ReportsById) -> Iterator[Pair]:
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
