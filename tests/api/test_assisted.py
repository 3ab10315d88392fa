"""Staff take a report for a resident who calls, writes or visits: the resident owns it."""

import pytest

from chalicelib.bootstrap.reports import reports_ports
from tests.api.conftest import Api
from tests.support.builders import draft_body

CONTACT = {"name": "Resident", "email": "rang@example.org", "phone": "07700 900123"}


@pytest.mark.parametrize("channel", ["phone", "counter", "letter", "social"])
@pytest.mark.parametrize("role", ["officer", "crew", "admin"])
def test_report_belongs_to_the_resident_and_has_its_channel(
    here: Api, channel: str, role: str
) -> None:
    body = draft_body(channel=channel, contact=CONTACT)
    answer = here.post("/api/reports", body, key=channel + role, token=here.token(role))  # type: ignore[arg-type]
    assert answer.status_code == 201
    receipt = answer.json_body
    assert receipt["service_request_id"] in receipt["tracking_url"]
    stored = reports_ports().repository.get(receipt["service_request_id"])
    assert stored and stored.contact and stored.contact.email == CONTACT["email"]
    assert (stored.channel, stored.reporter) == (channel, None)
    assert stored.email_key and stored.phone_key
    path = f"/api/reports/{receipt['service_request_id']}"
    assert here.get(path, here.token("officer")).json_body["channel"] == channel
    assert "channel" not in here.get(path).json_body


@pytest.mark.parametrize("token", [None, "resident"])
def test_residents_report_only_for_themselves(here: Api, token: str | None) -> None:
    body = draft_body(channel="phone", contact=CONTACT)
    sent = here.token("resident") if token else None
    answer = here.post("/api/reports", body, key=f"no-{token}", token=sent)
    assert answer.status_code == 403 and "leave out channel" in answer.json_body["detail"]


def test_channel_is_online_by_default(here: Api) -> None:
    receipt = here.post("/api/reports", draft_body(), token=here.token("officer")).json_body
    stored = reports_ports().repository.get(receipt["service_request_id"])
    assert stored and (stored.channel, stored.reporter) == ("online", "some-officer")


def test_unknown_channel_is_refused(here: Api) -> None:
    body = draft_body(channel="pigeon")
    answer = here.post("/api/reports", body, key="pigeon", token=here.token("officer"))
    assert answer.status_code == 400
