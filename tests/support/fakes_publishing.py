"""The publishing slice's ports in memory, and reports for it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.errors import UpstreamFailed
from chalicelib.geo.point import Box, Point
from chalicelib.publishing.model import PHOTOS, shown_photo_ids, tile_of_all
from chalicelib.publishing.open_data_index import day_of
from chalicelib.publishing.ports import Ports, Publisher
from chalicelib.reports.published import PhotoView, ReportOutline, ReportView, UpdateView
from tests.support.builders import MARKET_PLACE, NOON
from tests.support.fakes import Clock, MemoryDocuments, plain_page

BOUNDS = Box(west=-1.2, south=53.89, east=-0.963, north=54.028)


def photo_view(photo_id: str) -> PhotoView:
    folder = f"https://council.example/photos/R/{photo_id}"
    return PhotoView(
        photo_id=photo_id, url=f"{folder}/page.jpg", thumbnail_url=f"{folder}/thumbnail.jpg"
    )


def update_view(**values: Any) -> UpdateView:
    return UpdateView(
        **{
            "update_id": "U1",
            "state": "open",
            "text": "Still there.",
            "datetime": NOON,
            "by": "resident",
            **values,
        }
    )


def report_view(service_request_id: str, **values: Any) -> ReportView:
    """A public report."""
    return ReportView(**report_view_values(service_request_id, **values))


def report_view_values(service_request_id: str, **values: Any) -> dict[str, Any]:
    return {
        "service_request_id": service_request_id,
        "service_code": "pothole",
        "service_name": "Pothole",
        "state": "open",
        "status": "open",
        "visibility": "public",
        "title": None,
        "description": "A deep hole.",
        "address": None,
        **MARKET_PLACE,
        "requested_datetime": NOON,
        "updated_datetime": NOON,
        "expected_datetime": None,
        "external_reference": None,
        "asset_id": None,
        "tracking_url": f"https://council.example/reports/{service_request_id}",
        "ward_code": None,
        "duplicate_of": None,
        "photos": (),
        "updates": (),
        "followers": 0,
        "version": 1,
        **values,
    }


def entry_of(report: Any) -> dict[str, Any]:
    """The report as an entry of Open311, with the extended attributes."""
    names = "service_request_id status service_code service_name title description address lat long"
    values = {name: getattr(report, name) for name in names.split()}
    for name in ("requested_datetime", "updated_datetime"):
        values[name] = getattr(report, name).isoformat().replace("+00:00", "Z")
    said = [update.text for update in report.updates if update.by == "council"]
    return values | {
        "status_notes": said[-1] if said else None,
        "agency_responsible": "Demo Council",
        "expected_datetime": None,
        "media_url": report.photos[0].url if report.photos else None,
        "extended_attributes": {
            "state": report.state,
            "ward_code": report.ward_code,
            "tracking_url": f"https://council.example/reports/{report.service_request_id}",
        },
    }


def outline_of(service_request_id: str, report: ReportView | None) -> ReportOutline:
    """The outline of a report; None: nobody may see it."""
    shown = report or report_view(service_request_id)
    return ReportOutline(
        service_request_id,
        is_public=report is not None,
        is_open=shown.status == "open",
        point=Point(lat=shown.lat, long=shown.long) if shown.lat and shown.long else None,
        requested_datetime=shown.requested_datetime,
        updated_datetime=shown.updated_datetime,
        has_photos=bool(shown_photo_ids(shown)),
    )


class MemoryReports:
    """Stored reports: the public ones, and the ids of all. A read of `unreadable` ones fails, with
    all that is read together with them."""

    def __init__(self) -> None:
        self.shown: dict[str, ReportView] = {}
        self.unreadable: set[str] = set()
        self.ids: set[str] = set()
        self.asked: list[Sequence[str]] = []

    def put(self, number: int = 1, **values: Any) -> ReportView:
        """Store a public report."""
        report = report_view(f"R{number:011}", **values)
        self.shown[report.service_request_id] = report
        self.ids.add(report.service_request_id)
        return report

    def hide(self, report: ReportView) -> None:
        """Hide a report; it stays stored."""
        self.shown.pop(report.service_request_id, None)

    def public_views(self, service_request_ids: Sequence[str]) -> Mapping[str, ReportView]:
        self.asked.append(service_request_ids)
        if self.unreadable & {*service_request_ids}:
            raise UpstreamFailed("An item cannot be read.")
        return {i: self.shown[i] for i in service_request_ids if i in self.shown}

    def outlines(self) -> Iterator[ReportOutline]:
        for each in sorted(self.ids):
            yield outline_of(each, self.shown.get(each))

    def ids_of_day(self, day: str) -> Iterator[str]:
        for each in self.shown.values():
            if day_of(each.requested_datetime) == day:
                yield each.service_request_id

    def ids_promised(self, since: datetime, until: datetime) -> Iterator[str]:
        for each in self.shown.values():
            target = each.expected_datetime
            if each.status == "open" and target and since < target <= until:
                yield each.service_request_id


class MemoryPhotos:
    """The keys of published files; `kept` are all files that can be published, `acts` the calls."""

    def __init__(self) -> None:
        self.kept: set[str] = set()
        self.published: set[str] = set()
        self.acts: list[str] = []

    def keep(self, service_request_id: str, *photo_ids: str) -> None:
        """Allow these photos to be published."""
        files = ("page.jpg", "thumbnail.jpg")
        self.kept |= {f"{service_request_id}/{each}/{file}" for each in photo_ids for file in files}

    def keys(self, service_request_id: str) -> frozenset[str]:
        folder = f"{PHOTOS}{service_request_id}/"
        return frozenset(key for key in self.published if key.startswith(folder))

    def service_request_ids(self) -> frozenset[str]:
        return frozenset(key.split("/")[1] for key in self.published)

    def show(self, key: str) -> None:
        self.acts.append(f"show {key}")
        if key.removeprefix(PHOTOS) in self.kept:
            self.published.add(key)

    def hide(self, key: str) -> None:
        self.acts.append(f"hide {key}")
        self.published.discard(key)


@dataclass
class MemoryCdn:
    """Records the invalidated paths by reference; fails if `refuses`."""

    refuses: bool = False
    invalidated: dict[str, Sequence[str]] = field(default_factory=dict)

    def invalidate(self, paths: Collection[str], reference: str) -> None:
        if self.refuses:
            raise UpstreamFailed("The CDN did not answer.")
        assert self.invalidated.setdefault(reference, sorted(paths)) == sorted(paths)


class PublishingWorld:
    """The whole slice in memory."""

    def __init__(self) -> None:
        self.documents = MemoryDocuments()
        self.photos = MemoryPhotos()
        self.reports = MemoryReports()
        self.cdn = MemoryCdn()
        self.now = Clock()
        self.pages = {"en": plain_page}

    def ports(self) -> Ports:
        return Ports(
            documents=self.documents,
            photos=self.photos,
            purge=self.cdn.invalidate,
            reports=self.reports,
            pages=self.pages,
            now=self.now,
            fixed_documents=lambda: {"data/index.json": {"name": "Demo"}},
            council_tile=tile_of_all(BOUNDS),
            closed_shown=timedelta(days=90),
            publisher=Publisher("Demo Council", "https://council.example", {"pothole": "Pothole"}),
            open311_entry=entry_of,
        )
