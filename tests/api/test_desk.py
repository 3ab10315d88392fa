"""Reply templates and saved views over HTTP."""

from typing import Any

import pytest

from chalicelib.bootstrap import container
from chalicelib.handlers.cases.replies import fill_reply
from tests.api.conftest import Api
from tests.support import builders
from tests.support.builders import draft_body

TEMPLATES, VIEWS = "/api/desk/templates", "/api/desk/views"


@pytest.fixture
def officer_token(api: Api) -> str:
    return api.token("officer")


def test_template_is_added_and_used_for_a_reply(api: Api, officer_token: str) -> None:
    text = "About {reference} ({service}, {place}): by {target}."
    added = api.post(TEMPLATES, {"name": "When", "text": text}, token=officer_token)
    assert added.status_code == 201, added.body
    template = added.json_body
    assert api.get(TEMPLATES, officer_token).json_body == {"items": [template], "next": None}
    request_id = api.post("/api/reports", draft_body(address="High Street")).json_body[
        "service_request_id"
    ]
    path = f"{TEMPLATES}/{template['template_id']}"
    shown = api.post(f"{path}/preview", {"service_request_id": request_id}, token=officer_token)
    words = shown.json_body["text"]
    reference = f"{request_id[:4]}-{request_id[4:8]}-{request_id[8:]}"
    assert words.startswith(f"About {reference} (") and ", High Street): by " in words
    assert "{" not in words and words.endswith(f"{20}{words[-3:]}")
    api.always = {"If-Match": '"1"'}
    change = {"template": template["template_id"], "state": "investigating"}
    done = api.post(f"/api/cases/{request_id}/changes", change, token=officer_token)
    assert done.status_code == 200, done.body
    api.always = {}
    updates = api.get(f"/api/reports/{request_id}").json_body["updates"]
    assert [(each["state"], each["text"]) for each in updates] == [("investigating", words)]


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("We mend it by {target}.", "We mend it as soon as we can."),
        ("By {target} we mend it.", "As soon as we can we mend it."),
        ("{target}: {target}", "as soon as we can: as soon as we can"),
    ],
)
def test_reply_without_a_target_day_reads_as_a_sentence(api: Api, text: str, filled: str) -> None:
    report = builders.report(1, expected_datetime=None)
    assert fill_reply(text, report) == filled


def test_template_is_changed_and_removed(api: Api, officer_token: str) -> None:
    template = api.post(TEMPLATES, {"name": "A", "text": "B"}, token=officer_token).json_body
    path = f"{TEMPLATES}/{template['template_id']}"
    stale = api.patch(path, {"name": "C"}, version=9, token=officer_token)
    assert stale.status_code == 409 and stale.json_body["version"] == 1
    changes = {"name": "C", "state": "closed", "service_codes": ["pothole"]}
    changed = api.patch(path, changes, version=1, token=officer_token).json_body
    assert changed == template | changes | {"version": 2, "updated_at": changed["updated_at"]}
    headers = {"Authorization": f"Bearer {officer_token}", "If-Match": '"2"'}
    assert api.client.http.delete(path, headers=headers).status_code == 200
    assert api.client.http.delete(path, headers=headers).status_code == 404
    assert api.get(TEMPLATES, officer_token).json_body["items"] == []


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (TEMPLATES, {"name": "A", "text": "{name}"}, "text"),
        (TEMPLATES, {"name": "A", "text": "B", "service_codes": ["x"]}, "service_codes"),
        (TEMPLATES, {"name": "A"}, "text"),
        (VIEWS, {"name": "A", "query": "x=1"}, "query"),
    ],
)
def test_fault_names_its_field(
    path: str, body: Any, field: str, api: Api, officer_token: str
) -> None:
    answer = api.post(path, body, token=officer_token)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json_body["errors"]] == [field]


def test_views_are_saved_and_deleted_by_each_officer(api: Api, officer_token: str) -> None:
    saved = api.post(VIEWS, {"name": "Late", "query": "target=late"}, token=officer_token)
    assert saved.status_code == 201, saved.body
    assert api.get(VIEWS, officer_token).json_body == {"items": [saved.json_body], "next": None}
    other = api.token("officer", "another-officer")
    assert api.get(VIEWS, other).json_body["items"] == []
    path = f"{VIEWS}/{saved.json_body['view_id']}"
    statuses = [
        api.client.http.delete(path, headers={"Authorization": f"Bearer {token}"}).status_code
        for token in (other, officer_token, officer_token)
    ]
    assert statuses == [404, 200, 404]


def test_desk_is_only_for_officers(api: Api) -> None:
    for role in ("resident", "crew"):
        for path in (TEMPLATES, VIEWS):
            assert api.get(path, api.token(role)).status_code == 403


def test_officer_sees_the_names_of_all_teams(api: Api, officer_token: str) -> None:
    items = api.get("/api/teams", officer_token).json_body["items"]
    assert {"team": "highways", "name": "Highways"} in items
    assert [each["team"] for each in items] == list(container.council().team_names)
    assert api.get("/api/teams", api.token("crew")).status_code == 403
