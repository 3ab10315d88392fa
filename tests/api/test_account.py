"""My account over HTTP: what it says, another address, my reports."""

from itertools import count

import pytest

from infra.local import mail
from tests.api.conftest import Api
from tests.support.builders import draft_body
from tests.support.people import ask_for_code, code_in, newest_code, sign_in_with

numbers = count()


@pytest.fixture
def address() -> str:
    return f"resident{next(numbers)}@example.org"


def signed_in(api: Api, address: str) -> str:
    """An access token of the person who reads that address."""
    attempt_id = ask_for_code(api.client.http, address)
    api.cloud.pump.run_until_idle()
    cookie = sign_in_with(api.client.http, attempt_id, newest_code(address))
    answer = api.client.http.post("/api/session/refresh", headers={"Cookie": cookie})
    return str(answer.json_body["access_token"])


def test_account_is_read_and_changed_on_its_version(here: Api, address: str) -> None:
    token = signed_in(here, address)
    mine = here.get("/api/account", token).json_body
    assert [each["value"] for each in mine["addresses"]] == [address]
    changes = {"name": "Resident", "saved_places": [{"label": "Home", "lat": 53.9, "long": -1.0}]}
    changed = here.patch("/api/account", changes, version=mine["version"], token=token)
    assert changed.json_body["saved_places"] == changes["saved_places"]
    assert here.patch("/api/account", changes, version=None, token=token).status_code == 428
    stale = here.patch("/api/account", changes, version=mine["version"], token=token)
    assert (stale.status_code, stale.json_body["version"]) == (409, mine["version"] + 1)
    far = {"saved_places": [{"label": "Far", "lat": 91, "long": 0}]}
    assert here.patch("/api/account", far, version=1, token=token).status_code == 400


def test_address_is_added_by_a_code_whose_email_has_no_link(here: Api, address: str) -> None:
    token, other = signed_in(here, address), f"new-{address}"
    begun = here.post("/api/account/addresses", {"address": other}, token=token)
    assert begun.status_code == 201
    here.cloud.pump.run_until_idle()
    email = mail.outbox()["items"][0]
    assert email["to"] == other and "http" not in email["body"]
    proof = {"attempt_id": begun.json_body["attempt_id"], "code": code_in(email["body"])}
    confirmed = here.post("/api/account/addresses/confirmation", proof, token=token)
    assert [each["value"] for each in confirmed.json_body["addresses"]] == [address, other]
    proof["attempt_id"] = "attempt"
    again = here.post("/api/account/addresses/confirmation", proof, token=token)
    assert again.status_code == 404


def test_address_is_removed_unless_it_is_the_only_one(here: Api, address: str) -> None:
    token, other = signed_in(here, address), f"other-{address}"
    path = "/api/account/addresses/removal"
    only = here.post(path, {"address": address}, token=token)
    assert only.status_code == 409 and "Add another address first" in only.json_body["detail"]
    begun = here.post("/api/account/addresses", {"address": other}, token=token).json_body
    here.cloud.pump.run_until_idle()
    code = code_in(mail.outbox()["items"][0]["body"])
    proof = {"attempt_id": begun["attempt_id"], "code": code}
    here.post("/api/account/addresses/confirmation", proof, token=token)
    for _ in range(2):
        left = here.post(path, {"address": address.upper()}, token=token)
        assert [each["value"] for each in left.json_body["addresses"]] == [other]
    own = here.get("/api/account", token).json_body["account_id"]
    again = signed_in(here, address)
    assert here.get("/api/account", again).json_body["account_id"] != own


def test_own_reports_include_those_sent_before_signing_in(here: Api, address: str) -> None:
    contact = {"email": address.title()}
    sent = [
        here.post("/api/reports", draft_body(contact=contact), key=f"{address}{n}").json_body
        for n in range(3)
    ]
    hidden = draft_body(contact=contact, anonymous=True)
    assert here.post("/api/reports", hidden, key=f"{address}4").status_code == 201
    token = signed_in(here, address)
    first = here.get("/api/account/reports?limit=2", token).json_body
    rest = here.get(f"/api/account/reports?limit=2&cursor={first['next']}", token).json_body
    items = [*first["items"], *rest["items"]]
    expected = {each["service_request_id"] for each in sent}
    assert {each["service_request_id"] for each in items} == expected and rest["next"] is None
    assert all(each["can_change"] for each in items)
    bad = here.get("/api/account/reports?cursor=2026-13-01T00:00:00Z~000000000000", token)
    assert bad.status_code == 400


def test_own_report_is_changed_and_withdrawn(here: Api, address: str) -> None:
    body = draft_body(contact={"email": address})
    sent = here.post("/api/reports", body, key=address).json_body
    token, path = signed_in(here, address), f"/api/account/reports/{sent['service_request_id']}"
    changed = here.patch(path, {"description": "Deeper."}, version=sent["version"], token=token)
    assert changed.json_body["description"] == "Deeper."
    here.cloud.pump.run_until_idle()
    withdrawn = here.post(f"{path}/withdrawal", {}, token=token).json_body
    assert withdrawn["visibility"] == "withdrawn"
    assert here.get("/api/account/reports", token).json_body["items"] == []
    again = here.post(f"{path}/withdrawal", {}, token=token)
    assert (again.status_code, again.json_body) == (200, withdrawn)


def test_officer_sees_the_reporters_preferred_language(here: Api, address: str) -> None:
    token = signed_in(here, address)
    account = here.get("/api/account", token).json_body
    wishes = {"language": "cy", "reach_by": "email"}
    here.patch("/api/account", wishes, version=account["version"], token=token)
    sent = here.post("/api/reports", draft_body(), key=f"l-{address}", token=token).json_body
    seen = here.get(f"/api/reports/{sent['service_request_id']}", here.token("officer")).json_body
    assert wishes.items() <= seen.items()


def test_private_report_of_another_account_looks_exactly_like_a_missing_one(
    here: Api, address: str
) -> None:
    token = signed_in(here, address)
    private = draft_body(service_code="noise-nuisance", attributes={"kind": "noise"})
    theirs = here.post("/api/reports", private, key=f"p-{address}").json_body["service_request_id"]
    taken_back = here.post("/api/reports", private, key=f"w-{address}").json_body
    gone = taken_back["service_request_id"]
    withdrawal = f"/api/reports/{gone}/withdrawal"
    assert here.post(withdrawal, {}, key=f"w-{address}").status_code == 200

    def answers(request_id: str) -> list[tuple[int, bytes]]:
        path = f"/api/account/reports/{request_id}"
        asked = (
            here.patch(path, {"title": "x"}, version=1, token=token),
            here.post(f"{path}/withdrawal", {}, token=token),
        )
        return [(each.status_code, each.body.replace(request_id.encode(), b"id")) for each in asked]

    none = answers("0" * 12)
    assert [status for status, _ in none] == [404, 404]
    assert answers(theirs) == answers(gone) == none
