"""What an import leaves unpublished is published by the schedules."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing import lists
from chalicelib.publishing.lists import (
    publish_changed_lists,
    publish_imported_lists,
    publish_left_lists,
    publish_lists_anew,
)
from chalicelib.publishing.ports import Document, Ports
from chalicelib.publishing.unfinished import LEFT_AFTER, LISTS, Mark, finished, left, note
from tests.builders import NOON
from tests.fakes import Clock, MemoryDocuments
from tests.fakes_publishing import Published
from tests.unit.publishing.test_lists import minutes

OLD = {
    "requested_datetime": datetime.fromisoformat("2010-07-04T19:00:35Z"),
    "updated_datetime": datetime.fromisoformat("2010-07-05T19:05:02Z"),
}
OLDER = {each: moment - timedelta(days=400) for each, moment in OLD.items()}
JULY, OLDEST = "2010-07", "2009-05"


@pytest.fixture
def here() -> Published:
    return Published()


def at(here: Published, moment: datetime) -> Ports:
    return replace(here.ports(), now=lambda: moment)


def months_of(documents: MemoryDocuments, key: str) -> list[str]:
    return [each["month"] for each in json.loads(documents.bodies[key])["months"]]


def open_data(here: Published) -> list[str]:
    return months_of(here.documents, "data/open/index.json")


def interrupted(here: Published, clock: Clock) -> None:
    """An import noted and stored reports of two months, and published none."""
    mark = Mark(here.documents, clock)
    for number, (month, values) in enumerate(((JULY, OLD), (OLDEST, OLDER)), 1):
        mark.before(month)
        here.reports.put(number, **values)


@pytest.mark.parametrize("is_published", [True, False])
def test_open_data_has_the_rest_of_an_interrupted_import(
    is_published: bool, here: Published, clock: Clock
) -> None:
    if is_published:
        publish_lists_anew(at(here, NOON))
    interrupted(here, clock)
    before = dict(here.documents.bodies)
    soon, later = at(here, NOON + LEFT_AFTER - minutes(1)), at(here, NOON + LEFT_AFTER)
    assert publish_changed_lists(soon) == publish_left_lists(soon) == {}
    assert here.documents.bodies == before
    assert publish_changed_lists(later) == publish_left_lists(later) == {}
    assert open_data(here) == [JULY, OLDEST]
    assert f"feeds/all/{JULY}.atom" in here.documents.bodies
    assert left(LISTS, later.now(), here.documents) == ()
    here.documents.puts.clear()
    assert publish_left_lists(at(here, NOON + timedelta(days=1))) == {}
    assert here.documents.puts == []


def test_present_report_is_published_when_the_first_index_came_from_an_interrupted_import(
    here: Published, clock: Clock
) -> None:
    interrupted(here, clock)
    later = at(here, NOON + LEFT_AFTER)
    publish_left_lists(later)
    here.reports.put(3, updated_datetime=NOON - timedelta(days=30))
    assert publish_changed_lists(later) == {}
    assert len(open_data(here)) == 3


def test_pending_months_are_completed_over_interrupted_runs(
    here: Published, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MONTHS_AT_ONCE", 1)
    interrupted(here, clock)
    later = at(here, NOON + LEFT_AFTER)
    fails = here.documents.write

    def write(key: str, document: Document, held: StoredDocument | None) -> None:
        if JULY in key:
            raise UpstreamFailed("gone")
        fails(key, document, held)

    here.documents.write = write  # type: ignore[method-assign]
    assert publish_left_lists(later)
    assert left(LISTS, later.now(), here.documents) == (JULY,)
    here.documents.write = fails  # type: ignore[method-assign]
    assert publish_left_lists(later) == {}
    assert open_data(here) == [JULY, OLDEST]


def test_nothing_is_pending_when_the_import_has_published_its_changes(
    here: Published, clock: Clock
) -> None:
    mark = Mark(here.documents, clock)
    mark.before(JULY)
    here.reports.put(1, **OLD)
    assert publish_imported_lists(here.ports()) == {}
    mark.published(LISTS)
    assert left(LISTS, NOON + timedelta(days=1), here.documents) == ()


def test_import_renews_its_note_each_minute(here: Published, clock: Clock) -> None:
    mark = Mark(here.documents, clock)
    mark.before(JULY)
    for _ in range(20):
        clock.now += minutes(1)
        here.documents.puts.clear()
        mark.before(JULY)
        mark.before(JULY)
        assert here.documents.puts == [LISTS]
        assert left(LISTS, clock(), here.documents) == ()
    clock.now += LEFT_AFTER
    assert left(LISTS, clock(), here.documents) == (JULY,)


def test_import_that_changes_no_month_notes_nothing(here: Published, clock: Clock) -> None:
    Mark(here.documents, clock).before()
    assert here.documents.bodies == {}


def test_other_imports_months_stay_when_one_finishes(clock: Clock) -> None:
    documents = MemoryDocuments()
    note(LISTS, (JULY, OLDEST), clock(), documents)
    finished(LISTS, (JULY,), documents)
    assert left(LISTS, NOON + LEFT_AFTER, documents) == (OLDEST,)


def test_months_are_noted_during_concurrent_notes(clock: Clock) -> None:
    class Contended(MemoryDocuments):
        def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
            if self.puts.count(key) == 0:
                super().write(key, _other, held)
                raise VersionConflict(key)
            super().write(key, document, held)

    first = MemoryDocuments()
    note(LISTS, (OLDEST,), clock(), first)
    _other = Document(first.bodies[LISTS], "application/json")
    documents = Contended()
    note(LISTS, (JULY,), clock(), documents)
    assert left(LISTS, NOON + LEFT_AFTER, documents) == (OLDEST, JULY)


class Stuck(MemoryDocuments):
    """Somebody else is always first."""

    def write(self, *_: Any) -> None:
        raise VersionConflict


def test_note_fails_loudly_when_others_never_stop_writing(clock: Clock) -> None:
    with pytest.raises(UpstreamFailed):
        note(LISTS, (JULY,), clock(), Stuck())
