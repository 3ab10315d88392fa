"""Alerts are sent: from the route that subscribes to the email, the text and back again."""

import json
from datetime import timedelta
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends
from moto.sqs import models as sqs
from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import delivery_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.handlers.alerts import alerts_sending_events
from chalicelib.reports.drafts import ImportedReport
from chalicelib.reports.published import Visibility
from chalicelib.reports.usecases.exchange.importing import import_report
from chalicelib.reports.usecases.staff.crew_updates import add_work_update
from infra.local import mail
from infra.local.aws import REGION
from infra.local.texts import texts
from tests.api.conftest import Api
from tests.support.builders import MARKET_PLACE, NOON, draft, draft_body
from tests.support.composition import replace_built
from tests.support.fakes_delivery import text_log

pytestmark = pytest.mark.usefixtures("unpublished")
AREA = {"kind": "area", **MARKET_PLACE, "radius_m": 500}


def subscribe(api: Api, **values: Any) -> dict[str, Any]:
    wish = {"channel": "email", "to": "sam@example.org", "topic": AREA, **values}
    answer = api.post("/api/subscriptions", wish, key=None)
    assert answer.status_code == 201, answer.body
    api.cloud.pump.run_until_idle()
    body: dict[str, Any] = answer.json_body
    return body


def links(email: Any) -> list[str]:
    return [word for word in mail.text_of(email).split() if word.startswith("http")]


def confirmed(api: Api, **values: Any) -> str:
    made = subscribe(api, **values)["subscription_id"]
    (link,) = links(mail.emails()[-1])
    token = link.partition("token=")[2]
    answer = api.post(f"/api/subscriptions/{made}/confirm", {"token": token}, key=None)
    assert answer.status_code == 200, answer.body
    api.cloud.pump.run_until_idle()
    return str(made)


def report(api: Api, key: str = "report", **values: Any) -> str:
    answer = api.post("/api/reports", draft_body(**values), key=key)
    assert answer.status_code == 201, answer.body
    api.cloud.pump.run_until_idle()
    return str(answer.json_body["service_request_id"])


def test_address_gets_an_email_with_one_link_to_confirm(api: Api) -> None:
    subscribe(api)
    (email,) = mail.emails()
    (link,) = links(email)
    assert email["To"] == "sam@example.org"
    assert "confirm" in link.partition("?")[0]


def test_email_to_confirm_names_the_report_that_is_followed(api: Api) -> None:
    subscribe(api, topic={"kind": "report", "service_request_id": report(api)})
    assert mail.emails()[-1]["Subject"].startswith("Confirm that you want updates: Pothole")


def test_phone_gets_a_text_with_a_code(api: Api) -> None:
    subscribe(api, channel="sms", to="07700 900123")
    (text,) = texts()
    assert text["to"] == "+447700900123" and text["body"][:6].isdigit()


def test_subscriber_gets_an_email_about_a_nearby_report_without_typed_text(
    api: Api,
) -> None:
    confirmed(api)
    made = report(api, title="BUY PILLS", description="BUY PILLS", address="BUY PILLS")
    email = mail.emails()[-1]
    assert email["Subject"].startswith("New report: Pothole [")
    assert any(link.endswith(f"/reports/{made}") for link in links(email))
    assert "PILLS" not in email.as_string()
    assert email["Reply-To"] == container.council().replies_to


def test_several_changes_are_one_message_and_the_receipt_is_sent_at_once(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = timedelta(minutes=5)
    ports = replace(delivery_ports(), changes_delay=wait)
    replace_built(monkeypatch, delivery_ports, ports)
    request_id = report(api, contact={"email": "alex@example.org"})
    (receipt,) = mail.emails()
    assert receipt["Subject"].startswith("We have your report")
    for number, state in enumerate(("investigating", None, "fixed")):
        add_work_update(
            request_id, f"{number:032}", f"Step {number}.", reports_ports(), state=state
        )
        api.cloud.pump.run_until_idle()
    assert len(mail.emails()) == 1
    later = ports.now() + wait + timedelta(seconds=1)
    replace_built(monkeypatch, delivery_ports, replace(ports, now=lambda: later))
    monkeypatch.setattr(sqs, "unix_time_millis", lambda: later.timestamp() * 1000)
    api.cloud.pump.run_until_idle()
    _, told = mail.emails()
    assert told["Subject"].startswith("Pothole") and "Fixed" in told["Subject"]
    assert "Step 0.\n\nStep 1.\n\nStep 2." in mail.text_of(told).replace("\r", "")


def test_address_that_follows_a_report_twice_gets_each_message_once(api: Api) -> None:
    request_id = report(api)
    topic = {"kind": "report", "service_request_id": request_id}
    for _ in range(2):
        confirmed(api, topic=topic)
    known = len(mail.emails())
    add_work_update(request_id, "1" * 32, "We had a look.", reports_ports())
    api.cloud.pump.run_until_idle()
    (told,) = mail.emails()[known:]
    assert "We had a look." in mail.text_of(told)


def test_acknowledgement_has_a_reply_address_and_no_text_of_the_reporter(
    api: Api,
) -> None:
    made = report(api, title="BUY PILLS", contact={"name": "PILLS", "email": "alex@example.org"})
    (email,) = mail.emails()
    assert email["To"] == "alex@example.org"
    assert email["Subject"].startswith("We have your report: Pothole [")
    assert email["Reply-To"].startswith(f"replies+{made.lower()}-")
    assert email["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "PILLS" not in email.as_string() and "We aim to deal with it by" in email.as_string()


def test_private_report_is_acknowledged_with_the_link_that_only_its_sender_has(api: Api) -> None:
    report(
        api,
        service_code="noise-nuisance",
        attributes={"kind": "noise"},
        contact={"email": "alex@example.org"},
    )
    (email,) = mail.emails()
    (link,) = (each for each in links(email) if "/forms/reports/" in each)
    path = link.removeprefix(container.settings().site_url)
    assert api.get(path).status_code == 200


def test_alerts_stop_by_a_mail_programs_post_and_not_by_a_get(api: Api) -> None:
    confirmed(api)
    report(api)
    address = mail.emails()[-1]["List-Unsubscribe"].strip("<>")
    path = address.removeprefix(container.settings().site_url)
    before = len(mail.emails())
    api.get(path)
    report(api, key="second")
    assert (count := len(mail.emails())) == before + 1
    answer = api.client.http.post(
        path,
        body=b"List-Unsubscribe=One-Click",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 200 and b"You have stopped these alerts" in answer.body
    api.cloud.pump.run_until_idle()
    report(api, key="third")
    assert len(mail.emails()) == count
    wrong = api.post(path[:-1] + ("0" if path[-1] != "0" else "1"), b"", key=None)
    assert wrong.status_code == 404


def receipt(api: Api, email: Any, kind: str, **values: Any) -> None:
    """What SES would say of the email."""
    owner = email["List-Unsubscribe"].partition("/alerts/")[2].partition("/")[0]
    (name,) = (each for each in sent_names() if each.startswith(owner))
    event = {"eventType": kind, "mail": {"tags": {"alert": [name]}}, **values}
    record = {"messageId": "m", "body": json.dumps(event), "receiptHandle": "r"}
    answer = alerts_sending_events.take_receipts({"Records": [record]}, None)
    assert answer == {"batchItemFailures": []}
    api.cloud.pump.run_until_idle()


def sent_names() -> list[str]:
    from chalicelib.alerts.dynamo.alert_items import AlertItem, alert_of

    items = AlertItem.scan(AlertItem.record.startswith("alert#"))
    return [alert_of(each).try_name for each in items if each.what != "confirm"]


def test_nothing_more_is_sent_to_an_address_that_bounces(api: Api) -> None:
    confirmed(api)
    report(api)
    receipt(api, mail.emails()[-1], "Bounce", bounce={"bounceType": "Permanent"})
    count = len(mail.emails())
    report(api, key="second")
    subscribe(api)
    assert len(mail.emails()) == count


def test_nothing_more_is_sent_to_a_number_that_cannot_get_texts(api: Api) -> None:
    made = subscribe(api, channel="sms", to="07700 900123")["subscription_id"]
    body = {"code": texts()[-1]["body"][:6]}
    assert api.post(f"/api/subscriptions/{made}/confirm", body, key=None).status_code == 200
    api.cloud.pump.run_until_idle()
    report(api)
    sent = list(sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages)
    failed = {"notification": {"messageId": sent[-1]}, "status": "FAILURE"}
    said = json.dumps(failed | {"delivery": {"providerResponse": "Invalid phone number"}})
    alerts_sending_events.take_text_log(text_log(said), None)
    api.cloud.pump.run_until_idle()
    report(api, key="second")
    assert len(texts()) == len(sent) == 2
    failed_alerts = api.get("/api/alerts/failed", api.token("officer")).json_body["items"]
    assert [each["last_error"] for each in failed_alerts] == ["bounced"]


def test_officer_sees_failed_alerts_and_resends_one(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(api)
    monkeypatch.setenv("MAIL_DOMAIN", "")
    container.forget_built()
    made = report(api)
    monkeypatch.undo()
    container.forget_built()
    officer = api.token("officer")
    answer = api.get("/api/alerts/failed", officer)
    (item,) = answer.json_body["items"]
    assert (item["last_error"], item["service_request_id"]) == ("no_sender", made)
    assert "sam@example.org" not in answer.body.decode()
    count = len(mail.emails())
    again = api.post(f"/api/alerts/failed/{item['alert_id']}/again", {}, token=officer)
    assert again.status_code == 200, again.body
    api.cloud.pump.run_until_idle()
    assert len(mail.emails()) == count + 1
    assert api.get("/api/alerts/failed", officer).json_body == {"items": [], "next": None}
    twice = api.post(f"/api/alerts/failed/{item['alert_id']}/again", {}, token=officer)
    assert twice.status_code == 409
    assert api.post("/api/alerts/failed/none/again", {}, token=officer).status_code == 404


@pytest.mark.parametrize("query", ["why=sent", "cursor=x"])
def test_list_of_failed_alerts_is_refused_when_the_filter_is_unknown(query: str, api: Api) -> None:
    assert api.get(f"/api/alerts/failed?{query}", api.token("officer")).status_code == 400
    assert api.get("/api/alerts/failed", api.token("resident")).status_code == 403


def test_imported_reports_notify_nobody(api: Api) -> None:
    confirmed(api)
    before = len(mail.emails())
    old = NOON.replace(year=2019)
    for number in range(3):
        old_one = ImportedReport(
            draft=draft(),
            external_reference=f"2019-{number}",
            state="fixed",
            visibility="public",
            requested_datetime=old,
            updated_datetime=old,
        )
        assert import_report(old_one, reports_ports())
    api.cloud.pump.run_until_idle()
    assert len(mail.emails()) == before


def test_report_is_announced_as_new_once_when_it_was_hidden_and_is_shown_again(api: Api) -> None:
    confirmed(api)
    before = len(mail.emails())
    made = report(api)
    reports = reports_ports().repository
    steps: tuple[Visibility, ...] = ("hidden", "public")
    for visibility in steps:
        stored = reports.get(made)
        assert stored
        reports.save(stored.with_visibility(visibility, stored.updated_datetime))
        api.cloud.pump.run_until_idle()
    assert len(mail.emails()) == before + 1
