"""The views of jobs for staff, with the text of their reports and the state of their photos."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.catalogue.model import Council
from chalicelib.jobs.labels import writer_of
from chalicelib.jobs.model import Job
from chalicelib.jobs.ports import Jobs
from chalicelib.jobs.views import (
    JobDetails,
    JobEventPhotoView,
    JobPhotoView,
    JobView,
    PhotoAudience,
    PhotoViewState,
    WorkPhotoView,
    job_view,
    phase_of,
)
from chalicelib.photos import ports as photos
from chalicelib.photos.usecases import uploads
from chalicelib.reports import ports as reports
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import PhotoState

Address = Callable[[str, str, str], str]
"""Makes the URL of a picture from the report's id, the photo's id and the size."""
ReportsById = Mapping[str, ServiceRequest]
PhotoPair = tuple[str, str]
"""A report's id and a photo's id."""


class ViewsToAudit(NamedTuple):
    """Views of jobs, and what the audit log must record before they are shown: `non_public` are the
    reports of which the views show more than the public may see, with their visibility, by id."""

    views: list[JobView]
    non_public: Mapping[str, str]


class JobViews:
    """Makes the views of jobs from their reports and photos. Every method raises
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
        """The views of these jobs for staff. Without `address`, the URLs of pictures are valid for
        ten minutes."""
        return self.views_to_audit(jobs, address).views

    def views_to_audit(self, jobs: Sequence[Job], address: Address | None = None) -> ViewsToAudit:
        """The views of these jobs, with the reports whose non-public data they show."""
        first = {job.service_request_ids[0] for job in jobs if job.service_request_ids}
        found = self._load_reports(sorted(first))
        ready = self._ready_pairs(
            [*_photos_before(found), *(pair for job in jobs for pair in _work_photo_pairs(job))]
        )
        at = address or self._address
        views = [job_view(job, self._details(job, found, ready, at)) for job in jobs]
        return ViewsToAudit(views, _non_public(found))

    def non_public_reports(self, service_request_ids: Sequence[str]) -> Mapping[str, str]:
        """The reports of which a job shows more than the public may see, with their visibility."""
        return _non_public(self._load_reports(service_request_ids))

    def work_photos(self, report: ServiceRequest) -> list[WorkPhotoView]:
        """The photos that crews and contractors sent with the report's jobs, oldest first."""
        jobs = self._jobs.of_report(report.service_request_id)
        ready = self._ready_pairs([pair for job in jobs for pair in _work_photo_pairs(job)])
        seen_by = {photo.photo_id: _audience_of(photo.state, report) for photo in report.photos}
        return [
            WorkPhotoView(
                **msgspec.structs.asdict(self._photo_view(photo_id, job, ready, self._address)),
                job_id=job.job_id,
                kind=event.kind,
                when=phase_of(event, job),
                at=event.happened_at,
                by=writer_of(event, job),
                seen_by=seen_by.get(photo_id, "officers"),
            )
            for job in jobs
            for event in job.events
            if not event.is_emptied
            for photo_id in event.photo_ids
        ]

    def _load_reports(self, service_request_ids: Sequence[str]) -> ReportsById:
        if not service_request_ids:
            return {}
        return self._reports().repository.get_many(service_request_ids)

    def _details(
        self, job: Job, found: ReportsById, ready: frozenset[PhotoPair], at: Address
    ) -> JobDetails:
        service = self._council.by_code.get(job.service_code)
        report = found.get(job.service_request_ids[0]) if job.service_request_ids else None
        return JobDetails(
            service_name=service.service_name if service else job.service_code,
            description=report.description if report else None,
            photos_before=tuple(_photo_views_before(report, ready, at)) if report else (),
            photos={
                photo_id: self._photo_view(photo_id, job, ready, at) for photo_id in job.photo_ids
            },
        )

    def _photo_view(
        self, photo_id: str, job: Job, ready: frozenset[PhotoPair], at: Address
    ) -> JobEventPhotoView:
        pairs = [(request_id, photo_id) for request_id in _reports_of(job)]
        pair = next((each for each in pairs if each in ready), None)
        if pair is None:
            state = self._state_of(pairs)
            return JobEventPhotoView(photo_id=photo_id, state=state, url=None, thumbnail_url=None)
        page, thumbnail = at(*pair, "page"), at(*pair, "thumbnail")
        return JobEventPhotoView(
            photo_id=photo_id, state="ready", url=page, thumbnail_url=thumbnail
        )

    def _state_of(self, pairs: Sequence[PhotoPair]) -> PhotoViewState:
        found = (
            uploads.photo_state(photos.PhotoKey(*pair), self._photos()).state for pair in pairs
        )
        return "refused" if "refused" in found else "waiting"

    def _ready_pairs(self, pairs: Sequence[PhotoPair]) -> frozenset[PhotoPair]:
        return uploads.find_ready(pairs, self._photos()) if pairs else frozenset()

    def _address(self, service_request_id: str, photo_id: str, size: str) -> str:
        return uploads.private_address(service_request_id, photo_id, size, self._photos())


def _audience_of(state: PhotoState, report: ServiceRequest) -> PhotoAudience:
    if state != "shown":
        return "nobody_yet" if state == "waiting" else "officers"
    return "everybody" if report.visibility == "public" else "reporter"


def _non_public(found: ReportsById) -> Mapping[str, str]:
    return {key: each.visibility for key, each in found.items() if _shows_more(each)}


def _shows_more(report: ServiceRequest) -> bool:
    """True if a job shows non-public data of the report: the whole report, or a photo that waits
    for a check."""
    waits = any(each.update_id is None and each.state == "waiting" for each in report.photos)
    return report.visibility != "public" or waits


def _photo_views_before(
    report: ServiceRequest, ready: frozenset[PhotoPair], at: Address
) -> Iterator[JobPhotoView]:
    """The reporter's photos that no officer has hidden."""
    for pair in _photos_before({report.service_request_id: report}):
        if pair in ready:
            page, thumbnail = at(*pair, "page"), at(*pair, "thumbnail")
            yield JobPhotoView(photo_id=pair[1], url=page, thumbnail_url=thumbnail)


def _photos_before(reports: ReportsById) -> Iterator[PhotoPair]:
    for report in reports.values():
        for photo in report.photos:
            if photo.update_id is None and photo.state != "hidden":
                yield report.service_request_id, photo.photo_id


def _work_photo_pairs(job: Job) -> Iterator[PhotoPair]:
    # A photo belongs to the report that its phone named, and a job may have several.
    for photo_id in job.photo_ids:
        for request_id in _reports_of(job):
            yield request_id, photo_id


def _reports_of(job: Job) -> Iterator[str]:
    """The reports that the job's photos may belong to, including reports that were merged with the
    job's own when a photo was taken."""
    yield from dict.fromkeys((*job.service_request_ids, *job.joined))
