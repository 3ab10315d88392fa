"""What crews, contractors and reporters say of the work reaches the officers who have to deal with
it, and the public hears of it what an officer has read."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.accounts.model import Grant
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import audit_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.handlers.cases.case_views import sender_name
from chalicelib.reports.parts import Question
from chalicelib.reports.usecases.staff.questions import QuestionKey, reply_to_question
from tests.api.conftest import Api
from tests.api.test_contractor import link_to, opened, told
from tests.support.builders import NOON
from tests.support.forms import File
from tests.support.jobs import JobsApi, operation
from tests.support.moment import TODAY
from tests.support.open311 import JPEG

PRIVATE = {"service_code": "noise-nuisance", "attributes": {"kind": "noise"}}
CANARY = "Ring Ann at number 7."
DAY_AHEAD = (TODAY + timedelta(days=3)).isoformat()


@pytest.fixture(scope="module")
def depot(here: Api) -> JobsApi:
    return JobsApi(here)


def case_of(job: dict[str, Any], depot: JobsApi) -> dict[str, Any]:
    depot.api.cloud.pump.run_until_idle()
    found = depot.api.get(f"/api/cases/{job['service_request_ids'][0]}", depot.officer)
    assert found.status_code == 200, found.body
    return dict(found.json_body)


def queued(depot: JobsApi, query: str) -> dict[str, dict[str, Any]]:
    """The cases of the queue that fit, by id."""
    depot.api.cloud.pump.run_until_idle()
    answer = depot.api.get(f"/api/cases?limit=100&{query}", depot.officer)
    assert answer.status_code == 200, answer.body
    return {each["service_request_id"]: each for each in answer.json_body["items"]}


def change(case: dict[str, Any], depot: JobsApi, **changes: Any) -> int:
    depot.api.always = {"If-Match": f'"{case["version"]}"'}
    path = f"/api/cases/{case['service_request_id']}/changes"
    answer = depot.api.post(path, changes, key=None, token=depot.officer)
    depot.api.always = {}
    return answer.status_code


def done_by_contractor(job: dict[str, Any], depot: JobsApi) -> None:
    page = opened(link_to(job, depot), depot)
    photo = (File("a.jpg", "image/jpeg", JPEG),)
    assert told(page, depot, photo, kind="done", text=CANARY)[0] == 200


def test_contractors_text_and_photos_are_public_when_an_officer_approved_them(
    depot: JobsApi,
) -> None:
    job = depot.job()
    done_by_contractor(job, depot)
    case, request_id = case_of(job, depot), job["service_request_ids"][0]
    seen = depot.api.get(f"/api/reports/{request_id}").json_body
    assert seen["state"] == "fixed" and CANARY not in str(seen)
    assert [each["text"] for each in seen["updates"] if each["text"]] == ["We have repaired this."]
    assert not any(each["photos"] for each in seen["updates"])
    assert case["attention"] == "waiting" and request_id in queued(depot, "attention=waiting")
    waiting = depot.api.get("/api/moderation?reason=waiting", depot.officer).json_body["items"]
    assert request_id in {each["service_request_id"] for each in waiting}
    (need,) = case["needs"]
    assert (need["reason"], need["by"], need["why"]) == (
        "contractor_text",
        "Paving Ltd (contractor)",
        CANARY,
    )
    (photo,) = case["work_photos"]
    assert (photo["by"], photo["when"], photo["seen_by"]) == (
        "Paving Ltd (contractor)",
        "after",
        "nobody_yet",
    )
    shown = {"contractor_text": {need["need_id"]: "shown"}, "photos": {photo["photo_id"]: "shown"}}
    assert change(case, depot, **shown) == 200
    after = case_of(job, depot)
    assert after["attention"] is None and not after["needs"]
    assert after["work_photos"][0]["seen_by"] == "everybody"
    last = depot.api.get(f"/api/reports/{request_id}").json_body["updates"][-1]
    assert (last["by"], last["text"], last["state"]) == ("contractor", CANARY, "fixed")
    assert change(after, depot, contractor_text={need["need_id"]: "shown"}) == 400


def test_contractors_text_is_deleted_when_an_officer_refuses_it(depot: JobsApi) -> None:
    job = depot.job()
    done_by_contractor(job, depot)
    case = case_of(job, depot)
    assert change(case, depot, text="Thank you.", needs_settled=True) == 200
    case = case_of(job, depot)
    (need,) = case["needs"]
    assert change(case, depot, contractor_text={need["need_id"]: "hidden"}) == 200
    after = case_of(job, depot)
    assert not after["needs"] and CANARY not in str(after["updates"])
    report = reports_ports().repository.get(case["service_request_id"])
    assert report and CANARY not in str(report.needs)


@pytest.mark.parametrize(
    ("kind", "values", "reason", "why"),
    [
        ("could_not", {"reason": "other", "text": "A party."}, "could_not", "A party."),
        ("hand_over", {"text": "The water board."}, "handed_over", "The water board."),
    ],
)
def test_case_is_in_the_queue_until_an_officer_replies_when_a_crew_could_not_finish(
    kind: str, values: Any, reason: str, why: str, depot: JobsApi
) -> None:
    job = depot.job()
    job = depot.change(job, crew="highways-north", planned_day=DAY_AHEAD)
    depot.api.cloud.pump.run_until_idle()
    depot.tell(operation(job, kind, **values))
    case = case_of(job, depot)
    assert (case["state"], case["attention"]) == ("investigating", reason)
    (need,) = case["needs"]
    assert (need["reason"], need["job_id"]) == (reason, job["job_id"]) and why in need["why"]
    assert need["by"].endswith("(crew)")
    for query in (f"attention={reason}", "attention=any", f"attention={reason}&sort=newest"):
        assert queued(depot, query)[case["service_request_id"]]["needs"] == [need]
    assert case["service_request_id"] not in queued(depot, "attention=flagged")
    assert change(case, depot, text="Somebody else comes.") == 200
    assert case["service_request_id"] not in queued(depot, "attention=any")
    depot.tell(operation(depot.look(job["job_id"]), "note", text="It is still there."))
    assert not case_of(job, depot)["needs"]


def test_case_needs_no_attention_when_its_job_is_planned_again(depot: JobsApi) -> None:
    job = depot.job()
    depot.tell(operation(job, "could_not", reason="no_access"))
    assert case_of(job, depot)["needs"]
    depot.change(depot.look(job["job_id"]), crew="highways-north", planned_day=DAY_AHEAD)
    assert not case_of(job, depot)["needs"]


@pytest.mark.parametrize("state", [None, "fixed"])
def test_closed_case_is_in_the_queue_when_a_resident_adds_to_it(
    state: str | None, depot: JobsApi
) -> None:
    request_id, path = depot.report(), "/api/reports/{}/updates"
    if state:
        body = {"text": "Done.", "state": state}
        depot.api.post(path.format(request_id), body, key="done", token=depot.officer)
    depot.api.post(path.format(request_id), {"text": "It is worse now."}, key="worse")
    (need,) = queued(depot, "attention=updated")[request_id]["needs"]
    assert need["reason"] == "updated" and request_id in queued(depot, "attention=any")
    depot.api.post(path.format(request_id), {"text": "Thanks."}, key="thanks", token=depot.officer)
    assert request_id not in queued(depot, "attention=any")


def test_case_is_in_the_queue_when_its_reporter_has_answered(depot: JobsApi) -> None:
    request_id, ports = depot.report(), reports_ports()
    report = ports.repository.get(request_id)
    assert report
    asked = Question(
        question_id="Q", number=1, text="Where?", asked_at=NOON, asked_by="x", fingerprint="f"
    )
    ports.repository.save(replace(report, questions=(asked,)))
    reply_to_question(QuestionKey(service_request_id=request_id, number=1), "There.", ports)
    (need,) = queued(depot, "attention=answered")[request_id]["needs"]
    assert (need["reason"], need["job_id"]) == ("answered", None)
    case = case_of({"service_request_ids": [request_id]}, depot)
    assert change(case, depot, needs_settled=True) == 200
    assert request_id not in queued(depot, "attention=answered")


def test_attention_reason_returns_when_an_officer_undoes_the_reply(depot: JobsApi) -> None:
    job = depot.job()
    depot.tell(operation(job, "could_not", reason="no_access"))
    case = case_of(job, depot)
    depot.api.always = {"If-Match": f'"{case["version"]}"'}
    path = f"/api/cases/{case['service_request_id']}/changes"
    changed = depot.api.post(path, {"text": "Sorry."}, key=None, token=depot.officer).json_body
    depot.api.always = {}
    assert not case_of(job, depot)["needs"]
    undone = depot.api.post(f"/api/undo/{changed['undo_id']}", {}, token=depot.officer).json_body
    assert [each["result"] for each in undone["items"]] == ["undone"]
    assert case_of(job, depot)["needs"] == case["needs"]


def test_case_shows_photos_of_crews_with_time_author_and_visibility(depot: JobsApi) -> None:
    job = depot.job()
    ids = []
    for kind in ("start", "note", "done"):
        sent = operation(depot.look(job["job_id"]), kind, text="A note.")
        asked = depot.api.post(
            "/api/photos",
            {
                "content_type": "image/jpeg",
                "size": 999,
                "service_request_id": job["service_request_ids"][0],
            },
            key=f"{sent['op_id']}/1",
            token=depot.crew,
        ).json_body
        depot.tell({**sent, "photo_ids": [asked["photo_id"]]})
        ids.append(asked["photo_id"])
    photos = case_of(job, depot)["work_photos"]
    assert [(each["photo_id"], each["when"], each["seen_by"]) for each in photos] == [
        (ids[0], "before", "officers"),
        (ids[1], "before", "officers"),
        (ids[2], "after", "everybody"),
    ]
    assert {each["by"] for each in photos} == {"A crew"} and all(each["at"] for each in photos)


def test_notes_are_signed_by_their_authors(depot: JobsApi) -> None:
    job = depot.change(depot.job(), crew="highways-north", planned_day=DAY_AHEAD)
    depot.tell(operation(job, "could_not", reason="no_access"))
    depot.api.cloud.pump.run_until_idle()
    page = opened(link_to_again(job, depot), depot)
    told(page, depot, kind="could_not", reason="unsafe")
    depot.change(depot.look(job["job_id"]), state="cancelled", because="Not needed.")
    crew = container.council().by_crew["highways-north"].name
    by = {each["by"] for each in case_of(job, depot)["notes"]}
    assert by == {f"{crew} (crew)", "Paving Ltd (contractor)", "Highways (office)"}


def link_to_again(job: dict[str, Any], depot: JobsApi) -> str:
    depot.change(depot.look(job["job_id"]), state="to_plan")
    return link_to(job, depot)


@pytest.mark.parametrize(
    ("sender", "called"),
    [
        ("crew", "A crew"),
        ("crew:nobody", "A crew"),
        ("contractor:", "A contractor"),
        ("office:parks", "Parks and trees (office)"),
        ("service", "This service"),
        ("team@example.org", "team@example.org"),
    ],
)
def test_author_is_named_by_role_when_the_person_is_unknown(
    sender: str, called: str, here: Api
) -> None:
    assert sender_name(sender).casefold() == called.casefold()


def looks(depot: JobsApi, actor: str) -> list[tuple[str, str, str]]:
    """What the log says that somebody looked at, the first one first."""
    found = audit_ports().trail.newest(limit=100, before=None)
    mine = (each for each in found if each.actor == actor and each.action.endswith(".look"))
    return [(str(each.action), each.subject, each.details) for each in mine][::-1]


@pytest.mark.parametrize("path", ["/api/jobs/{job_id}", "/api/jobs?crew=highways-south"])
def test_view_of_a_job_of_a_private_report_is_audited_before_it_is_shown(
    path: str, depot: JobsApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = depot.job(about=PRIVATE, team="highways")
    depot.change(job, crew="highways-south", planned_day=DAY_AHEAD)
    who = f"a-crew-{path[-9:]}"
    token = depot.api.staff(who, Grant(role="crew"))
    seen = depot.api.get(path.format(**job), token)
    assert seen.status_code == 200
    expected = ("reports.look", job["service_request_ids"][0], f"private job={job['job_id']}")
    assert expected in looks(depot, who)
    monkeypatch.setattr(type(audit_ports().trail), "add", refuse)
    assert depot.api.get(path.format(**job), token).status_code == 503


def refuse(*_: Any) -> None:
    raise UpstreamFailed("The log does not answer.")


def test_view_of_a_job_of_a_public_report_is_not_audited(depot: JobsApi) -> None:
    job, token = depot.job(), depot.api.staff("a-crew-member", Grant(role="crew"))
    assert depot.api.get(f"/api/jobs/{job['job_id']}", token).status_code == 200
    assert looks(depot, "a-crew-member") == []


def test_view_of_a_crews_day_is_audited_with_each_private_report_in_it(depot: JobsApi) -> None:
    job = depot.job(about=PRIVATE, team="highways")
    depot.change(job, crew="highways-north", planned_day=DAY_AHEAD)
    depot.api.cloud.pump.run_until_idle()
    token = depot.api.staff("a-driver", Grant(role="crew"))
    link = depot.api.get(f"/api/crews/highways-north/day?date={DAY_AHEAD}", token)
    assert link.status_code == 200, link.body
    noted = looks(depot, "a-driver")
    until = link.json_body["expires_at"]
    assert noted[0] == ("crews.look", "highways-north", f"{DAY_AHEAD} until={until}")
    report_id = job["service_request_ids"][0]
    assert ("reports.look", report_id, f"private day={DAY_AHEAD}") in noted
