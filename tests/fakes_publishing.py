"""Publishing's ports in memory, and reports as publishing sees them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib.errors import UpstreamFailed
from chalicelib.geo.point import Box
from chalicelib.publishing.model import PHOTOS, tile_of_all
from chalicelib.publishing.ports import Ports, Publisher
from chalicelib.publishing.public_report import PublicReport
from tests.builders import MARKET_PLACE, NOON
from tests.fakes import Clock, MemoryDocuments, PlainPages

BOUNDS = Box(west=-1.2, south=53.89, east=-0.963, north=54.028)


class ShownPhoto(msgspec.Struct, frozen=True):
    """A photo that everybody may see."""

    photo_id: str

    @property
    def url(self) -> str:
        return f"https://council.example/photos/R/{self.photo_id}/page.jpg"

    @property
    def thumbnail_url(self) -> str:
        return f"https://council.example/photos/R/{self.photo_id}/thumbnail.jpg"


class ShownUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the timeline."""

    update_id: str = "U1"
    state: str = "open"
    text: str = "Still there."
    datetime: datetime = NOON
    by: str = "resident"
    photos: tuple[ShownPhoto, ...] = ()


class ShownReport(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody may see of a report."""

    service_request_id: str
    service_code: str = "pothole"
    service_name: str = "Pothole"
    state: str = "open"
    status: str = "open"
    title: str | None = None
    description: str = "A deep hole."
    address: str | None = None
    lat: float | None = MARKET_PLACE["lat"]
    long: float | None = MARKET_PLACE["long"]
    requested_datetime: datetime = NOON
    updated_datetime: datetime = NOON
    expected_datetime: datetime | None = None
    external_reference: str | None = None
    asset_id: str | None = None
    ward_code: str | None = None
    duplicate_of: str | None = None
    photos: tuple[ShownPhoto, ...] = ()
    updates: tuple[ShownUpdate, ...] = ()
    followers: int = 0


def entry_of(report: Any) -> dict[str, Any]:
    """The report as Open311 lists it, and what is extended."""
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


class MemoryReports:
    """Stored reports: those that everybody may see, and the ids of all."""

    def __init__(self) -> None:
        self.shown: dict[str, ShownReport] = {}
        self.ids: set[str] = set()
        self.asked: list[Sequence[str]] = []

    def put(self, number: int = 1, **values: Any) -> ShownReport:
        """Stores a report that is public."""
        report = ShownReport(service_request_id=f"R{number:011}", **values)
        self.shown[report.service_request_id] = report
        self.ids.add(report.service_request_id)
        return report

    def hide(self, report: ShownReport) -> None:
        """It stays stored, and nobody may see it."""
        self.shown.pop(report.service_request_id, None)

    def public(self, service_request_ids: Sequence[str]) -> Mapping[str, PublicReport]:
        self.asked.append(service_request_ids)
        return {i: self.shown[i] for i in service_request_ids if i in self.shown}

    def every_id(self) -> Iterator[str]:
        yield from sorted(self.ids)

    def of_month(self, month: str) -> Iterator[str]:
        for each in self.shown.values():
            if f"{each.requested_datetime:%Y-%m}" == month:
                yield each.service_request_id

    def promised(self, since: datetime, until: datetime) -> Iterator[str]:
        for each in self.shown.values():
            target = each.expected_datetime
            if each.status == "open" and target and since < target <= until:
                yield each.service_request_id

    def changed_since(self, moment: datetime) -> Iterator[str]:
        found = [each for each in self.shown.values() if each.updated_datetime >= moment]
        yield from [each.service_request_id for each in found]


class MemoryPhotos:
    """Published files in a set of keys; `kept` is all there is to show, `acts` what was done."""

    def __init__(self) -> None:
        self.kept: set[str] = set()
        self.published: set[str] = set()
        self.acts: list[str] = []

    def keep(self, service_request_id: str, *photo_ids: str) -> None:
        """Photos that can be shown from now on."""
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
    """Remembers what was dropped, by reference; `refuses` makes it fail."""

    refuses: bool = False
    invalidated: dict[str, Sequence[str]] = field(default_factory=dict)

    def invalidate(self, paths: Collection[str], reference: str) -> None:
        if self.refuses:
            raise UpstreamFailed("The CDN did not answer.")
        assert self.invalidated.setdefault(reference, sorted(paths)) == sorted(paths)


class Published:
    """All of publishing in memory."""

    def __init__(self) -> None:
        self.documents = MemoryDocuments()
        self.photos = MemoryPhotos()
        self.reports = MemoryReports()
        self.cdn = MemoryCdn()
        self.now = Clock()

    def ports(self) -> Ports:
        return Ports(
            documents=self.documents,
            photos=self.photos,
            cdn=self.cdn,
            reports=self.reports,
            pages=PlainPages(),
            now=self.now,
            fixed=lambda: {"data/index.json": {"name": "Demo"}},
            whole=tile_of_all(BOUNDS),
            closed_shown=timedelta(days=90),
            publisher=Publisher("Demo Council", "https://council.example", {"pothole": "Pothole"}),
            entry=entry_of,
        )
