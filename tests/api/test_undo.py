"""What an officer takes back was told to nobody, and a request that is sent again finds what it
did: from the click to the emails."""

from datetime import timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse
from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import reports_ports, stored_jobs
from chalicelib.kernel.time import utc_now
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.usecases.staff.officer_changes import NOTIFY_AFTER
from infra.local import mail
from tests.api.conftest import Api
from tests.support.builders import draft_body
from tests.support.composition import replace_built
from tests.support.undo_window import send_waiting_alerts

pytestmark = pytest.mark.usefixtures("unpublished")
RESIDENT = "alex@example.org"


def reported(api: Api, key: str = "k") -> str:
    answer = api.post("/api/reports", draft_body(contact={"email": RESIDENT}), key=key)
    assert answer.status_code == 201, answer.body
    api.cloud.pump.run_until_idle()
    return str(answer.json_body["service_request_id"])


def act(
    api: Api, path: str, body: Any, version: int | None = None, key: str = "one"
) -> HTTPResponse:
    if version is not None:
        api.always = {"If-Match": f'"{version}"'}
    answer = api.post(path, body, token=api.token("officer"), key=key)
    api.always = {}
    return answer


def changed(api: Api, request_id: str, **values: Any) -> Any:
    version = stored(request_id).version
    answer = act(api, f"/api/cases/{request_id}/changes", values, version)
    assert answer.status_code == 200, answer.body
    return answer.json_body


def taken_back(api: Api, change: Any) -> Any:
    answer = act(api, f"/api/undo/{change['undo_id']}", {})
    assert answer.status_code == 200, answer.body
    return answer.json_body["items"]


def stored(request_id: str) -> ServiceRequest:
    found = reports_ports().repository.get(request_id)
    assert found
    return found


def emails(words: str) -> list[str]:
    return [text for each in mail.emails() if words in (text := mail.text_of(each))]


def tell(api: Api) -> None:
    send_waiting_alerts(api.cloud.pump.run_until_idle)


CHANGES: list[dict[str, Any]] = [
    {"text": "A crew comes on Friday."},
    {"state": "fixed"},
    {"state": "fixed", "text": "Done!"},
]


@pytest.mark.parametrize("values", CHANGES)
def test_undone_change_notifies_nobody(values: dict[str, Any], api: Api) -> None:
    request_id = reported(api)
    before, known = stored(request_id), len(mail.emails())
    change = changed(api, request_id, **values)
    assert change["undo_within_s"] == 60
    api.cloud.pump.run_until_idle()
    (item,) = taken_back(api, change)
    assert (item["result"], item["not_restored"]) == ("undone", [])
    tell(api)
    after = stored(request_id)
    assert len(mail.emails()) == known
    assert (after.state, after.updates, after.repairs) == (before.state, (), 0)


def test_reporter_is_notified_once_the_time_to_undo_is_over(api: Api) -> None:
    request_id = reported(api)
    change = changed(api, request_id, state="fixed", text="Done!")
    send_waiting_alerts(api.cloud.pump.run_until_idle, timedelta(seconds=59))
    assert not emails("Fixed")
    tell(api)
    assert len(emails("Fixed")) == 1
    changed(api, request_id, state="reopen")
    taken_back(api, change)
    assert stored(request_id).state == "reopen"


def test_later_change_is_announced_when_an_earlier_one_was_undone(api: Api) -> None:
    request_id = reported(api)
    taken_back(api, changed(api, request_id, state="fixed"))
    changed(api, request_id, state="investigating")
    tell(api)
    assert not emails("Fixed") and len(emails("Investigating")) == 1


def test_confirmation_of_a_report_does_not_wait(api: Api) -> None:
    reported(api)
    assert len(mail.emails()) == 1


def test_undone_question_is_not_sent_and_the_case_does_not_wait(api: Api) -> None:
    request_id = reported(api)
    path = f"/api/cases/{request_id}/questions"
    asked = act(api, path, {"text": "How deep is it?"}).json_body
    assert stored(request_id).waits_for == "reporter"
    (item,) = taken_back(api, asked)
    assert (item["result"], item["restored"]) == ("undone", ["question"])
    tell(api)
    assert not emails("How deep") and stored(request_id).waits_for is None


LASTING: list[dict[str, Any]] = [
    {"description": "A hole. [removed]"},
    {"clear": ["contact"]},
    {"title": "A hole"},
]


@pytest.mark.parametrize("values", LASTING)
def test_undo_is_not_offered_when_nothing_can_be_restored(values: dict[str, Any], api: Api) -> None:
    change = changed(api, reported(api), **values)
    assert (change["undo_id"], change["until"], change["undo_within_s"]) == (None, None, None)


def test_change_cannot_be_undone_when_people_were_notified(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_id = reported(api)
    change = changed(api, request_id, state="fixed")
    ports = reports_ports()
    later = replace(ports, now=lambda: utc_now() + NOTIFY_AFTER)
    replace_built(monkeypatch, reports_ports, later)
    (item,) = taken_back(api, change)
    assert (item["result"], item["restored"]) == ("not_undone", [])
    assert "People have already been notified" in item["because"]
    assert stored(request_id).state == "fixed"


def test_response_lists_what_was_restored_and_what_was_not(api: Api) -> None:
    request_id = reported(api)
    change = changed(api, request_id, description="[removed]", team="parks")
    assert change["undo_within_s"] == 300, "Nobody is told of that, so nobody has to wait."
    (item,) = taken_back(api, change)
    assert item["result"] == "partly" and "keep no copy" in item["because"]
    assert (item["restored"], item["not_restored"]) == (["team"], ["description"])


def test_repeated_change_gets_the_same_response_with_the_same_undo(api: Api) -> None:
    request_id = reported(api)
    path, values = f"/api/cases/{request_id}/changes", {"state": "fixed", "text": "Done!"}
    version = stored(request_id).version
    first, again = (act(api, path, values, version) for _ in range(2))
    assert first.status_code == 200 and again.json_body == first.json_body
    assert len(stored(request_id).updates) == 1
    other = act(api, path, {"state": "closed"}, version)
    assert other.status_code == 409 and "new key" in other.json_body["detail"]
    assert taken_back(api, again.json_body)[0]["result"] == "undone"
    assert act(api, path, values, version).json_body == first.json_body
    assert stored(request_id).state == "open"


def bulk_of(ids: list[str], **changes: Any) -> dict[str, Any]:
    named = [{"service_request_id": each, "version": stored(each).version} for each in ids]
    return {"ids": named, "changes": changes}


def test_repeated_bulk_action_gets_the_same_response_and_is_undone_once(api: Api) -> None:
    ids = [reported(api, f"k{number}") for number in range(3)]
    body = bulk_of(ids, state="closed", text="Done.")
    changed(api, ids[2], team="parks")
    first, again = (act(api, "/api/cases/bulk", body, key="b").json_body for _ in range(2))
    assert again == first and first["undo_id"]
    assert [each["result"] for each in first["items"]] == ["changed", "changed", "refused"]
    items = taken_back(api, again)
    assert [each["service_request_id"] for each in items] == ids[:2]
    assert [stored(each).state for each in ids] == ["open"] * 3
    tell(api)
    assert not emails("Closed")


def test_interrupted_bulk_action_is_finished_by_its_repeat(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [reported(api, f"k{number}") for number in range(2)]
    body, repository = bulk_of(ids, team="parks"), reports_ports().repository
    save = repository.save

    def cut_short(report: ServiceRequest) -> ServiceRequest:
        if report.service_request_id == ids[1]:
            raise SystemExit
        return save(report)

    monkeypatch.setattr(repository, "save", cut_short)
    with pytest.raises(SystemExit):
        act(api, "/api/cases/bulk", body, key="b")
    monkeypatch.setattr(repository, "save", save)
    assert [stored(each).team == "parks" for each in ids] == [True, False]
    answer = act(api, "/api/cases/bulk", body, key="b").json_body
    assert [each["result"] for each in answer["items"]] == ["changed", "changed"]
    assert [each["result"] for each in taken_back(api, answer)] == ["undone", "undone"]
    assert [stored(each).team == "parks" for each in ids] == [False, False]


def test_job_stays_in_its_crews_day_when_the_bulk_action_is_undone(api: Api) -> None:
    request_id, officer = reported(api), api.token("officer")
    (job,) = stored_jobs().of_report(request_id)
    crew = next(each for each in container.council().crews if each.team == job.team)
    plan = {"crew": crew.crew, "planned_day": "2099-07-01"}
    planned = api.patch(f"/api/jobs/{job.job_id}", plan, version=job.version, token=officer)
    assert planned.status_code == 200, planned.body
    api.cloud.pump.run_until_idle()
    done = act(api, "/api/cases/bulk", bulk_of([request_id], state="no_further_action"), key="b")
    api.cloud.pump.run_until_idle()
    (job,) = stored_jobs().of_report(request_id)
    assert job.state == "cancelled"
    taken_back(api, done.json_body)
    api.cloud.pump.run_until_idle()
    (job,) = stored_jobs().of_report(request_id)
    assert (job.state, job.crew, str(job.planned_day)) == ("planned", crew.crew, "2099-07-01")
    assert stored(request_id).state == "action_scheduled"


def test_response_says_whether_the_case_is_still_in_the_officers_remit(api: Api) -> None:
    request_id = reported(api)
    assert changed(api, request_id, team="parks")["in_remit"]
