"""Lists of public reports and of updates, by when."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.errors import Invalid
from chalicelib.reports.parts import Photo
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import Visibility
from chalicelib.reports.queries import TimeWindow
from chalicelib.reports.usecases.exchange import listing
from chalicelib.reports.usecases.exchange.listing import (
    ListFilter,
    list_requests,
    list_updates_between,
)
from tests.support.builders import NOON, report, update
from tests.support.fakes import Clock, MemoryPhotos, MemoryRepository

DAY = timedelta(days=1)
EVERYTHING = ListFilter()
YEAR = TimeWindow(NOON - 365 * DAY, NOON + DAY)


def listed(
    ports: Ports, kinds: ListFilter = EVERYTHING, page: int = 1, size: int = 10
) -> list[int]:
    found = list_requests(YEAR, kinds, ports, page=page, page_size=size)
    return [int(each.service_request_id[1:]) for each in found]


def keep(repository: MemoryRepository, number: int, **values: object) -> None:
    moment = NOON - number * DAY
    repository.create(
        report(number, **{"requested_datetime": moment, "updated_datetime": moment, **values})
    )


def test_list_has_only_public_reports_newest_first(
    ports: Ports, repository: MemoryRepository
) -> None:
    others = ("waiting", "held", "private", "unconfirmed", "hidden", "withdrawn")
    for number, visibility in enumerate(["public", *others, "public"], 1):
        keep(repository, number, visibility=visibility)
    assert listed(ports) == [1, 8]


def test_list_has_reports_of_the_requested_services(
    ports: Ports, repository: MemoryRepository
) -> None:
    keep(repository, 1)
    keep(repository, 2, state="fixed")
    keep(repository, 3, service_code="graffiti")
    assert listed(ports, ListFilter(statuses=["open"])) == [1, 3]
    assert listed(ports, ListFilter(statuses=("open", "closed"))) == [1, 2, 3]
    assert listed(ports, ListFilter(service_codes=("graffiti", "bins"))) == [3]
    assert listed(ports, ListFilter(statuses=(), service_codes=())) == []


def test_pages_have_every_report_once_when_a_list_is_long(
    ports: Ports, repository: MemoryRepository
) -> None:
    for number in range(1, 8):
        keep(repository, number, visibility="private" if number == 2 else "public")
    pages = [listed(ports, page=page, size=3) for page in (1, 2, 3)]
    assert pages == [[1, 3, 4], [5, 6, 7], []]


def test_page_has_at_most_a_thousand_rows(ports: Ports, repository: MemoryRepository) -> None:
    for number in range(1, 1003):
        keep(repository, number, requested_datetime=NOON)
    found = list_requests(YEAR, ListFilter(), ports, page_size=5000)
    assert len(found) == listing.MOST_ROWS == 1000


def test_period_is_by_update_time_on_request(ports: Ports, repository: MemoryRepository) -> None:
    keep(repository, 1)
    keep(repository, 200, updated_datetime=NOON)
    window = TimeWindow(NOON, NOON, "updated")
    (found,) = list_requests(window, ListFilter(), ports, page_size=10)
    assert found.service_request_id == "R00000000200"


def test_reports_are_sorted_by_id_for_any_filter_and_page(
    ports: Ports, repository: MemoryRepository
) -> None:
    keep(repository, 1, state="fixed")
    keep(repository, 2)
    keep(repository, 3, visibility="hidden")
    wanted = ["R00000000002", "missing", "R00000000003", "R00000000001", "R00000000002"]
    found = list_requests(wanted, ListFilter(statuses=["open"]), ports, page=7, page_size=1)
    assert [each.service_request_id for each in found] == ["R00000000002", "R00000000001"]


class LateIndex(MemoryRepository):
    """Its index lags behind: it says of every report that it is public and open."""

    def list_in_window(self, *args: object, **options: object):  # type: ignore[no-untyped-def]
        for each in super().list_in_window(*args, **options):  # type: ignore[arg-type]
            yield each._replace(visibility="public", state="open")


def test_list_shows_no_hidden_report_when_the_index_lags(
    ports: Ports,
) -> None:
    ports = replace(ports, repository=LateIndex())
    assert isinstance(ports.repository, LateIndex)
    keep(ports.repository, 1, visibility="hidden")
    keep(ports.repository, 2, state="fixed")
    assert listed(ports, ListFilter(statuses=["open"])) == []
    assert listed(ports) == [2]


# Updates


def test_updates_are_those_of_public_reports_in_the_period_oldest_first(
    ports: Ports, repository: MemoryRepository, clock: Clock
) -> None:
    clock.now += 2 * DAY
    early, late = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
    moments = (NOON - DAY, early, late, late + DAY)
    updates = [update(number, datetime=moment) for number, moment in enumerate(moments)]
    keep(repository, 1, updates=(updates[0], updates[2]), updated_datetime=late)
    keep(repository, 2, updates=(updates[1], updates[3]), updated_datetime=late + DAY)
    keep(repository, 3, updates=(update(9, datetime=early),), visibility="private")
    found = list_updates_between(early, late, ports)
    assert [(r.service_request_id, u.update_id) for r, u in found] == [
        ("R00000000002", "U00000000001"),
        ("R00000000001", "U00000000002"),
    ]


@pytest.mark.parametrize(
    ("visibility", "is_heard"),
    [
        *(("public", True), ("private", True), ("waiting", True), ("held", True)),
        *(("hidden", False), ("withdrawn", False), ("unconfirmed", False)),
    ],
)
def test_updates_of_non_public_reports_are_only_for_the_partner_that_sent_them(
    visibility: Visibility, is_heard: bool, ports: Ports, repository: MemoryRepository
) -> None:
    one = (update(1, datetime=NOON),)
    values = {"visibility": visibility, "updates": one, "updated_datetime": NOON}
    keep(repository, 1, reporter="partner:mine", **values)
    keep(repository, 2, reporter="partner:other", **values)
    keep(repository, 3, **values)
    heard = {
        sender: sorted(
            report.service_request_id
            for report, _ in list_updates_between(NOON, NOON, ports, sender=sender)
        )
        for sender in ("partner:mine", "partner:nobody", None)
    }
    everybody = [f"R0000000000{number}" for number in (1, 2, 3) if visibility == "public"]
    assert heard["partner:nobody"] == heard[None] == everybody
    mine = ["R00000000001"] if is_heard else []
    assert heard["partner:mine"] == (everybody or mine)


@pytest.mark.parametrize(
    ("minutes", "ready", "is_listed"),
    [(0, "", False), (5, "A", False), (5, "AB", True), (59, "A", False), (60, "A", True)],
)
def test_update_is_listed_when_all_its_photos_are_ready_or_an_hour_has_passed(
    minutes: int,
    ready: str,
    is_listed: bool,
    ports: Ports,
    repository: MemoryRepository,
    clock: Clock,
) -> None:
    photos = MemoryPhotos()
    ports = replace(ports, photos=photos)
    keep(
        repository,
        1,
        updated_datetime=NOON,
        updates=(update(1, datetime=NOON), update(2, datetime=NOON)),
        photos=(
            *(Photo(photo_id=each * 26, state="shown", update_id="U00000000001") for each in "AB"),
            Photo(photo_id="C" * 26, state="hidden", update_id="U00000000002"),
        ),
    )
    photos.done = {each * 26 for each in ready}
    clock.now = NOON + timedelta(minutes=minutes)
    found = [each.update_id for _, each in list_updates_between(NOON, clock.now, ports)]
    assert found == (["U00000000001"] if is_listed else []) + ["U00000000002"]


def test_update_is_missed_by_no_caller_who_asks_for_consecutive_periods(
    ports: Ports, repository: MemoryRepository, clock: Clock
) -> None:
    photos, step = MemoryPhotos(), timedelta(minutes=5)
    ports = replace(ports, photos=photos)
    photo = Photo(photo_id="A" * 26, state="shown", update_id="U00000000001")
    one = (update(1, datetime=NOON),)
    keep(repository, 1, updated_datetime=NOON, updates=one, photos=(photo,))
    heard: list[int] = []
    for number in range(20):
        start, clock.now = NOON + number * step, NOON + (number + 1) * step
        if number == 3:
            photos.done = {"A" * 26}
        heard += [number for _ in list_updates_between(start, clock.now, ports)]
    assert heard[0] == 3 and heard[-1] == 12


def test_archived_updates_are_found(ports: Ports, repository: MemoryRepository) -> None:
    keep(repository, 1, archived=1, updated_datetime=NOON)
    repository.archive_updates("R00000000001", [update(1, datetime=NOON)], first=0, version=1)
    ((_, found),) = list_updates_between(NOON, NOON, ports)
    assert found.update_id == "U00000000001"


def test_updates_are_all_there_when_thousands_of_reports_changed_since(
    ports: Ports, repository: MemoryRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 1502):
        one = (update(number, datetime=NOON),) if number % 500 == 0 else ()
        keep(repository, number, updated_datetime=NOON, updates=one)
    assert [r.service_request_id for r, _ in list_updates_between(NOON, NOON, ports)] == [
        "R00000000500",
        "R00000001000",
        "R00000001500",
    ]
    monkeypatch.setattr(listing, "MOST_CHANGED", 1500)
    with pytest.raises(Invalid, match="start later"):
        list_updates_between(NOON, NOON, ports)


# What a list costs


class CountingRepository(MemoryRepository):
    """Notes in what steps its index was asked, and how many entries were taken from it."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[int] = []
        self.taken = 0

    def list_in_window(self, *args: object, **options: object):  # type: ignore[no-untyped-def]
        self.steps.append(options["page_size"])  # type: ignore[arg-type]
        for each in super().list_in_window(*args, **options):  # type: ignore[arg-type]
            self.taken += 1
            yield each


def test_index_is_read_in_large_pages_when_few_entries_match(ports: Ports) -> None:
    counting = CountingRepository()
    ports = replace(ports, repository=counting)
    for kinds in (
        ListFilter(),
        ListFilter(statuses=["open"]),
        ListFilter(service_codes=["graffiti"]),
    ):
        listed(ports, kinds, size=1)
    assert counting.steps == [100, 1000, 1000]


def test_list_is_refused_when_too_many_entries_would_be_read(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_ENTRIES_READ", 5)
    counting = CountingRepository()
    ports = replace(ports, repository=counting)
    for number in range(1, 8):
        keep(counting, number)
    assert listed(ports, size=5) == [1, 2, 3, 4, 5]
    counting.taken = 0
    with pytest.raises(Invalid, match="ask for a shorter one"):
        listed(ports, ListFilter(service_codes=["graffiti"]))
    assert counting.taken == 6
