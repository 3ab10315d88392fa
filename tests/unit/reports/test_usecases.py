from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.errors import Conflict, Forbidden, Invalid, NotFound
from chalicelib.geo.point import Box
from chalicelib.reports.model import TIMELINE_LIMIT_BYTES
from chalicelib.reports.parts import Contact
from chalicelib.reports.ports import Ports
from chalicelib.reports.queries import ReportFilters
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.exchange.importing import import_report
from chalicelib.reports.usecases.reading import list_in_box, public_views, view_report
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update
from tests.support.builders import NOON, draft, imported_report, update_draft
from tests.support.councils import council_named
from tests.support.fakes import Clock, MemoryRepository

ANYBODY = Author()
RESIDENT = Author("resident")
CREW = Author("crew", staff_in=EVERYWHERE)
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)


def test_report_is_stored_with_its_team_and_promise_date_when_submitted(ports: Ports) -> None:
    lamp = draft(service_code="street-light", attributes={"what": "out"})
    report = submit(lamp, "key", ANYBODY, ports)
    assert (report.state, report.team, report.version) == ("open", "lighting", 1)
    assert report.requested_datetime == report.updated_datetime == NOON
    # Seven working days after a Monday, at closing time: 17:00 in London is 16:00 UTC in summer.
    assert report.expected_datetime == datetime(2026, 6, 10, 16, 0, tzinfo=UTC)


def test_repeated_key_returns_the_stored_report_as_it_is_now(ports: Ports, clock: Clock) -> None:
    first = submit(draft(), "key", ANYBODY, ports)
    add_update(first.service_request_id, update_draft(state="fixed"), "u", OFFICER, ports)
    clock.now += timedelta(hours=1)
    again = submit(draft(), "key", ANYBODY, ports)
    assert again.service_request_id == first.service_request_id
    assert (again.state, again.version) == ("fixed", 2)
    assert again.requested_datetime == NOON


def test_other_draft_under_the_same_key_is_a_conflict_with_the_stored_report(
    ports: Ports,
) -> None:
    first = submit(draft(), "key", ANYBODY, ports)
    with pytest.raises(Conflict) as conflict:
        submit(draft(description="Another hole."), "key", ANYBODY, ports)
    assert conflict.value.link == f"https://council.example/reports/{first.service_request_id}"
    stored = ports.repository.get(first.service_request_id)
    assert stored and stored.description == "A deep hole."


def test_key_makes_another_report_when_another_person_uses_it(ports: Ports) -> None:
    ids = {
        submit(draft(), "key", author, ports).service_request_id
        for author in (ANYBODY, RESIDENT, OFFICER, Author("anonymous"), Author("import"))
    }
    assert len(ids) == 5


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"service_code": "dragon"}, "service_code"),
        ({"lat": 51.5}, "lat"),
        ({"long": 2.0}, "long"),
        ({"lat": float("nan")}, "lat"),
        ({"long": float("nan")}, "long"),
        ({"long": float("inf")}, "long"),
    ],
)
def test_nothing_is_stored_when_service_or_place_is_unknown(
    values: dict[str, object], field: str, ports: Ports
) -> None:
    with pytest.raises(Invalid) as refusal:
        submit(draft(**values), "key", ANYBODY, ports)
    assert [error.field for error in refusal.value.errors] == [field]
    assert list(ports.repository.list_ids()) == []


def test_update_joins_the_timeline_and_moves_the_report_when_staff_set_a_state(
    ports: Ports, clock: Clock
) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    clock.now += timedelta(hours=1)
    add_update(report.service_request_id, update_draft(state="in_progress"), "u", OFFICER, ports)
    seen = view_report(report.service_request_id, ANYBODY, ports)
    assert (seen.state, seen.status, seen.version) == ("in_progress", "open", 2)
    assert seen.updated_datetime == NOON + timedelta(hours=1)
    assert [(u.text, u.state, u.by) for u in seen.updates] == [
        ("Still there.", "in_progress", "council")
    ]


def test_update_is_added_once_when_its_key_is_repeated(ports: Ports) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    first, _ = add_update(report.service_request_id, update_draft(), "u", RESIDENT, ports)
    again, _ = add_update(report.service_request_id, update_draft(), "u", RESIDENT, ports)
    assert again == first
    assert len(view_report(report.service_request_id, ANYBODY, ports).updates) == 1


def test_update_is_a_conflict_when_its_key_was_used_for_another_text(ports: Ports) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    add_update(report.service_request_id, update_draft(), "u", RESIDENT, ports)
    with pytest.raises(Conflict):
        add_update(report.service_request_id, update_draft(text="Other"), "u", RESIDENT, ports)


def test_state_is_refused_when_a_resident_sets_it(ports: Ports) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    with pytest.raises(Forbidden):
        add_update(report.service_request_id, update_draft(state="fixed"), "u", RESIDENT, ports)
    assert view_report(report.service_request_id, ANYBODY, ports).state == "open"


def test_fixed_report_is_reopened_when_a_resident_says_it_is_not_fixed(ports: Ports) -> None:
    request_id = submit(draft(), "key", ANYBODY, ports).service_request_id
    add_update(request_id, update_draft(state="fixed"), "u1", OFFICER, ports)
    add_update(request_id, update_draft(state="not_fixed"), "u2", RESIDENT, ports)
    seen = view_report(request_id, ANYBODY, ports)
    assert (seen.state, seen.status) == ("reopen", "open")


@pytest.mark.parametrize("state", [None, "in_progress", "duplicate", "cancelled"])
def test_not_fixed_is_a_conflict_when_the_report_was_not_done(
    state: str | None, ports: Ports
) -> None:
    request_id = submit(draft(), "key", ANYBODY, ports).service_request_id
    add_update(request_id, update_draft(state=state), "u1", OFFICER, ports)
    with pytest.raises(Conflict, match="Only a report that was marked as fixed"):
        add_update(request_id, update_draft(state="not_fixed"), "u2", RESIDENT, ports)


def test_repeat_gets_its_stored_report_when_the_service_was_removed_since(ports: Ports) -> None:
    first = submit(draft(), "key", ANYBODY, ports)
    council = council_named("demo")
    offered = tuple(s for s in council.services if s.service_code != "pothole")
    later = replace(ports, council=msgspec.structs.replace(council, services=offered))
    assert submit(draft(), "key", ANYBODY, later) == first
    with pytest.raises(Invalid):
        submit(draft(), "another key", ANYBODY, later)


def test_transition_is_refused_with_the_allowed_ones(
    ports: Ports,
) -> None:
    request_id = submit(draft(), "key", ANYBODY, ports).service_request_id
    with pytest.raises(Invalid, match="can only move to: action_scheduled, cancelled"):
        add_update(request_id, update_draft(state="reopen"), "u", OFFICER, ports)


def test_timeline_stays_complete_and_its_item_small_with_many_long_updates(
    ports: Ports, repository: MemoryRepository, clock: Clock
) -> None:
    request_id = submit(draft(), "key", ANYBODY, ports).service_request_id
    for number in range(40):
        clock.now += timedelta(minutes=1)
        long_text = update_draft(text=f"{number} " + "x" * 1900)
        add_update(request_id, long_text, f"u{number}", RESIDENT, ports)
    stored = repository.get(request_id)
    assert stored and stored.archived > 0
    assert sum(len(update.text) for update in stored.updates) < TIMELINE_LIMIT_BYTES
    texts = [update.text.split()[0] for update in view_report(request_id, ANYBODY, ports).updates]
    assert texts == [str(number) for number in range(40)]


def test_update_is_added_once_when_it_was_archived_before_its_key_is_repeated(
    ports: Ports, clock: Clock
) -> None:
    request_id = submit(draft(), "key", ANYBODY, ports).service_request_id
    for number in range(40):
        clock.now += timedelta(minutes=1)
        add_update(request_id, update_draft(text="x" * 1999), f"u{number}", RESIDENT, ports)
    first, _ = add_update(request_id, update_draft(text="x" * 1999), "u0", RESIDENT, ports)
    assert first.datetime == NOON + timedelta(minutes=1)
    assert len(view_report(request_id, ANYBODY, ports).updates) == 40


def test_report_is_not_found_when_it_is_not_stored(ports: Ports) -> None:
    with pytest.raises(NotFound):
        view_report("NOSUCHREPORT", ANYBODY, ports)
    with pytest.raises(NotFound):
        add_update("NOSUCHREPORT", update_draft(), "u", ANYBODY, ports)


@pytest.mark.parametrize("visibility", ["hidden", "unconfirmed"])
def test_report_is_seen_by_its_reporter_and_officers_only_when_it_is_not_public(
    visibility: str, ports: Ports, repository: MemoryRepository
) -> None:
    report = submit(draft(), "key", RESIDENT, ports)
    repository.save(replace(report, visibility=visibility))  # type: ignore[arg-type]
    for author in (ANYBODY, Author("somebody else"), CREW):
        with pytest.raises(NotFound):
            view_report(report.service_request_id, author, ports)
    for author in (RESIDENT, OFFICER):
        assert view_report(report.service_request_id, author, ports).description == "A deep hole."
    assert public_views([report.service_request_id], ports) == {}


def test_contact_is_stored_and_visible_only_to_officers(ports: Ports) -> None:
    contact = Contact(name="Canary Name", email="canary@example.org", phone="01904 555777")
    report = submit(draft(contact=contact), "key", RESIDENT, ports)
    assert report.contact == contact
    assert view_report(report.service_request_id, OFFICER, ports).contact == contact  # type: ignore[attr-defined]
    for author in (ANYBODY, RESIDENT, CREW):
        seen = repr(view_report(report.service_request_id, author, ports))
        assert "canary" not in seen.lower() and "555777" not in seen and "resident" not in seen


def test_list_has_the_councils_area_when_the_box_is_the_world(ports: Ports) -> None:
    submit(draft(), "key", ANYBODY, ports)
    world = Box(west=-180, south=-90, east=180, north=90)
    page = list_in_box(world, ReportFilters(), limit=10, after=None, ports=ports)
    assert len(page.reports) == 1 and page.next is None


def test_list_is_empty_when_the_box_is_elsewhere(ports: Ports) -> None:
    elsewhere = Box(west=10, south=10, east=11, north=11)
    assert list_in_box(elsewhere, ReportFilters(), limit=10, after=None, ports=ports) == ((), None)


def test_imported_report_keeps_its_reference_state_and_dates(ports: Ports) -> None:
    earlier = NOON - timedelta(days=900)
    fixed = imported_report(
        state="fixed", requested_datetime=earlier, updated_datetime=earlier + timedelta(days=3)
    )
    assert import_report(fixed, ports)
    (request_id,) = ports.repository.list_ids()
    seen = view_report(request_id, ANYBODY, ports)
    assert seen.external_reference == "https://example.org/report/1"
    assert (seen.state, seen.requested_datetime) == ("fixed", earlier)
    assert seen.updated_datetime == earlier + timedelta(days=3)
    assert seen.expected_datetime is None


@pytest.mark.parametrize(
    ("service_code", "there", "here"),
    [
        ("noise-nuisance", "public", "private"),
        ("noise-nuisance", "waiting", "private"),
        ("noise-nuisance", "hidden", "hidden"),
        ("noise-nuisance", "unconfirmed", "unconfirmed"),
        ("graffiti", "public", "waiting"),
        ("graffiti", "private", "private"),
        ("pothole", "public", "public"),
        ("pothole", "private", "private"),
    ],
)
def test_imported_report_has_the_stricter_visibility_of_its_service_and_its_mapping(
    service_code: str, there: Any, here: str, ports: Ports
) -> None:
    old_one = imported_report(
        draft=draft(service_code=service_code), visibility=there, state="fixed"
    )
    report = import_report(old_one, ports).report
    assert (report.visibility, report.once_public) == (here, here == "public")
    assert set(public_views([report.service_request_id], ports)) == (
        {report.service_request_id} if here == "public" else set()
    )


def test_imported_report_becomes_private_when_it_is_imported_again_and_its_service_is_private(
    ports: Ports, repository: MemoryRepository
) -> None:
    old_one = imported_report(draft=draft(service_code="noise-nuisance"))
    stored = import_report(old_one, ports).report
    # As an import stored it that did not ask for its service.
    repository.save(replace(stored, visibility="public", once_public=True))
    again = import_report(old_one, ports)
    assert (again.is_new, again.report.visibility) == (False, "private")


@pytest.mark.parametrize("updated", [None, NOON - timedelta(days=1)])
@pytest.mark.parametrize("state", ["open", "fixed"])
def test_imported_report_without_a_later_date_last_changed_when_it_was_received(
    updated: datetime | None, state: Any, ports: Ports
) -> None:
    report = import_report(imported_report(state=state, updated_datetime=updated), ports).report
    assert report.updated_datetime == report.requested_datetime == NOON
    assert report.closed_datetime == (NOON if state == "fixed" else None)


def test_import_changes_nothing_when_it_is_run_again(ports: Ports) -> None:
    assert import_report(imported_report(), ports).is_new
    assert not import_report(imported_report(), ports).is_new
    (request_id,) = ports.repository.list_ids()
    assert view_report(request_id, ANYBODY, ports).version == 1


def test_import_is_a_conflict_when_the_reference_is_stored_with_other_values(
    ports: Ports,
) -> None:
    import_report(imported_report(), ports)
    with pytest.raises(Conflict):
        import_report(imported_report(state="fixed"), ports)
