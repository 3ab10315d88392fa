"""Least privilege: each function's policy grants what its use cases ask of AWS, and nothing more.

One long day of a council on moto: every route and every event handler, each call recorded.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
import msgspec
import pytest
import time_machine
from botocore.exceptions import ClientError
from chalice.test import Client
from msgspec.structs import replace

import app
from chalicelib.accounts.model import Erasure
from chalicelib.alerts.delivery import Alert
from chalicelib.alerts.dynamo.alert_items import AlertItem, alert_of
from chalicelib.alerts.model import AlertRequested
from chalicelib.alerts.usecases import alert_batches
from chalicelib.alerts.usecases.questions import repair_question_token
from chalicelib.areas.model import ROADWORKS
from chalicelib.aws.cloudfront import TOO_MANY
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports, limit_ports
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.collections import garden_subscriptions, premises_bucket
from chalicelib.bootstrap.desk import desk_ports
from chalicelib.bootstrap.garden import garden_ports
from chalicelib.bootstrap.payment_provider import signing_secret
from chalicelib.bootstrap.privacy import erasure_ports
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.catalogue.load import COUNCILS
from chalicelib.catalogue.prices import OrderItem
from chalicelib.collections.model import ROUNDS, Round, Rounds
from chalicelib.collections.premises import Premises
from chalicelib.desk.model import ViewDraft
from chalicelib.desk.usecases import saved_views
from chalicelib.events import ReportChanged, ReportSubmitted
from chalicelib.garden.model import GardenSubscription, Purchase, Year
from chalicelib.garden.usecases import buy
from chalicelib.handlers.accounts import privacy_events
from chalicelib.handlers.alerts import alerts_sending_events, disruptions_events
from chalicelib.handlers.bookings import bookings_events
from chalicelib.handlers.collections import collections_events, rounds_events
from chalicelib.handlers.exchange import outbound_events
from chalicelib.handlers.http.cdn import ORIGIN
from chalicelib.handlers.jobs import jobs_events
from chalicelib.handlers.payments import payments_events
from chalicelib.handlers.publishing import figures_events, publishing_events
from chalicelib.handlers.reports import photos_events
from chalicelib.handlers.reports.release_events import check_release
from chalicelib.jobs.dynamo.jobs import DynamoJobs
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.time import truncate_to_second, utc_now
from chalicelib.net import safe_http_client
from chalicelib.publishing import open_data_index
from chalicelib.reports.needs import Need as OfficersNeed
from chalicelib.reports.orders import BookedSlot
from chalicelib.reports.usecases import notes
from chalicelib.reports.usecases.staff.officer_changes import NOTIFY_AFTER
from infra.demo.gazetteer import COMMITTED
from infra.demo.roadworks import demo_roadworks
from infra.environments import resource_of_setting
from infra.import_places import replace_document
from infra.local import mail
from infra.local.cloud import Cloud
from infra.local.pay.model import StoredRefund
from infra.local.pay.notifications import signature
from infra.local.push import PushService
from infra.local.seed import demo_facilities
from infra.premises_store import store_premises
from infra.roadworks import planned_works_since
from infra.template import functions, merged_template
from infra.tokens import account_with
from tests.api.conftest import Api
from tests.api.test_forms import Browser, link
from tests.architecture.test_events import EVENTS, SCHEDULED
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
from tests.support.attack_photos import save_image
from tests.support.builders import draft_body
from tests.support.fakes_delivery import text_log
from tests.support.forms import File
from tests.support.forwarding import CountysServer, forwarding_council, give_key
from tests.support.garden_council import garden_council
from tests.support.issuer import Issuer, give_client_secret, serve_issuer, staff_at
from tests.support.moment import TODAY
from tests.support.paying import GOOD_CARD, InProcessPay, give_order, serve_payments
from tests.support.people import ask_for_code, cookie_in, newest_code, post_form, sign_in_with
from tests.support.release import Release
from tests.support.seam import Answer, Try, hook_tries
from tests.support.serving import file_server, run_server

LONG = "x" * 2000
JPEG = save_image("JPEG")
RELEASE = Release()
"""Its calls are recorded as well."""
PHOTO = {"content_type": "image/jpeg", "size": 1000}
FAR = {"lat": 53.94, "long": -1.05}
"""In the council, and on a tile of its own."""
UPDATES_THAT_OVERFLOW = 26
WAKE_EVENT = json.loads((EVENTS / "wake_alerts.json").read_text(encoding="utf-8"))
TIDY_EVENT = json.loads((EVENTS / "tidy.json").read_text(encoding="utf-8"))
PERFORMANCE_EVENT = json.loads((EVENTS / "publish_performance.json").read_text(encoding="utf-8"))
FED: dict[str, set[Need]] = {
    "publish": {
        ("sqs:ReceiveMessage", "PublishQueue"),
        ("sqs:DeleteMessage", "PublishQueue"),
        ("sqs:GetQueueAttributes", "PublishQueue"),
    },
    "publish_open_data": {
        ("sqs:ReceiveMessage", "OpenDataQueue"),
        ("sqs:DeleteMessage", "OpenDataQueue"),
        ("sqs:GetQueueAttributes", "OpenDataQueue"),
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
    "match_alerts": {
        ("sqs:ReceiveMessage", "MatchQueue"),
        ("sqs:DeleteMessage", "MatchQueue"),
        ("sqs:GetQueueAttributes", "MatchQueue"),
    },
    "send_alert": {
        ("sqs:ReceiveMessage", "AlertsQueue"),
        ("sqs:DeleteMessage", "AlertsQueue"),
        ("sqs:GetQueueAttributes", "AlertsQueue"),
    },
    "take_receipts": {
        ("sqs:ReceiveMessage", "ReceiptsQueue"),
        ("sqs:DeleteMessage", "ReceiptsQueue"),
        ("sqs:GetQueueAttributes", "ReceiptsQueue"),
    },
    "carry_out_orders": {
        ("sqs:ReceiveMessage", "OrdersQueue"),
        ("sqs:DeleteMessage", "OrdersQueue"),
        ("sqs:GetQueueAttributes", "OrdersQueue"),
    },
    "open_jobs": {
        ("sqs:ReceiveMessage", "OpenQueue"),
        ("sqs:DeleteMessage", "OpenQueue"),
        ("sqs:GetQueueAttributes", "OpenQueue"),
    },
    "count_figures": {
        ("sqs:ReceiveMessage", "FiguresQueue"),
        ("sqs:DeleteMessage", "FiguresQueue"),
        ("sqs:GetQueueAttributes", "FiguresQueue"),
    },
    "follow_job": {
        ("sqs:ReceiveMessage", "FollowQueue"),
        ("sqs:DeleteMessage", "FollowQueue"),
        ("sqs:GetQueueAttributes", "FollowQueue"),
    },
    "publish_rounds": {
        ("sqs:ReceiveMessage", "RoundsQueue"),
        ("sqs:DeleteMessage", "RoundsQueue"),
        ("sqs:GetQueueAttributes", "RoundsQueue"),
    },
    "publish_crews": {
        ("sqs:ReceiveMessage", "CrewsQueue"),
        ("sqs:DeleteMessage", "CrewsQueue"),
        ("sqs:GetQueueAttributes", "CrewsQueue"),
    },
    "fan_out_jobs": {
        ("dynamodb:DescribeStream", "JobsTable/stream"),
        ("dynamodb:GetRecords", "JobsTable/stream"),
        ("dynamodb:GetShardIterator", "JobsTable/stream"),
        ("dynamodb:ListStreams", "*"),
        ("sqs:SendMessage", "FanOutDeadLetterQueue"),
    },
    "fan_out_alerts": {
        ("dynamodb:DescribeStream", "AlertsTable/stream"),
        ("dynamodb:GetRecords", "AlertsTable/stream"),
        ("dynamodb:GetShardIterator", "AlertsTable/stream"),
        ("dynamodb:ListStreams", "*"),
        ("sqs:SendMessage", "FanOutDeadLetterQueue"),
    },
    "fan_out_people": {
        ("dynamodb:DescribeStream", "AccountsTable/stream"),
        ("dynamodb:GetRecords", "AccountsTable/stream"),
        ("dynamodb:GetShardIterator", "AccountsTable/stream"),
        ("dynamodb:ListStreams", "*"),
        ("sqs:SendMessage", "FanOutDeadLetterQueue"),
    },
    "publish_bookings": {
        ("dynamodb:DescribeStream", "BookingsTable/stream"),
        ("dynamodb:GetRecords", "BookingsTable/stream"),
        ("dynamodb:GetShardIterator", "BookingsTable/stream"),
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
            "check_payments",
            "erase",
            "forget_old",
            "poll_updates",
            "publish_bookings_due",
            "publish_crews_due",
            "publish_disruptions",
            "publish_getting_through",
            "publish_held",
            "publish_overdue",
            "publish_performance",
            "collections_due",
            "publish_rounds_due",
            "publish_wards",
            "reconcile_payments",
            "recount_figures",
            "send_due",
            "sweep",
            "take_text_log",
            "tell_plans",
            "tidy",
            "wake_alerts",
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

    def sent_photo(
        self, key: str, raw: bytes = JPEG, token: str | None = None, **about: str
    ) -> str:
        asked = self.api.post("/api/photos", PHOTO | about, key=f"{key}/0", token=token).json_body
        where, bucket = asked["fields"]["key"], self.api.cloud.environment["UPLOADS_BUCKET"]
        self.needs.note_signed(API, "s3:PutObject", f"{asked['url'].rstrip('/')}/{where}")
        boto3.client("s3").put_object(Bucket=bucket, Key=where, Body=raw)
        return str(asked["photo_id"])

    def subscribe(self, **wish: Any) -> dict[str, Any]:
        answer = self.api.post("/api/subscriptions", wish, key=None)
        assert answer.status_code == 201, answer.body
        self.api.cloud.pump.run_until_idle()
        body: dict[str, Any] = answer.json_body
        return body

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


def copies_have_to_wait(day: Day) -> None:
    """The CDN has too much to do as a report is taken back."""

    def refuse(this: Try, answer: Answer) -> Any:
        if this.operation == "cloudfront.CreateInvalidation":
            raise ClientError({"Error": {"Code": TOO_MANY}}, "CreateInvalidation")
        return answer()

    of_report = day.receipts["overdue"]["service_request_id"]
    fact = ReportChanged(
        event_id="busy",
        service_request_id=of_report,
        version=1,
        old_tile=None,
        tile=None,
        purge=True,
    )
    event = json.loads((EVENTS / "publish.json").read_text(encoding="utf-8"))
    event["Records"][0]["body"] = msgspec.json.encode(fact).decode()
    container.forget_built()
    with hook_tries(refuse):
        publishing_events.publish(event, None)
    container.forget_built()


def a_promise_passes(day: Day) -> None:
    """Map and pages are updated on the day after a public report was to be dealt with."""
    day.report("overdue")
    promised = datetime.fromisoformat(day.receipts["overdue"]["expected_datetime"])
    container.forget_built()
    with time_machine.travel(promised + timedelta(days=1), tick=False):
        publishing_events.tidy(TIDY_EVENT, None)
        container.forget_built()
        publishing_events.publish_overdue(TIDY_EVENT, None)
    container.forget_built()


def counts_were_lost(day: Day) -> None:
    """The figures do not know the public reports."""
    table, client = day.api.cloud.environment["FIGURES_TABLE"], boto3.client("dynamodb")
    for item in client.scan(TableName=table)["Items"]:
        if "service_code" in item:
            key = {name: item[name] for name in ("owner", "record")}
            client.delete_item(TableName=table, Key=key)


@pytest.fixture(scope="module")
def day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    cloud = Cloud(behind_cdn=True, council=garden_council(tmp_path_factory.mktemp("garden")))
    # Also if the day fails: tests of other modules would have this cloud.
    request.addfinalizer(cloud.stop)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ORIGIN_SECRET_ARN")
        patch.setenv("DISTRIBUTION_ID", distribution())
        # A day of open data is divided as it grows.
        patch.setattr(open_data_index, "MOST_IN_A_PART", 3)
        container.forget_built()
        for key, path in COMMITTED.items():
            boto3.client("s3").put_object(Bucket=cloud.bucket, Key=key, Body=path.read_bytes())
        for key in ("data/wards/gone.json", "data/performance/2001-01.json"):
            boto3.client("s3").put_object(Bucket=cloud.bucket, Key=key, Body=b"{}")
        demo_facilities(container.council(), publishing_ports())
        two_homes()
        container.forget_built()
        needs = Needs(names_of(cloud, container.settings().distribution_id))
        with RELEASE.carried_out(), Client(app.app) as client, needs.recorded():
            api = Api(client, cloud)
            here = Day(api, needs, api.token("officer"), {})
            # Forgets the secret that the test has read to make the token.
            container.forget_built()
            live_with_reports(here)
            live_with_officers(here)
            live_with_partners(here)
            live_with_photos_of_partners(here)
            live_with_other_bodies(here, tmp_path_factory.mktemp("forwarding"))
            live_with_receivers(here)
            live_without_javascript(here)
            live_with_people(here)
            live_with_another_organisation(here, tmp_path_factory.mktemp("identified"))
            live_with_alerts(here)
            live_with_crews(here)
            live_with_rounds(here)
            live_with_bookings_and_payments(here)
            live_with_cases(here)
            live_with_administrators(here)
            live_with_somebody_who_leaves(here)
            live_with_photos_that_go_astray(here)
            # Alone, as on AWS: nothing is kept for it that another function has read.
            container.forget_built()
            # All months, one of which has no report left; then those that changed.
            for _ in range(2):
                figures_events.publish_performance(PERFORMANCE_EVENT, None)
            a_promise_passes(here)
            copies_have_to_wait(here)
            counts_were_lost(here)
            here.later(timedelta(days=100))
            assert api.get("/api/my-area?postcode=zz1+1aa").status_code == 200
            patch.setenv("COUNCIL", str(holding_council(tmp_path_factory.mktemp("council"))))
            container.forget_built()
            here.report("held")
            here.later(timedelta(days=102))
            here.later(timedelta(days=900))
            patch.setenv("ORIGIN_SECRET_ARN", cloud.environment["ORIGIN_SECRET_ARN"])
            container.forget_built()
            assert client.http.get("/api/moderation", headers={ORIGIN: "x"}).status_code == 403
        yield here


def live_with_rounds(day: Day) -> None:
    """A crew says what happened on a round, and an officer corrects it."""
    api, crew, today = day.api, day.api.token("crew"), f"{TODAY}"
    told = {"round": "R1", "day": today, "base_version": 0, "at": utc_now().isoformat()}
    sent = [
        {**told, "op_id": "operation-1", "kind": "out"},
        {**told, "op_id": "operation-2", "kind": "street_missed", "street": "Dial Row"}
        | {"reason": "weather"},
        {**told, "op_id": "operation-3", "kind": "not_emptied", "premises_id": "1"}
        | {"reason": "not_out"},
    ]
    answer = api.post("/api/rounds/operations", {"operations": sent}, token=crew).json_body
    assert [each["result"] for each in answer["items"]] == ["applied"] * 3, answer
    api.cloud.pump.run_until_idle()
    for path in ("rounds", "rounds/streets?round=R1", "rounds/premises?round=R1"):
        assert api.get(f"/api/{path}", crew).json_body["items"], path
    headers = {"Authorization": f"Bearer {day.officer}", "If-Match": '"1"', "Idempotency-Key": "k"}
    body = json.dumps({"round": "R1", "day": today, "kind": "finished"}).encode()
    answer = api.client.http.post("/api/rounds/corrections", headers=headers, body=body)
    assert answer.status_code == 201, answer.body
    rounds_events.publish_rounds_due(TIDY_EVENT, None)
    container.forget_built()
    live_with_garden_waste(day)


def live_with_garden_waste(day: Day) -> None:
    """A home subscribes, is reminded, moves house and cancels."""
    request, today = day.receipts["told"]["service_request_id"], garden_ports().today
    assert day.api.post("/api/collections/calendars", {"premises_id": "1"}).status_code == 201
    joined = Purchase(
        service_request_id=request, premises_id="1", kind="join", containers=1, day=today
    )
    last = buy(joined, garden_ports()).last
    collections_events.collections_due(TIDY_EVENT, None)
    for homes, on in ((("1", "2"), last - timedelta(days=28)), ((), last + timedelta(days=1))):
        store_homes(*homes, version=2 + len(homes))
        with time_machine.travel(datetime.combine(on, time(11), UTC), tick=False):
            container.forget_built()
            collections_events.collections_due(TIDY_EVENT, None)
    store_homes("1", "2", version=30)
    officer = day.api.token("officer")
    assert day.api.get("/api/premises/1/garden", officer).json_body["state"] == "live"
    moved = day.api.post("/api/premises/1/garden/move", {"premises_id": "2"}, token=officer)
    assert moved.status_code == 200, moved.body
    why = {"reason": "not_wanted"}
    over = day.api.post("/api/premises/2/garden/cancellation", why, token=officer)
    assert over.status_code == 200, over.body
    container.forget_built()


def live_with_bookings_and_payments(day: Day) -> None:
    live_with_bookings(day)
    live_with_payments(day)
    live_with_orders(day)


def live_with_bookings(day: Day) -> None:
    """Somebody holds a slot and gives it up, and the free units are published."""
    calendar = container.council().by_calendar["counter"]
    (on, *_) = calendar.bookable_days(utc_now(), container.council().calendar)
    sent = {"calendar": "counter", "day": f"{on}", "slot": calendar.slots[0].slot, "units": 1}
    held = day.api.post("/api/holds", sent).json_body["hold_id"]
    day.api.cloud.pump.run_until_idle()
    assert day.api.client.http.delete(f"/api/holds/{held}").status_code == 200
    bookings_events.publish_bookings_due(TIDY_EVENT, None)
    container.forget_built()


def live_with_payments(day: Day) -> None:
    """One payment that the payer's browser tells of, one that the schedule finds, and a refund that
    only the reconciliation finds."""
    api = day.api
    sent = api.post("/api/reports", draft_body(), key="paid", token=day.officer)
    first, second = sent.json_body["service_request_id"], day.report("later").rpartition("/")[2]
    give_order(first, 100)
    give_order(second, 100, booked(day, 0))
    stand_in = InProcessPay()
    container.forget_built()
    with serve_payments(stand_in):
        pages = [
            api.post(f"/api/reports/{each}/payments", {}, key=each).json_body
            for each in (first, second)
        ]
        for page in pages:
            stand_in.enter(page["next_url"], GOOD_CARD)
        path = f"/api/payments/{pages[0]['payment_id']}"
        assert api.get(path).json_body["state"] == "success"
        refund = {"amount_pence": 40, "reason": "Cancelled"}
        answer = api.post(f"{path}/refunds", refund, key="refund", token=day.officer)
        assert answer.status_code == 201, answer.body
        (own,) = api.get("/api/account/reports", day.officer).json_body["items"]
        assert own["order"]["refunded_pence"] == 40
        assert api.get(f"/api/ledger?day={TODAY}", day.officer).json_body["items"]
        body = json.dumps({"resource": {"reference": second}}).encode()
        signed = {"Pay-Signature": signature(body, signing_secret())}
        api.client.http.post("/api/payments/notifications", headers=signed, body=body)
    stand_in.service.settle_refunds()
    for run in (payments_events.check_payments, payments_events.reconcile_payments):
        with time_machine.travel(utc_now() + timedelta(days=1), tick=False):
            container.forget_built()
            with serve_payments(stand_in):
                run(TIDY_EVENT, None)
                stand_in.payment.refunds.append(
                    StoredRefund(
                        refund_id="own",
                        amount=10,
                        created_at=stand_in.payment.created_at,
                        status="success",
                    )
                )
    container.forget_built()


def live_with_orders(day: Day) -> None:
    """A free booking and a cancelled one that only the queue carries out, and a lost slot whose
    money goes back."""
    api = day.api
    free, cancelled, lost = (day.report(each).rpartition("/")[2] for each in ("f", "c", "l"))
    stand_in = InProcessPay()
    with serve_payments(stand_in):
        give_order(free, 0, booked(day, 1))
        for number, each in enumerate((cancelled, lost), 2):
            give_order(each, 100, booked(day, number))
            page = api.post(f"/api/reports/{each}/payments", {}, key=each).json_body
            stand_in.enter(page["next_url"], GOOD_CARD)
            api.get(f"/api/payments/{page['payment_id']}")
        for each in (cancelled, lost):
            put_garden(each)
        put_order(cancelled, state="cancelled", refund_pence=100)
        put_order(lost, state="lost")
    container.forget_built()
    with serve_payments(stand_in):
        api.cloud.pump.run_until_idle()
    with time_machine.travel(utc_now() + timedelta(days=7), tick=False):
        container.forget_built()
        with serve_payments(stand_in):
            payments_events.check_payments(TIDY_EVENT, None)
    assert stand_in.refunded_pence == 200
    container.forget_built()


def booked(day: Day, number: int) -> BookedSlot:
    """A slot of the counter that is held, the first of a day of its own."""
    council = container.council()
    calendar = council.by_calendar["counter"]
    on = list(calendar.bookable_days(utc_now(), council.calendar))[number]
    sent = {"calendar": "counter", "day": f"{on}", "slot": calendar.slots[0].slot, "units": 1}
    held = day.api.post("/api/holds", sent, key=f"hold {number}").json_body["hold_id"]
    place = SlotOfDay(calendar="counter", day=on, slot=calendar.slots[0].slot)
    return BookedSlot(hold_id=held, place=place, units=1)


def put_order(service_request_id: str, **values: Any) -> None:
    """Changes the stored order; for a lost one, also notes that an officer has to look."""
    repository = reports_ports().repository
    report = repository.get(service_request_id)
    assert report and report.order
    need = OfficersNeed(need_id="slot-lost", reason="slot_lost", since=utc_now())
    needs = (need,) if values["state"] == "lost" else ()
    repository.save(replace(report, order=replace(report.order, **values), needs=needs))


def put_garden(service_request_id: str) -> None:
    """Makes it a request that bought the garden waste subscription of a home of its own."""
    repository, now = reports_ports().repository, truncate_to_second(utc_now())
    report = repository.get(service_request_id)
    assert report and report.order
    order = replace(report.order, items=(OrderItem(code="join", count=1),))
    home = service_request_id
    repository.save(replace(report, service_code="garden-waste", premises_id=home, order=order))
    year = Year(first=now.date(), last=now.date() + timedelta(days=90), containers=1)
    garden_subscriptions().save(
        GardenSubscription(
            premises_id=home,
            updated_at=now,
            years=(year,),
            requests=(service_request_id,),
        )
    )


def two_homes() -> None:
    """With rounds that collect every day, one of them for subscribers."""
    days = tuple(TODAY + timedelta(days=n) for n in range(5))
    items = tuple(
        Round(round=code, container=container, name="", colour="", dates=days, moved=())
        for code, container in (("R1", "rubbish"), ("G1", "garden"))
    )
    rounds = Rounds(known_until=date(2100, 1, 1), items=items)
    replace_document(ROUNDS, msgspec.json.encode(rounds), publishing_ports())
    store_homes("1", "2", version=1)


def store_homes(*premises_ids: str, version: int) -> None:
    homes = [
        Premises(
            premises_id=each,
            address=f"{each} Dial Row",
            postcode="ZZ1 1AA",
            lat=53.9,
            long=-1.1,
            rounds=("R1", "G1"),
            street="Dial Row",
        )
        for each in premises_ids
    ]
    store_premises(homes, premises_bucket(), datetime(2026, 6, version, tzinfo=UTC))
    container.forget_built()


def holding_council(folder: Path) -> Path:
    """The demo council, but every report is held for an hour before it is public."""
    document = json.loads((COUNCILS / "demo.json").read_text(encoding="utf-8"))
    path = folder / "holding.json"
    path.write_text(json.dumps(document | {"publish_after_s": 3600}), encoding="utf-8")
    return path


def live_with_reports(day: Day) -> None:
    api = day.api
    path = day.report("one", photo_ids=[day.photo("one")])
    homes = ("/api/premises?postcode=zz1+1aa", "/api/premises/1/collections")
    for address in (path, "/health", "/api/openapi.json", "/api/places?q=market", *homes):
        assert api.get(address).status_code == 200
    day.post("/api/collections/calendars", {"premises_id": "1"}, key="calendar")
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


def live_with_a_release(cloud: Cloud) -> None:
    """A new version of the API is checked before it gets calls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHECKED_VERSION", RELEASE.version_arn)
        patch.setenv("ORIGIN_SECRET_ARN", cloud.environment["ORIGIN_SECRET_ARN"])
        container.forget_built()
        check_release(RELEASE.event, None)
    assert RELEASE.told == ["Succeeded"]
    container.forget_built()


def live_with_officers(day: Day) -> None:
    live_with_a_release(day.api.cloud)
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
    with (
        run_server(file_server("200 OK", JPEG)) as (port, _),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("OUTSIDE_ALLOWED", f"http://127.0.0.1:{port}")
        container.forget_built()
        report = {"api_key": made["api_key"], **draft_body(), "fixmystreet_id": "1"}
        urls = [f"http://127.0.0.1:{port}/one.jpg", "https://127.0.0.1/two.jpg"]
        posted = urlencode([*report.items(), *(("media_url", url) for url in urls)])
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = api.client.http.post(
            "/open311/v2/requests.json", headers=form, body=posted.encode()
        )
        assert answer.status_code == 200, answer.body
        api.cloud.pump.run_until_idle()
    container.forget_built()


def live_with_receivers(day: Day) -> None:
    """One that refuses what it is told until it takes it."""
    api, admin, receivers = day.api, day.api.token("admin"), "/api/outbound/receivers"
    refusing = file_server("400 Bad Request", b"")
    with run_server(refusing) as (port, _), pytest.MonkeyPatch.context() as patch:
        patch.setenv("OUTSIDE_ALLOWED", f"http://127.0.0.1:{port}")
        container.forget_built()
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
    container.forget_built()


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
    for address in ("resident@example.org", "+447700900123"):
        # Every function reads the secrets that it needs itself.
        container.forget_built()
        attempt_id = ask_for_code(http, address)
        container.forget_built()
        day.api.cloud.pump.run_until_idle()
        container.forget_built()
        cookie = {"Cookie": sign_in_with(http, attempt_id, newest_code(address))}
    container.forget_built()
    fresh = http.post("/api/session/refresh", headers=cookie).json_body
    bearer = {"Authorization": f"Bearer {fresh['access_token']}"}
    assert len(http.get("/api/account/devices", headers=bearer).json_body["items"]) == 1
    assert http.delete("/api/account/devices", headers=bearer).status_code == 200


def live_with_another_organisation(day: Day, folder: Path) -> None:
    """A member of staff signs in through it, and gets the role of their group."""
    http = day.api.client.http
    with serve_issuer(Issuer()) as issuer, pytest.MonkeyPatch.context() as patch:
        document = json.loads((COUNCILS / "demo.json").read_text(encoding="utf-8"))
        path = folder / "identified.json"
        path.write_text(json.dumps(document | {"identity_providers": [staff_at(issuer)]}))
        patch.setenv("COUNCIL", str(path))
        patch.setenv("OUTSIDE_ALLOWED", issuer.url)
        container.forget_built()
        give_client_secret("staff")
        way = post_form(http, "/forms/sign-in/with/staff", next="/")
        query = issuer.sign_in(str(way.headers["Location"]), groups=["roads"])
        address = f"/forms/sign-in/back/staff?{urlencode(query)}"
        back = http.get(address, headers={"Cookie": cookie_in(way)})
        assert back.status_code == 303, back.body
    container.forget_built()


def live_with_alerts(day: Day) -> None:
    """A subscriber gets alerts by mail, by text and in the browser, at once and once a day."""
    api, service = day.api, PushService()
    service.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OUTSIDE_ALLOWED", service.origin)
        container.forget_built()
        browser = service.subscribe()
        push = {"endpoint": browser["endpoint"], **browser["keys"]}
        council = {"topic": {"kind": "council"}}
        by_push = day.subscribe(channel="push", push=push, **council)
        later = utc_now() + timedelta(days=2)
        bins = {"kind": "bins", "premises_id": "1"}
        hour = f"{later.astimezone(container.council().zone):%H:00}"
        reminded = day.subscribe(channel="push", push=push, topic=bins, remind_at=hour)
        by_mail = day.subscribe(channel="email", to="sam@example.org", **council)
        (link,) = (word for word in mail.text_of(mail.emails()[-1]).split() if "token=" in word)
        token = {"token": link.partition("token=")[2]}
        confirm = f"/api/subscriptions/{by_mail['subscription_id']}/confirm"
        assert api.post(confirm, token, key=None).status_code == 200
        day.subscribe(channel="sms", to="07700 900123", **council)
        managed = f"/api/subscriptions/{by_push['subscription_id']}"
        shown = f"{managed}?{by_push['manage_url'].partition('?')[2]}"
        version = api.get(shown).json_body["version"]
        daily = {"frequency": "daily"}
        assert api.patch(shown, daily, version=version, token=None).status_code == 200
        api.cloud.pump.run_until_idle()
        day.report("heard", contact={"email": "alex@example.org"})
        day.report(
            "heard alone",
            service_code="noise-nuisance",
            attributes={"kind": "noise"},
            contact={"phone": "07700 900124"},
        )
        match_alone(day)
        tell_receipts(day)
        # The other schedules have their own days.
        with time_machine.travel(later, tick=False):
            alerts_sending_events.wake_alerts(WAKE_EVENT, None)
            api.cloud.pump.run_until_idle()
            compare_reminder(reminded["subscription_id"], later)
            api.cloud.pump.run_until_idle()
        assert service.taken
        live_with_notices(day, push)
        answer_whether_it_is_fixed(day, push)
    service.stop()
    container.forget_built()


def compare_reminder(subscription_id: str, now: datetime) -> None:
    """The dates have changed, and the sender has read none of them yet."""
    container.forget_read_documents()
    change = AlertRequested(
        subscription_id=subscription_id,
        what="collection_change",
        version=int(now.timestamp()),
        occurred_at=now,
        notice_id=f"bins-{now.date() + timedelta(days=1)}",
    )
    container.queue("alerts").send([change])


def live_with_notices(day: Day, push: dict[str, str]) -> None:
    """An officer posts a disruption, changes it and takes it back; and there are road works."""
    api, officer = day.api, day.api.token("officer")
    day.subscribe(channel="push", push=push, topic={"kind": "disruptions"})
    day.subscribe(channel="push", push=push, topic={"kind": "roadworks"})
    begins, ends = (f"{utc_now() + timedelta(days=n):%Y-%m-%dT%H:%M:%SZ}" for n in (0, 1))
    area = {"lat": 53.959, "long": -1.0815, "radius_m": 300}
    body = {"title": "No bins", "begins": begins, "ends": ends, "area": area}
    container.forget_built()
    made = api.post("/api/disruptions", body, token=officer).json_body
    path = f"/api/disruptions/{made['disruption_id']}"
    api.cloud.pump.run_until_idle()
    container.forget_built()
    assert api.get("/api/disruptions", officer).json_body["items"]
    assert api.patch(path, {"title": "x"}, version=1, token=officer).status_code == 200
    disruptions_events.publish_disruptions(TIDY_EVENT, None)
    bearer = {"Authorization": f"Bearer {officer}", "If-Match": '"2"'}
    assert api.client.http.delete(path, headers=bearer).status_code == 200
    container.forget_built()
    disruptions_events.publish_disruptions(TIDY_EVENT, None)
    works = demo_roadworks(TODAY)
    replace_document(ROADWORKS, msgspec.json.encode(works), publishing_ports())
    container.queue("match").send(planned_works_since(b"{}", works)[:1])
    container.forget_built()
    api.cloud.pump.run_until_idle()


def answer_whether_it_is_fixed(day: Day, push: dict[str, str]) -> None:
    """A reporter is asked by a notification, and says that it is not fixed."""
    made = day.receipts["heard"]["service_request_id"]
    day.change(f"/api/reports/{made}", state="fixed")
    topic = {"kind": "report", "service_request_id": made}
    subscribed = day.subscribe(channel="push", push=push, topic=topic)["subscription_id"]
    ports = alerts_ports()
    asked = ports.subscriptions.get(subscribed)
    assert asked
    path = f"/forms/mended/{repair_question_token(asked, made, 1, ports.tokens)}"
    container.forget_built()
    assert day.api.client.http.get(path).status_code == 200
    container.forget_built()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = day.api.client.http.post(path, body=b"answer=no", headers=headers)
    assert b"look at it again" in answer.body
    day.api.cloud.pump.run_until_idle()


def match_alone(day: Day) -> None:
    """A fact comes again, and nothing is kept for it that another function has read; those who are
    to hear of it are too many for one run."""
    made = day.receipts["heard"]["service_request_id"]
    fact = ReportSubmitted(
        event_id="again", service_request_id=made, version=1, tile=None, is_new=True
    )
    body = msgspec.json.encode(fact).decode()
    boto3.client("sqs").send_message(QueueUrl=day.queue("MatchQueue"), MessageBody=body)
    container.forget_built()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alert_batches, "BATCH_SIZE", 1)
        day.api.cloud.pump.run_until_idle()


def tell_receipts(day: Day) -> None:
    """A mail comes back, a text arrives; an officer sees the one and sends it again."""
    sent = next(each for each in stored_alerts() if (each.channel, each.what) == ("email", "new"))
    texted = next(each for each in stored_alerts() if each.channel == "sms" and each.external_id)
    bounce = {"eventType": "Bounce", "mail": {"tags": {"alert": [sent.try_name]}}}
    arrived = {"notification": {"messageId": texted.external_id}, "delivery": {}}
    bounce["bounce"] = {"bounceType": "Permanent"}
    queue = day.queue("ReceiptsQueue")
    boto3.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(bounce))
    log = text_log(json.dumps({**arrived, "status": "SUCCESS"}))
    alerts_sending_events.take_text_log(log, None)
    day.api.cloud.pump.run_until_idle()
    officer = day.api.token("officer")
    container.forget_built()
    failed = day.api.get("/api/alerts/failed", officer).json_body["items"][0]
    again = f"/api/alerts/failed/{failed['alert_id']}/again"
    assert day.api.post(again, {}, token=officer).status_code == 200
    day.api.cloud.pump.run_until_idle()


def stored_alerts() -> list[Alert]:
    items = AlertItem.scan(AlertItem.record.startswith("alert#"))
    return [alert_of(item) for item in items]


def live_with_cases(day: Day) -> None:
    """An officer works through the queue, asks a reporter, replies with a template,
    takes a merge apart and a change back, and blackens a part of a photo."""
    api, officer = day.api, day.officer
    contact = {"email": "asked@example.org"}
    path = day.report("asked", contact=contact, photo_ids=[day.photo("asked")])
    case, other = path.replace("reports", "cases"), day.report("same").rpartition("/")[2]
    for query in ("", "?sort=newest"):
        container.forget_built()
        assert api.get(f"/api/cases{query}", officer).json_body["items"]
    act(day, f"{case}/notes", {"text": "x"})
    act(day, f"{case}/questions", {"text": "Which one?"})
    api.cloud.pump.run_until_idle()
    container.forget_built()
    with time_machine.travel(utc_now() + NOTIFY_AFTER, tick=False):
        alerts_sending_events.wake_alerts(WAKE_EVENT, None)
        api.cloud.pump.run_until_idle()
    email = next(each for each in mail.emails() if "/forms/questions/" in mail.text_of(each))
    (url,) = [word for word in mail.text_of(email).split() if "/forms/questions/" in word]
    page = url.removeprefix(container.settings().site_url)
    container.forget_built()
    assert post_form(api.client.http, page, text="The left one.").status_code == 200
    template = act(day, "/api/desk/templates", {"name": "Soon", "text": "By {target}."})
    kept = f"/api/desk/templates/{template['template_id']}"
    assert api.patch(kept, {"name": "Later"}, version=1, token=officer).status_code == 200
    merge = {"duplicate_of": other, "template": template["template_id"]}
    act(day, f"{case}/changes", merge, is_versioned=True)
    act(day, f"{case}/unmerge", {}, is_versioned=True)
    changed = act(day, f"{case}/changes", {"state": "investigating"}, is_versioned=True)
    act(day, f"/api/undo/{changed['undo_id']}", {})
    photo_id = api.get(case, officer).json_body["all_photos"][0]["photo_id"]
    areas = {"areas": [{"x": 0, "y": 0, "width": 0.5, "height": 0.5}]}
    act(day, f"{case}/photos/{photo_id}/redaction", areas)
    view = act(day, "/api/desk/views", {"name": "All", "query": ""})
    bearer = {"Authorization": f"Bearer {officer}", "If-Match": '"2"'}
    for each in (kept, f"/api/desk/views/{view['view_id']}"):
        container.forget_built()
        assert api.client.http.delete(each, headers=bearer).status_code == 200
    api.cloud.pump.run_until_idle()


def act(day: Day, path: str, body: Any, *, is_versioned: bool = False) -> Any:
    """What an officer does, in a function that has just been started."""
    version = 0
    if is_versioned:
        case = path.rpartition("/")[0]
        version = day.api.get(case, day.officer).json_body["version"]
    container.forget_built()
    day.api.always = {"If-Match": f'"{version}"'} if version else {}
    answer = day.api.post(path, body, key="a click", token=day.officer)
    day.api.always = {}
    assert answer.status_code < 300, answer.body
    return answer.json_body


def live_with_crews(day: Day) -> None:
    """A report's job is planned, done, disputed and settled, a contractor has another, and a crew's
    phone hears of its day."""
    with (
        time_machine.travel((utc_now() + timedelta(days=1)).replace(hour=9), tick=False) as clock,
        pytest.MonkeyPatch.context() as patch,
    ):
        service = PushService()
        service.start()
        patch.setenv("OUTSIDE_ALLOWED", service.origin)
        container.forget_built()
        crews_work(day, service.subscribe(), clock)
        clock.shift(timedelta(hours=7))
        ring_again(day, service.subscribe())
        jobs_events.publish_crews_due(TIDY_EVENT, None)
        clock.shift(timedelta(hours=17))
        # The first morning tells of each plan in any case. What was told is read on the second.
        for _ in range(2):
            container.forget_built()
            jobs_events.tell_plans(TIDY_EVENT, None)
            clock.shift(timedelta(days=1))
        assert service.taken
        service.stop()
    container.forget_built()


def crews_work(day: Day, browser: dict[str, Any], clock: time_machine.Traveller) -> None:
    api, officer, crew = day.api, day.api.token("officer"), day.api.token("crew")
    north, today = "/api/crews/highways-north", utc_now().date()
    add_phones(day, browser)
    day.report("mended", **FAR, photo_ids=[day.photo("mended")])
    open_at_once(day, day.receipts["mended"]["service_request_id"])
    for key in ("mended", "told"):
        day.overflow(f"/api/reports/{day.receipts[key]['service_request_id']}")
    # Of jobs that are opened in one second the order is that of their ids, which are random.
    clock.shift(timedelta(seconds=1))
    jobs = {each: job_of(day, each, officer) for each in ("mended", "told", "one")}
    # Of two jobs of one report, this one tells the public first that work is planned.
    plan_job(day, jobs["told"], officer, crew="highways-north", planned_day=f"{today}")
    plan = {"date": f"{today}", "crews": ["highways-north"]}
    assert api.post("/api/days/plan", plan, token=officer).status_code == 201
    plan_job(day, jobs["mended"], officer, crew="highways-north", planned_day=f"{today}")
    told = {"kind": "could_not", "reason": "parked_car"}
    assert tell(day, jobs["told"], crew, "op-id-0003", **told)["result"] == "applied"
    for ahead in (3, 4):
        then = {"crew": "highways-south", "planned_day": f"{today + timedelta(days=ahead)}"}
        plan_job(day, jobs["told"], officer, **then)
    for query in (f"date={today}", "crew=highways-south", "team=highways", "disputed=true"):
        assert api.get(f"/api/jobs?{query}", crew).status_code == 200
    assert api.get(f"/api/days?date={today}", officer).json_body["items"]
    link = api.get(f"{north}/day?date={today}", crew).json_body["url"]
    day.needs.note_signed(API, "s3:GetObject", link)
    see_pictures(day, f"crews/highways-north/{today}.json")
    about = {"service_request_id": day.receipts["mended"]["service_request_id"]}
    wet = day.sent_photo("op-id-0002", token=crew, **about)
    sent = {"kind": "note", "text": "Wet.", "photo_ids": [wet]}
    assert tell(day, jobs["mended"], crew, "op-id-0002", **sent)["result"] == "applied"
    # Its file never comes.
    photo = api.post("/api/photos", PHOTO, key="op-id-0005/1", token=crew).json_body["photo_id"]
    late = {"kind": "photo", "photo_ids": [photo]}
    assert tell(day, jobs["mended"], crew, "op-id-0005", **late)["result"] == "applied"
    disputed_and_settled(day, jobs["mended"], officer, crew)
    body = {"service_request_ids": [day.receipts["mended"]["service_request_id"]]}
    made = api.post("/api/jobs", body, key="a job", token=officer).json_body["job_id"]
    url = api.post(f"/api/jobs/{made}/links", {"name": "Roads"}, token=officer).json_body["url"]
    page = url.removeprefix(container.settings().site_url)
    container.forget_built()
    assert api.client.http.get(page).status_code == 200
    bearer = {"Authorization": f"Bearer {crew}"}
    assert api.client.http.delete(f"{north}/devices", headers=bearer).status_code == 200
    # Nobody now knows who sent the report: no note stays beside it.
    reports = reports_ports().repository
    report = reports.get(day.receipts["told"]["service_request_id"])
    assert report
    reports.save(replace(report, forgotten=True))
    reports.drop_notes(report.service_request_id)
    tell(day, jobs["told"], crew, "op-id-0004", kind="note", text="The car is still there.")


def add_phones(day: Day, browser: dict[str, Any]) -> None:
    """Two phones of a crew, one of which accepts nothing now."""
    for account, endpoint in (("some-crew", ""), ("another", "-gone")):
        push = {"endpoint": browser["endpoint"] + endpoint, **browser["keys"]}
        token = day.api.token("crew", account)
        container.forget_built()
        where = "/api/crews/highways-north/devices"
        answer = day.api.post(where, {"push": push}, token=token)
        assert answer.status_code == 201, answer.body


def ring_again(day: Day, browser: dict[str, Any]) -> None:
    """The day's document is gone."""
    add_phones(day, browser)
    key = f"crews/highways-north/{utc_now().date()}.json"
    bucket = day.api.cloud.environment["CREWS_BUCKET"]
    boto3.client("s3").delete_object(Bucket=bucket, Key=key)
    container.forget_built()


def open_at_once(day: Day, service_request_id: str) -> None:
    """A fact comes twice at once: the job is there when it is to be stored."""
    fact = ReportSubmitted(
        event_id="again", service_request_id=service_request_id, version=1, tile=None
    )
    body = msgspec.json.encode(fact).decode()
    boto3.client("sqs").send_message(QueueUrl=day.queue("OpenQueue"), MessageBody=body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DynamoJobs, "of_report", lambda *_: [])
        day.api.cloud.pump.run_until_idle()


def tell(day: Day, path: str, crew: str, op_id: str, **values: Any) -> Any:
    """What a crew did, and the outcome."""
    job = day.api.get(path, crew).json_body
    sent = {"op_id": op_id, "job_id": job["job_id"], "at": job["opened_at"]}
    body = {"operations": [{**sent, "base_version": job["version"], **values}]}
    answer = day.api.post("/api/jobs/operations", body, key=None, token=crew)
    day.api.cloud.pump.run_until_idle()
    return answer.json_body["items"][0]


def job_of(day: Day, key: str, officer: str) -> str:
    """The path of the job that the report opened, or that an officer makes of it."""
    body = {"service_request_ids": [day.receipts[key]["service_request_id"]]}
    answer = day.api.post("/api/jobs", body, key=f"job of {key}", token=officer)
    assert answer.status_code == 201, answer.body
    day.api.cloud.pump.run_until_idle()
    return f"/api/jobs/{answer.json_body['job_id']}"


def plan_job(day: Day, path: str, officer: str, **values: Any) -> None:
    version = day.api.get(path, officer).json_body["version"]
    answer = day.api.patch(path, values, version=version, token=officer)
    assert answer.status_code == 200, answer.body
    # Every function reads the secrets that it needs itself.
    container.forget_built()
    day.api.cloud.pump.run_until_idle()
    container.forget_built()


def see_pictures(day: Day, key: str) -> None:
    """The pictures in a crew's day were signed by the function that wrote it."""
    bucket = day.api.cloud.environment["CREWS_BUCKET"]
    raw = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    (picture, *_) = [each for job in json.loads(raw)["jobs"] for each in job["photos_before"]]
    for function in ("publish_crews", "publish_crews_due"):
        day.needs.note_signed(function, "s3:GetObject", picture["url"])


def disputed_and_settled(day: Day, path: str, officer: str, crew: str) -> None:
    """The office cancels what a crew has done meanwhile."""
    api = day.api
    job = api.get(path, officer).json_body
    plan_job(day, path, officer, state="cancelled", because="Not needed.")
    said = tell(day, path, crew, "op-id-0001", kind="done", base_version=job["version"])
    assert said["result"] == "conflict", said
    disputes = f"{path}/disputes/op-id-0001"
    headers = {"Authorization": f"Bearer {officer}", "If-Match": f'"{said["job"]["version"]}"'}
    keep = b'{"keep": "site"}'
    settled = api.client.http.post(disputes, headers=headers, body=keep)
    assert settled.status_code == 200, settled.body
    api.cloud.pump.run_until_idle()


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


def hear_of_own_report(day: Day, token: str) -> None:
    """A resident follows a report, and sends one without contact details."""
    assert day.api.get("/api/account/subscriptions", token).json_body["items"]
    answer = day.api.post("/api/reports", draft_body(), key="no contact", token=token)
    assert answer.status_code == 201, answer.body
    day.api.cloud.pump.run_until_idle()
    container.forget_built()


def live_with_somebody_who_leaves(day: Day) -> None:
    """A person manages their reports, exports everything and is erased; an address is
    blocked; and a report is closed so that time takes its sender."""
    api, http, address = day.api, day.api.client.http, "leaves@example.org"
    contact = {"email": address, "phone": "07700 900456"}
    private = {"service_code": "noise-nuisance", "attributes": {"kind": "noise"}}
    private_one = day.report("known", contact=contact, photo_ids=[day.photo("known")], **private)
    day.report("withdrawn-later", contact=contact, photo_ids=[day.photo("withdrawn-later")])
    other = {"email": "stays@example.org"}
    old = day.report("old", contact=other, photo_ids=[day.photo("old")], **private)
    day.change(old, state="fixed")
    for path in (private_one, old):
        notes.add_note(path[13:], "note", "team@example.org", "x", reports_ports())
    attempt_id = ask_for_code(http, address)
    day.api.cloud.pump.run_until_idle()
    container.forget_built()
    cookie = {"Cookie": sign_in_with(http, attempt_id, newest_code(address))}
    token = http.post("/api/session/refresh", headers=cookie).json_body["access_token"]
    own = f"/api/account/reports/{day.receipts['withdrawn-later']['service_request_id']}"
    version = api.get("/api/account", token).json_body["version"]
    assert api.patch("/api/account", {"name": "x"}, version=version, token=token).json_body["name"]
    assert api.patch(own, {"title": "New"}, version=1, token=token).status_code == 200
    phone = api.post("/api/account/addresses", {"address": "07700 900456"}, token=token).json_body
    day.api.cloud.pump.run_until_idle()
    proof = {"attempt_id": phone["attempt_id"], "code": newest_code("+447700900456")}
    answer = api.post("/api/account/addresses/confirmation", proof, token=token)
    assert answer.status_code == 200, answer.body
    assert len(api.get("/api/account/reports", token).json_body["items"]) == 2
    followed = day.receipts["other"]["service_request_id"]
    assert api.post(f"/api/reports/{followed}/follow", {}, token=token).status_code == 201
    hear_of_own_report(day, token)
    assert api.post(f"{own}/withdrawal", {}, token=token).status_code == 200
    container.forget_built()
    exported = api.get("/api/account/export", token).json_body
    (shown, *_) = exported["records"]["pictures"]
    day.needs.note_signed(API, "s3:GetObject", shown["page"])
    container.forget_built()
    assert api.post("/api/account/erasure", {}, token=token).status_code == 202
    container.forget_built()
    limit_ports().networks.key("192.0.2.1")
    leave_half_way("leaves-too")
    container.forget_built()
    # Alone, as on AWS: nothing is kept for it that another function has read.
    with time_machine.travel(utc_now() + timedelta(days=1), tick=False):
        privacy_events.erase(TIDY_EVENT, None)
    container.forget_built()
    assert erasure_ports().erasures.list_pending() == []
    admin, blocks = api.token("admin"), "/api/admin/blocks"
    body = {"address_or_domain": "blocked@example.org", "reason": "x"}
    made = api.post(blocks, body, token=admin).json_body
    assert api.get(blocks, admin).json_body["items"]
    bearer = {"Authorization": f"Bearer {admin}"}
    assert http.delete(f"{blocks}/{made['block_id']}", headers=bearer).status_code == 200


def leave_half_way(name: str) -> None:
    """An erasure that was cut short before the account was closed, of somebody who worked here
    once."""
    account_with("resident", name, accounts_ports())
    view = ViewDraft(name="Late", query="target=late")
    saved_views.save_view(view, "k", name, desk_ports())
    erasure_ports().erasures.add(Erasure(account_id=name, requested_at=utc_now(), redact=False))


def live_with_photos_that_go_astray(day: Day) -> None:
    """One that nobody reports, one that is none, one that is waited for in vain, one whose page
    was made before and whose notice names a version."""
    day.photo("never-reported")
    day.photo("none", b"<svg/>")
    in_vain = day.sent_photo("in-vain")
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
    """A county that is told of potholes and reports their progress, and a team that gets
    hedges by mail and answers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNCIL", forwarding_council(folder))
        county = CountysServer(day.api.client)
        patch.setattr(safe_http_client, "SafeHttpClient", lambda *_: county)
        container.forget_built()
        give_key()
        container.forget_built()
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
            container.forget_built()
            day.api.cloud.pump.run_until_idle()
            if key == "hedge-withdrawn":
                day.post(f"/api/reports/{request_id}/withdrawal", {}, key=key)
            answer = mail.answer_to(mail.emails()[-1], "Cut.", "trees@example.org")
            mail.deliver(answer, day.api.cloud.environment["MAIL_BUCKET"])
            container.forget_built()
            day.api.cloud.pump.run_until_idle()
        container.forget_built()
        with time_machine.travel(utc_now() + timedelta(minutes=6), tick=False):
            day.api.cloud.pump.run_schedules()
            day.api.cloud.pump.run_until_idle()
        assert day.api.get(ours).json_body["state"] == "fixed"
        body = {"text": "It is not.", "state": "not_fixed"}
        assert day.api.post(f"{ours}/updates", body, key="not fixed").status_code == 201
        container.forget_built()
        day.api.cloud.pump.run_until_idle()
        assert day.api.get(f"/api/reports/{theirs}").json_body["state"] == "reopen"
        for path in (ours, f"/api/reports/{theirs}"):
            day.change(path, state="fixed")
    container.forget_built()


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
def test_environment_names_what_its_function_asks_for(function: str, day: Day) -> None:
    resources = {need[1].partition("/")[0] for need in day.needs.of[function]}
    settings = {name for name, of in resource_of_setting().items() if of in resources}
    assert settings <= set(environment_of(function))


def environment_of(function: str) -> dict[str, Any]:
    """The variables of a function in the deployed template."""
    found: dict[str, Any] = functions_of_template()[function]
    return found


@cache
def functions_of_template() -> dict[str, Any]:
    handlers = {"handle": API}
    names = ((each["Handler"].rpartition(".")[2], each) for each in functions(merged_template()))
    return {handlers.get(name, name): each["Environment"]["Variables"] for name, each in names}


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_policy_lets_a_function_write_its_own_log_alone(function: str) -> None:
    name = "APIHandler" if function == API else function.title().replace("_", "")
    own = merged_template()["Resources"][name]["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]
    assert logs_granted(function) == {
        (action, own) for action in ("logs:CreateLogStream", "logs:PutLogEvents")
    }


def test_policy_is_detected_when_it_grants_too_little_or_too_much(day: Day) -> None:
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
