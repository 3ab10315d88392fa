"""Open data and feeds follow what is stored: at most every five minutes, and at once where
something is taken back."""

import csv
import io
import json
import weakref
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import feedparser
import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.errors import UpstreamFailed
from chalicelib.geo.point import Box, Point
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing import lists
from chalicelib.publishing.list_targets import TogetherTarget
from chalicelib.publishing.lists import (
    OVERLAP,
    publish_changed_lists,
    publish_imported_lists,
    publish_lists_anew,
    take_out_of_lists,
)
from chalicelib.publishing.ports import Document, Ports
from chalicelib.publishing.usecases import Touched, publish, publish_all
from chalicelib.reports.published import ReportView
from tests.builders import NOON
from tests.fakes import MemoryDocuments
from tests.fakes_publishing import BOUNDS, MemoryReports, Published

JUNE, MAY = "2026-06", "2026-05"
IN_MAY = {"requested_datetime": datetime.fromisoformat("2026-05-20T12:00:00Z")}
INDEX = "data/open/index.json"


@dataclass(frozen=True)
class Area:
    """A ward."""

    code: str
    name: str
    bounds: Box = BOUNDS

    @property
    def said(self) -> dict[str, Any]:
        return {}

    def contains(self, point: Point) -> bool:
        return self.bounds.contains(point)


CENTRE = Area("E05000001", "Centre")


@pytest.fixture
def here() -> Published:
    return Published()


def ports(here: Published, wards: Collection[Area] = (CENTRE,)) -> Ports:
    return replace(here.ports(), wards=lambda: list(wards))


def brought_up(here: Published) -> list[str]:
    """What is written when the lists are brought up to what was changed."""
    here.documents.puts.clear()
    assert publish_changed_lists(ports(here)) == {}
    return sorted(here.documents.puts)


def purge(report: ReportView, here: Published, month: str = JUNE) -> dict[str, Exception]:
    touched = Touched(months={month}, facts={"fact"}, purge=True)
    return publish({report.service_request_id: touched}, ports(here))


def document(here: Published, key: str) -> Any:
    return json.loads(here.documents.bodies[key])


def listed(here: Published, month: str = JUNE) -> list[str]:
    entries = document(here, f"data/open/{month}/requests.json")
    return [each["service_request_id"] for each in entries]


def rows(here: Published, month: str = JUNE) -> list[dict[str, str]]:
    text = here.documents.bodies[f"data/open/{month}/requests.csv"].decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def feed(here: Published, key: str = "feeds/all.atom") -> Any:
    parsed = feedparser.parse(here.documents.bodies[key])
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def links(parsed: Any) -> dict[str, str]:
    return {each.rel: each.href for each in parsed.feed.links}


def ids(parsed: Any) -> list[str]:
    return [each.id.rpartition(":")[2] for each in parsed.entries]


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


# What is published


def test_month_has_its_three_files_when_reports_were_requested_in_it(here: Published) -> None:
    here.reports.put(1, title="A hole", description='Deep,\r\n"wide"', ward_code="E05000001")
    here.reports.put(2, requested_datetime=NOON + minutes(1), lat=None, long=None)
    brought_up(here)
    assert listed(here) == ["R00000000002", "R00000000001"]
    first = rows(here)[1]
    assert (first["title"], first["description"]) == ("A hole", 'Deep,\r\n"wide"')
    assert (first["state"], first["ward_code"]) == ("open", "E05000001")
    features = document(here, f"data/open/{JUNE}/requests.geojson")["features"]
    assert features[0]["geometry"] is None
    assert features[1]["geometry"]["coordinates"] == [-1.0815, 53.959]
    assert features[1]["properties"]["state"] == "open"
    assert "lat" not in features[1]["properties"]


def test_index_names_months_and_feeds_when_lists_are_published(here: Published) -> None:
    here.reports.put(1)
    here.reports.put(2, **IN_MAY)
    brought_up(here)
    index = document(here, INDEX)
    [june, may] = index["months"]
    assert (june["month"], june["count"], may["month"]) == (JUNE, 1, MAY)
    assert june["updated_datetime"] == "2026-06-01T12:00:00Z"
    for each in ("open311", "csv", "geojson"):
        assert june[each].removeprefix("/") in here.documents.bodies
    assert [each["url"] for each in index["feeds"]] == [
        "/feeds/all.atom",
        "/feeds/wards/E05000001.atom",
        "/feeds/services/pothole.atom",
    ]


@pytest.mark.parametrize("first", [*"=+-@\t\r\n\0＝＋－＠", " =", "\N{NO-BREAK SPACE}+", "\ufeff@"])
def test_cell_cannot_be_a_formula_when_it_begins_like_one(first: str, here: Published) -> None:
    here.reports.put(description=f"{first}HYPERLINK()", title=f"{first}1", address=f"{first}A lane")
    brought_up(here)
    [row] = rows(here)
    assert (row["description"], row["title"]) == (f"'{first}HYPERLINK()", f"'{first}1")
    assert row["address"] == f"'{first}A lane"
    assert float(row["long"]) == -1.0815


@pytest.mark.parametrize("text", ["A hole = deep", "'Quoted' - twice", " by the shop", "1+1", ""])
def test_cell_is_the_text_itself_when_it_begins_like_text(text: str, here: Published) -> None:
    here.reports.put(description=text)
    brought_up(here)
    assert rows(here)[0]["description"] == text


def test_report_is_in_the_month_of_utc_when_clocks_differ(here: Published) -> None:
    at_midnight = datetime.fromisoformat("2026-06-01T00:30:00+01:00")
    here.reports.put(requested_datetime=at_midnight)
    brought_up(here)
    assert listed(here, MAY) == ["R00000000001"]


# Feeds


def test_feed_tells_of_a_report_in_plain_text(here: Published) -> None:
    here.reports.put(title="Hole <b>& more", description="It's <script>deep\x00", address="A lane")
    brought_up(here)
    raw = here.documents.bodies["feeds/all.atom"].decode()
    parsed = feed(here)
    [entry] = parsed.entries
    assert "<title>Hole &lt;b&gt;&amp; more</title>" in raw
    assert entry.id == "tag:council.example,2026:R00000000001"
    assert entry.link == "https://council.example/reports/R00000000001"
    assert entry.content[0].type == "text/plain"
    assert "It's &lt;script&gt;deep\ufffd\n\nPlace: A lane\n\nStatus: open" in raw
    assert (entry.published, entry.updated) == ("2026-06-01T12:00:00Z",) * 2
    assert parsed.feed.id == "tag:council.example,2026:feeds/all"
    assert parsed.feed.author == "Demo Council"


def test_feeds_of_a_ward_and_a_service_have_only_their_own(here: Published) -> None:
    here.reports.put(1, ward_code="E05000001", service_code="litter")
    here.reports.put(2)
    brought_up(here)
    assert ids(feed(here)) == ["R00000000001", "R00000000002"]
    assert ids(feed(here, "feeds/wards/E05000001.atom")) == ["R00000000001"]
    assert ids(feed(here, "feeds/services/pothole.atom")) == ["R00000000002"]
    assert ids(feed(here, f"feeds/wards/E05000001/{JUNE}.atom")) == ["R00000000001"]


def test_feed_has_the_newest_fifty_and_archives_have_all(
    here: Published,
) -> None:
    for number in range(60):
        here.reports.put(number, requested_datetime=NOON + minutes(number))
    for number in range(60, 65):
        here.reports.put(number, **IN_MAY)
    brought_up(here)
    assert ids(feed(here)) == [f"R{number:011}" for number in range(59, 9, -1)]
    seen: set[str] = set()
    at: str | None = links(feed(here))["prev-archive"]
    while at:
        archive = feed(here, at.removeprefix("https://council.example/"))
        assert links(archive)["current"] == "https://council.example/feeds/all.atom"
        seen |= set(ids(archive))
        at = links(archive).get("prev-archive")
    assert len(seen) == 65


def test_archives_lead_to_each_other_when_a_month_comes_between(here: Published) -> None:
    april = datetime.fromisoformat("2026-04-20T12:00:00Z")
    here.reports.put(1)
    here.reports.put(2, requested_datetime=april)
    brought_up(here)
    here.now.now += minutes(5)
    here.reports.put(3, **IN_MAY, updated_datetime=here.now.now)
    brought_up(here)
    for scope in ("all", "services/pothole", "wards/E05000001"):
        months = ["2026-04", MAY, JUNE]
        for before, after in pairwise(months):
            later = links(feed(here, f"feeds/{scope}/{after}.atom"))
            earlier = links(feed(here, f"feeds/{scope}/{before}.atom"))
            assert later["prev-archive"].endswith(f"feeds/{scope}/{before}.atom")
            assert earlier["next-archive"].endswith(f"feeds/{scope}/{after}.atom")


def test_new_ward_has_a_feed_with_all_its_archives_when_lists_are_next_written(
    here: Published,
) -> None:
    here.reports.put(1, **IN_MAY, ward_code="new")
    brought_up(here)
    here.now.now += minutes(5)
    here.reports.put(2, updated_datetime=here.now.now)
    with_new = ports(here, [CENTRE, Area("new", "New")])
    assert publish_changed_lists(with_new) == {}
    archive = links(feed(here, "feeds/wards/new.atom"))["prev-archive"]
    assert archive.endswith(f"feeds/wards/new/{JUNE}.atom")
    assert ids(feed(here, f"feeds/wards/new/{MAY}.atom")) == ["R00000000001"]


# When


def test_nothing_is_written_when_nothing_changed(here: Published) -> None:
    here.reports.put()
    brought_up(here)
    here.now.now += minutes(5)
    assert brought_up(here) == []


def test_only_changed_documents_are_written(here: Published) -> None:
    here.reports.put(1)
    here.reports.put(2, service_code="litter", **IN_MAY)
    brought_up(here)
    here.now.now += minutes(5)
    here.reports.put(1, state="fixed", status="closed", updated_datetime=here.now.now)
    written = brought_up(here)
    assert written == sorted(
        [
            *(f"data/open/{JUNE}/requests.{kind}" for kind in ("json", "csv", "geojson")),
            f"feeds/all/{JUNE}.atom",
            f"feeds/services/pothole/{JUNE}.atom",
            "feeds/all.atom",
            "feeds/services/pothole.atom",
            INDEX,
        ]
    )


def test_ordinary_change_writes_no_list_when_it_is_published(here: Published) -> None:
    report = here.reports.put()
    brought_up(here)
    here.documents.puts.clear()
    here.reports.put(state="investigating", updated_datetime=NOON + minutes(1))
    publish({report.service_request_id: Touched(months={JUNE}, facts={"fact"})}, ports(here))
    assert not [key for key in here.documents.puts if key.startswith(("data/open/", "feeds/"))]


def test_hidden_report_leaves_every_list_and_feed_at_once(here: Published) -> None:
    report = here.reports.put(1, title="Somebody's name", ward_code="E05000001")
    here.reports.put(2)
    brought_up(here)
    here.reports.hide(report)
    assert purge(report, here) == {}
    assert not [key for key, body in here.documents.bodies.items() if b"R00000000001" in body]
    assert document(here, INDEX)["months"][0]["count"] == 1
    assert not [path for paths in here.cdn.invalidated.values() for path in paths if "*" in path]


def test_month_is_in_no_index_when_its_last_report_is_hidden(here: Published) -> None:
    report = here.reports.put()
    brought_up(here)
    here.reports.hide(report)
    purge(report, here)
    assert document(here, INDEX)["months"] == []
    assert listed(here) == []
    assert ids(feed(here)) == []


def test_withdrawal_keeps_the_pending_changes(here: Published) -> None:
    """What was taken back says nothing of what else was changed meanwhile."""
    report = here.reports.put(1)
    brought_up(here)
    here.reports.put(2, updated_datetime=NOON + minutes(1), requested_datetime=NOON + minutes(1))
    here.now.now += 3 * OVERLAP
    here.reports.hide(report)
    purge(report, here)
    assert listed(here) == []
    brought_up(here)
    assert listed(here) == ["R00000000002"]


def test_lists_start_with_the_last_year_when_nothing_is_published(here: Published) -> None:
    here.reports.put(1, updated_datetime=NOON - timedelta(days=365))
    here.reports.put(2, updated_datetime=NOON - timedelta(days=367))
    brought_up(here)
    assert listed(here) == ["R00000000001"]


class NoticedReport(ReportView, frozen=True, kw_only=True, weakref=True):
    """One of which can be told whether anybody still holds it."""


class CountedReports(MemoryReports):
    """Gives out each report again; `most` were held at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.most = 0
        self._given: list[weakref.ref[NoticedReport]] = []

    def public(self, service_request_ids: Sequence[str]) -> Mapping[str, ReportView]:
        shown = [self.shown[each] for each in service_request_ids]
        anew = [NoticedReport(**msgspec.structs.asdict(each)) for each in shown]
        self._given += [weakref.ref(each) for each in anew]
        self.most = max(self.most, sum(each() is not None for each in self._given))
        return {each.service_request_id: each for each in anew}


def test_imported_reports_are_listed_however_old_they_are_and_nothing_else_is_written(
    here: Published,
) -> None:
    here.reports.put(1)
    brought_up(here)
    long_ago = datetime(2009, 3, 1, tzinfo=UTC)
    here.reports.put(2, requested_datetime=long_ago, updated_datetime=long_ago)
    before = dict(here.documents.bodies)
    assert publish_imported_lists(ports(here)) == {}
    assert listed(here, "2009-03") == ["R00000000002"]
    assert [each["month"] for each in document(here, INDEX)["months"]] == [JUNE, "2009-03"]
    june = f"data/open/{JUNE}/requests.json"
    assert here.documents.bodies[june] == before[june]
    settled = dict(here.documents.bodies)
    assert publish_imported_lists(ports(here)) == {}
    assert here.documents.bodies == settled


def test_only_one_month_is_in_memory_when_a_year_is_published(
    here: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "AT_ONCE", 5)
    here.reports = reports = CountedReports()
    for number in range(120):
        moment = NOON - timedelta(days=30 * (number // 10))
        reports.put(number, requested_datetime=moment, updated_datetime=moment)
    brought_up(here)
    assert len(document(here, INDEX)["months"]) == 12
    assert reports.most <= 2 * 10, "a month's, read again after they were published"


# What goes wrong


class Stopping(MemoryDocuments):
    """Does not answer from the nth write on."""

    def __init__(self, bodies: dict[str, bytes], nth: int) -> None:
        super().__init__()
        self.bodies = bodies
        self.left = nth

    def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
        if not self.left:
            raise UpstreamFailed("The store of documents did not answer.")
        self.left -= 1
        super().write(key, document, held)


@pytest.mark.parametrize("nth", range(9))
def test_interrupted_run_is_completed_by_the_next(nth: int, here: Published) -> None:
    here.reports.put(1, ward_code="E05000001")
    brought_up(here)
    here.now.now += minutes(5)
    here.reports.put(1, service_code="litter", updated_datetime=here.now.now)
    here.reports.put(2, **IN_MAY, updated_datetime=here.now.now)
    whole = here.documents
    here.documents = Stopping(dict(whole.bodies), nth)
    assert publish_changed_lists(ports(here)) != {}
    whole.bodies = here.documents.bodies
    here.documents = whole
    here.now.now += minutes(5)
    brought_up(here)
    after = dict(whole.bodies)
    whole.bodies = {}
    publish_lists_anew(ports(here))
    assert without_moment(after) == without_moment(whole.bodies)


@pytest.mark.parametrize("nth", range(8))
def test_nothing_remains_of_a_hidden_report_when_its_message_was_repeated(
    nth: int, here: Published
) -> None:
    report = here.reports.put(1, title="Somebody's name", ward_code="E05000001")
    brought_up(here)
    here.reports.hide(report)
    whole = here.documents
    here.documents = Stopping(dict(whole.bodies), nth)
    assert list(purge(report, here)) == ["R00000000001"]
    whole.bodies = here.documents.bodies
    here.documents = whole
    assert purge(report, here) == {}
    assert not [key for key, body in whole.bodies.items() if b"R00000000001" in body]


def test_late_writer_removes_a_report_that_was_hidden_meanwhile(here: Published) -> None:
    report = here.reports.put()

    class HidesMeanwhile(MemoryDocuments):
        def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
            if key.endswith("requests.json"):
                here.reports.hide(report)
            super().write(key, document, held)

    here.documents = HidesMeanwhile()
    publish_changed_lists(ports(here))
    assert not [key for key, body in here.documents.bodies.items() if b"R00000000001" in body]


class TakenBackMeanwhile(MemoryDocuments):
    """Another publisher takes something back just after a month's list was read."""

    def __init__(self, bodies: dict[str, bytes], act: Callable[[], object]) -> None:
        super().__init__()
        self.bodies = bodies
        self.act: Callable[[], object] | None = act

    def read(self, key: str) -> StoredDocument | None:
        held = super().read(key)
        if key.endswith("requests.json") and self.act:
            act, self.act = self.act, None
            act()
        return held


def named_after_both_wrote(here: Published) -> list[str]:
    """The documents that name a report which one publisher takes out while another mends a feed
    that was not written."""
    gone = here.reports.put(1)
    here.reports.put(2)
    brought_up(here)
    here.reports.hide(gone)
    bodies = dict(here.documents.bodies)
    del bodies[f"feeds/all/{JUNE}.atom"]
    here.documents = TakenBackMeanwhile(bodies, lambda: purge(gone, here))
    assert take_out_of_lists({JUNE: ["R00000000002"]}, ports(here)) == {}
    return [key for key, body in bodies.items() if b"R00000000001" in body]


def test_no_feed_is_older_than_its_list_after_two_concurrent_runs(here: Published) -> None:
    assert named_after_both_wrote(here) == []


def test_old_feed_is_detected_when_the_list_is_read_first(
    here: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    def list_first(target: TogetherTarget, here: Ports) -> Mapping[str, StoredDocument | None]:
        return {key: here.documents.read(key) for key in target.order}

    monkeypatch.setattr(TogetherTarget, "read", list_first)
    assert f"feeds/all/{JUNE}.atom" in named_after_both_wrote(here)


def test_listed_report_is_detected_when_the_second_check_is_missing(
    here: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = TogetherTarget.put
    monkeypatch.setattr(TogetherTarget, "put", lambda *these: put(*these) and False)
    with pytest.raises(AssertionError):
        test_late_writer_removes_a_report_that_was_hidden_meanwhile(here)


def without_moment(bodies: dict[str, bytes]) -> dict[str, Any]:
    index = json.loads(bodies[INDEX]) | {"updated_datetime": None}
    return {**bodies, INDEX: index}


# Again


def test_lists_are_rebuilt_from_the_store_by_publish(here: Published) -> None:
    long_ago = NOON - timedelta(days=400)
    hidden = here.reports.put(1)
    here.reports.put(2, requested_datetime=long_ago, updated_datetime=long_ago)
    brought_up(here)
    here.reports.hide(hidden)
    assert publish_all(ports(here)) == {}
    assert listed(here) == []
    assert listed(here, "2025-04") == ["R00000000002"]
    assert [each["month"] for each in document(here, INDEX)["months"]] == ["2025-04"]


def test_feeds_of_a_removed_ward_are_deleted_when_lists_are_rebuilt(here: Published) -> None:
    here.reports.put(ward_code="E05000001")
    brought_up(here)
    assert publish_lists_anew(ports(here, [])) == {}
    assert not [key for key in here.documents.bodies if key.startswith("feeds/wards/")]
    assert len(document(here, INDEX)["feeds"]) == 2
