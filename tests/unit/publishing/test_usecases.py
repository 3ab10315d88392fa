from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from chalicelib.geo.quadkey import MAP_ZOOM, key_of
from chalicelib.publishing.model import pins_in, tile_key
from chalicelib.publishing.ports import Document, Held, Ports, PublicReport
from chalicelib.publishing.usecases import publish, publish_all, publish_fixed
from chalicelib.reports import ports as reports
from chalicelib.reports import usecases as reporting
from chalicelib.reports.model import ServiceRequest
from tests.builders import MARKET_PLACE, report
from tests.fakes import MemoryDocuments, MemoryRepository, PlainPages

ELSEWHERE: dict[str, Any] = {"lat": 53.99, "long": -1.12}


class MemoryReports:
    """The reports slice in memory, as publishing sees it."""

    def __init__(self, ports: reports.Ports) -> None:
        self._ports = ports

    def public(self, service_request_ids: Sequence[str]) -> Mapping[str, PublicReport]:
        return reporting.public_views(service_request_ids, self._ports)

    def every_id(self) -> Iterator[str]:
        return reporting.every_id(self._ports)


@pytest.fixture
def documents() -> MemoryDocuments:
    return MemoryDocuments()


@pytest.fixture
def publishing(ports: reports.Ports, documents: MemoryDocuments) -> Ports:
    return Ports(
        documents=documents,
        reports=MemoryReports(ports),
        pages=PlainPages(),
        fixed={"data/index.json": {"name": "Demo"}},
    )


def tile_of(stored: ServiceRequest) -> str:
    return key_of(stored.point, MAP_ZOOM)


def touched(*stored: ServiceRequest) -> dict[str, Iterable[str]]:
    return {each.service_request_id: {tile_of(each)} for each in stored}


def pinned(documents: MemoryDocuments, tile: str) -> list[str]:
    body = documents.bodies.get(tile_key(tile))
    return [pin.service_request_id for pin in pins_in(body)] if body else []


def test_report_appears_as_json_page_and_pin_when_it_is_published(
    publishing: Ports, documents: MemoryDocuments, repository: MemoryRepository
) -> None:
    stored = repository.create(report(1))
    assert publish(touched(stored), publishing) == {}
    tile = tile_key(tile_of(stored))
    assert sorted(documents.bodies) == sorted(
        ["data/reports/R00000000001.json", "reports/R00000000001", tile]
    )
    assert msgspec.json.decode(documents.bodies[tile]) == {
        "pins": [
            {
                "service_request_id": "R00000000001",
                **MARKET_PLACE,
                "service_code": "pothole",
                "state": "open",
                "status": "open",
                "requested_datetime": "2026-06-01T12:00:00Z",
            }
        ]
    }


def test_tile_is_written_once_when_a_batch_names_several_of_its_reports(
    publishing: Ports, documents: MemoryDocuments, repository: MemoryRepository
) -> None:
    stored = [repository.create(report(number)) for number in range(5)]
    publish(touched(*stored), publishing)
    tile = tile_key(tile_of(stored[0]))
    assert documents.puts.count(tile) == 1
    assert pinned(documents, tile_of(stored[0])) == [each.service_request_id for each in stored]


def test_nothing_is_written_when_a_fact_comes_again(
    publishing: Ports, documents: MemoryDocuments, repository: MemoryRepository
) -> None:
    stored = repository.create(report(1))
    publish(touched(stored), publishing)
    documents.puts.clear()
    publish(touched(stored), publishing)
    assert documents.puts == []


@pytest.mark.parametrize("visibility", ["hidden", "unconfirmed"])
def test_every_document_vanishes_when_the_report_is_no_longer_public(
    visibility: str,
    publishing: Ports,
    documents: MemoryDocuments,
    repository: MemoryRepository,
) -> None:
    stored = repository.create(report(1))
    publish(touched(stored), publishing)
    repository.save(replace(stored, visibility=visibility))  # type: ignore[arg-type]
    publish(touched(stored), publishing)
    assert documents.bodies == {}


def test_pin_leaves_its_old_tile_when_the_report_moves(
    publishing: Ports, documents: MemoryDocuments, repository: MemoryRepository
) -> None:
    before = repository.create(report(1))
    publish(touched(before), publishing)
    after = repository.save(replace(before, **ELSEWHERE))
    publish({after.service_request_id: {tile_of(before), tile_of(after)}}, publishing)
    assert pinned(documents, tile_of(before)) == []
    assert pinned(documents, tile_of(after)) == [after.service_request_id]


def test_others_are_published_when_one_report_fails(
    publishing: Ports, documents: MemoryDocuments, repository: MemoryRepository
) -> None:
    class FailingPages(PlainPages):
        def report(self, report: PublicReport) -> bytes:
            if report.service_request_id.endswith("2"):
                raise ZeroDivisionError
            return super().report(report)

    stored = [
        repository.create(report(1)),
        repository.create(report(2, **ELSEWHERE)),
        repository.create(report(3)),
    ]
    failed = publish(touched(*stored), replace(publishing, pages=FailingPages()))
    assert list(failed) == ["R00000000002"]
    assert {"reports/R00000000001", "reports/R00000000003"} <= set(documents.bodies)


def test_late_writer_takes_its_document_back_when_the_report_was_hidden_meanwhile(
    publishing: Ports, documents: MemoryDocuments, repository: MemoryRepository
) -> None:
    """It read a public report, was held up, and writes where nothing stands any more."""
    stored = repository.create(report(1))

    class HidesMeanwhile(MemoryDocuments):
        hidden = False

        def write(self, key: str, document: Document, held: Held | None) -> None:
            if not self.hidden:
                self.hidden = True
                repository.save(replace(stored, visibility="hidden"))
            super().write(key, document, held)

    slow = HidesMeanwhile()
    publish(touched(stored), replace(publishing, documents=slow))
    assert slow.hidden and slow.bodies == {}


def test_publishing_starts_over_when_somebody_else_wrote_the_tile(
    publishing: Ports, repository: MemoryRepository
) -> None:
    first, second = repository.create(report(1)), repository.create(report(2))

    class WrittenMeanwhile(MemoryDocuments):
        interrupted = False

        def write(self, key: str, document: Document, held: Held | None) -> None:
            if key.startswith("data/tiles") and not self.interrupted:
                self.interrupted = True
                publish(touched(second), replace(publishing, documents=self))
            super().write(key, document, held)

    documents = WrittenMeanwhile()
    publish(touched(first), replace(publishing, documents=documents))
    assert pinned(documents, tile_of(first)) == ["R00000000001", "R00000000002"]


def test_everything_is_as_if_published_one_by_one_when_it_is_published_anew(
    publishing: Ports, documents: MemoryDocuments, repository: MemoryRepository
) -> None:
    stored = [repository.create(report(number)) for number in range(3)]
    stored.append(repository.create(report(4, **ELSEWHERE)))
    repository.create(report(5, visibility="hidden"))
    publish(touched(*stored), publishing)
    publish_fixed(publishing)
    one_by_one = dict(documents.bodies)
    documents.bodies.clear()
    assert publish_all(publishing) == {}
    assert documents.bodies == one_by_one


def test_what_is_not_there_any_more_is_removed_when_everything_is_published_anew(
    publishing: Ports, documents: MemoryDocuments, repository: MemoryRepository
) -> None:
    stored = repository.create(report(1))
    publish(touched(stored), publishing)
    gone = {key.replace("R00000000001", "R00000000009"): b"{}" for key in documents.bodies}
    documents.bodies |= {key: body for key, body in gone.items() if "tiles" not in key}
    far = report(9, **ELSEWHERE)
    orphan = msgspec.json.encode({"pins": []})
    documents.bodies[tile_key(tile_of(far))] = orphan
    publish_all(publishing)
    assert not [key for key in documents.bodies if "R00000000009" in key]
    assert tile_key(tile_of(far)) not in documents.bodies
    assert pinned(documents, tile_of(stored)) == ["R00000000001"]
