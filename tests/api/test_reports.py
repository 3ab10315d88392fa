import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.kernel.parsing import MAX_BODY_BYTES
from tests.api.conftest import Api
from tests.conftest import ROOT
from tests.support.builders import draft_body
from tests.support.seam import ALL_TRIES, REFUSALS, Refusal, refuse_call


def assert_problem(answer: HTTPResponse, status: int, *fields: str) -> dict[str, Any]:
    """The one shape of every error: RFC 9457, with the faulty fields where there are any."""
    assert answer.status_code == status, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json_body
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert problem["status"] == status
    assert [error["field"] for error in problem.get("errors", [])] == list(fields)
    assert all(error["message"] for error in problem.get("errors", []))
    return problem


def test_report_is_created_with_reference_and_promise_date(api: Api) -> None:
    answer = api.post("/api/reports", draft_body())
    assert answer.status_code == 201
    receipt = answer.json_body
    assert set(receipt) == {
        "service_request_id",
        "status",
        "state",
        "service_code",
        "visibility",
        "lat",
        "long",
        "requested_datetime",
        "expected_datetime",
        "tracking_url",
        "payment",
        "follows",
        "version",
    }
    assert (receipt["status"], receipt["state"], receipt["version"]) == ("open", "open", 1)
    assert receipt["requested_datetime"].endswith("Z")
    assert receipt["tracking_url"].endswith("/reports/" + receipt["service_request_id"])
    assert api.stored_ids() == [receipt["service_request_id"]]


def test_repeated_request_returns_the_report_as_it_is_now(api: Api) -> None:
    first = api.post("/api/reports", draft_body())
    again = api.post("/api/reports", draft_body())
    assert again.status_code == 201
    assert again.json_body == first.json_body


def test_other_body_under_the_same_key_is_a_conflict_with_a_link(api: Api) -> None:
    first = api.post("/api/reports", draft_body())
    other = api.post("/api/reports", draft_body(description="Another"))
    problem = assert_problem(other, 409)
    assert problem["link"] == first.json_body["tracking_url"]
    assert len(api.stored_ids()) == 1


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (draft_body(lat=10.0), ["lat"]),
        (draft_body(service_code="dragon"), ["service_code"]),
        (draft_body(lat="north", description=7), ["description", "lat"]),
        (draft_body(description="x" * 4001), ["description"]),
        (draft_body(contact={"email": "nonsense"}), ["contact.email"]),
        (b'{"lat": NaN}', ["body"]),
        (b"nonsense", ["body"]),
        (b"", ["body"]),
        ([], ["body"]),
    ],
)
def test_nothing_is_stored_and_each_fault_named_when_the_body_is_invalid(
    body: Any, fields: list[str], api: Api
) -> None:
    assert_problem(api.post("/api/reports", body), 400, *fields)
    assert api.stored_ids() == []


@pytest.mark.parametrize("key", [None, " ", "x" * 256, "a\x7fb"])
def test_nothing_is_stored_when_the_idempotency_key_is_missing_or_unusable(
    key: str | None, api: Api
) -> None:
    assert_problem(api.post("/api/reports", draft_body(), key=key), 400, "Idempotency-Key")
    assert api.stored_ids() == []


def test_nothing_is_stored_when_the_body_is_over_the_limit(api: Api) -> None:
    body = json.dumps(draft_body(address="x" * MAX_BODY_BYTES)).encode()
    assert_problem(api.post("/api/reports", body), 413)
    assert api.stored_ids() == []


def test_report_is_read_with_its_timeline_in_the_documented_format(api: Api) -> None:
    request_id = api.post("/api/reports", draft_body()).json_body["service_request_id"]
    api.post(f"/api/reports/{request_id}/updates", {"text": "Still there."})
    answer = api.get(f"/api/reports/{request_id}")
    assert answer.status_code == 200
    seen = answer.json_body
    assert {"title", "description", "photos", "updates", "followers"} <= set(seen)
    (update,) = seen["updates"]
    assert {"update_id", "state", "text", "datetime"} <= set(update)
    assert update["text"] == "Still there."


def test_report_is_found_by_its_displayed_reference(api: Api) -> None:
    request_id = api.post("/api/reports", draft_body()).json_body["service_request_id"]
    shown = f"{request_id[:4]}-{request_id[4:8]}-{request_id[8:]}".lower()
    assert api.get(f"/api/reports/{shown}").json_body["service_request_id"] == request_id


@pytest.mark.parametrize("reference", ["000000000000", "nonsense"])
def test_report_is_not_found_when_it_does_not_exist(reference: str, api: Api) -> None:
    assert_problem(api.get(f"/api/reports/{reference}"), 404)
    answer = api.post(f"/api/reports/{reference}/updates", {"text": "Hello"})
    assert_problem(answer, 404)


def test_state_is_set_when_an_officer_sends_it(api: Api) -> None:
    request_id = api.post("/api/reports", draft_body()).json_body["service_request_id"]
    answer = api.post(
        f"/api/reports/{request_id}/updates",
        {"text": "Mended.", "state": "fixed"},
        token=api.token("officer"),
    )
    assert answer.status_code == 201
    assert answer.json_body["state"] == "fixed"
    assert api.get(f"/api/reports/{request_id}").json_body["status"] == "closed"


@pytest.mark.parametrize("role", [None, "resident"])
def test_state_is_refused_when_a_resident_sends_it(role: Any, api: Api) -> None:
    request_id = api.post("/api/reports", draft_body()).json_body["service_request_id"]
    token = api.token(role) if role else None
    answer = api.post(
        f"/api/reports/{request_id}/updates", {"text": "Mended.", "state": "fixed"}, token=token
    )
    assert_problem(answer, 403)


def test_transition_is_refused_when_the_lifecycle_does_not_have_it(api: Api) -> None:
    request_id = api.post("/api/reports", draft_body()).json_body["service_request_id"]
    answer = api.post(
        f"/api/reports/{request_id}/updates",
        {"text": "Again", "state": "reopen"},
        token=api.token("officer"),
    )
    assert_problem(answer, 400, "state")


@pytest.mark.parametrize("length", [0, 2001])
def test_update_is_refused_when_its_text_is_empty_or_too_long(length: int, api: Api) -> None:
    request_id = api.post("/api/reports", draft_body()).json_body["service_request_id"]
    answer = api.post(f"/api/reports/{request_id}/updates", {"text": "x" * length})
    assert_problem(answer, 400, "text")
    assert api.get(f"/api/reports/{request_id}").json_body["updates"] == []


def test_list_has_the_reports_in_the_box_page_by_page(api: Api) -> None:
    made = {
        api.post("/api/reports", draft_body(lat=53.95 + number / 1000), key=f"k{number}").json_body[
            "service_request_id"
        ]
        for number in range(5)
    }
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        path = f"/api/reports?bbox=-1.1,53.9,-1.0,54.0&limit=2&cursor={cursor}"
        page = api.get(path).json_body
        assert len(page["items"]) <= 2
        found += [item["service_request_id"] for item in page["items"]]
        cursor = page["next"]
    assert len(found) == 5 and set(found) == made


def test_list_is_filtered(api: Api) -> None:
    api.post("/api/reports", draft_body(), key="k1")
    litter = api.post("/api/reports", draft_body(service_code="litter"), key="k2").json_body
    api.post(
        f"/api/reports/{litter['service_request_id']}/updates",
        {"text": "Gone.", "state": "fixed"},
        token=api.token("officer"),
    )
    box = "/api/reports?bbox=-1.2,53.9,-1.0,54.0"
    assert len(api.get(box).json_body["items"]) == 2
    for narrowed in ("&status=closed", "&service_code=litter"):
        (item,) = api.get(box + narrowed).json_body["items"]
        assert item["service_request_id"] == litter["service_request_id"]
    assert api.get(box + "&status=open&service_code=litter").json_body["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "bbox"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=a,b,c,d", "bbox"),
        ("bbox=nan,1,2,3", "bbox"),
        ("bbox=-1.0,53.9,-1.1,54.0", "bbox"),
        ("bbox=-1.1,53.9,-1.0,54.0&limit=0", "limit"),
        ("bbox=-1.1,53.9,-1.0,54.0&limit=101", "limit"),
        ("bbox=-1.1,53.9,-1.0,54.0&limit=ten", "limit"),
        ("bbox=-1.1,53.9,-1.0,54.0&limit=00019999", "limit"),
        ("bbox=-1.1,53.9,-1.0,54.0&status=mended", "status"),
        ("bbox=-1.1,53.9,-1.0,54.0&cursor=" + "0" * 2000, "cursor"),
        ("bbox=-1.1,53.9,-1.0,54.0&cursor=next", "cursor"),
    ],
)
def test_list_is_refused_when_a_parameter_is_invalid(query: str, field: str, api: Api) -> None:
    assert_problem(api.get(f"/api/reports?{query}"), 400, field)


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Bearer ", "Basic abc", "Bearer a.b.c", "nonsense"]
)
def test_token_is_refused_when_it_is_not_valid(header: str, api: Api) -> None:
    answer = api.client.http.get(
        "/api/reports?bbox=-1.1,53.9,-1.0,54.0", headers={"Authorization": header}
    )
    assert_problem(answer, 401)


def test_responses_are_not_cacheable(api: Api) -> None:
    answer = api.post("/api/reports", draft_body())
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("kind", REFUSALS)
def test_client_gets_retry_after_when_the_store_does_not_answer(kind: Refusal, api: Api) -> None:
    with refuse_call(1, kind=kind, times=ALL_TRIES):
        answer = api.post("/api/reports", draft_body())
    assert_problem(answer, 503)
    assert int(answer.headers["Retry-After"]) > 0
    assert api.stored_ids() == []
    assert api.post("/api/reports", draft_body()).status_code == 201


LIBRARIES = ("kernel/", "aws/", "bootstrap/", "geo/", "texts.py")
"""What every slice calls as it calls a library."""
HTTP = "handlers/http/"
"""What every route runs in."""


def modules_that_run(action: Callable[[], object]) -> set[str]:
    """The modules of the application in which a function is called during the action."""
    application, found = ROOT / "chalicelib", set()

    def note(frame: FrameType, event: str, _: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and application in path.parents:
            found.add(path.relative_to(application).as_posix())

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(before)
    return found


def test_new_report_runs_in_few_modules(api: Api) -> None:
    api.post("/api/reports", draft_body(), key="first")
    ran = modules_that_run(lambda: api.post("/api/reports", draft_body(), key="second"))
    own = {path for path in ran if not path.startswith((*LIBRARIES, HTTP))}
    assert "reports/usecases/submission.py" in own
    assert len(own) <= 19, "\n".join(sorted(own))
    assert sum(path.startswith(HTTP) for path in ran) <= 7
