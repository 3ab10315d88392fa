"""Open data and feeds follow what is stored: a change rewrites the documents of its day."""

import csv
import io
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations
from typing import Any

import feedparser
import pytest
from msgspec.structs import replace

from chalicelib.errors import UpstreamFailed
from chalicelib.geo.point import Box, Point
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing import open_data_index
from chalicelib.publishing.lists import publish_feeds_of_wards, publish_lists, rebuild_lists
from chalicelib.publishing.open_data_index import day_of
from chalicelib.publishing.part_files import PartTarget
from chalicelib.publishing.ports import Document, Ports
from chalicelib.publishing.republishing import publish_all
from chalicelib.reports.published import ReportView
from tests.support.builders import NOON
from tests.support.fakes import MemoryDocuments
from tests.support.fakes_publishing import BOUNDS, PublishingWorld

FIRST, SECOND, EARLIER = "2026-06-01", "2026-06-02", "2026-05-20"
ON_SECOND = {"requested_datetime": NOON + timedelta(days=1)}
IN_MAY = {"requested_datetime": datetime.fromisoformat("2026-05-20T12:00:00Z")}
INDEX = "data/open/index.json"


@dataclass(frozen=True)
class Area:
    """A ward."""

    code: str
    name: str
    bounds: Box = BOUNDS

    @property
    def content(self) -> dict[str, Any]:
        return {}

    def contains(self, point: Point) -> bool:
        return self.bounds.contains(point)


CENTRE = Area("E05000001", "Centre")


@pytest.fixture
def here() -> PublishingWorld:
    return PublishingWorld()


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day has more parts from five reports in a part on."""
    monkeypatch.setattr(open_data_index, "MOST_IN_A_PART", 5)


def ports(here: PublishingWorld, wards: Collection[Area] = (CENTRE,)) -> Ports:
    return replace(here.ports(), wards=lambda: list(wards))


def brought_up(here: PublishingWorld, *reports: ReportView) -> list[str]:
    """What is written when the lists are brought up to these reports, or else to all."""
    here.documents.puts.clear()
    told = reports or tuple(here.reports.shown.values())
    assert tell(here, *told) == {}
    return sorted(here.documents.puts)


def tell(here: PublishingWorld, *reports: ReportView) -> dict[str, Exception]:
    """Facts about these reports arrive together."""
    known = {each.service_request_id: day_of(each.requested_datetime) for each in reports}
    return publish_lists(known, ports(here), known.keys() - here.reports.shown.keys())


def document(here: PublishingWorld, key: str) -> Any:
    return json.loads(here.documents.bodies[key])


def files(day: str = FIRST, suffix: str = "") -> list[str]:
    folder = f"data/open/{day[:7]}/{day[8:]}/requests{suffix}"
    return [f"{folder}.{kind}" for kind in ("json", "csv", "geojson")]


def listed(here: PublishingWorld, day: str = FIRST) -> list[str]:
    entries = document(here, files(day)[0])
    return [each["service_request_id"] for each in entries]


def days(here: PublishingWorld, month: str = "2026-06") -> list[str]:
    return [each["day"] for each in document(here, f"data/open/{month}/index.json")["days"]]


def months(here: PublishingWorld) -> list[str]:
    return [each["month"] for each in document(here, INDEX)["months"]]


def rows(here: PublishingWorld, day: str = FIRST) -> list[dict[str, str]]:
    text = here.documents.bodies[files(day)[1]].decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def feed(here: PublishingWorld, key: str = "feeds/all.atom") -> Any:
    parsed = feedparser.parse(here.documents.bodies[key])
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def links(parsed: Any) -> dict[str, str]:
    return {each.rel: each.href for each in parsed.feed.links}


def ids(parsed: Any) -> list[str]:
    return [each.id.rpartition(":")[2] for each in parsed.entries]


def archived(here: PublishingWorld) -> list[str]:
    """The reports in all archives, by following the links from the current feed."""
    found: list[str] = []
    at: str | None = links(feed(here)).get("prev-archive")
    while at:
        archive = feed(here, at.removeprefix("https://council.example/"))
        assert links(archive)["current"] == "https://council.example/feeds/all.atom"
        found += ids(archive)
        at = links(archive).get("prev-archive")
    return found


def naming(here: PublishingWorld, report: ReportView) -> list[str]:
    wanted = report.service_request_id.encode()
    return [key for key, body in here.documents.bodies.items() if wanted in body]


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


# What is published


def test_day_has_its_three_files_when_reports_were_requested_on_it(here: PublishingWorld) -> None:
    here.reports.put(1, title="A hole", description='Deep,\r\n"wide"', ward_code="E05000001")
    here.reports.put(2, requested_datetime=NOON + minutes(1), lat=None, long=None)
    brought_up(here)
    assert listed(here) == ["R00000000002", "R00000000001"]
    first = rows(here)[1]
    assert (first["title"], first["description"]) == ("A hole", 'Deep,\r\n"wide"')
    assert (first["state"], first["ward_code"]) == ("open", "E05000001")
    features = document(here, files()[2])["features"]
    assert features[0]["geometry"] is None
    assert features[1]["geometry"]["coordinates"] == [-1.0815, 53.959]
    assert features[1]["properties"]["state"] == "open"
    assert "lat" not in features[1]["properties"]


def test_index_leads_to_months_and_these_to_the_files_of_days(here: PublishingWorld) -> None:
    here.reports.put(1)
    here.reports.put(2, **ON_SECOND)
    here.reports.put(3, **IN_MAY)
    brought_up(here)
    [june, may] = document(here, INDEX)["months"]
    assert (june["month"], june["count"], may["month"]) == ("2026-06", 2, "2026-05")
    assert (june["first"], june["last"]) == (FIRST, SECOND)
    assert june["updated_datetime"] == "2026-06-01T12:00:00Z"
    month = document(here, june["url"].removeprefix("/"))
    assert [each["day"] for each in month["days"]] == [SECOND, FIRST]
    for day in month["days"]:
        [part] = day["parts"]
        assert (day["count"], part["count"]) == (1, 1)
        for each in ("open311", "csv", "geojson", "feed"):
            assert part[each].removeprefix("/") in here.documents.bodies
    assert [each["url"] for each in document(here, INDEX)["feeds"]] == [
        "/feeds/all.atom",
        "/feeds/wards/E05000001.atom",
        "/feeds/services/pothole.atom",
    ]


@pytest.mark.parametrize("first", [*"=+-@\t\r\n\0＝＋－＠", " =", "\N{NO-BREAK SPACE}+", "\ufeff@"])
def test_cell_cannot_be_a_formula_when_it_begins_like_one(
    first: str, here: PublishingWorld
) -> None:
    here.reports.put(description=f"{first}HYPERLINK()", title=f"{first}1", address=f"{first}A lane")
    brought_up(here)
    [row] = rows(here)
    assert (row["description"], row["title"]) == (f"'{first}HYPERLINK()", f"'{first}1")
    assert row["address"] == f"'{first}A lane"
    assert float(row["long"]) == -1.0815


@pytest.mark.parametrize("text", ["A hole = deep", "'Quoted' - twice", " by the shop", "1+1", ""])
def test_cell_is_the_text_itself_when_it_begins_like_text(text: str, here: PublishingWorld) -> None:
    here.reports.put(description=text)
    brought_up(here)
    assert rows(here)[0]["description"] == text


def test_report_is_on_the_day_of_utc_when_clocks_differ(here: PublishingWorld) -> None:
    at_midnight = datetime.fromisoformat("2026-06-01T00:30:00+01:00")
    here.reports.put(requested_datetime=at_midnight)
    brought_up(here)
    assert listed(here, "2026-05-31") == ["R00000000001"]


# Feeds


def test_feed_tells_of_a_report_in_plain_text(here: PublishingWorld) -> None:
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


def test_feeds_of_a_ward_and_a_service_have_only_their_own(here: PublishingWorld) -> None:
    here.reports.put(1, ward_code="E05000001", service_code="litter")
    here.reports.put(2)
    brought_up(here)
    assert ids(feed(here)) == ["R00000000001", "R00000000002"]
    assert ids(feed(here, "feeds/wards/E05000001.atom")) == ["R00000000001"]
    assert ids(feed(here, "feeds/services/pothole.atom")) == ["R00000000002"]


def test_report_changes_feeds_when_it_changes_its_ward(here: PublishingWorld) -> None:
    report = here.reports.put(1, ward_code="E05000001", service_code="pothole")
    brought_up(here)
    here.reports.put(1, ward_code=None, service_code="litter")
    brought_up(here, report)
    assert ids(feed(here, "feeds/wards/E05000001.atom")) == []
    assert ids(feed(here, "feeds/services/pothole.atom")) == []
    assert ids(feed(here)) == ["R00000000001"]


def test_feed_has_the_newest_fifty_and_archives_have_all(here: PublishingWorld) -> None:
    for number in range(60):
        here.reports.put(number, requested_datetime=NOON + minutes(number))
    for number in range(60, 65):
        here.reports.put(number, **IN_MAY)
    brought_up(here)
    assert ids(feed(here)) == [f"R{number:011}" for number in range(59, 9, -1)]
    assert sorted(archived(here)) == [f"R{number:011}" for number in range(65)]


def test_full_feed_takes_an_older_report_in_when_one_is_hidden(here: PublishingWorld) -> None:
    reports = [
        here.reports.put(number, requested_datetime=NOON + minutes(number)) for number in range(55)
    ]
    brought_up(here)
    here.reports.hide(reports[-1])
    brought_up(here, reports[-1])
    assert ids(feed(here)) == [f"R{number:011}" for number in range(53, 3, -1)]


@pytest.mark.parametrize("middle", [SECOND, "2026-05-31"], ids=["same month", "a month between"])
def test_archives_lead_to_each_other_when_a_day_comes_between(
    middle: str, here: PublishingWorld
) -> None:
    order = sorted(("2026-04-20", "2026-06-09", middle))
    for number, day in enumerate(("2026-04-20", "2026-06-09", middle)):
        moment = datetime.fromisoformat(f"{day}T12:00:00Z")
        brought_up(here, here.reports.put(number, requested_datetime=moment))
    for before, after in pairwise(order):
        later = links(feed(here, f"feeds/all/{after}.atom"))
        earlier = links(feed(here, f"feeds/all/{before}.atom"))
        assert later["prev-archive"].endswith(f"feeds/all/{before}.atom")
        assert earlier["next-archive"].endswith(f"feeds/all/{after}.atom")


def test_archives_skip_a_day_whose_reports_are_all_hidden(here: PublishingWorld) -> None:
    here.reports.put(1, **IN_MAY)
    gone = here.reports.put(2)
    here.reports.put(3, **ON_SECOND)
    brought_up(here)
    here.reports.hide(gone)
    brought_up(here, gone)
    assert archived(here) == ["R00000000003", "R00000000001"]


def test_new_ward_has_a_feed_with_its_recent_reports(here: PublishingWorld) -> None:
    here.reports.put(1, **IN_MAY, ward_code="new")
    brought_up(here)
    assert publish_feeds_of_wards(ports(here, [CENTRE, Area("new", "New")])) == {}
    assert ids(feed(here, "feeds/wards/new.atom")) == ["R00000000001"]
    assert "/feeds/wards/new.atom" in [each["url"] for each in document(here, INDEX)["feeds"]]


def test_feed_of_a_removed_ward_is_deleted(here: PublishingWorld) -> None:
    here.reports.put(ward_code="E05000001")
    brought_up(here)
    assert publish_feeds_of_wards(ports(here, [])) == {}
    assert not [key for key in here.documents.bodies if key.startswith("feeds/wards/")]
    assert len(document(here, INDEX)["feeds"]) == 2


# What a change writes


def test_nothing_is_written_when_a_fact_comes_again(here: PublishingWorld) -> None:
    here.reports.put()
    brought_up(here)
    assert brought_up(here) == []


def test_only_documents_of_the_day_and_lists_of_them_are_written(here: PublishingWorld) -> None:
    here.reports.put(1)
    for number in range(2, 30):
        moment = NOON - timedelta(days=number)
        here.reports.put(number, service_code="litter", requested_datetime=moment)
    brought_up(here)
    changed = here.reports.put(
        1, state="fixed", status="closed", updated_datetime=NOON + minutes(5)
    )
    here.documents.reads.clear()
    written = brought_up(here, changed)
    assert written == sorted(
        [
            *files(),
            "data/open/2026-06/01/index.json",
            "data/open/2026-06/index.json",
            INDEX,
            f"feeds/all/{FIRST}.atom",
            "feeds/all.atom",
            "feeds/services/pothole.atom",
        ]
    )
    others = [
        key for key in here.documents.reads if "/requests" in key and "/2026-06/01/" not in key
    ]
    assert set(others) <= {files("2026-05-30")[0]}, "only the list whose archive links to it"


def test_lone_change_costs_few_calls(here: PublishingWorld) -> None:
    """Each call costs an operator money, and each publisher in the tests time."""
    for number in range(1, 30):
        here.reports.put(number, requested_datetime=NOON - timedelta(hours=6 * number))
    brought_up(here)
    requested = {"requested_datetime": NOON - timedelta(hours=54)}
    changed = here.reports.put(9, state="fixed", updated_datetime=NOON + minutes(5), **requested)
    here.documents.reads.clear()
    here.reports.asked.clear()
    assert len(brought_up(here, changed)) == 9
    assert (len(here.documents.reads), len(here.reports.asked)) == (18, 6)


def test_several_facts_of_one_day_are_one_write(here: PublishingWorld) -> None:
    for number in range(20):
        here.reports.put(number, requested_datetime=NOON + minutes(number))
    written = brought_up(here)
    assert [key for key in written if key in files()] == sorted(files())


def test_hidden_report_is_named_nowhere(here: PublishingWorld) -> None:
    report = here.reports.put(1, title="Somebody's name", ward_code="E05000001")
    here.reports.put(2)
    brought_up(here)
    here.reports.hide(report)
    brought_up(here, report)
    assert naming(here, report) == []
    assert document(here, INDEX)["months"][0]["count"] == 1


def test_month_is_in_no_index_when_its_last_report_is_hidden(here: PublishingWorld) -> None:
    report = here.reports.put()
    brought_up(here)
    here.reports.hide(report)
    brought_up(here, report)
    assert months(here) == []
    assert listed(here) == []
    assert ids(feed(here)) == []


def test_nothing_is_published_of_a_report_that_was_never_public(here: PublishingWorld) -> None:
    report = here.reports.put()
    here.reports.hide(report)
    brought_up(here, report)
    assert not [key for key in here.documents.bodies if FIRST in key or "2026-06" in key]


def test_photo_of_a_report_is_listed_when_its_fact_does_not_say_the_day(
    here: PublishingWorld,
) -> None:
    report = here.reports.put()
    assert publish_lists({report.service_request_id: None, "unknown": None}, ports(here)) == {}
    assert listed(here) == [report.service_request_id]


def test_lists_are_the_same_in_whichever_order_facts_arrive(here: PublishingWorld) -> None:
    """Late, repeated and reordered facts say only which report to read."""
    reports = [here.reports.put(1), here.reports.put(2, **ON_SECOND), here.reports.put(3, **IN_MAY)]
    hidden = here.reports.put(4)
    found = set()
    for order in permutations([*reports, hidden]):
        here.documents.bodies.clear()
        here.reports.shown[hidden.service_request_id] = hidden
        tell(here, hidden)
        here.reports.hide(hidden)
        for each in (*order, order[0]):
            tell(here, each)
        assert naming(here, hidden) == []
        found.add(tuple(sorted(here.documents.bodies.items())))
    assert len(found) == 1


def test_imported_report_is_listed_however_old_it_is(here: PublishingWorld) -> None:
    here.reports.put(1)
    brought_up(here)
    long_ago = datetime(2009, 3, 1, tzinfo=UTC)
    before = dict(here.documents.bodies)
    brought_up(here, here.reports.put(2, requested_datetime=long_ago, updated_datetime=long_ago))
    assert listed(here, "2009-03-01") == ["R00000000002"]
    assert months(here) == ["2026-06", "2009-03"]
    assert all(here.documents.bodies[key] == before[key] for key in files())


# A day with very many reports


def put_many(here: PublishingWorld, count: int) -> list[ReportView]:
    return [
        here.reports.put(number, requested_datetime=NOON + minutes(number))
        for number in range(count)
    ]


def in_parts(here: PublishingWorld, day: str = FIRST) -> list[list[str]]:
    listed_parts = document(here, f"data/open/{day[:7]}/{day[8:]}/index.json")["parts"]
    return [
        [each["service_request_id"] for each in document(here, part["open311"].removeprefix("/"))]
        for part in listed_parts
    ]


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("at_once", [1, 3, 40])
def test_day_is_divided_into_bounded_parts_as_it_grows(at_once: int, here: PublishingWorld) -> None:
    reports = put_many(here, 40)
    for first in range(0, 40, at_once):
        brought_up(here, *reports[first : first + at_once])
    parts = in_parts(here)
    assert sorted(each for part in parts for each in part) == sorted(here.reports.shown)
    assert len(parts) > 4 and max(map(len, parts)) <= 5
    assert sorted(archived(here)) == sorted(here.reports.shown)
    [day] = document(here, "data/open/2026-06/index.json")["days"]
    assert day["count"] == sum(each["count"] for each in day["parts"]) == 40
    assert set(files()).isdisjoint(here.documents.bodies)


@pytest.mark.usefixtures("small_parts")
def test_change_rewrites_one_part_of_a_divided_day(here: PublishingWorld) -> None:
    reports = put_many(here, 40)
    brought_up(here)
    here.reports.put(7, state="fixed", status="closed", requested_datetime=NOON + minutes(7))
    written = brought_up(here, reports[7])
    assert len([key for key in written if "/requests" in key]) == 3
    assert len([key for key in written if key.startswith("feeds/all/")]) == 1


@pytest.mark.usefixtures("small_parts")
def test_hidden_report_is_named_nowhere_when_its_day_was_divided(here: PublishingWorld) -> None:
    reports = put_many(here, 40)
    for each in reports:
        brought_up(here, each)
    for each in reports[::7]:
        here.reports.hide(each)
        brought_up(here, each)
        assert naming(here, each) == []


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("nth", range(1, 60, 3))
def test_division_is_completed_when_it_was_interrupted(nth: int, here: PublishingWorld) -> None:
    reports = put_many(here, 12)
    brought_up(here, *reports[:5])
    whole = here.documents
    here.documents = Stopping(dict(whole.bodies), nth)
    tell(here, *reports[5:])
    whole.bodies = here.documents.bodies
    here.documents = whole
    here.reports.hide(reports[11])
    brought_up(here, *reports[5:])
    assert sorted(each for part in in_parts(here) for each in part) == sorted(here.reports.shown)
    rebuild_lists(ports(here))
    assert naming(here, reports[11]) == []
    assert sorted(archived(here)) == sorted(here.reports.shown)


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


@pytest.mark.parametrize("nth", range(14))
def test_interrupted_run_is_completed_when_its_facts_come_again(
    nth: int, here: PublishingWorld
) -> None:
    here.reports.put(1, ward_code="E05000001")
    brought_up(here)
    changed = [here.reports.put(1, service_code="litter"), here.reports.put(2, **IN_MAY)]
    whole = here.documents
    here.documents = Stopping(dict(whole.bodies), nth)
    assert tell(here, *changed) != {}
    whole.bodies = here.documents.bodies
    here.documents = whole
    brought_up(here, *changed)
    after = dict(whole.bodies)
    whole.bodies = {}
    rebuild_lists(ports(here))
    assert after == whole.bodies


@pytest.mark.parametrize("nth", range(14))
def test_archives_skip_a_day_without_reports_when_the_run_was_interrupted(
    nth: int, here: PublishingWorld
) -> None:
    here.reports.put(1, **IN_MAY)
    gone = here.reports.put(2)
    here.reports.put(3, **ON_SECOND)
    brought_up(here)
    here.reports.hide(gone)
    stop_after(nth, here, gone)
    brought_up(here, gone)
    assert archived(here) == ["R00000000003", "R00000000001"]
    assert_as_from_the_store(here)


@pytest.mark.parametrize("nth", range(14))
def test_archives_lead_to_a_day_whose_report_is_shown_again_when_the_run_was_interrupted(
    nth: int, here: PublishingWorld
) -> None:
    here.reports.put(1, **IN_MAY)
    report = here.reports.put(2)
    here.reports.put(3, **ON_SECOND)
    brought_up(here)
    here.reports.hide(report)
    brought_up(here, report)
    here.reports.put(2)
    stop_after(nth, here, report)
    brought_up(here, report)
    assert archived(here) == ["R00000000003", "R00000000002", "R00000000001"]
    assert_as_from_the_store(here)


def stop_after(nth: int, here: PublishingWorld, *reports: ReportView) -> None:
    """Facts about these reports arrive, and the store stops answering after some writes."""
    whole = here.documents
    here.documents = Stopping(dict(whole.bodies), nth)
    tell(here, *reports)
    whole.bodies = here.documents.bodies
    here.documents = whole


def assert_as_from_the_store(here: PublishingWorld) -> None:
    """The documents are those that all reports together make."""
    after = dict(here.documents.bodies)
    rebuild_lists(ports(here))
    assert after == here.documents.bodies


@pytest.mark.parametrize("nth", range(10))
def test_nothing_remains_of_a_hidden_report_when_its_message_was_repeated(
    nth: int, here: PublishingWorld
) -> None:
    report = here.reports.put(1, title="Somebody's name", ward_code="E05000001")
    brought_up(here)
    here.reports.hide(report)
    whole = here.documents
    here.documents = Stopping(dict(whole.bodies), nth)
    assert list(tell(here, report)) == ["R00000000001"]
    whole.bodies = here.documents.bodies
    here.documents = whole
    assert tell(here, report) == {}
    assert naming(here, report) == []


@pytest.mark.parametrize("nth", range(14))
def test_nothing_remains_of_a_report_that_is_hidden_when_its_first_run_was_interrupted(
    nth: int, here: PublishingWorld
) -> None:
    here.reports.put(2)
    brought_up(here)
    report = here.reports.put(1, ward_code="E05000001")
    stop_after(nth, here, report)
    here.reports.hide(report)
    brought_up(here, report)
    assert naming(here, report) == []


def test_late_writer_removes_a_report_that_was_hidden_meanwhile(here: PublishingWorld) -> None:
    report = here.reports.put()

    class HidesMeanwhile(MemoryDocuments):
        def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
            if key.endswith("requests.json"):
                here.reports.hide(report)
            super().write(key, document, held)

    here.documents = HidesMeanwhile()
    tell(here, report)
    assert naming(here, report) == []


class Meanwhile(MemoryDocuments):
    """Something happens just after a document was read for the nth time."""

    def __init__(
        self, bodies: dict[str, bytes], key: str, act: Callable[[], object], nth: int = 1
    ) -> None:
        super().__init__()
        self.bodies = bodies
        self.act: Callable[[], object] | None = act
        self.key, self.left = key, nth

    def read(self, key: str) -> StoredDocument | None:
        held = super().read(key)
        if key == self.key and self.act:
            self.left -= 1
            if not self.left:
                self.now()
        return held

    def now(self) -> None:
        """Lets it happen, if it has not."""
        act, self.act = self.act, None
        if act:
            act()


DOCUMENTS = (*files(), "data/open/2026-06/01/index.json", "data/open/2026-06/index.json", INDEX)
FEEDS = ("feeds/all.atom", f"feeds/all/{FIRST}.atom")


@pytest.mark.parametrize("nth", (1, 2, 3))
@pytest.mark.parametrize("key", [*DOCUMENTS, *FEEDS])
def test_all_lists_are_right_when_two_write_at_once(
    key: str, nth: int, here: PublishingWorld
) -> None:
    """One hides a report of a day as another is listing a new one of the same day."""
    gone = here.reports.put(1)
    brought_up(here)
    new = here.reports.put(2)
    bodies = dict(here.documents.bodies)

    def hide() -> None:
        here.reports.hide(gone)
        tell(here, gone)

    meanwhile(here, Meanwhile(bodies, key, hide, nth), new)
    assert naming(here, gone) == []
    here.documents.bodies = {}
    rebuild_lists(ports(here))
    assert bodies == here.documents.bodies


@pytest.mark.parametrize("nth", (1, 2, 3))
@pytest.mark.parametrize("key", [*DOCUMENTS, *FEEDS, "feeds/services/pothole.atom"])
def test_report_is_named_nowhere_when_it_is_hidden_while_it_is_listed_for_the_first_time(
    key: str, nth: int, here: PublishingWorld
) -> None:
    here.reports.put(1)
    brought_up(here)
    report = here.reports.put(2)

    def hide() -> None:
        here.reports.hide(report)
        tell(here, report)

    meanwhile(here, Meanwhile(dict(here.documents.bodies), key, hide, nth), report)
    assert naming(here, report) == []
    assert_as_from_the_store(here)


def meanwhile(here: PublishingWorld, documents: Meanwhile, *reports: ReportView) -> None:
    """Facts about these reports arrive, and something else happens meanwhile, or just after."""
    here.documents = documents
    tell(here, *reports)
    documents.now()
    whole = MemoryDocuments()
    whole.bodies = documents.bodies
    here.documents = whole


BETWEEN = ("2026-05-23", "2026-05-26")
ARCHIVES = [f"feeds/all/{day}.atom" for day in (EARLIER, *BETWEEN, FIRST)]


@pytest.mark.parametrize("nth", (1, 2, 3))
@pytest.mark.parametrize("key", ["data/open/2026-05/index.json", INDEX, *FEEDS[:1], *ARCHIVES])
def test_archives_lead_to_each_other_when_two_days_are_new_at_once(
    key: str, nth: int, here: PublishingWorld
) -> None:
    here.reports.put(1, **IN_MAY)
    here.reports.put(2)
    brought_up(here)
    one, other = (
        here.reports.put(number, requested_datetime=datetime.fromisoformat(f"{day}T12:00:00Z"))
        for number, day in enumerate(BETWEEN, 3)
    )
    bodies = dict(here.documents.bodies)
    meanwhile(here, Meanwhile(bodies, key, lambda: tell(here, other), nth), one)
    assert archived(here) == [f"R0000000000{number}" for number in (2, 4, 3, 1)]
    assert_as_from_the_store(here)


@pytest.mark.parametrize("nth", range(1, 6))
@pytest.mark.parametrize("key", [INDEX, *(f"feeds/all/{day}.atom" for day in (FIRST, EARLIER))])
def test_archives_lead_to_a_day_whose_report_is_shown_again_while_it_is_removed(
    key: str, nth: int, here: PublishingWorld
) -> None:
    here.reports.put(1, **IN_MAY)
    report = here.reports.put(2)
    here.reports.put(3, **ON_SECOND)
    brought_up(here)

    def show() -> None:
        here.reports.put(2)
        tell(here, report)

    here.reports.hide(report)
    bodies = dict(here.documents.bodies)
    meanwhile(here, Meanwhile(bodies, key, show, nth), report)
    assert archived(here) == ["R00000000003", "R00000000002", "R00000000001"]
    assert_as_from_the_store(here)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("nth", range(1, 14, 2))
@pytest.mark.parametrize("key", [files()[0], "data/open/2026-06/01/index.json"])
def test_no_report_is_lost_when_a_day_is_divided_as_another_writes_to_it(
    key: str, nth: int, here: PublishingWorld
) -> None:
    reports = put_many(here, 9)
    brought_up(here, *reports[:5])
    bodies = dict(here.documents.bodies)
    here.documents = Meanwhile(bodies, key, lambda: tell(here, *reports[7:]), nth)
    tell(here, *reports[5:7])
    tell(here, *reports[7:])
    assert sorted(each for part in in_parts(here) for each in part) == sorted(here.reports.shown)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("nth", range(1, 4))
def test_report_is_listed_when_its_day_is_divided_by_a_writer_that_did_not_see_it(
    nth: int, here: PublishingWorld
) -> None:
    new, *others = put_many(here, 8)
    brought_up(here, *others[:4])

    def divide() -> None:
        unseen = here.reports.shown.pop(new.service_request_id)
        tell(here, *others)
        here.reports.shown[new.service_request_id] = unseen

    bodies = dict(here.documents.bodies)
    here.documents = Meanwhile(bodies, "data/open/2026-06/01/index.json", divide, nth)
    assert tell(here, new) == {}
    assert sorted(each for part in in_parts(here) for each in part) == sorted(here.reports.shown)


def test_listed_report_is_detected_when_the_second_check_is_missing(
    here: PublishingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = PartTarget.put
    monkeypatch.setattr(PartTarget, "put", lambda *these: put(*these) and False)
    with pytest.raises(AssertionError):
        test_late_writer_removes_a_report_that_was_hidden_meanwhile(here)


# Again


def test_lists_are_rebuilt_from_the_store_by_publish(here: PublishingWorld) -> None:
    long_ago = NOON - timedelta(days=400)
    hidden = here.reports.put(1)
    here.reports.put(2, requested_datetime=long_ago, updated_datetime=long_ago)
    brought_up(here)
    here.reports.hide(hidden)
    assert publish_all(ports(here)) == {}
    assert naming(here, hidden) == []
    assert listed(here, "2025-04-27") == ["R00000000002"]
    assert months(here) == ["2025-04"]


def test_documents_without_a_source_are_removed_by_publish(here: PublishingWorld) -> None:
    here.reports.put(ward_code="E05000001")
    brought_up(here)
    others = ["feeds/wards/gone.atom", "feeds/all/2026-06-01-1-of-2.atom", *files(suffix="-2-of-2")]
    here.documents.bodies |= dict.fromkeys(others, b"[]")
    before = dict(here.documents.bodies)
    assert rebuild_lists(ports(here)) == {}
    assert before.keys() - here.documents.bodies.keys() == set(others)
