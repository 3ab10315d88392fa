"""What the reports' use cases rely on where reports are kept: in memory as in DynamoDB."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.catalogue.decisions import Reason
from chalicelib.catalogue.prices import OrderItem, PriceLine
from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import key_of, tile_bounds, tile_of
from chalicelib.kernel.optimistic import AlreadyExists, VersionConflict
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import Need
from chalicelib.reports.orders import BookedSlot, Order
from chalicelib.reports.outcome import outcome_in
from chalicelib.reports.parts import (
    Contact,
    Flag,
    HeldUpdate,
    MissedCollection,
    OfficerChange,
    Photo,
    Question,
)
from chalicelib.reports.ports import Repository
from chalicelib.reports.published import Delay, ReportOutline
from chalicelib.reports.queries import ReportFilters, ReportSummary
from chalicelib.reports.states import STATES, status_of
from tests.support.builders import MARKET_PLACE, NOON, place_of, report, update

CELL_ZOOM = 12
EVERY = ReportFilters()
AROUND = Box(west=-1.3, south=53.85, east=-0.9, north=54.05)
"""About twenty of the index's cells round the middle of the demo council."""


Populated = tuple[Repository, Sequence[ServiceRequest]]


def scattered_places(number: int, box: Box) -> list[Point]:
    random = Random(1)
    return [
        Point(lat=random.uniform(box.south, box.north), long=random.uniform(box.west, box.east))
        for _ in range(number)
    ]


EVERYTHING = report(
    alerts=True,
    language="cy",
    service_code="street-light",
    team="lighting",
    state="action_scheduled",
    visibility="hidden",
    description="Señor Ünïcode – 坑洞 🕳️\n\tand a second line",
    lat=53.123456789012,
    long=-1.987654321098,
    requested_datetime=NOON - timedelta(days=400, seconds=1),
    updated_datetime=NOON + timedelta(seconds=59),
    expected_datetime=NOON + timedelta(days=7),
    delays=(Delay(promised_datetime=NOON, reason="Snow.", given_at=NOON),),
    planned_day=NOON.date(),
    title="“Big” hole & <b>more</b>",
    address="Ffordd y Môr 1",
    placeless=True,
    premises_id="100023336956",
    review_on=NOON.date(),
    collection=MissedCollection(container="rubbish", date=NOON.date(), disputes=True),
    order=Order(
        items=(OrderItem(code="mattress", count=2),),
        lines=(PriceLine(text="Mattress × 2", amount_pence=4000),),
        amount_pence=4000,
        fund="WASTE",
        booking=BookedSlot(
            hold_id="bulky.2026-06-08.day.2.0",
            place=SlotOfDay(calendar="bulky", day=NOON.date(), slot="day"),
            units=2,
            moving_to=SlotOfDay(calendar="bulky", day=NOON.date(), slot="day"),
        ),
        state="cancelled",
        paid_by="receipt",
        receipt="R-1",
        refund_pence=4000,
    ),
    asset_id="lamp-12/Ä",
    ward_code="E05010311",
    contact=Contact(name="Zoë O’Neill", email="zoë@example.org", phone="+44 1904 960123"),
    anonymous=True,
    channel="phone",
    reporter="account-1",
    email_key="a" * 32,
    phone_key="b" * 32,
    closed_datetime=NOON - timedelta(days=3),
    forgotten=True,
    external_reference="https://example.org/report/1?a=b&c=ü",
    attributes={"what": ("out",), "kinds": ("a", "ü")},
    photos=(
        Photo(photo_id="P1", state="shown"),
        Photo(photo_id="P2", state="waiting", update_id="U00000000002"),
    ),
    priority="urgent",
    opens="job",
    because=(Reason(about="priority", text="Priority is urgent because it says “tief”."),),
    decided_by_hand=("team", "target"),
    duplicate_of="R00000000009",
    duplicates=("7K3M2QXV9HTD",),
    once_public=True,
    publish_at=NOON + timedelta(minutes=5),
    flags=(Flag(flag_id="F1", reason="other", text="näh", datetime=NOON),),
    redactions=2,
    followers=12,
    repairs=3,
    failed_repairs=2,
    said_fixed=5,
    said_not_fixed=4,
    questions=(
        Question(
            question_id="q1",
            number=1,
            text="Which lamp, “links”?",
            asked_at=NOON,
            asked_by="account-2",
            fingerprint="f",
            answered_at=NOON + timedelta(hours=1),
            answer="Número 12",
            settled_at=NOON + timedelta(hours=2),
        ),
    ),
    needs=(
        Need(
            need_id="n1",
            reason="could_not",
            since=NOON,
            about="J0B000000001",
            by="crew:north",
            why="Ein Auto, “davor”",
            settled_at=NOON + timedelta(hours=1),
        ),
    ),
    updates=(
        update(1, text="Größer – 更大 🕳️", state="reopen", by="council"),
        update(2, text='line\n"quoted" \\ back', datetime=NOON + timedelta(days=1)),
    ),
    held_updates=(
        HeldUpdate(
            update_id="U00000000003",
            datetime=NOON,
            text="schlimmer, “sagt” man",
            by="resident",
            requested_state="in_progress",
            refused=True,
        ),
    ),
    officer_changes=(
        OfficerChange(
            change_id="c1", version=7, at=NOON, told_from=NOON, shows=True, is_taken_back=True
        ),
    ),
    archived=3,
)


# One report


def test_rehearsal_answers_as_creation_does_and_stores_nothing(repository: Repository) -> None:
    rehearsed = repository.rehearse(EVERYTHING)
    assert repository.get(EVERYTHING.service_request_id) is None
    assert rehearsed == repository.create(EVERYTHING)


def test_rehearsal_leaves_a_stored_report_as_it_is(repository: Repository) -> None:
    stored = repository.create(EVERYTHING)
    repository.rehearse(replace(EVERYTHING, title="Other"))
    assert repository.get(EVERYTHING.service_request_id) == stored


def test_report_is_stored_as_version_one_when_it_is_created(repository: Repository) -> None:
    created = repository.create(report())
    assert created == replace(report(), version=1)
    assert repository.get(created.service_request_id) == created


def test_every_field_comes_back_when_a_report_is_read(repository: Repository) -> None:
    ordinary = report()
    same = {
        field.name
        for field in fields(ServiceRequest)
        if getattr(EVERYTHING, field.name) == getattr(ordinary, field.name)
    }
    assert same == {"service_request_id", "fingerprint", "version"}
    created = repository.create(EVERYTHING)
    assert created == replace(EVERYTHING, version=1)
    assert repository.get(EVERYTHING.service_request_id) == created
    assert repository.get_many([EVERYTHING.service_request_id]) == {
        EVERYTHING.service_request_id: created
    }


def test_every_field_comes_back_when_a_report_was_replaced(repository: Repository) -> None:
    plain = repository.create(report())
    saved = repository.save(replace(EVERYTHING, version=plain.version))
    assert saved == replace(EVERYTHING, version=2)
    assert repository.get(plain.service_request_id) == saved
    emptied = repository.save(replace(report(), version=saved.version))
    assert repository.get(plain.service_request_id) == emptied == replace(report(), version=3)


@pytest.mark.parametrize("degrees", [0.0, 53.0, -1.0, 1e-7, -179.99999999999997, 53.95900000000001])
def test_place_comes_back_to_the_last_digit(degrees: float, repository: Repository) -> None:
    repository.create(report(lat=degrees / 3, long=degrees))
    stored = repository.get(report().service_request_id)
    assert stored
    assert (stored.lat, stored.long) == (degrees / 3, degrees)


def test_second_create_is_refused_and_changes_nothing_when_the_id_is_taken(
    repository: Repository,
) -> None:
    created = repository.create(report())
    with pytest.raises(AlreadyExists):
        repository.create(report(description="Another hole."))
    assert repository.get(created.service_request_id) == created


def test_create_is_refused_when_the_report_was_changed_since(repository: Repository) -> None:
    saved = repository.save(repository.create(report()))
    with pytest.raises(AlreadyExists):
        repository.create(report())
    assert repository.get(saved.service_request_id) == saved


def test_version_goes_up_by_one_when_a_report_is_saved(repository: Repository) -> None:
    current = repository.create(report())
    for version in (2, 3, 4):
        current = repository.save(replace(current, state="in_progress"))
        assert current.version == version
    assert repository.get(current.service_request_id) == current


@pytest.mark.parametrize("version", [0, 1, 3])
def test_save_is_refused_and_changes_nothing_when_another_version_is_stored(
    version: int, repository: Repository
) -> None:
    saved = repository.save(repository.create(report()))
    with pytest.raises(VersionConflict):
        repository.save(replace(saved, description="Late.", version=version))
    assert repository.get(saved.service_request_id) == saved


@pytest.mark.parametrize("version", [0, 1])
def test_save_is_refused_and_stores_nothing_when_the_report_is_not_stored(
    version: int, repository: Repository
) -> None:
    with pytest.raises(VersionConflict):
        repository.save(report(version=version))
    assert repository.get(report().service_request_id) is None


def test_nothing_is_found_when_a_report_is_not_stored(repository: Repository) -> None:
    repository.create(report(1))
    assert repository.get("NOSUCHREPORT") is None


# Several reports


def test_get_many_returns_the_stored_ones(repository: Repository) -> None:
    stored = {r.service_request_id: r for r in [repository.create(report(n)) for n in (1, 2, 3)]}
    asked = [*stored, "NOSUCHREPORT"]
    assert repository.get_many(asked) == stored
    assert repository.get_many([*asked, *asked]) == stored
    assert repository.get_many(["NOSUCHREPORT"]) == {}
    assert repository.get_many([]) == {}


def test_get_many_is_complete_over_several_calls(repository: Repository) -> None:
    stored = [repository.create(report(number)).service_request_id for number in range(101)]
    assert set(repository.get_many(stored)) == set(stored)


def test_ids_are_those_of_reports_alone_when_updates_are_archived(
    repository: Repository,
) -> None:
    assert list(repository.list_ids()) == []
    for number, visibility in enumerate(("public", "hidden", "unconfirmed"), start=1):
        kept = repository.create(report(number, visibility=visibility))
        repository.archive_updates(
            kept.service_request_id, [update(1), update(2)], first=0, version=1
        )
    assert sorted(repository.list_ids()) == [report(n).service_request_id for n in (1, 2, 3)]


def test_outlines_are_those_of_all_reports(repository: Repository) -> None:
    repository.create(report(1, visibility="hidden", lat=None, long=None, address="By the bridge"))
    kept = repository.create(report(2, state="fixed"))
    repository.archive_updates(kept.service_request_id, [update(1)], first=0, version=1)
    first, second = sorted(repository.list_outlines())
    assert (first.is_public, first.is_open, first.point) == (False, True, None)
    assert second == ReportOutline(
        kept.service_request_id,
        is_public=True,
        is_open=False,
        point=kept.point,
        requested_datetime=kept.requested_datetime,
        updated_datetime=kept.updated_datetime,
        has_photos=False,
    )


def test_outcomes_of_a_month_are_those_of_its_reports(repository: Repository) -> None:
    done_at = NOON + timedelta(hours=1)
    fixed = update(1, datetime=done_at, state="fixed", by="council")
    here = {
        "done": repository.create(report(1, state="fixed", updates=(fixed,))),
        "open": repository.create(report(2, visibility="hidden")),
        "long": repository.create(report(3, archived=4)),
    }
    repository.create(report(4, requested_datetime=NOON - timedelta(days=40)))
    rows = {each.service_request_id: each for each in repository.list_outcomes(f"{NOON:%Y-%m}")}
    assert rows.keys() == {each.service_request_id for each in here.values()}
    done, other, long = (rows[each.service_request_id] for each in here.values())
    assert done.outcome == outcome_in((fixed,), here["done"])
    assert done.outcome and done.outcome.done_at == done_at
    assert (other.visibility, other.ward_code) == ("hidden", here["open"].ward_code)
    assert long.outcome is None


def test_months_are_those_in_which_reports_were_requested(repository: Repository) -> None:
    assert repository.list_months() == frozenset()
    for number, days in enumerate((0, 1, 40)):
        repository.create(report(number, requested_datetime=NOON - timedelta(days=days)))
    assert repository.list_months() == {"2026-06", "2026-05", "2026-04"}


# Archived updates


def test_archived_updates_come_oldest_first_in_whatever_order_they_are_kept(
    repository: Repository,
) -> None:
    oldest, middle, newest = (
        update(9, datetime=NOON),
        update(1, datetime=NOON + timedelta(seconds=1)),
        update(5, datetime=NOON + timedelta(days=1)),
    )
    repository.archive_updates("R1", [middle, newest], first=1, version=1)
    repository.archive_updates("R1", [oldest], first=0, version=1)
    assert list(repository.list_archived_updates("R1")) == [oldest, middle, newest]


def test_archived_updates_keep_their_order_when_they_are_of_one_second(
    repository: Repository,
) -> None:
    said = [update(number, datetime=NOON) for number in (3, 1, 2)]
    repository.archive_updates("R1", said, first=0, version=1)
    assert list(repository.list_archived_updates("R1")) == said


def test_archived_update_stays_as_it_is_when_it_is_archived_again(
    repository: Repository,
) -> None:
    repository.archive_updates("R1", [update(1, text="Größer – 更大 🕳️")], first=0, version=1)
    repository.archive_updates("R1", [update(1, text="Changed."), update(2)], first=0, version=1)
    assert [u.text for u in repository.list_archived_updates("R1")] == [
        "Größer – 更大 🕳️",
        "Update 2",
    ]


def test_archived_updates_are_those_of_the_report_when_others_have_some(
    repository: Repository,
) -> None:
    repository.archive_updates("R1", [update(1)], first=0, version=1)
    repository.archive_updates("R11", [update(2)], first=0, version=1)
    assert list(repository.list_archived_updates("R1")) == [update(1)]
    assert list(repository.list_archived_updates("R")) == []


# On the map


def test_list_has_the_summary_of_a_report_when_it_lies_in_the_box(
    repository: Repository,
) -> None:
    stored = repository.create(replace(EVERYTHING, visibility="public"))
    (summary,) = in_box(repository, point_box(place_of(stored), 0.01))
    for field in fields(summary):
        assert getattr(summary, field.name) == getattr(stored, field.name)


@pytest.mark.parametrize("visibility", ["hidden", "unconfirmed"])
def test_report_leaves_the_map_when_it_is_no_longer_public(
    visibility: str, repository: Repository
) -> None:
    shown = repository.create(report())
    away = repository.save(replace(shown, visibility=visibility))  # type: ignore[arg-type]
    assert in_box(repository, AROUND) == []
    repository.save(replace(away, visibility="public"))
    assert ids_in(repository, AROUND) == [shown.service_request_id]


def test_moved_report_is_listed_only_at_its_new_place(
    repository: Repository,
) -> None:
    here = repository.create(report())
    there = repository.save(replace(here, lat=54.0, long=-1.0))
    assert in_box(repository, point_box(place_of(here), 0.001)) == []
    assert ids_in(repository, point_box(place_of(there), 0.001)) == [here.service_request_id]


def test_report_is_listed_when_it_lies_on_an_edge_or_a_corner_of_the_box(
    repository: Repository,
) -> None:
    place = place_of(repository.create(report()))
    lat, long, more = place.lat, place.long, 0.02
    boxes = [
        Box(west=west, south=south, east=east, north=north)
        for west, east in ((long, long), (long, long + more), (long - more, long))
        for south, north in ((lat, lat), (lat, lat + more), (lat - more, lat))
    ]
    for box in boxes:
        assert ids_in(repository, box) == [report().service_request_id], box
    just_beside = Box(west=long + 1e-9, south=lat, east=long + more, north=lat + more)
    assert in_box(repository, just_beside) == []


def test_list_applies_its_filters(repository: Repository) -> None:
    for number, state in enumerate(STATES, start=1):
        service_code = "pothole" if number % 2 else "street-light"
        repository.create(report(number, state=state, service_code=service_code))
    stored = repository.get_many(list(repository.list_ids())).values()
    for filters in (
        ReportFilters(),
        ReportFilters(status="open"),
        ReportFilters(status="closed"),
        ReportFilters(service_code="pothole"),
        ReportFilters(status="closed", service_code="street-light"),
        ReportFilters(service_code="dragon"),
    ):
        assert ids_in(repository, AROUND, filters) == expected(stored, AROUND, filters)


@pytest.mark.parametrize("filters", [ReportFilters(), ReportFilters(status="open")])
def test_pages_give_each_report_once_and_in_order_for_every_limit(
    filters: ReportFilters, repository: Repository
) -> None:
    corner = tile_bounds(tile_of(Point(**MARKET_PLACE), CELL_ZOOM))
    around_the_corner = point_box(Point(lat=corner.south, long=corner.east), 0.004)
    stored = reports_at(scattered_places(11, around_the_corner), repository)
    assert len({key_of(place_of(r), CELL_ZOOM) for r in stored}) == 4
    wanted = expected(stored, around_the_corner, filters)
    for limit in range(1, len(wanted) + 2):
        pages = paged(repository, around_the_corner, filters, limit)
        assert [i for page in pages for i in page] == wanted, limit
        assert all(len(page) == limit for page in pages[:-1]), limit
        assert len(pages[-1]) == (len(wanted) - 1) % limit + 1


def test_page_goes_on_where_it_ended_when_reports_share_a_place(repository: Repository) -> None:
    for number in range(1, 6):
        repository.create(report(number))
    pages = paged(repository, AROUND, ReportFilters(), 2)
    assert pages == [
        [report(n).service_request_id for n in some] for some in ((1, 2), (3, 4), (5,))
    ]


def test_page_goes_on_where_it_ended_when_the_last_report_was_hidden_meanwhile(
    repository: Repository,
) -> None:
    stored = [repository.create(report(number)) for number in range(1, 5)]
    first = repository.list_in_box(AROUND, ReportFilters(), limit=2, after=None)
    repository.save(replace(stored[1], visibility="hidden"))
    rest = repository.list_in_box(AROUND, ReportFilters(), limit=2, after=first.next)
    assert [s.service_request_id for s in rest.reports] == [
        s.service_request_id for s in stored[2:]
    ]
    assert rest.next is None


PLACES = scattered_places(40, AROUND)
"""Where reports are; half of the boxes' edges lie exactly on one of them."""


@pytest.fixture
def populated(repository: Repository) -> Populated:
    return repository, reports_at(PLACES, repository)


LATS = st.floats(53.8, 54.1) | st.sampled_from([place.lat for place in PLACES])
LONGS = st.floats(-1.35, -0.85) | st.sampled_from([place.long for place in PLACES])
BOXES = st.builds(
    lambda lats, longs: Box(west=min(longs), south=min(lats), east=max(longs), north=max(lats)),
    st.tuples(LATS, LATS),
    st.tuples(LONGS, LONGS),
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    box=BOXES,
    filters=st.builds(ReportFilters, status=st.sampled_from([None, "open", "closed"])),
    limit=st.integers(5, 50),
)
def test_list_is_what_a_search_through_everything_finds_in_any_box(
    box: Box,
    filters: ReportFilters,
    limit: int,
    populated: Populated,
) -> None:
    repository, stored = populated
    found = [i for page in paged(repository, box, filters, limit) for i in page]
    assert found == expected(stored, box, filters)


# How it is checked


def in_box(repository: Repository, box: Box, filters: ReportFilters = EVERY) -> list[ReportSummary]:
    page = repository.list_in_box(box, filters, limit=100, after=None)
    assert page.next is None
    return list(page.reports)


def ids_in(repository: Repository, box: Box, filters: ReportFilters = EVERY) -> list[str]:
    return [summary.service_request_id for summary in in_box(repository, box, filters)]


def paged(repository: Repository, box: Box, filters: ReportFilters, limit: int) -> list[list[str]]:
    """The ids on each page, following the cursor to the end."""
    pages: list[list[str]] = []
    after: str | None = None
    while not pages or after:
        page = repository.list_in_box(box, filters, limit=limit, after=after)
        pages.append([summary.service_request_id for summary in page.reports])
        after = page.next
        assert len(pages) < 200
    return pages


def expected(stored: Iterable[ServiceRequest], box: Box, filters: ReportFilters) -> list[str]:
    """What a search through everything finds, in Z-order."""
    found = [
        (key_of(place_of(r)), r.service_request_id)
        for r in stored
        if r.visibility == "public"
        and box.contains(place_of(r))
        and filters.status in (None, status_of(r.state))
        and filters.service_code in (None, r.service_code)
    ]
    return [service_request_id for _, service_request_id in sorted(found)]


def reports_at(places: Sequence[Point], repository: Repository) -> list[ServiceRequest]:
    """A report at each place, in different states; every tenth is hidden."""
    return [
        repository.create(
            report(
                number,
                lat=place.lat,
                long=place.long,
                state=STATES[number % len(STATES)],
                visibility="public" if number % 10 else "hidden",
            )
        )
        for number, place in enumerate(places, start=1)
    ]


def point_box(point: Point, degrees: float) -> Box:
    """The box that reaches so many degrees from the point to each side."""
    return Box(
        west=point.long - degrees,
        south=point.lat - degrees,
        east=point.long + degrees,
        north=point.lat + degrees,
    )
