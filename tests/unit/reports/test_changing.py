"""What an officer can change, and what she cannot."""

from typing import Any

import pytest

from chalicelib.errors import Conflict, Invalid
from chalicelib.reports.model import Changes, Contact, Photo, ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases import Author, add_update, change, public_views, submit, view
from tests.builders import NOON, draft, update_draft
from tests.fakes import Clock, MemoryPhotos

ANYBODY = Author()
OFFICER = Author("officer", is_staff=True, is_officer=True)
PHOTO = "A" * 26
NOISE = {"service_code": "noise-nuisance", "attributes": {"kind": "noise"}}


def changed(report: ServiceRequest, ports: Ports, **changes: Any) -> ServiceRequest:
    stored = ports.repository.get(report.service_request_id)
    assert stored
    return change(report.service_request_id, Changes(**changes), stored.version, OFFICER, ports)


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
        change(report.service_request_id, Changes(priority="low"), 1, OFFICER, ports)
    assert conflict.value.version == 2
    stored = ports.repository.get(report.service_request_id)
    assert stored and stored.priority == "high"


def test_state_is_in_the_timeline_when_it_is_changed(ports: Ports) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    changed(report, ports, state="in_progress")
    seen = view(report.service_request_id, ANYBODY, ports)
    assert [(u.state, u.by) for u in seen.updates] == [("in_progress", "council")]


def test_team_and_promise_follow_when_the_service_is_changed(ports: Ports) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    after = changed(report, ports, service_code="litter")
    assert (after.service_code, after.team) == ("litter", "town-centre")
    assert after.expected_datetime == ports.council.due("litter", NOON)


@pytest.mark.parametrize(
    ("service_code", "visibility"), [("noise-nuisance", "private"), ("litter", "public")]
)
def test_report_leaves_the_public_when_its_new_service_is_private(
    service_code: str, visibility: str, ports: Ports
) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    assert changed(report, ports, service_code=service_code).visibility == visibility


def test_private_report_waits_when_its_new_service_is_public(ports: Ports) -> None:
    report = submit(draft(**NOISE), "key", ANYBODY, ports)
    after = changed(report, ports, service_code="litter")
    assert after.visibility == "waiting"
    assert public_views([report.service_request_id], ports) == {}


def test_waiting_report_is_public_when_an_officer_has_looked(ports: Ports) -> None:
    report = submit(draft(service_code="graffiti"), "key", ANYBODY, ports)
    changed(report, ports, visibility="public")
    assert set(public_views([report.service_request_id], ports)) == {report.service_request_id}


def test_described_place_is_found_by_an_officer(ports: Ports) -> None:
    words = draft(lat=None, long=None, address="Behind the mill", service_code="litter")
    report = submit(words, "key", ANYBODY, ports)
    assert "find its place" in refused(report, ports, visibility="public")["visibility"]
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
    ],
)
def test_change_is_refused_with_its_field_when_it_cannot_be(
    changes: dict[str, Any], field: str, ports: Ports
) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    assert set(refused(report, ports, **changes)) == {field}


def test_report_is_no_duplicate_of_itself_or_of_its_own_duplicate(ports: Ports) -> None:
    one, two = submit(draft(), "one", ANYBODY, ports), submit(draft(), "two", ANYBODY, ports)
    assert "itself" in refused(one, ports, duplicate_of=one.service_request_id)["duplicate_of"]
    changed(one, ports, duplicate_of=two.service_request_id)
    assert "itself" in refused(two, ports, duplicate_of=one.service_request_id)["duplicate_of"]


def test_report_is_itself_again_when_it_was_no_duplicate_after_all(ports: Ports) -> None:
    one, two = submit(draft(), "one", ANYBODY, ports), submit(draft(), "two", ANYBODY, ports)
    changed(one, ports, duplicate_of=two.service_request_id)
    after = changed(one, ports, state="reopen")
    assert (after.state, after.duplicate_of) == ("reopen", None)


def test_private_report_stays_private_whatever_an_officer_says(ports: Ports) -> None:
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
    assert "anary" not in repr(view(request_id, ANYBODY, ports))


def test_redaction_reaches_updates_that_were_archived(ports: Ports, clock: Clock) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    request_id = report.service_request_id
    first, _ = add_update(request_id, update_draft(text="canary"), "u", ANYBODY, ports)
    for number in range(30):
        add_update(request_id, update_draft(text="x" * 1999), f"u{number}", ANYBODY, ports)
    stored = ports.repository.get(request_id)
    assert stored and stored.archived
    after = changed(report, ports, updates={first.update_id: "[removed]"})
    assert after.redactions == 1
    assert "canary" not in repr(view(request_id, ANYBODY, ports))


def test_photo_is_hidden_and_shown_again(ports: Ports) -> None:
    assert isinstance(ports.photos, MemoryPhotos)
    ports.photos.known.add(PHOTO)
    ports.photos.done.add(PHOTO)
    report = submit(draft(photo_ids=[PHOTO]), "key", ANYBODY, ports)
    hidden = changed(report, ports, photos={PHOTO: "hidden"})
    assert hidden.photos == (Photo(photo_id=PHOTO, state="hidden"),)
    assert hidden.redactions == 1
    assert view(report.service_request_id, ANYBODY, ports).photos == ()
    shown = changed(report, ports, photos={PHOTO: "shown"})
    assert shown.redactions == 1
    assert len(view(report.service_request_id, ANYBODY, ports).photos) == 1


def test_officer_sees_what_others_do_not(ports: Ports) -> None:
    contact = Contact(name="Ann")
    report = submit(draft(contact=contact), "key", ANYBODY, ports)
    seen = view(report.service_request_id, OFFICER, ports)
    assert seen.contact == contact  # type: ignore[attr-defined]
    for author in (ANYBODY, Author("crew", is_staff=True)):
        assert not hasattr(view(report.service_request_id, author, ports), "contact")
