"""Jobs as staff see them: with what their reports say, and what became of their photos."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from chalicelib.bootstrap.base import council
from chalicelib.bootstrap.reports import photos_ports, reports_ports
from chalicelib.jobs.model import Job
from chalicelib.jobs.views import Became, Beside, DeedPhotoView, JobView, PhotoView, job_view
from chalicelib.photos import usecases as photographs
from chalicelib.photos.ports import PhotoKey
from chalicelib.reports.model import ServiceRequest

Address = Callable[[str, str, str], str]
"""Where the picture of a report's photo in some size can be seen."""
Reports = Mapping[str, ServiceRequest]
Pair = tuple[str, str]


def job_views(jobs: Sequence[Job], address: Address | None = None) -> list[JobView]:
    """These jobs as staff see them; without an `address`, their pictures' ones hold for ten
    minutes. Raises UpstreamFailed."""
    at = address or _address
    first = {job.service_request_ids[0] for job in jobs if job.service_request_ids}
    reports = reports_ports().repository.many(sorted(first)) if first else {}
    ready = _ready([*_before(reports), *(pair for job in jobs for pair in _sent(job))])
    return [job_view(job, _beside(job, reports, ready, at)) for job in jobs]


def _beside(job: Job, reports: Reports, ready: frozenset[Pair], at: Address) -> Beside:
    service = council().by_code.get(job.service_code)
    report = reports.get(job.service_request_ids[0]) if job.service_request_ids else None
    return Beside(
        service_name=service.service_name if service else job.service_code,
        description=report.description if report else None,
        photos_before=tuple(_shown(report, ready, at)) if report else (),
        photos={photo_id: _photo(photo_id, job, ready, at) for photo_id in job.photo_ids},
    )


def _shown(report: ServiceRequest, ready: frozenset[Pair], at: Address) -> Iterator[PhotoView]:
    """Those of its sender that no officer has hidden."""
    for pair in _before({report.service_request_id: report}):
        if pair in ready:
            page, thumbnail = at(*pair, "page"), at(*pair, "thumbnail")
            yield PhotoView(photo_id=pair[1], url=page, thumbnail_url=thumbnail)


def _photo(photo_id: str, job: Job, ready: frozenset[Pair], at: Address) -> DeedPhotoView:
    pairs = [(request_id, photo_id) for request_id in job.service_request_ids]
    pair = next((each for each in pairs if each in ready), None)
    if pair:
        page, thumbnail = at(*pair, "page"), at(*pair, "thumbnail")
        return DeedPhotoView(photo_id=photo_id, state="ready", url=page, thumbnail_url=thumbnail)
    return DeedPhotoView(photo_id=photo_id, state=_became(pairs), url=None, thumbnail_url=None)


def _became(pairs: Sequence[Pair]) -> Became:
    found = (photographs.look(PhotoKey(*pair), photos_ports()).state for pair in pairs)
    return "refused" if "refused" in found else "waiting"


def _before(reports: Reports) -> Iterator[Pair]:
    for report in reports.values():
        for photo in report.photos:
            if photo.update_id is None and photo.state != "hidden":
                yield report.service_request_id, photo.photo_id


def _sent(job: Job) -> Iterator[Pair]:
    # A photo belongs to the report that its phone named, and a job may have several.
    for photo_id in job.photo_ids:
        for request_id in job.service_request_ids:
            yield request_id, photo_id


def _ready(pairs: Sequence[Pair]) -> frozenset[Pair]:
    return photographs.ready(pairs, photos_ports()) if pairs else frozenset()


def _address(service_request_id: str, photo_id: str, size: str) -> str:
    return photographs.private_address(service_request_id, photo_id, size, photos_ports())
