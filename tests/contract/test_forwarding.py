"""A report is passed on and its progress comes back: our own server is both sides."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import boto3
import pytest
import time_machine
from chalice.test import Client

import app
from chalicelib.bootstrap import container, messaging
from chalicelib.bootstrap.outbound import api_key_of
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.handlers.exchange import forward_events, mail_events, outbound_events
from chalicelib.handlers.http.event import HandlerFailed
from chalicelib.kernel.time import utc_now
from chalicelib.net import safe_http_client
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.reading import full_view_of
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.updating import add_update
from infra.local import mail
from infra.local.cloud import Cloud
from tests.api.conftest import Api
from tests.support.builders import draft_body, update_draft
from tests.support.composition import publish_nothing
from tests.support.effort import sample
from tests.support.forwarding import (
    EVENTS,
    LOSSES,
    OURS,
    TEAM,
    THEIRS,
    CountysServer,
    Loss,
    forwarding_council,
    give_key,
    poll_destinations,
)
from tests.support.seam import ALL_TRIES, lose_reply, record_tries

EVENT = json.loads((EVENTS / "poll_updates.json").read_text(encoding="utf-8"))
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)


@dataclass
class Both:
    """The council and the county."""

    api: Api
    county: CountysServer

    def report(self, key: str = "key", **values: Any) -> str:
        body = draft_body(**{"service_code": OURS, **values})
        answer = self.api.post("/api/reports", body, key=key)
        assert answer.status_code == 201, answer.body
        self.api.cloud.pump.run_until_idle()
        return str(answer.json_body["service_request_id"])

    def of(self, service_code: str) -> list[ServiceRequest]:
        """The reports under that service."""
        repository = reports_ports().repository
        found = repository.get_many(self.api.stored_ids()).values()
        return [report for report in found if report.service_code == service_code]

    def countys_officer_says(self, theirs: ServiceRequest, text: str) -> None:
        path = f"/api/reports/{theirs.service_request_id}/updates"
        officer = self.api.token("officer")
        assert self.api.post(path, {"text": text}, key=text, token=officer).status_code == 201

    def later(self, by: timedelta) -> None:
        """That much later: the schedules run that concern other bodies."""
        with time_machine.travel(utc_now() + by, tick=False):
            for schedule in (outbound_events.send_due, forward_events.poll_updates):
                with suppress(HandlerFailed):
                    schedule(EVENT, None)
            self.api.cloud.pump.run_until_idle()


def council_and_county(folder: Path, patch: pytest.MonkeyPatch, **service: Any) -> Iterator[Both]:
    cloud = Cloud(council=forwarding_council(folder, **service))
    with Client(app.app) as client:
        county = CountysServer(client)
        patch.setattr(safe_http_client, "SafeHttpClient", lambda *_: county)
        container.forget_built()
        give_key()
        publish_nothing(patch)
        yield Both(Api(client, cloud), county)
    cloud.stop()


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    yield from council_and_county(tmp_path, monkeypatch)


@pytest.fixture
def both_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    """The county gives a token, and an id once an officer of it has looked."""
    yield from council_and_county(tmp_path, monkeypatch, type="batch", visibility="moderated")


def stored(service_request_id: str) -> ServiceRequest:
    report = reports_ports().repository.get(service_request_id)
    assert report
    return report


def texts_of(service_request_id: str) -> list[str | None]:
    return [update.text for update in stored(service_request_id).updates]


def test_report_reaches_the_county_and_gets_its_reference_there(both: Both) -> None:
    ours = stored(both.report(title="Big hole", contact={"name": "Ann", "email": "a@b.example"}))
    (theirs,) = both.of(THEIRS)
    assert "Big hole" in theirs.description and theirs.contact is None
    assert (theirs.lat, theirs.long) == (ours.lat, ours.long)
    assert ours.external_reference == theirs.service_request_id
    assert f"Their reference is {theirs.service_request_id}" in ours.updates[-1].text


def test_countys_changes_are_applied_once(both: Both) -> None:
    request_id = both.report()
    (theirs,) = both.of(THEIRS)
    key = f"/api/reports/{theirs.service_request_id}/updates"
    officer = both.api.token("officer")
    for number, state in enumerate(("investigating", "fixed")):
        body = {"text": f"The county says {state}.", "state": state}
        with time_machine.travel(utc_now() + timedelta(seconds=number), tick=False):
            assert both.api.post(key, body, key=str(number), token=officer).status_code == 201
    for minutes in (6, 12, 18):
        both.later(timedelta(minutes=minutes))
    ours = stored(request_id)
    assert [update.text for update in ours.updates[1:]] == [
        "The county says investigating.",
        "The county says fixed.",
    ]
    assert ours.state == "fixed" and {update.by for update in ours.updates} == {"council"}


def change(both: Both, service_request_id: str, **values: Any) -> None:
    """An officer changes the report, and can no longer undo that."""
    path, officer = f"/api/reports/{service_request_id}", both.api.token("officer")
    version = both.api.get(path, officer).json_body["version"]
    answer = both.api.patch(path, values, version=version, token=officer)
    assert answer.status_code == 200, answer.body
    both.api.cloud.pump.run_until_idle()
    both.later(timedelta(minutes=6))


def test_county_gets_the_new_place_and_then_that_the_report_was_hidden(both: Both) -> None:
    request_id = both.report()
    (theirs,) = both.of(THEIRS)
    change(both, request_id, lat=53.9595, long=-1.082)
    moved = texts_of(theirs.service_request_id)[-1] or ""
    assert moved.startswith("The work has changed since we passed it on.")
    assert "Place: 53.959500, -1.082000" in moved
    change(both, request_id, visibility="hidden")
    assert texts_of(theirs.service_request_id)[1:] == [
        "We have taken this back. Do not do this work."
    ]
    for minutes in (12, 18):
        both.later(timedelta(minutes=minutes))
    assert moved not in texts_of(request_id)


def test_county_does_not_get_its_own_cancellation(both: Both) -> None:
    request_id = both.report()
    (theirs,) = both.of(THEIRS)
    said = update_draft(text="Nothing is there.", state="cancelled")
    add_update(theirs.service_request_id, said, "cancelled", OFFICER, reports_ports())
    for minutes in (6, 12):
        both.later(timedelta(minutes=minutes))
    assert stored(request_id).state == "cancelled"
    assert texts_of(theirs.service_request_id) == ["Nothing is there."]


def said_not_fixed(both: Both) -> tuple[str, ServiceRequest]:
    """A report that the county said to be fixed, and a resident that it is not."""
    request_id = both.report()
    (theirs,) = both.of(THEIRS)
    for state in ("investigating", "fixed"):
        update = update_draft(text=f"It is {state}.", state=state)
        add_update(theirs.service_request_id, update, state, OFFICER, reports_ports())
    both.later(timedelta(minutes=6))
    assert stored(request_id).state == "fixed"
    body = {"text": "The hole is back.", "state": "not_fixed"}
    path = f"/api/reports/{request_id}/updates"
    assert both.api.post(path, body, key="not fixed").status_code == 201
    return request_id, theirs


def test_county_gets_one_reopening_when_its_repair_failed(both: Both) -> None:
    request_id, theirs = said_not_fixed(both)
    both.api.cloud.pump.run_until_idle()
    after = stored(theirs.service_request_id)
    assert (after.state, after.updates[-1].text) == ("reopen", "The hole is back.")
    before = texts_of(request_id)
    for minutes in (12, 18):
        both.later(timedelta(minutes=minutes))
    assert stored(theirs.service_request_id).updates == after.updates
    assert texts_of(request_id) == before, "Our own word does not come back as the county's."


@pytest.mark.parametrize("loss", sample(LOSSES[::-1], 1))
def test_county_gets_it_once_when_a_call_was_lost(loss: Loss, both: Both) -> None:
    _, theirs = said_not_fixed(both)
    both.county.lost = {len(both.county.calls) + 1: loss}
    both.api.cloud.pump.run_until_idle()
    both.later(timedelta(minutes=12))
    said = [update.text for update in stored(theirs.service_request_id).updates]
    assert said.count("The hole is back.") == 1
    assert stored(theirs.service_request_id).state == "reopen"


def test_report_gets_its_reference_once_the_county_has_assigned_it(both_in_batches: Both) -> None:
    both = both_in_batches
    request_id = both.report()
    (theirs,) = both.of(THEIRS)
    assert [update.text for update in stored(request_id).updates] == ["Passed to The county."]
    both.later(timedelta(minutes=6))
    assert stored(request_id).external_reference is None
    ports = reports_ports()
    change_report(
        theirs.service_request_id,
        ReportChanges(visibility="public"),
        theirs.version,
        OFFICER,
        ports,
    )
    for minutes in (12, 18):
        both.later(timedelta(minutes=minutes))
    ours = stored(request_id)
    assert ours.external_reference == theirs.service_request_id and len(ours.updates) == 2


@pytest.mark.parametrize("loss", LOSSES)
def test_report_is_sent_to_the_county_once_whichever_call_is_lost(both: Both, loss: Loss) -> None:
    both.county.lost = {1: loss}
    request_id = both.report()
    for hours in (1, 2, 3):
        both.later(timedelta(hours=hours))
    (theirs,) = both.of(THEIRS)
    assert stored(request_id).external_reference == theirs.service_request_id


@pytest.mark.parametrize("loss", sample(LOSSES, 1))
def test_report_is_sent_to_the_county_once_when_the_look_up_is_lost_too(
    both: Both, loss: Loss
) -> None:
    both.county.lost = {1: "lost after", 2: loss, 3: loss}
    request_id = both.report()
    for hours in (1, 2, 4, 8):
        both.later(timedelta(hours=hours))
    (theirs,) = both.of(THEIRS)
    assert stored(request_id).external_reference == theirs.service_request_id
    assert both.county.posted == 1


def test_nothing_is_lost_or_doubled_when_a_poll_is_lost(both: Both) -> None:
    request_id = both.report()
    (theirs,) = both.of(THEIRS)
    for loss in LOSSES:
        both.countys_officer_says(theirs, loss)
        both.county.lost = {len(both.county.calls) + 1: loss}
        with pytest.raises(HandlerFailed):
            poll_destinations()
        for _ in range(2):
            poll_destinations()
    assert texts_of(request_id)[1:] == list(LOSSES)


def test_update_is_applied_once_when_any_call_to_our_stores_loses_its_reply(both: Both) -> None:
    request_id = both.report()
    (theirs,) = both.of(THEIRS)
    both.countys_officer_says(theirs, "0")
    with record_tries() as calls:
        poll_destinations()
    made = len(calls)
    assert made >= 6
    for nth in range(1, made + 1):
        both.countys_officer_says(theirs, str(nth))
        with lose_reply(nth, times=ALL_TRIES) as struck, suppress(HandlerFailed):
            poll_destinations()
        assert struck
        poll_destinations()
    assert texts_of(request_id)[1:] == [str(nth) for nth in range(made + 1)]


def test_officer_sees_permanent_failures_and_resends_one(both: Both) -> None:
    give_key("a key that the county does not know")
    container.forget_built()
    request_id, officer = both.report(), both.api.token("officer")
    path = "/api/outbound/deliveries"
    (failed,) = both.api.get(f"{path}?state=failed", officer).json_body["items"]
    assert (failed["service_request_id"], failed["last_error"]) == (request_id, "http_403")
    assert both.of(THEIRS) == [] and both.county.posted == 1
    give_key()
    container.forget_built()
    again = both.api.post(f"{path}/{failed['delivery_id']}/resend", {}, token=officer)
    assert again.status_code == 200
    both.api.cloud.pump.run_until_idle()
    (theirs,) = both.of(THEIRS)
    assert stored(request_id).external_reference == theirs.service_request_id


def test_api_key_and_contact_are_in_no_log(both: Both, capsys: pytest.CaptureFixture[str]) -> None:
    both.report(contact={"name": "Ann Canary", "email": "canary@b.example"})
    both.later(timedelta(minutes=6))
    said = capsys.readouterr().out
    key = api_key_of("county")
    assert key and key not in said and "anary" not in said and "their reference" not in said


def put_keys(**keys: Any) -> None:
    boto3.client("secretsmanager").put_secret_value(
        SecretId=container.settings().destinations_secret_arn, SecretString=json.dumps(keys)
    )
    container.BUILT.pop((container.secret, "destinations"), None)


def test_report_is_passed_on_when_another_destinations_key_is_unusable(
    both: Both,
) -> None:
    key = api_key_of("county")
    put_keys(county=key, rail="", road=5)
    both.report()
    assert len(both.of(THEIRS)) == 1


@pytest.mark.parametrize("key", sample(["", 5, ["key"]], 1))
def test_other_destinations_continue_and_the_log_names_the_unusable_key(
    key: Any, both: Both, capsys: pytest.CaptureFixture[str]
) -> None:
    good = api_key_of("county")
    put_keys(county=key)
    both.report()
    hedge = both.report(key="hedge", service_code="overgrown-hedge")
    assert both.of(THEIRS) == [] and both.county.calls == []
    assert stored(hedge).updates[-1].text == "Passed to The tree team."
    with pytest.raises(HandlerFailed):
        poll_destinations()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line[:1] == "{"]
    named = [line for line in lines if line.get("destination") == "county"]
    assert {line["level"] for line in named} == {"error"}
    assert {line["event"] for line in named} >= {
        "an entry of a secret is no text of one line",
        "a destination was not polled",
    }
    assert [line["code"] for line in lines if line["event"] == "not sent"] == ["bad_api_key"]
    put_keys(county=good)
    both.later(timedelta(hours=1))
    assert len(both.of(THEIRS)) == 1


def test_short_key_is_used_when_another_organisation_issued_it(both: Both) -> None:
    put_keys(county="k")
    both.report()
    assert both.county.posted == 1


# A team's mailbox


def test_report_reaches_a_teams_mailbox_and_its_reply_reaches_the_case(both: Both) -> None:
    request_id = both.report(service_code="overgrown-hedge")
    (email,) = mail.emails()
    assert str(email["To"]) == TEAM and "A deep hole." in mail.text_of(email)
    assert stored(request_id).updates[-1].text == "Passed to The tree team."
    bucket = both.api.cloud.environment["MAIL_BUCKET"]
    mail.deliver(mail.answer_to(email, "Cut on Friday.", f"Tree Team <{TEAM}>"), bucket)
    both.api.cloud.pump.run_until_idle()
    (note,) = full_view_of(stored(request_id), reports_ports()).notes
    assert (note.sender, note.text) == (TEAM, "Cut on Friday.")
    assert kept_in(bucket) == []


@pytest.mark.parametrize("sender", ["mallory@evil.example", "ann@example.org"])
def test_reply_of_another_sender_is_stored_as_not_verified(
    sender: str, both: Both, capsys: pytest.CaptureFixture[str]
) -> None:
    request_id = both.report(service_code="overgrown-hedge")
    (email,) = mail.emails()
    bucket = both.api.cloud.environment["MAIL_BUCKET"]
    mail.deliver(mail.answer_to(email, "Not our tree.", sender), bucket)
    both.api.cloud.pump.run_until_idle()
    officer = both.api.token("officer")
    (note,) = both.api.get(f"/api/cases/{request_id}", token=officer).json_body["notes"]
    assert (note["by"], note["text"]) == (f"Not verified: {sender}", "Not our tree.")
    assert kept_in(bucket) == []
    said = capsys.readouterr().out
    assert "an answer is no team's" in said and sender not in said


def test_reply_is_not_the_teams_when_the_report_never_went_to_it(both: Both) -> None:
    request_id = both.report(service_code="litter")
    answer = EmailMessage()
    answer["From"], answer["To"] = TEAM, messaging.reply_address(request_id)
    answer.set_content("Done.")
    mail.deliver(answer.as_bytes(), both.api.cloud.environment["MAIL_BUCKET"])
    both.api.cloud.pump.run_until_idle()
    (note,) = full_view_of(stored(request_id), reports_ports()).notes
    assert note.sender == f"unverified:{TEAM}"


@pytest.mark.parametrize("address", ["replies@mail.demo.example", "another token"])
def test_strangers_email_stays_off_the_case_and_is_logged(
    address: str, both: Both, capsys: pytest.CaptureFixture[str]
) -> None:
    request_id = both.report(service_code="overgrown-hedge")
    (email,) = mail.emails()
    right = str(email["Reply-To"])
    del email["Reply-To"]
    local, _, domain = right.partition("@")
    wrong = f"{local[:-1]}{'0' if local[-1] != '0' else '1'}@{domain}"
    email["Reply-To"] = wrong if address == "another token" else address
    bucket = both.api.cloud.environment["MAIL_BUCKET"]
    raw = mail.answer_to(email, "Buy my canary.", "canary@example.org")
    key = mail.deliver(raw, bucket)
    both.api.cloud.pump.run_until_idle()
    assert full_view_of(stored(request_id), reports_ports()).notes == ()
    assert kept_in(bucket) == [f"refused/{key}"]
    said = capsys.readouterr().out
    assert "mail was refused" in said and key in said and "anary" not in said


def test_reply_is_stored_once_when_any_call_of_processing_it_loses_its_reply(both: Both) -> None:
    request_id = both.report(service_code="overgrown-hedge")
    (email,) = mail.emails()
    bucket = both.api.cloud.environment["MAIL_BUCKET"]
    with record_tries() as calls:
        mail.deliver(mail.answer_to(email, "Done.", TEAM), bucket)
        key = mail.deliver(mail.answer_to(email, "Done.", TEAM), bucket)
        event = notice_of(key)
        before = len(calls)
        assert mail_events.take_mail(event, None) == {"batchItemFailures": []}
    made = len(calls) - before
    assert made >= 5
    for nth in range(1, made + 1):
        key = mail.deliver(mail.answer_to(email, f"Number {nth}.", TEAM), bucket)
        with lose_reply(nth, times=ALL_TRIES) as struck:
            mail_events.take_mail(notice_of(key), None)
        assert struck
        assert mail_events.take_mail(notice_of(key), None) == {"batchItemFailures": []}
    texts = [note.text for note in reports_ports().repository.list_notes(request_id)]
    assert sorted(texts) == sorted({*texts}) and len(texts) == made + 1


def kept_in(bucket: str) -> list[str]:
    listed = boto3.client("s3").list_objects_v2(Bucket=bucket)
    return [each["Key"] for each in listed.get("Contents", [])]


def notice_of(key: str) -> dict[str, Any]:
    notice = {"Records": [{"s3": {"object": {"key": key}}}]}
    return {"Records": [{"messageId": "1", "body": json.dumps(notice)}]}
