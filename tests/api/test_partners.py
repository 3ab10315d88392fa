"""API keys by the routes of administrators and by the command line."""

from typing import Any

import pytest
from chalice.test import HTTPResponse
from click.testing import CliRunner

from chalicelib.accounts.model import Role
from chalicelib.bootstrap.partners import partners_ports
from chalicelib.errors import Forbidden
from chalicelib.partners.usecases import authorise_write
from infra.__main__ import commands
from tests.api.conftest import Api

KEYS = "/api/partners/keys"
SEEN = {
    "key_id",
    "name",
    "service_codes",
    "sets_state",
    "reports",
    "per_minute",
    "created_at",
    "last_used_at",
    "revoked_at",
}


def made(api: Api, **values: Any) -> HTTPResponse:
    return api.post(KEYS, {"name": "FixMyStreet", **values}, token=api.token("admin"))


def delete(api: Api, key_id: str, token: str | None) -> HTTPResponse:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return api.client.http.delete(f"{KEYS}/{key_id}", headers=headers)


def test_key_is_shown_only_when_it_is_made(api: Api) -> None:
    answer = made(api, service_codes=["pothole"], sets_state=True, per_minute=5)
    assert answer.status_code == 201
    key = answer.json_body
    assert set(key) == SEEN | {"api_key"}
    listed = api.get(KEYS, api.token("admin"))
    assert key["api_key"].rpartition("_")[2] not in listed.body.decode()
    assert [{**item, "api_key": key["api_key"]} for item in listed.json_body["items"]] == [key]
    assert authorise_write(key["api_key"], "pothole", partners_ports()).sets_state


def test_key_is_refused_as_soon_as_it_is_revoked(api: Api) -> None:
    key = made(api).json_body
    answer = delete(api, key["key_id"], api.token("admin"))
    assert (answer.status_code, bool(answer.json_body["revoked_at"])) == (200, True)
    with pytest.raises(Forbidden):
        authorise_write(key["api_key"], None, partners_ports())


@pytest.mark.parametrize("key_id", ["0" * 12, "x", "..%2f", "key"])
def test_revoking_answers_not_found_for_an_unknown_key(key_id: str, api: Api) -> None:
    assert delete(api, key_id, api.token("admin")).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [(None, 401), ("resident", 403), ("crew", 403), ("officer", 403), ("admin", 200)],
)
def test_keys_are_only_for_administrators(role: Role | None, status: int, api: Api) -> None:
    key_id = made(api).json_body["key_id"]
    token = api.token(role) if role else None
    assert api.get(KEYS, token).status_code == status
    made_one = api.post(KEYS, {"name": "Another"}, token=token).status_code
    assert made_one == (201 if status == 200 else status)
    assert delete(api, key_id, token).status_code == status


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("service_codes", []),
        ("service_codes", ["no-such-service"]),
        ("service_codes", "pothole"),
        ("sets_state", "yes"),
        ("per_minute", 0),
        ("per_minute", 6001),
        ("hashed", "x"),
        ("key_id", "0" * 12),
        ("revoked_at", None),
    ],
)
def test_key_is_not_made_when_a_field_is_invalid(field: str, value: Any, api: Api) -> None:
    answer = made(api, **{field: value})
    assert answer.status_code == 400
    assert {each["field"].partition(".")[0] for each in answer.json_body["errors"]} == {field}
    assert api.get(KEYS, api.token("admin")).json_body["items"] == []


# The command line


def run(*arguments: str) -> str:
    result = CliRunner().invoke(commands, ["api-key", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_operator_makes_lists_and_revokes_a_key(api: Api) -> None:
    options = ("--service", "pothole", "--sets-state", "--per-minute", "9")
    text = run("make", "FixMyStreet", *options).strip()
    key = authorise_write(text, "pothole", partners_ports())
    assert (key.sets_state, key.per_minute) == (True, 9)
    said = run("list")
    assert f"{key.key_id}  FixMyStreet: pothole, sets the state, 9 a minute; last used" in said
    assert text.rpartition("_")[2] not in said
    run("revoke", key.key_id)
    assert "; revoked " in run("list")
    with pytest.raises(Forbidden):
        authorise_write(text, "pothole", partners_ports())


def test_key_may_report_everything_when_the_operator_names_no_service(api: Api) -> None:
    text = run("make", "Plain").strip()
    assert authorise_write(text, "graffiti", partners_ports()).service_codes is None
    assert "Plain: all services, 60 a minute" in run("list")
