"""What an officer can and cannot change."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import Conflict, Invalid
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import MOST_DUPLICATES, ServiceRequest
from chalicelib.reports.parts import Contact, Photo
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author, Remit
from chalicelib.reports.usecases.reading import public_views, view_report
from chalicelib.reports.usecases.resident.withdrawing import withdraw_report
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update
from tests.support.builders import NOON, draft, report, update_draft
from tests.support.councils import council_named
from tests.support.fakes import Clock, FakeAddressLookup, MemoryPhotos, MemoryRepository

COUNCIL = council_named("demo")
ANYBODY = Author()
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
PHOTO = "A" * 26
NOISE = {"service_code": "noise-nuisance", "attributes": {"kind": "noise"}}


def changed(report: ServiceRequest, ports: Ports, **changes: Any) -> ServiceRequest:
    stored = ports.repository.get(report.service_request_id)
    assert stored
    return change_report(
        report.service_request_id, ReportChanges(**changes), stored.version, OFFICER, ports
    )


def refused(report: ServiceRequest, ports: Ports, **changes: Any) -> dict[str, str]:
    before = ports.repository.get(report.service_request_id)
    with pytest.raises(Invalid) as refusal:
        changed(report, ports, **changes)
    assert ports.repository.get(report.service_request_id) == before
    return {error.field: error.message for error in refusal.value.errors}


def test_change_is_a_conflict_with_the_present_version_when_it_is_stale(ports: Ports) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    changed(report, ports, priority="high")
    with pytest.raises(Conflict) as conflict:
        change_report(report.service_request_id, ReportChanges(priority="low"), 1, OFFICER, ports)
    assert conflict.value.version == 2
    stored = ports.repository.get(report.service_request_id)
    assert stored and stored.priority == "high"


def test_state_is_in_the_timeline_when_it_is_changed(ports: Ports) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    changed(report, ports, state="in_progress")
    seen = view_report(report.service_request_id, ANYBODY, ports)
    assert [(u.state, u.by) for u in seen.updates] == [("in_progress", "council")]


def test_team_and_promise_follow_the_service(ports: Ports) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    after = changed(report, ports, service_code="litter")
    assert (after.service_code, after.team) == ("litter", "town-centre")
    assert after.expected_datetime == COUNCIL.promise_date("litter", NOON)


@pytest.mark.parametrize(
    ("service_code", "visibility"), [("noise-nuisance", "private"), ("litter", "public")]
)
def test_report_becomes_private_with_its_new_service(
    service_code: str, visibility: str, ports: Ports
) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    assert changed(report, ports, service_code=service_code).visibility == visibility


def test_private_report_waits_when_its_new_service_is_public(ports: Ports) -> None:
    report = submit(draft(**NOISE), "key", ANYBODY, ports)
    after = changed(report, ports, service_code="litter")
    assert after.visibility == "waiting"
    assert public_views([report.service_request_id], ports) == {}


def test_waiting_report_is_public_after_an_officers_approval(ports: Ports) -> None:
    report = submit(draft(service_code="graffiti"), "key", ANYBODY, ports)
    changed(report, ports, visibility="public")
    assert set(public_views([report.service_request_id], ports)) == {report.service_request_id}


def test_described_place_is_found_by_an_officer(ports: Ports) -> None:
    words = draft(lat=None, long=None, address="Behind the mill", service_code="litter")
    report = submit(words, "key", ANYBODY, ports)
    assert "find the location" in refused(report, ports, visibility="public")["visibility"]
    after = changed(report, ports, lat=53.959, long=-1.0815, visibility="public")
    assert (after.team, after.visibility, after.attention) == ("town-centre", "public", None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"service_code": "dragon"}, "service_code"),
        ({"state": "reopen"}, "state"),
        ({"lat": 53.959}, "lat"),
        ({"lat": 51.0, "long": -1.0815}, "lat"),
        ({"photos": {"A" * 26: "hidden"}}, "photos." + "A" * 26),
        ({"updates": {"U1": "x"}}, "updates.U1"),
        ({"duplicate_of": "000000000000"}, "duplicate_of"),
        ({"duplicate_of": "?"}, "duplicate_of"),
        ({"state": "duplicate"}, "duplicate_of"),
        ({"state": "fixed", "duplicate_of": "000000000000"}, "state"),
    ],
)
def test_impossible_change_is_refused_with_its_field(
    changes: dict[str, Any], field: str, ports: Ports
) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    assert set(refused(report, ports, **changes)) == {field}


PRIVATE_LAND: dict[str, Any] = {"lat": 53.9, "long": -1.19}


def test_report_cannot_be_moved_to_a_place_of_another_body(ports: Ports) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    assert "private land" in refused(report, ports, **PRIVATE_LAND)["lat"]


def test_report_cannot_be_moved_outside_every_ward(ports: Ports) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    assert isinstance(ports.address_lookup, FakeAddressLookup)
    ports.address_lookup.outside = True
    assert "outside Eskerby Council" in refused(report, ports, lat=53.97, long=-1.08)["lat"]
    assert changed(report, ports, priority="high").priority == "high"


def test_report_cannot_get_a_service_that_another_body_does_there(ports: Ports) -> None:
    council = ports.council
    areas = tuple(
        replace(area, services=("litter",)) if area.name == "Eskerby Retail Park" else area
        for area in council.areas
    )
    there = replace(ports, council=replace(council, areas=areas))
    report = submit(draft(**PRIVATE_LAND), "key", ANYBODY, there)
    assert "private land" in refused(report, there, service_code="litter")["service_code"]


def test_service_of_a_report_can_change_when_its_place_was_never_the_councils(
    ports: Ports, repository: MemoryRepository
) -> None:
    stored = repository.create(report(**PRIVATE_LAND))
    assert changed(stored, ports, service_code="litter").service_code == "litter"


def test_words_about_the_place_cannot_be_cleared_when_there_is_no_point(ports: Ports) -> None:
    words = draft(lat=None, long=None, address="Behind the mill")
    report = submit(words, "key", ANYBODY, ports)
    assert "say where it is" in refused(report, ports, clear=["address"])["address"]


def test_report_cannot_duplicate_itself_or_its_own_duplicate(ports: Ports) -> None:
    one, two = submit(draft(), "one", ANYBODY, ports), submit(draft(), "two", ANYBODY, ports)
    assert "itself" in refused(one, ports, duplicate_of=one.service_request_id)["duplicate_of"]
    changed(one, ports, duplicate_of=two.service_request_id)
    assert "itself" in refused(two, ports, duplicate_of=one.service_request_id)["duplicate_of"]


def test_report_is_independent_again_when_it_is_unmerged(ports: Ports) -> None:
    one, two = submit(draft(), "one", ANYBODY, ports), submit(draft(), "two", ANYBODY, ports)
    changed(one, ports, duplicate_of=two.service_request_id)
    after = changed(one, ports, state="reopen")
    assert (after.state, after.duplicate_of) == ("reopen", None)


def test_report_cannot_be_merged_into_a_non_public_one(ports: Ports) -> None:
    one = submit(draft(), "one", ANYBODY, ports)
    waiting = submit(draft(service_code="graffiti"), "two", ANYBODY, ports)
    refusal = refused(one, ports, duplicate_of=waiting.service_request_id)
    assert "not public" in refusal["duplicate_of"]


def test_report_cannot_be_merged_into_one_that_has_too_many_duplicates(ports: Ports) -> None:
    one, two = (submit(draft(), key, ANYBODY, ports) for key in ("one", "two"))
    full = replace(two, duplicates=tuple(f"{number:012}" for number in range(MOST_DUPLICATES)))
    ports.repository.save(full)
    refusal = refused(one, ports, duplicate_of=two.service_request_id)
    assert "1000 reports have been merged into that one" in refusal["duplicate_of"]


def test_report_outside_the_remit_looks_missing_to_a_merge(
    ports: Ports, repository: MemoryRepository
) -> None:
    parks = Author("parks", officer_in=(Remit(teams=("parks",)),))
    own = repository.create(report(1, team="parks"))
    private = repository.create(report(2, team="protection", visibility="private"))
    public = repository.create(report(3, team="highways"))
    refusals = []
    for into in (private.service_request_id, "000000000000", public.service_request_id):
        with pytest.raises(Invalid) as refusal:
            merging = ReportChanges(duplicate_of=into)
            change_report(own.service_request_id, merging, own.version, parks, ports)
        refusals.append(refusal.value.errors)
    assert refusals[0] == refusals[1]
    assert "ask an officer there" in refusals[2][0].message
    assert repository.get(public.service_request_id) == public
    assert repository.list_followers(public.service_request_id) == []


def test_merges_never_form_a_circle_when_one_was_hidden_meanwhile(ports: Ports) -> None:
    one, two, three = (submit(draft(), key, ANYBODY, ports) for key in ("one", "two", "three"))
    changed(one, ports, duplicate_of=two.service_request_id)
    changed(two, ports, duplicate_of=three.service_request_id)
    changed(two, ports, visibility="hidden")
    refusal = refused(three, ports, duplicate_of=one.service_request_id)
    assert "itself" in refusal["duplicate_of"]


def test_report_is_not_a_duplicate_when_an_update_reopens_it(ports: Ports) -> None:
    one, two = submit(draft(), "one", ANYBODY, ports), submit(draft(), "two", ANYBODY, ports)
    changed(one, ports, duplicate_of=two.service_request_id)
    _, after = add_update(one.service_request_id, update_draft(state="reopen"), "u", OFFICER, ports)
    assert (after.state, after.duplicate_of) == ("reopen", None)


def test_withdrawn_report_cannot_be_changed(ports: Ports) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    gone = withdraw_report(report.service_request_id, "key", ANYBODY, ports)
    for changes in (ReportChanges(visibility="public"), ReportChanges(visibility="hidden")):
        with pytest.raises(Conflict, match="withdrawn"):
            change_report(gone.service_request_id, changes, gone.version, OFFICER, ports)
    with pytest.raises(Conflict, match="withdrawn"):
        reopening = update_draft(state="reopen")
        add_update(gone.service_request_id, reopening, "u", OFFICER, ports)
    assert ports.repository.get(report.service_request_id) == gone


def test_followers_stay_when_a_merge_is_refused(ports: Ports) -> None:
    one, two = submit(draft(), "one", ANYBODY, ports), submit(draft(), "two", ANYBODY, ports)
    changed(one, ports, priority="high")
    merging = ReportChanges(duplicate_of=two.service_request_id)
    with pytest.raises(Conflict):
        change_report(one.service_request_id, merging, 1, OFFICER, ports)
    assert ports.repository.list_followers(two.service_request_id) == []


@pytest.mark.parametrize("field", ["title", "address", "asset_id", "contact", "attributes"])
def test_field_is_empty_when_it_is_cleared(field: str, ports: Ports) -> None:
    said = draft(
        title="Canary",
        address="Canary",
        asset_id="canary",
        contact=Contact(name="Canary"),
        attributes={"size": "small"},
    )
    report = submit(said, "key", ANYBODY, ports)
    after = changed(report, ports, clear=[field])
    assert not getattr(after, field)
    assert after.redactions == 1


def test_private_report_that_was_hidden_can_be_private_again(ports: Ports) -> None:
    report = submit(draft(**NOISE), "key", ANYBODY, ports)
    changed(report, ports, visibility="hidden")
    assert changed(report, ports, visibility="private").visibility == "private"


def test_change_of_priority_does_not_update_the_report_publicly(ports: Ports, clock: Clock) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    clock.now += timedelta(days=100)
    assert changed(report, ports, priority="low").updated_datetime == NOON


def test_officer_sees_waiting_photos(ports: Ports) -> None:
    assert isinstance(ports.photos, MemoryPhotos)
    ports.photos.known.add(PHOTO)
    report = submit(draft(photo_ids=[PHOTO]), "key", ANYBODY, ports)
    changed(report, ports, photos={PHOTO: "hidden"})
    (photo,) = view_report(report.service_request_id, OFFICER, ports).all_photos  # type: ignore[attr-defined]
    assert (photo.state, photo.url.startswith("https://private.example/")) == ("hidden", True)


def test_private_report_stays_private_for_any_change(ports: Ports) -> None:
    report = submit(draft(**NOISE), "key", ANYBODY, ports)
    assert "never public" in refused(report, ports, visibility="public")["visibility"]


def test_redaction_replaces_texts_and_counts(ports: Ports, clock: Clock) -> None:
    report = submit(draft(title="Ask Mr Canary"), "key", ANYBODY, ports)
    request_id = report.service_request_id
    update, _ = add_update(request_id, update_draft(text="Ring canary"), "u", ANYBODY, ports)
    after = changed(
        report,
        ports,
        title="[removed]",
        description="A hole.",
        updates={update.update_id: "[removed]"},
    )
    assert after.redactions == 1
    assert "anary" not in repr(view_report(request_id, ANYBODY, ports))


def test_redaction_reaches_updates_that_were_archived(ports: Ports, clock: Clock) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    request_id = report.service_request_id
    first, _ = add_update(request_id, update_draft(text="canary"), "u", ANYBODY, ports)
    for number in range(30):
        add_update(request_id, update_draft(text="x" * 1999), f"u{number}", ANYBODY, ports)
    stored = ports.repository.get(request_id)
    assert stored and stored.archived
    after = changed(report, ports, updates={first.update_id: "[removed]"})
    # Once with the report, and once more when what is kept outside it was done.
    assert after.redactions == 2
    assert "canary" not in repr(view_report(request_id, ANYBODY, ports))


def test_archived_update_is_redacted_when_the_report_is_merged_by_the_same_change(
    ports: Ports,
) -> None:
    one, two = submit(draft(), "one", ANYBODY, ports), submit(draft(), "two", ANYBODY, ports)
    request_id = one.service_request_id
    first, _ = add_update(request_id, update_draft(text="canary"), "u", ANYBODY, ports)
    for number in range(30):
        add_update(request_id, update_draft(text="x" * 1999), f"u{number}", ANYBODY, ports)
    redaction = {first.update_id: "[removed]"}
    changed(one, ports, updates=redaction, duplicate_of=two.service_request_id)
    seen = view_report(request_id, ANYBODY, ports)
    assert seen.duplicate_of == two.service_request_id
    assert "canary" not in repr(seen)


def test_redacted_update_does_not_return_from_archiving(
    ports: Ports, repository: MemoryRepository
) -> None:
    """A writer archived it before an officer redacted it, and lost the race after that."""
    request_id = submit(draft(), "key", ANYBODY, ports).service_request_id
    first, before = add_update(request_id, update_draft(text="canary"), "u", ANYBODY, ports)
    repository.archive_updates(request_id, [first], first=0, version=before.version)
    changed(before, ports, updates={first.update_id: "[removed]"})
    for number in range(30):
        add_update(request_id, update_draft(text="x" * 1999), f"u{number}", ANYBODY, ports)
    stored = ports.repository.get(request_id)
    assert stored and stored.archived
    assert "canary" not in repr(view_report(request_id, ANYBODY, ports))


def test_photo_is_hidden_and_shown_again(ports: Ports) -> None:
    assert isinstance(ports.photos, MemoryPhotos)
    ports.photos.known.add(PHOTO)
    ports.photos.done.add(PHOTO)
    report = submit(draft(photo_ids=[PHOTO]), "key", ANYBODY, ports)
    hidden = changed(report, ports, photos={PHOTO: "hidden"})
    assert hidden.photos == (Photo(photo_id=PHOTO, state="hidden"),)
    assert hidden.redactions == 1
    assert view_report(report.service_request_id, ANYBODY, ports).photos == ()
    shown = changed(report, ports, photos={PHOTO: "shown"})
    assert shown.redactions == 1
    assert len(view_report(report.service_request_id, ANYBODY, ports).photos) == 1


def test_officer_sees_non_public_details(ports: Ports) -> None:
    contact = Contact(name="Ann")
    report = submit(draft(contact=contact), "key", ANYBODY, ports)
    seen = view_report(report.service_request_id, OFFICER, ports)
    assert seen.contact == contact  # type: ignore[attr-defined]
    for author in (ANYBODY, Author("crew", staff_in=EVERYWHERE)):
        assert not hasattr(view_report(report.service_request_id, author, ports), "contact")
