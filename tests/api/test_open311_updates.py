"""Updates both ways, as FixMyStreet has them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from chalice.test import HTTPResponse

from chalicelib.bootstrap import container
from chalicelib.bootstrap.container import s3
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.georeport import moments
from chalicelib.reports.usecases.held_updates import MOST_HELD_UPDATES
from chalicelib.reports.usecases.lifecycle.forgetting import forget_sender
from tests.api.conftest import Api
from tests.support.open311 import (
    JPEG,
    OtherSystem,
    assert_errors,
    json_of,
    multipart,
    other_system,
    stored_report,
    xml_of,
)
from tests.support.seam import ALL_TRIES, REFUSALS, Refusal, refuse_call

NOW = "2026-06-01T12:00:00Z"


@pytest.fixture
def other(api: Api) -> OtherSystem:
    """A partner whose word on a state counts."""
    return other_system(api, sets_state=True)


@pytest.fixture
def residents(api: Api) -> OtherSystem:
    """A partner that speaks for residents."""
    return other_system(api)


def by_officer(api: Api, service_request_id: str, state: str) -> None:
    answer = api.post(
        f"/api/reports/{service_request_id}/updates",
        {"text": "Our word.", "state": state},
        key=state,
        token=api.token("officer"),
    )
    assert answer.status_code == 201, answer.body


def test_update_is_listed_under_the_returned_id(other: OtherSystem) -> None:
    request_id = other.reported()
    (answer,) = xml_of(other.update(request_id), "service_request_updates")
    assert set(answer) == {"update_id"}
    for form in ("xml", "json"):
        listed = other.get(f"servicerequestupdates.{form}", {"api_key": other.key})
        rows = xml_of(listed, "service_request_updates") if form == "xml" else json_of(listed)
        (row,) = rows
        assert row == {
            "update_id": answer["update_id"],
            "service_request_id": request_id,
            "status": "open",
            "updated_datetime": row["updated_datetime"],
            "description": "Still there.",
            "media_url": "",
        }
        assert row["updated_datetime"].endswith("Z")


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("OPEN", "open"),
        ("CLOSED", "closed"),
        ("FIXED", "fixed"),
        ("IN_PROGRESS", "in_progress"),
        ("IN PROGRESS", "in_progress"),
        ("ACTION_SCHEDULED", "action_scheduled"),
        ("PLANNED", "action_scheduled"),
        ("INVESTIGATING", "investigating"),
        ("DUPLICATE", "duplicate"),
        ("NOT_COUNCILS_RESPONSIBILITY", "not_councils_responsibility"),
        ("NO_FURTHER_ACTION", "no_further_action"),
        ("INTERNAL_REFERRAL", "internal_referral"),
        ("FOR_TRIAGE", "for_triage"),
        ("CANCELLED", "cancelled"),
        ("REOPEN", "open"),
        ("UNCHANGED", "open"),
        (None, "open"),
    ],
)
def test_every_status_is_understood(status: str | None, state: str, other: OtherSystem) -> None:
    request_id = other.reported()
    assert other.update(request_id, status=status).status_code == 200
    assert stored_report(request_id).state == state
    (row,) = json_of(other.get("servicerequestupdates.json", {"api_key": other.key}))
    assert row["status"] == state


@pytest.mark.parametrize("status", ["REOPEN", "OPEN"])
@pytest.mark.parametrize("done", ["fixed", "closed"])
def test_report_is_reopened_by_any_partner_when_it_was_marked_as_done(
    done: str, status: str, residents: OtherSystem
) -> None:
    request_id = residents.reported()
    by_officer(residents.api, request_id, done)
    assert residents.update(request_id, status=status).status_code == 200
    assert stored_report(request_id).state == "reopen"


@pytest.mark.parametrize("status", ["FIXED", "IN_PROGRESS", "REOPEN"])
def test_text_is_kept_and_the_state_unchanged_when_a_partner_may_not_set_it(
    status: str, residents: OtherSystem
) -> None:
    request_id = residents.reported()
    assert residents.update(request_id, status=status).status_code == 200
    report = stored_report(request_id)
    assert (report.state, report.updates[0].text) == ("open", "Still there.")
    assert report.updates[0].by == "resident"


def test_text_is_kept_and_the_state_unchanged_when_the_transition_is_not_allowed(
    other: OtherSystem,
) -> None:
    request_id = other.reported()
    by_officer(other.api, request_id, "duplicate")
    assert other.update(request_id, status="IN_PROGRESS").status_code == 200
    report = stored_report(request_id)
    assert (report.state, report.updates[-1].text) == ("duplicate", "Still there.")
    assert report.updates[-1].by == "council"


def test_repeated_update_has_no_second_effect_whatever_its_content(other: OtherSystem) -> None:
    request_id = other.reported()
    first = other.update(request_id, status="FIXED")
    by_officer(other.api, request_id, "reopen")
    again = other.update(request_id, status="CLOSED", description="Put otherwise")
    assert again.body == first.body
    assert len(stored_report(request_id).updates) == 2
    assert stored_report(request_id).state == "reopen"
    assert other.update(request_id, update_id="2").body != first.body


def test_update_has_the_name_of_its_status_when_it_has_no_text(other: OtherSystem) -> None:
    request_id = other.reported()
    other.update(request_id, description=None, status="FIXED")
    other.update(request_id, description=None, status=None, update_id="2")
    assert [update.text for update in stored_report(request_id).updates] == ["Fixed", "Updated"]


def test_update_keeps_its_photos_to_be_fetched_and_no_name(other: OtherSystem) -> None:
    request_id = other.reported()
    urls = ["https://photos.example/1.jpg", "https://photos.example/2.jpg"]
    answers = [other.update(request_id, media_url=urls).body for _ in range(2)]
    assert answers[0] == answers[1]
    report = stored_report(request_id)
    assert {photo.update_id for photo in report.photos} == {report.updates[0].update_id}
    assert len(report.photos) == 2
    assert "jo@example.org" not in repr(report)


def test_update_is_cut_when_it_is_long_and_cleaned_of_control_characters(
    other: OtherSystem,
) -> None:
    request_id = other.reported()
    assert other.update(request_id, description="x" * 2001).status_code == 200
    assert other.update(request_id, description="a\x0cb", update_id="2").status_code == 200
    long, short = (update.text for update in stored_report(request_id).updates)
    assert (len(long), long[-1], short) == (2000, "…", "a b")


def test_long_update_is_stored_whole_for_officers_once_when_it_is_repeated(
    other: OtherSystem,
) -> None:
    request_id, whole = other.reported(), "x" * 2000 + " and the end of it"
    for _ in range(2):
        assert other.update(request_id, description=whole).status_code == 200
    assert len(stored_report(request_id).updates[0].text) == 2000
    notes = reports_ports().repository.list_notes(request_id)
    assert [note.text for note in notes] == [whole]


def test_update_keeps_its_sent_photos_once_when_it_is_repeated(
    other: OtherSystem,
) -> None:
    request_id = other.reported()
    values = {
        "api_key": other.key,
        "service_request_id": request_id,
        "update_id": "1",
        "media_url": "https://photos.example/1.jpg",
    }
    body, content_type = multipart(values, {"plan": b"%PDF-1.7", "photo1": JPEG, "photo2": JPEG})
    for _ in range(2):
        answer = other.post("servicerequestupdates.xml", body, content_type=content_type)
        assert answer.status_code == 200, answer.body
    report = stored_report(request_id)
    assert len(report.photos) == 3
    assert {photo.update_id for photo in report.photos} == {report.updates[0].update_id}
    uploads = s3().list_objects_v2(Bucket=container.settings().uploads_bucket)
    assert sorted(each["Key"].rpartition("/")[2] for each in uploads["Contents"]) == sorted(
        photo.photo_id for photo in report.photos[1:]
    )
    assert {each["Key"].split("/")[-2] for each in uploads["Contents"]} == {request_id}


def test_update_is_accepted_without_its_photos_when_its_report_is_full(
    other: OtherSystem,
) -> None:
    request_id = other.reported()
    for number in range(11):
        urls = [f"https://photos.example/{number}/{each}.jpg" for each in range(5)]
        answer = other.update(request_id, update_id=str(number), media_url=urls)
        assert answer.status_code == 200, answer.body
    report = stored_report(request_id)
    assert (len(report.updates), len(report.photos)) == (11, 50)


def test_update_has_its_time_of_arrival_when_its_sender_gives_another(
    other: OtherSystem,
) -> None:
    request_id = other.reported()
    other.update(request_id, updated_datetime="2099-01-01T00:00:00Z")
    (row,) = json_of(other.get("servicerequestupdates.json", {"api_key": other.key}))
    assert moments.read(row["updated_datetime"]) <= datetime.now(UTC)


def test_update_is_accepted_on_a_private_report_only_from_the_partner_that_sent_it(
    other: OtherSystem, residents: OtherSystem
) -> None:
    request_id = other.reported(service_code="graffiti")
    assert_errors(residents.update(request_id), 404)
    assert other.update(request_id).status_code == 200


def test_update_is_refused_when_its_key_is_for_other_services(api: Api) -> None:
    request_id = other_system(api).reported()
    narrow = other_system(api, service_codes=["litter"])
    assert_errors(narrow.update(request_id), 403)
    assert stored_report(request_id).updates == ()


@pytest.mark.parametrize(
    ("values", "status", "description"),
    [
        ({"api_key": None}, 403, "api_key"),
        ({"api_key": "nonsense"}, 403, "api_key"),
        ({"service_request_id": None}, 400, "service_request_id required"),
        ({"service_request_id": "000000000000"}, 404, "000000000000"),
        ({"service_request_id": "nonsense"}, 404, "reference"),
        ({"status": "MENDED"}, 400, "status"),
        ({"updated_datetime": "yesterday"}, 400, "updated_datetime"),
    ],
)
def test_update_is_refused_when_it_is_invalid(
    values: dict[str, Any], status: int, description: str, other: OtherSystem
) -> None:
    request_id = other.reported()
    assert_errors(other.update(request_id, **values), status, description)
    assert stored_report(request_id).updates == ()


@pytest.mark.parametrize("call", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", REFUSALS)
def test_update_is_stored_once_when_the_store_does_not_answer_and_it_is_repeated(
    kind: Refusal, call: int, other: OtherSystem
) -> None:
    request_id = other.reported()
    with refuse_call(call, kind=kind, times=ALL_TRIES):
        answer = other.update(request_id)
    assert answer.status_code in (200, 503)
    assert other.update(request_id).status_code == 200
    assert len(stored_report(request_id).updates) == 1


@time_machine.travel(NOW, tick=False)
def test_list_has_the_updates_of_the_last_two_hours_by_default(
    other: OtherSystem,
) -> None:
    for number, at in enumerate(("09:59:59", "10:00:00", "12:00:00"), 1):
        with time_machine.travel(f"2026-06-01T{at}Z", tick=False):
            other.update(other.reported(), update_id=str(number), description=at)
    rows = json_of(other.get("servicerequestupdates.json", {"api_key": other.key}))
    assert [row["description"] for row in rows] == ["10:00:00", "12:00:00"]


@time_machine.travel(NOW, tick=False)
def test_list_has_the_updates_of_a_period_with_its_ends(other: OtherSystem) -> None:
    request_id = other.reported()
    for number, at in enumerate(("01T00", "02T00", "03T00", "04T00"), 1):
        with time_machine.travel(f"2026-05-{at}:00:00Z", tick=False):
            other.update(request_id, update_id=str(number), description=at)
    asked = {
        "api_key": other.key,
        "start_date": "2026-05-02T00:00:00Z",
        "end_date": "2026-05-03T00:00:00Z",
    }
    rows = json_of(other.get("servicerequestupdates.json", asked))
    assert [row["description"] for row in rows] == ["02T00", "03T00"]


def test_list_of_updates_is_paged_on_request(other: OtherSystem) -> None:
    request_id = other.reported()
    for number in range(5):
        other.update(request_id, update_id=str(number), description=f"Word {number}.")
    asked = {"api_key": other.key, "page_size": "2"}
    pages = [
        json_of(other.get("servicerequestupdates.json", {**asked, "page": page}))
        for page in ("1", "2", "3", "4")
    ]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert {row["description"] for page in pages for row in page} == {
        f"Word {number}." for number in range(5)
    }


def test_list_has_updates_of_a_private_report_only_for_the_partner_that_sent_it(
    api: Api, residents: OtherSystem
) -> None:
    other = other_system(api, reports="private")
    request_id = other.reported()
    assert stored_report(request_id).visibility == "private"
    by_officer(other.api, request_id, "fixed")
    for form in ("xml", "json"):
        mine, others = (
            each.get(f"servicerequestupdates.{form}", {"api_key": each.key})
            for each in (other, residents)
        )
        rows = xml_of(mine, "service_request_updates") if form == "xml" else json_of(mine)
        (row,) = rows
        assert (row["service_request_id"], row["status"]) == (request_id, "fixed")
        assert row["description"] == "Our word."
        assert request_id not in others.body.decode()


def test_list_leaves_out_a_private_report_when_it_is_hidden(other: OtherSystem) -> None:
    request_id = other.reported(service_code="graffiti")
    assert other.update(request_id).status_code == 200
    officer = other.api.token("officer")
    hidden = other.api.patch(
        f"/api/reports/{request_id}", {"visibility": "hidden"}, version=2, token=officer
    )
    assert hidden.status_code == 200
    assert json_of(other.get("servicerequestupdates.json", {"api_key": other.key})) == []


def test_list_says_open_when_a_report_was_reopened(other: OtherSystem) -> None:
    request_id = other.reported()
    for state in ("fixed", "reopen"):
        by_officer(other.api, request_id, state)
    assert stored_report(request_id).state == "reopen"
    rows = json_of(other.get("servicerequestupdates.json", {"api_key": other.key}))
    assert sorted(row["status"] for row in rows) == ["fixed", "open"]
    in_xml = other.get("servicerequestupdates.xml", {"api_key": other.key}).body
    assert b"<status>open</status>" in in_xml and b"reopen" not in in_xml


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "nonsense"}, 403),
        ({"start_date": NOW}, 400),
        ({"end_date": NOW}, 400),
        ({"start_date": "x", "end_date": "y"}, 400),
        ({"start_date": "2020-01-01T00:00:00Z", "end_date": NOW}, 400),
        ({"start_date": "0001-01-01T00:00:00Z", "end_date": "0001-01-01T00:00:01Z"}, 400),
        ({"start_date": "2025-01-01T00:00:00Z", "end_date": "2025-01-02T00:00:00Z"}, 400),
        ({"page": "0"}, 400),
        ({"page_size": "1001"}, 400),
        ({"start_date": "2026-06-02T00:00:00Z", "end_date": NOW}, 400),
    ],
)
def test_list_of_updates_is_refused_when_a_parameter_is_invalid(
    asked: dict[str, str], status: int, other: OtherSystem
) -> None:
    answer = other.get("servicerequestupdates.xml", {"api_key": other.key, **asked})
    assert_errors(answer, status)


# Updates that wait for an officer


@pytest.fixture(params=["waiting", "private"])
def reviewed(request: pytest.FixtureRequest, api: Api) -> OtherSystem:
    """A partner whose reports an officer looks at first, and whose word on a state counts."""
    return other_system(api, reports=request.param, sets_state=True)


def decide(api: Api, request_id: str, **decision: str) -> HTTPResponse:
    return api.patch(
        f"/api/reports/{request_id}",
        {"held_updates": decision},
        version=stored_report(request_id).version,
        token=api.token("officer"),
    )


def waiting(api: Api) -> list[str]:
    listed = api.get("/api/moderation?reason=waiting", token=api.token("officer"))
    return [each["service_request_id"] for each in listed.json_body["items"]]


def everywhere(other: OtherSystem, request_id: str) -> str:
    """All that the public, and the partner itself, can read of the report."""
    asked = (
        other.get("servicerequestupdates.json", {"api_key": other.key}),
        other.get(f"requests/{request_id}.json", {"extensions": "true"}),
        other.api.get(f"/api/reports/{request_id}"),
        other.api.client.http.get("/api/events", headers={"X-Api-Key": other.key}),
    )
    assert {each.status_code for each in asked} == {200}
    return " ".join(each.body.decode() for each in asked)


def test_update_waits_for_an_officer_when_the_reports_of_its_key_do(
    reviewed: OtherSystem, residents: OtherSystem
) -> None:
    request_id = residents.reported()
    url = "https://photos.example/1.jpg"
    (answer,) = xml_of(
        reviewed.update(request_id, status="FIXED", description="Rude canary.", media_url=url),
        "service_request_updates",
    )
    report = stored_report(request_id)
    assert (report.updates, report.state) == ((), "open")
    assert [photo.state for photo in report.photos] == ["waiting"]
    assert "canary" not in everywhere(reviewed, request_id)
    assert waiting(reviewed.api) == [request_id]
    officer = reviewed.api.token("officer")
    (shown,) = reviewed.api.get(f"/api/cases/{request_id}", token=officer).json_body["held_updates"]
    assert (shown["text"], shown["requested_state"]) == ("Rude canary.", "fixed")
    assert shown["update_id"] == answer["update_id"]


def test_update_enters_the_timeline_when_an_officer_approves_it(
    reviewed: OtherSystem, residents: OtherSystem
) -> None:
    request_id = residents.reported()
    first = reviewed.update(request_id, status="FIXED", media_url="https://photos.example/1.jpg")
    (answer,) = xml_of(first, "service_request_updates")
    later = datetime.now(UTC) + timedelta(hours=5)
    with time_machine.travel(later, tick=False):
        assert decide(reviewed.api, request_id, **{answer["update_id"]: "shown"}).status_code == 200
    # Its photo never comes, and holds it back for an hour.
    with time_machine.travel(later + timedelta(hours=1), tick=False):
        (row,) = json_of(reviewed.get("servicerequestupdates.json", {"api_key": reviewed.key}))
    assert (row["update_id"], row["status"]) == (answer["update_id"], "fixed")
    assert moments.read(row["updated_datetime"]) == later.replace(microsecond=0)
    report = stored_report(request_id)
    assert (report.state, report.held_updates) == ("fixed", ())
    assert [photo.state for photo in report.photos] == ["shown"]
    assert waiting(reviewed.api) == []
    assert reviewed.update(request_id, status="FIXED").body == first.body
    assert len(stored_report(request_id).updates) == 1


def test_update_stays_out_when_an_officer_refused_it_and_it_is_repeated(
    reviewed: OtherSystem, residents: OtherSystem
) -> None:
    request_id = residents.reported()
    first = reviewed.update(
        request_id, description="Rude canary.", media_url="https://photos.example/1.jpg"
    )
    (answer,) = xml_of(first, "service_request_updates")
    again = reviewed.update(request_id, description="Rude canary.")
    assert again.body == first.body and len(stored_report(request_id).held_updates) == 1
    assert decide(reviewed.api, request_id, **{answer["update_id"]: "refused"}).status_code == 200
    assert reviewed.update(request_id, description="Rude canary.").body == first.body
    report = stored_report(request_id)
    assert (report.updates, report.waiting_updates) == ((), ())
    assert [photo.state for photo in report.photos] == ["hidden"]
    assert "canary" not in everywhere(reviewed, request_id) + repr(report.held_updates)
    assert waiting(reviewed.api) == []
    assert decide(reviewed.api, request_id, **{answer["update_id"]: "shown"}).status_code == 400


def test_state_is_unchanged_when_it_cannot_follow_at_the_time_of_approval(
    reviewed: OtherSystem, residents: OtherSystem
) -> None:
    request_id = residents.reported()
    (answer,) = xml_of(reviewed.update(request_id, status="IN_PROGRESS"), "service_request_updates")
    by_officer(reviewed.api, request_id, "duplicate")
    assert decide(reviewed.api, request_id, **{answer["update_id"]: "shown"}).status_code == 200
    assert stored_report(request_id).state == "duplicate"


def test_partner_gets_retry_after_when_too_many_of_its_updates_wait(
    api: Api, residents: OtherSystem
) -> None:
    other, request_id = other_system(api, reports="waiting"), residents.reported()
    answers = [
        other.update(request_id, update_id=str(number)) for number in range(MOST_HELD_UPDATES + 1)
    ]
    assert [answer.status_code for answer in answers] == [200] * MOST_HELD_UPDATES + [429]
    assert answers[-1].headers["Retry-After"] == "3600"
    assert other.update(request_id, update_id="0").status_code == 200


def test_update_of_a_report_that_is_not_public_needs_no_officer(reviewed: OtherSystem) -> None:
    request_id = reviewed.reported()
    assert reviewed.update(request_id).status_code == 200
    report = stored_report(request_id)
    assert (len(report.updates), report.held_updates) == (1, ())


def test_waiting_update_is_erased_with_the_reporters_data(
    reviewed: OtherSystem, residents: OtherSystem
) -> None:
    request_id = residents.reported()
    reviewed.update(request_id)
    forget_sender(request_id, redact=False, ports=reports_ports())
    assert stored_report(request_id).held_updates == ()
