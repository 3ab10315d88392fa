"""A report knows its ward and street from the day that it was made."""

from datetime import UTC, datetime

from msgspec.structs import replace

from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.exchange.importing import import_report
from chalicelib.reports.usecases.lifecycle.moving_wards import move_to_wards
from chalicelib.reports.usecases.reading import view_report
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.submission import submit
from tests.support.builders import draft, imported_report, report
from tests.support.fakes import FakeAddressLookup, MemoryRepository

OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)


def at(ports: Ports, wards: dict[int, str], street: str | None = None) -> Ports:
    """The same ports where places belong to these wards, by year, and to this street."""
    here = FakeAddressLookup()
    here.wards, here.name = wards, street
    return replace(ports, address_lookup=here)


def test_submitted_report_gets_ward_and_street(ports: Ports) -> None:
    here = at(ports, {2026: "centre"}, "Market Street")
    stored = submit(draft(), "key", Author(), here)
    assert (stored.ward_code, stored.address) == ("centre", "Market Street")
    assert view_report(stored.service_request_id, Author(), here).ward_code == "centre"


def test_report_keeps_its_own_address_when_one_was_given(ports: Ports) -> None:
    here = at(ports, {}, "Market Street")
    assert submit(draft(address="By the fountain"), "key", Author(), here).address == (
        "By the fountain"
    )


def test_report_has_no_ward_when_its_place_is_only_described(ports: Ports) -> None:
    here = at(ports, {2026: "centre"}, "Market Street")
    stored = submit(draft(lat=None, long=None, address="By the pond"), "key", Author(), here)
    assert (stored.ward_code, stored.address) == (None, "By the pond")


def test_same_draft_gives_the_stored_report_when_boundaries_changed_meanwhile(
    ports: Ports,
) -> None:
    first = submit(draft(), "key", Author(), at(ports, {2026: "centre"}))
    assert submit(draft(), "key", Author(), at(ports, {2026: "north"})) == first


def test_imported_report_gets_the_ward_of_its_own_day(
    ports: Ports, repository: MemoryRepository
) -> None:
    long_ago = datetime(2014, 6, 1, tzinfo=UTC)
    import_report(
        imported_report(requested_datetime=long_ago, updated_datetime=long_ago),
        at(ports, {2014: "old", 2026: "new"}),
    )
    [stored] = repository.get_many(list(repository.list_ids())).values()
    assert stored.ward_code == "old"


def test_ward_follows_when_an_officer_moves_the_report(ports: Ports) -> None:
    stored = submit(draft(), "key", Author(), at(ports, {2026: "centre"}))
    moved = change_report(
        stored.service_request_id,
        ReportChanges(lat=53.96, long=-1.08),
        stored.version,
        OFFICER,
        at(ports, {2026: "north"}),
    )
    assert moved.ward_code == "north"


def test_reports_move_to_the_ward_of_their_day_when_boundaries_change(
    ports: Ports, repository: MemoryRepository
) -> None:
    old = datetime(2014, 6, 1, tzinfo=UTC)
    repository.create(report(1, requested_datetime=old))
    repository.create(report(2, ward_code="new"))
    repository.create(report(3, lat=None, long=None))
    code_at = at(ports, {2014: "old", 2026: "new"}).address_lookup.ward_code
    assert move_to_wards(code_at, ports) == 1
    assert [repository.get_many([f"R{n:011}"])[f"R{n:011}"].ward_code for n in (1, 2, 3)] == [
        "old",
        "new",
        None,
    ]
    assert move_to_wards(code_at, ports) == 0
