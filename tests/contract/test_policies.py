"""Least privilege: each function's policy grants what its use cases ask of AWS, and nothing more.

One long day of a council on moto: every route and every event handler, each call recorded.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
import time_machine
from chalice.test import Client

import app
from chalicelib import bootstrap
from chalicelib.accounts.model import Erasure
from chalicelib.adapters.clock import utc_now
from chalicelib.bootstrap import forwarding
from chalicelib.catalogue.load import COUNCILS
from chalicelib.handlers import (
    outbound_events,
    photos_events,
    privacy_events,
    publishing_events,
)
from chalicelib.handlers.cdn import ORIGIN
from chalicelib.outbound.model import derived_id
from chalicelib.reports import usecases
from infra.demo.gazetteer import COMMITTED
from infra.local import mail
from infra.local.cloud import Cloud
from infra.local.seed import demo_facilities
from infra.tokens import account_with
from tests.api.conftest import Api
from tests.api.test_forms import Browser, link
from tests.architecture.test_events import EVENTS, SCHEDULED
from tests.attack_photos import saved
from tests.builders import draft_body
from tests.contract.permissions import (
    API,
    FUNCTIONS,
    Need,
    Needs,
    beyond,
    granted,
    is_granted,
    logs_granted,
)
from tests.forms import File
from tests.forwarding import CountysServer, forwarding_council, give_key
from tests.issuer import Issuer, give_client_secret, served, staff_at
from tests.people import ask_for_code, cookie_in, newest_code, post_form, sign_in_with
from tests.serving import file_server, server

LONG = "x" * 2000
JPEG = saved("JPEG")
FAR = {"lat": 53.94, "long": -1.05}
"""In the council, and on a tile of its own."""
UPDATES_THAT_OVERFLOW = 26
OPEN_DATA_EVENT = json.loads((EVENTS / "publish_open_data.json").read_text(encoding="utf-8"))
FED: dict[str, set[Need]] = {
    "publish": {
        ("sqs:ReceiveMessage", "PublishQueue"),
        ("sqs:DeleteMessage", "PublishQueue"),
        ("sqs:GetQueueAttributes", "PublishQueue"),
    },
    "take_in": {
        ("sqs:ReceiveMessage", "PhotosQueue"),
        ("sqs:DeleteMessage", "PhotosQueue"),
        ("sqs:GetQueueAttributes", "PhotosQueue"),
    },
    "fetch_wanted": {
        ("sqs:ReceiveMessage", "FetchQueue"),
        ("sqs:DeleteMessage", "FetchQueue"),
        ("sqs:GetQueueAttributes", "FetchQueue"),
    },
    "open_deliveries": {
        ("sqs:ReceiveMessage", "OutboundQueue"),
        ("sqs:DeleteMessage", "OutboundQueue"),
        ("sqs:GetQueueAttributes", "OutboundQueue"),
    },
    "send": {
        ("sqs:ReceiveMessage", "SendQueue"),
        ("sqs:DeleteMessage", "SendQueue"),
        ("sqs:GetQueueAttributes", "SendQueue"),
    },
    "take_mail": {
        ("sqs:ReceiveMessage", "RepliesQueue"),
        ("sqs:DeleteMessage", "RepliesQueue"),
        ("sqs:GetQueueAttributes", "RepliesQueue"),
    },
    "fan_out_people": {
        ("dynamodb:DescribeStream", "AccountsTable/stream"),
        ("dynamodb:GetRecords", "AccountsTable/stream"),
        ("dynamodb:GetShardIterator", "AccountsTable/stream"),
        ("dynamodb:ListStreams", "*"),
        ("sqs:SendMessage", "FanOutDeadLetterQueue"),
    },
    "send_code": {
        ("sqs:ReceiveMessage", "CodesQueue"),
        ("sqs:DeleteMessage", "CodesQueue"),
        ("sqs:GetQueueAttributes", "CodesQueue"),
    },
    "fan_out": {
        ("dynamodb:DescribeStream", "ReportsTable/stream"),
        ("dynamodb:GetRecords", "ReportsTable/stream"),
        ("dynamodb:GetShardIterator", "ReportsTable/stream"),
        ("dynamodb:ListStreams", "*"),
        ("sqs:SendMessage", "FanOutDeadLetterQueue"),
    },
    **{
        name: {("sqs:SendMessage", "SchedulesDeadLetterQueue")}
        for name in (
            "erase",
            "forget_old",
            "poll_updates",
            "publish_getting_through",
            "publish_held",
            "publish_open_data",
            "publish_wards",
            "send_due",
            "sweep",
            "tidy",
        )
    },
}
"""What Lambda does in a function's name to feed it, and with what it gives up."""


@dataclass
class Day:
    """A council's day; `needs` is what was asked of AWS in it."""

    api: Api
    needs: Needs
    officer: str
    receipts: dict[str, Any]

    def photo(self, key: str, raw: bytes = JPEG) -> str:
        """A photo that somebody sent for the report of that key. Answers its id."""
        photo_id = self.sent_photo(key, raw)
        self.api.cloud.pump.run_until_idle()
        return photo_id

    def sent_photo(self, key: str, raw: bytes) -> str:
        asked = self.api.post(
            "/api/photos", {"content_type": "image/jpeg", "size": 1000}, key=f"{key}/0"
        ).json_body
        where, bucket = asked["fields"]["key"], self.api.cloud.environment["UPLOADS_BUCKET"]
        self.needs.note_signed(API, "s3:PutObject", f"{asked['url'].rstrip('/')}/{where}")
        boto3.client("s3").put_object(Bucket=bucket, Key=where, Body=raw)
        return str(asked["photo_id"])

    def queue(self, name: str) -> str:
        """The address of the template's queue of that name."""
        found = boto3.client("cloudformation").describe_stack_resource(
            StackName="ginnel", LogicalResourceId=name
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def report(self, key: str, **values: Any) -> str:
        answer = self.api.post("/api/reports", draft_body(**values), key=key)
        assert answer.status_code == 201, answer.body
        self.receipts[key] = answer.json_body | {"photo_ids": values.get("photo_ids", [])}
        self.api.cloud.pump.run_until_idle()
        return f"/api/reports/{answer.json_body['service_request_id']}"

    def change(self, path: str, **values: Any) -> None:
        officer = self.officer
        version = self.api.get(path, officer).json_body["version"]
        answer = self.api.patch(path, values, version=version, token=self.officer)
        assert answer.status_code == 200, answer.body
        self.api.cloud.pump.run_until_idle()

    def post(self, path: str, body: dict[str, str], key: str) -> None:
        answer = self.api.post(path, body, key=key)
        assert answer.status_code < 300, answer.body

    def overflow(self, path: str) -> None:
        """More updates than the report's own item holds."""
        for number in range(UPDATES_THAT_OVERFLOW):
            text = f"{number} {LONG}"[:2000]
            self.post(f"{path}/updates", {"text": text}, key=f"update-{number}")

    def later(self, by: timedelta) -> None:
        """The same day, that much later: what is due runs."""
        with time_machine.travel(utc_now() + by, tick=False):
            assert self.api.cloud.pump.run_schedules() == len(SCHEDULED)
            self.api.cloud.pump.run_until_idle()


def names_of(cloud: Cloud, distribution_id: str) -> dict[str, str]:
    """Every physical name that a request may carry → the template's."""
    described = boto3.client("cloudformation").describe_stack_resources(StackName="ginnel")
    found = {
        str(each["PhysicalResourceId"]): str(each["LogicalResourceId"])
        for each in described["StackResources"]
    }
    secrets = {
        arn: "".join(part.title() for part in name.removesuffix("_ARN").split("_"))
        for name, arn in cloud.environment.items()
        if name.endswith("_SECRET_ARN")
    }
    return found | secrets | {distribution_id: "Distribution"}


def distribution() -> str:
    origin = {"Id": "o", "DomainName": "o.example", "CustomHeaders": {"Quantity": 0, "Items": []}}
    config: Any = {
        "CallerReference": "test",
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only"},
        "Comment": "",
        "Enabled": True,
    }
    answer = boto3.client("cloudfront").create_distribution(DistributionConfig=config)
    return answer["Distribution"]["Id"]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    cloud = Cloud(behind_cdn=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ORIGIN_SECRET_ARN")
        patch.setenv("DISTRIBUTION_ID", distribution())
        bootstrap.forget()
        for key, path in COMMITTED.items():
            boto3.client("s3").put_object(Bucket=cloud.bucket, Key=key, Body=path.read_bytes())
        boto3.client("s3").put_object(Bucket=cloud.bucket, Key="data/wards/gone.json", Body=b"{}")
        demo_facilities(bootstrap.council(), bootstrap.publishing_ports())
        bootstrap.forget()
        needs = Needs(names_of(cloud, bootstrap.settings().distribution_id))
        with Client(app.app) as client, needs.recorded():
            api = Api(client, cloud)
            here = Day(api, needs, api.token("officer"), {})
            # Forgets the secret that the test has read to make the token.
            bootstrap.forget()
            live_with_reports(here)
            live_with_officers(here)
            live_with_partners(here)
            live_with_photos_of_partners(here)
            live_with_other_bodies(here, tmp_path_factory.mktemp("forwarding"))
            live_with_receivers(here)
            live_without_javascript(here)
            live_with_people(here)
            live_with_another_organisation(here, tmp_path_factory.mktemp("identified"))
            live_with_administrators(here)
            live_with_somebody_who_leaves(here)
            live_with_photos_that_go_astray(here)
            # Alone, as on AWS: nothing is kept for it that another function has read.
            bootstrap.forget()
            publishing_events.publish_open_data(OPEN_DATA_EVENT, None)
            here.later(timedelta(days=100))
            assert api.get("/api/my-area?postcode=zz1+1aa").status_code == 200
            patch.setenv("COUNCIL", str(holding_council(tmp_path_factory.mktemp("council"))))
            bootstrap.forget()
            here.report("held")
            here.later(timedelta(days=102))
            here.later(timedelta(days=900))
            patch.setenv("ORIGIN_SECRET_ARN", cloud.environment["ORIGIN_SECRET_ARN"])
            bootstrap.forget()
            assert client.http.get("/api/moderation", headers={ORIGIN: "x"}).status_code == 403
        yield here
    cloud.stop()


def holding_council(folder: Path) -> Path:
    """The demo council, but every report is held for an hour before it is public."""
    document = json.loads((COUNCILS / "demo.json").read_text(encoding="utf-8"))
    path = folder / "holding.json"
    path.write_text(json.dumps(document | {"publish_after_s": 3600}), encoding="utf-8")
    return path


def live_with_reports(day: Day) -> None:
    api = day.api
    path = day.report("one", photo_ids=[day.photo("one")])
    for address in (path, "/health", "/api/openapi.json", "/api/places?q=market"):
        assert api.get(address).status_code == 200
    lights = "/api/facilities/nearest?kind=street-light&lat=53.959&long=-1.0815"
    assert api.get(lights).json_body["items"]
    (photo_id,) = day.receipts["one"]["photo_ids"]
    assert api.get(f"{path}/photos/{photo_id}").json_body["state"] == "ready"
    assert api.get("/api/reports?bbox=-1.1,53.9,-1.0,54.0").json_body["items"]
    nearby = "/api/reports/nearby?lat=53.959&long=-1.0815&service_code=pothole&radius_m=100"
    assert api.get(nearby).json_body["items"]
    day.overflow(path)
    day.post(f"{path}/follow", {}, key="follower")
    day.post(f"{path}/flags", {"reason": "other", "text": "Look."}, key="flag")
    assert api.get(path).json_body["updates"]
    withdrawn = day.report("withdrawn")
    day.overflow(withdrawn)
    day.post(f"{withdrawn}/withdrawal", {}, key="withdrawn")
    private = day.report(
        "private",
        service_code="noise-nuisance",
        attributes={"kind": "noise"},
        photo_ids=[day.photo("private")],
    )
    token = day.receipts["private"]["tracking_url"].partition("?")[2]
    (shown,) = api.get(f"{private}?{token}").json_body["photos"]
    day.needs.note_signed(API, "s3:GetObject", shown["url"])


def live_with_officers(day: Day) -> None:
    api, officer = day.api, day.officer
    first = f"/api/reports/{day.receipts['one']['service_request_id']}"
    other, done = day.report("other"), day.report("done", **FAR)
    day.post(f"{other}/follow", {}, key="another")
    waiting = day.report("waiting", service_code="graffiti")
    assert api.get("/api/moderation?reason=waiting", officer).json_body["items"]
    day.change(waiting, visibility="public")
    day.overflow(waiting)
    day.change(done, state="fixed")
    oldest = api.get(first, officer).json_body["updates"][-1]["update_id"]
    day.change(first, updates={oldest: "[removed]"})
    day.change(other, duplicate_of=day.receipts["one"]["service_request_id"])
    day.change(first, visibility="hidden")


def live_with_partners(day: Day) -> None:
    api, admin = day.api, day.api.token("admin")
    made = api.post("/api/partners/keys", {"name": "Partner"}, key=None, token=admin).json_body
    key = {"X-Api-Key": made["api_key"]}
    assert api.client.http.get("/api/events", headers=key).status_code == 200
    assert api.get("/open311/v2/requests.json").json_body
    update = f"service_request_id={day.receipts['other']['service_request_id']}&update_id=1"
    posted = f"api_key={made['api_key']}&{update}&status=OPEN&description=Seen"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    where = "/open311/v2/servicerequestupdates.json"
    api.client.http.post(where, headers=form, body=posted.encode())
    assert api.get("/api/partners/keys", admin).json_body["items"][0]["last_used_at"]
    ended = {"Authorization": f"Bearer {admin}"}
    address = f"/api/partners/keys/{made['key_id']}"
    assert api.client.http.delete(address, headers=ended).status_code == 200


def live_with_photos_of_partners(day: Day) -> None:
    """One that is there, and one whose address is never gone to."""
    api, admin = day.api, day.api.token("admin")
    made = api.post("/api/partners/keys", {"name": "Other"}, key=None, token=admin).json_body
    with server(file_server("200 OK", JPEG)) as (port, _), pytest.MonkeyPatch.context() as patch:
        patch.setenv("OUTSIDE_ALLOWED", f"http://127.0.0.1:{port}")
        bootstrap.forget()
        report = {"api_key": made["api_key"], **draft_body(), "fixmystreet_id": "1"}
        urls = [f"http://127.0.0.1:{port}/one.jpg", "https://127.0.0.1/two.jpg"]
        posted = urlencode([*report.items(), *(("media_url", url) for url in urls)])
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = api.client.http.post(
            "/open311/v2/requests.json", headers=form, body=posted.encode()
        )
        assert answer.status_code == 200, answer.body
        api.cloud.pump.run_until_idle()
    bootstrap.forget()


def live_with_receivers(day: Day) -> None:
    """One that refuses what it is told until it takes it."""
    api, admin, receivers = day.api, day.api.token("admin"), "/api/outbound/receivers"
    refusing = file_server("400 Bad Request", b"")
    with server(refusing) as (port, _), pytest.MonkeyPatch.context() as patch:
        patch.setenv("OUTSIDE_ALLOWED", f"http://127.0.0.1:{port}")
        bootstrap.forget()
        draft = {"name": "Warehouse", "url": f"http://127.0.0.1:{port}/"}
        path = f"{receivers}/{api.post(receivers, draft, token=admin).json_body['receiver_id']}"
        assert api.get(receivers, admin).json_body["items"]
        assert api.patch(path, {"name": "New"}, version=1, token=admin).status_code == 200
        day.report("told")
        (failed,) = api.get("/api/outbound/deliveries", admin).json_body["items"]
        own = f"/api/outbound/deliveries?destination={failed['destination']}"
        assert len(api.get(own, admin).json_body["items"]) == 1
        for what in ("keep", "resend"):
            address = f"/api/outbound/deliveries/{failed['delivery_id']}/{what}"
            assert api.post(address, {}, token=day.officer).status_code == 200
        api.cloud.pump.run_until_idle()
        since = {"since": (utc_now() - timedelta(hours=1)).isoformat()}
        with time_machine.travel(utc_now() + timedelta(seconds=2), tick=False):
            assert api.post(f"{path}/replay", since, token=admin).json_body["replayed"]
        bearer = {"Authorization": f"Bearer {admin}"}
        assert api.client.http.delete(path, headers=bearer).status_code == 200
        api.cloud.pump.run_until_idle()
    bootstrap.forget()


def live_without_javascript(day: Day) -> None:
    browser = Browser(day.api.client, day.api.cloud)
    browser.to("Add photos")
    browser.fill(files=[File("p.jpg", "image/jpeg", JPEG)])
    browser.to_end()
    assert "Report sent" in browser.page.text
    browser.open(link(browser.page))
    day.api.cloud.pump.run_until_idle()


def live_with_people(day: Day) -> None:
    """Somebody signs in by mail and by text message, stays so, and signs out."""
    http, cookie = day.api.client.http, {}
    for address in ("resident@example.org", "07700 900123"):
        # Every function reads the secrets that it needs itself.
        bootstrap.forget()
        attempt_id = ask_for_code(http, address)
        bootstrap.forget()
        day.api.cloud.pump.run_until_idle()
        bootstrap.forget()
        cookie = {"Cookie": sign_in_with(http, attempt_id, newest_code())}
    bootstrap.forget()
    fresh = http.post("/api/session/refresh", headers=cookie).json_body
    bearer = {"Authorization": f"Bearer {fresh['access_token']}"}
    assert len(http.get("/api/account/devices", headers=bearer).json_body["items"]) == 1
    assert http.delete("/api/account/devices", headers=bearer).status_code == 200


def live_with_another_organisation(day: Day, folder: Path) -> None:
    """Somebody of the staff signs in through it, and gets the role of her group."""
    http = day.api.client.http
    with served(Issuer()) as issuer, pytest.MonkeyPatch.context() as patch:
        document = json.loads((COUNCILS / "demo.json").read_text(encoding="utf-8"))
        path = folder / "identified.json"
        path.write_text(json.dumps(document | {"identity_providers": [staff_at(issuer)]}))
        patch.setenv("COUNCIL", str(path))
        patch.setenv("OUTSIDE_ALLOWED", issuer.url)
        bootstrap.forget()
        give_client_secret("staff")
        way = post_form(http, "/forms/sign-in/with/staff", next="/")
        query = issuer.sign_in(str(way.headers["Location"]), groups=["roads"])
        address = f"/forms/sign-in/back/staff?{urlencode(query)}"
        back = http.get(address, headers={"Cookie": cookie_in(way)})
        assert back.status_code == 303, back.body
    bootstrap.forget()


def live_with_administrators(day: Day) -> None:
    """Somebody is invited and disabled, and who did that is read."""
    api, admin = day.api, day.api.token("admin")
    body = {"address": "crew@example.org", "grants": [{"role": "crew"}]}
    invited = api.post("/api/admin/people", body, token=admin).json_body
    person = f"/api/admin/people/{invited['account_id']}"
    version = invited["version"]
    changed = api.patch(person, {"disabled": True}, version=version, token=admin)
    assert changed.status_code == 200, changed.body
    assert len(api.get("/api/admin/people", admin).json_body["items"]) >= 2
    assert api.get("/api/admin/audit", admin).json_body["items"]


def live_with_somebody_who_leaves(day: Day) -> None:
    """Somebody looks after her reports, takes everything along and is forgotten; an address is
    blocked; and a report is closed so that time takes its sender."""
    api, http, address = day.api, day.api.client.http, "leaves@example.org"
    contact = {"email": address, "phone": "07700 900456"}
    private = {"service_code": "noise-nuisance", "attributes": {"kind": "noise"}}
    hers = day.report("hers", contact=contact, photo_ids=[day.photo("hers")], **private)
    day.report("withdrawn-later", contact=contact, photo_ids=[day.photo("withdrawn-later")])
    other = {"email": "stays@example.org"}
    old = day.report("old", contact=other, photo_ids=[day.photo("old")], **private)
    day.change(old, state="fixed")
    for path in (hers, old):
        usecases.add_note(path[13:], "note", "team@example.org", "x", bootstrap.reports_ports())
    attempt_id = ask_for_code(http, address)
    day.api.cloud.pump.run_until_idle()
    bootstrap.forget()
    cookie = {"Cookie": sign_in_with(http, attempt_id, newest_code())}
    token = http.post("/api/session/refresh", headers=cookie).json_body["access_token"]
    own = f"/api/account/reports/{day.receipts['withdrawn-later']['service_request_id']}"
    version = api.get("/api/account", token).json_body["version"]
    assert api.patch("/api/account", {"name": "x"}, version=version, token=token).json_body["name"]
    assert api.patch(own, {"title": "New"}, version=1, token=token).status_code == 200
    phone = api.post("/api/account/addresses", {"address": "07700 900456"}, token=token).json_body
    day.api.cloud.pump.run_until_idle()
    proof = {"attempt_id": phone["attempt_id"], "code": newest_code()}
    answer = api.post("/api/account/addresses/confirmation", proof, token=token)
    assert answer.status_code == 200, answer.body
    assert len(api.get("/api/account/reports", token).json_body["items"]) == 2
    followed = day.receipts["other"]["service_request_id"]
    assert api.post(f"/api/reports/{followed}/follow", {}, token=token).status_code == 201
    assert api.post(f"{own}/withdrawal", {}, token=token).status_code == 200
    bootstrap.forget()
    exported = api.get("/api/account/export", token).json_body
    (shown, *_) = exported["held"]["pictures"]
    day.needs.note_signed(API, "s3:GetObject", shown["page"])
    bootstrap.forget()
    assert api.post("/api/account/erasure", {}, token=token).status_code == 202
    bootstrap.forget()
    bootstrap.limit_ports().networks.key("192.0.2.1")
    # One that was cut short before the account was closed.
    account_with("resident", "leaves-too", bootstrap.accounts_ports())
    bootstrap.erasure_ports().erasures.add(
        Erasure(account_id="leaves-too", requested_at=utc_now(), redact=False)
    )
    bootstrap.forget()
    # Alone, as on AWS: nothing is kept for it that another function has read.
    with time_machine.travel(utc_now() + timedelta(days=1), tick=False):
        privacy_events.erase(OPEN_DATA_EVENT, None)
    bootstrap.forget()
    assert bootstrap.erasure_ports().erasures.pending() == []
    admin, blocks = api.token("admin"), "/api/admin/blocks"
    body = {"what": "blocked@example.org", "reason": "x"}
    made = api.post(blocks, body, token=admin).json_body
    assert api.get(blocks, admin).json_body["items"]
    bearer = {"Authorization": f"Bearer {admin}"}
    assert http.delete(f"{blocks}/{made['block_id']}", headers=bearer).status_code == 200


def live_with_photos_that_go_astray(day: Day) -> None:
    """One that nobody reports, one that is none, one that is waited for in vain, one whose page
    was made before and whose notice names a version."""
    day.photo("never-reported")
    day.photo("none", b"<svg/>")
    in_vain = day.sent_photo("in-vain", JPEG)
    boto3.client("sqs").purge_queue(QueueUrl=day.queue("PhotosQueue"))
    day.report("in-vain", photo_ids=[in_vain])
    client, bucket = boto3.client("s3"), day.api.cloud.environment["UPLOADS_BUCKET"]
    key = f"{'0' * 12}/{'0' * 26}"
    client.put_object(
        Bucket=day.api.cloud.environment["PHOTOS_BUCKET"], Key=f"{key}/page.jpg", Body=JPEG
    )
    version = client.put_object(Bucket=bucket, Key=key, Body=JPEG)["VersionId"]
    notice = {"Records": [{"s3": {"object": {"key": key, "versionId": version}}}]}
    record = {"messageId": "1", "body": json.dumps(notice)}
    assert photos_events.take_in({"Records": [record]}, None) == {"batchItemFailures": []}
    day.api.cloud.pump.run_until_idle()


def live_with_other_bodies(day: Day, folder: Path) -> None:
    """A county that is told of potholes and says what becomes of them, and a team that gets
    hedges by mail and answers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNCIL", forwarding_council(folder))
        patch.setattr(forwarding, "outside", lambda: CountysServer(day.api.client))
        bootstrap.forget()
        give_key()
        bootstrap.forget()
        ours = day.report("countys")
        theirs = day.api.get(ours).json_body["external_reference"]
        day.overflow(ours)
        # Its message comes again after much was said.
        sent = derived_id("forwarded", "county", ours.rpartition("/")[2])
        record = {"messageId": "1", "body": json.dumps({"delivery_id": sent})}
        assert outbound_events.send({"Records": [record]}, None) == {"batchItemFailures": []}
        day.change(f"/api/reports/{theirs}", state="fixed")
        for key in ("hedge", "hedge-withdrawn"):
            body = draft_body(service_code="overgrown-hedge")
            request_id = day.api.post("/api/reports", body, key=key).json_body["service_request_id"]
            # Every function reads the secrets that it needs itself.
            bootstrap.forget()
            day.api.cloud.pump.run_until_idle()
            if key == "hedge-withdrawn":
                day.post(f"/api/reports/{request_id}/withdrawal", {}, key=key)
            answer = mail.answer_to(mail.letters()[-1], "Cut.", "trees@example.org")
            mail.deliver(answer, day.api.cloud.environment["MAIL_BUCKET"])
            bootstrap.forget()
            day.api.cloud.pump.run_until_idle()
        bootstrap.forget()
        with time_machine.travel(utc_now() + timedelta(minutes=6), tick=False):
            day.api.cloud.pump.run_schedules()
            day.api.cloud.pump.run_until_idle()
        assert day.api.get(ours).json_body["state"] == "fixed"
    bootstrap.forget()


def needed(day: Day, function: str) -> set[Need]:
    return day.needs.of[function] | FED.get(function, set())


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_policy_grants_what_its_function_asks_for(function: str, day: Day) -> None:
    grants = granted(function)
    refused = {need for need in needed(day, function) if not is_granted(need, grants)}
    assert day.needs.of[function] and refused == set()


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_policy_grants_nothing_that_its_function_never_asked_for(function: str, day: Day) -> None:
    assert beyond(needed(day, function), granted(function)) == set()


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_policy_lets_a_function_write_its_own_log_alone(function: str) -> None:
    name = "APIHandler" if function == API else function.title().replace("_", "")
    group = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/"
    own = f"{group}${{AWS::StackName}}-{name}-*"
    assert logs_granted(function) == {
        (action, own) for action in ("logs:CreateLogStream", "logs:PutLogEvents")
    }


def test_policy_is_found_out_when_it_grants_too_little_or_too_much(day: Day) -> None:
    read = ("dynamodb:GetItem", "ReportsTable")
    assert read in needed(day, API)
    assert not is_granted(read, granted(API) - {read})
    assert not is_granted(read, {("dynamodb:GetItem", "ReportsTable/index/by-tile")})
    scan = ("dynamodb:Scan", "ReportsTable")
    assert beyond(needed(day, API), {read, scan}) == {scan}


def test_nothing_is_granted_everywhere_but_where_aws_knows_no_resource() -> None:
    everywhere = {
        action for name in FUNCTIONS for action, resource in granted(name) if resource == "*"
    }
    assert everywhere == {"dynamodb:ListStreams", "sns:Publish"}
