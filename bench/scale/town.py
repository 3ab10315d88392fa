"""A council on moto in this process, whose functions are counted, and what happens in it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import boto3
import msgspec
import time_machine
from chalice.app import ScheduledEventConfig

import app
from bench import gateway
from bench.process import ROOT
from bench.scale.ledger import API, Ledger, UsageByFunction, function_of
from bench.scale.orders import Payers, provider
from bench.scale.rounds import operation, publish_rounds
from bench.scale.wards import place_of, ward
from chalicelib.accounts.model import Role
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.gazetteer.wards import WARDS, Wards
from chalicelib.geo.point import Point
from chalicelib.kernel.time import utc_now
from infra.demo.gazetteer import COMMITTED
from infra.import_places import replace_document
from infra.local import mail
from infra.local.cloud import Cloud
from infra.tokens import account_with, token_of
from tests.support.builders import draft_body, long_key
from tests.support.paying import InProcessPay
from tests.support.people import code_in

BEGINS = datetime(2026, 6, 2, 9, 6, 10, tzinfo=UTC)
"""Not in the first minutes of an hour, in which wards are published with all titles read again."""
RECEIPTS = "chalicelib.handlers.alerts.alerts_sending_events.take_receipts"
CALENDARS_SCHEDULE, WARDS_SCHEDULE = "PublishBookingsDue", "PublishWards"
EVENTS = ROOT / "tests" / "events"
TICK = json.loads((EVENTS / "tidy.json").read_text(encoding="utf-8"))
RECEIPT = json.loads((EVENTS / "take_receipts.json").read_text(encoding="utf-8"))


class Town:
    """The town: time passes only by `later`. Its people pay at `pay`."""

    def __init__(
        self,
        cloud: Cloud,
        ledger: Ledger,
        clock: time_machine.Traveller,
        said: StringIO,
        pay: InProcessPay,
    ) -> None:
        self._cloud, self._ledger, self._clock, self._said = cloud, ledger, clock, said
        self.payers = Payers(self.ask, self.run_queues, pay)
        self._wards, self._reports, self._signed_in = 1, 0, 0
        self._officer, self._crew = self._token("officer"), self._token("crew")
        self._schedules = {
            function_of(source.handler_string): ledger.handler(source.handler_string)
            for source in app.app.event_sources
            if isinstance(source, ScheduledEventConfig)
        }

    def later(self, hours: float) -> None:
        """Time passes, and the clock of all schedules with it."""
        self._clock.shift(timedelta(hours=hours))

    def take_usage(self) -> UsageByFunction:
        """What was used since this was last asked."""
        return self._ledger.take_usage()

    def metrics(self) -> set[str]:
        """The metrics of our own that CloudWatch has made of the lines so far."""
        lines = [json.loads(line) for line in self._said.getvalue().splitlines()]
        return {
            " ".join((metric["Name"], *(str(line[each]) for each in dimensions)))
            for line in lines
            for made in line.get("_aws", {}).get("CloudWatchMetrics", [])
            for dimensions in made["Dimensions"]
            for metric in made["Metrics"]
        }

    def discard_waiting(self) -> None:
        """Works off what is waiting, and counts nothing of it."""
        self.run_queues()
        self.later(3)
        self.run_schedules()
        self.take_usage()

    def run_queues(self) -> None:
        self._cloud.pump.run_until_idle()

    def run_schedules(self) -> None:
        """Each schedule once, with what follows from it."""
        for handler in self._schedules.values():
            handler(TICK, None)
        self.run_queues()

    def publish_calendars(self) -> None:
        """Publishes what is free, as happens each minute."""
        self._schedules[CALENDARS_SCHEDULE](TICK, None)

    def publish_wards_of_hour(self) -> None:
        """Publishes the wards for the first time in an hour."""
        self.later((60 - utc_now().minute) / 60)
        self._schedules[WARDS_SCHEDULE](TICK, None)

    def report(self, *, photo: bytes | None = None) -> None:
        """Somebody looks for the same report nearby and sends one, with all that follows."""
        query = urlencode(
            {**place_of(self._reports, self._wards), "radius_m": 100, "service_code": "pothole"}
        )
        self.ask("GET", f"/api/reports/nearby?{query}")
        self.submit(photo=photo)
        self.run_queues()

    def submit(self, *, photo: bytes | None = None, is_anonymous: bool = False) -> str:
        """Somebody sends a report. Answers its id."""
        key, place = long_key(f"report-{self._reports}"), place_of(self._reports, self._wards)
        photos = [self._photo(f"{key}/1", photo)] if photo else []
        email = f"reporter{self._reports}@example.org"
        contact = None if is_anonymous else {"email": email}
        body = draft_body(**place, contact=contact, photo_ids=photos)
        made = json.loads(self.ask("POST", "/api/reports", body, {"Idempotency-Key": key}))
        self._reports += 1
        return str(made["service_request_id"])

    def change(self, service_request_id: str, **values: Any) -> None:
        """An officer changes a report."""
        path = f"/api/reports/{service_request_id}"
        version = json.loads(self.ask("GET", path, headers=self._officer))["version"]
        self.ask("PATCH", path, values, self._officer | {"If-Match": f'"{version}"'})
        self.run_queues()

    def read(self, service_request_id: str) -> None:
        self.ask("GET", f"/api/reports/{service_request_id}")

    def take_receipt(self) -> None:
        """SES says what became of a mail."""
        self._ledger.handler(RECEIPTS)(RECEIPT, None)

    def work_at_the_desk(self, service_request_id: str) -> None:
        """An officer looks at the queue and at one case."""
        for path in ("/api/cases", f"/api/cases/{service_request_id}"):
            self.ask("GET", path, headers=self._officer)

    def work_on_a_round(self, kind: str) -> None:
        """A crew says what happens on its collection round."""
        body = {"operations": [operation(kind)]}
        answer = json.loads(self.ask("POST", "/api/rounds/operations", body, self._crew))
        assert answer["items"][0]["result"] == "applied", answer
        self.run_queues()

    def sign_in(self) -> None:
        """Somebody asks for a code by mail and enters it."""
        self._signed_in += 1
        address = f"somebody{self._signed_in}@example.org"
        location = self._form("/forms/sign-in", address=address, next="")
        self.run_queues()
        attempt = location.partition("attempt=")[2]
        code = code_in(mail.text_of(mail.emails()[-1]))
        self._form("/forms/sign-in/code", attempt=attempt, code=code)
        self.run_queues()

    def subscribe(self) -> None:
        """Somebody gets all new reports of the council by mail."""
        body = {"channel": "email", "to": "subscriber@example.org", "topic": {"kind": "council"}}
        made = json.loads(self.ask("POST", "/api/subscriptions", body))
        self.run_queues()
        words = mail.text_of(mail.emails()[-1]).split()
        (link,) = (word for word in words if "token=" in word)
        path = f"/api/subscriptions/{made['subscription_id']}/confirm"
        self.ask("POST", path, {"token": link.partition("token=")[2]})
        self.run_queues()

    def divide_into_wards(self, count: int) -> None:
        """Publishes that many wards with their collection rounds; reports come to them in turn."""
        self._wards = count
        wards = tuple(map(ward, range(count)))
        replace_document(WARDS, msgspec.json.encode(Wards(items=wards)), publishing_ports())
        publish_rounds(count)
        container.forget_read_documents()
        fill_caches()

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> str:
        """A request to the API. Answers the body, or where a form leads on. Raises RuntimeError if
        it is refused."""
        request = gateway.event(app.app, method, path, body, headers)
        reply = self._ledger.run(API, lambda: app.app(request, gateway.CONTEXT))
        if reply["statusCode"] >= 400:
            raise RuntimeError(f"{method} {path} answered {reply}")
        location: str = reply["headers"].get("Location") or reply["body"]
        return location

    def _form(self, path: str, **fields: str) -> str:
        same = {"Sec-Fetch-Site": "same-origin"}
        return self.ask("POST", path, urlencode(fields), same)

    def _photo(self, key: str, raw: bytes) -> str:
        wanted = {"content_type": "image/jpeg", "size": len(raw)}
        made = json.loads(self.ask("POST", "/api/photos", wanted, {"Idempotency-Key": key}))
        bucket = self._cloud.environment["UPLOADS_BUCKET"]
        boto3.client("s3").put_object(Bucket=bucket, Key=made["fields"]["key"], Body=raw)
        self.run_queues()
        return str(made["photo_id"])

    def _token(self, role: Role) -> dict[str, str]:
        ports = accounts_ports()
        who = account_with(role, f"some-{role}", ports)
        token = token_of(who, timedelta(days=400), "bench", ports)
        return {"Authorization": f"Bearer {token}"}


@contextmanager
def town() -> Iterator[Town]:
    """A town without reports, behind a CDN."""
    ledger, said = Ledger(), StringIO()
    with time_machine.travel(BEGINS, tick=False) as clock, redirect_stdout(said):
        cloud = Cloud(behind_cdn=True, handler_of=ledger.handler)
        try:
            # The process's environment is put back by the cloud.
            _put_behind_a_cdn()
            for key, path in COMMITTED.items():
                boto3.client("s3").put_object(Bucket=cloud.bucket, Key=key, Body=path.read_bytes())
            fill_caches()
            with provider(ledger) as pay:
                yield Town(cloud, ledger, clock, said, pay)
        finally:
            cloud.stop()


def fill_caches() -> None:
    """What a process keeps for minutes is there, as in one that has been running for a while."""
    for name in ("payments", "id", "link", "token", "code", "alert", "push", "origin"):
        container.secret(name).current()
    address_lookup = reports_ports().address_lookup
    address_lookup.ward_code(Point(lat=0, long=0), utc_now().date())
    address_lookup.street(Point(lat=0, long=0))


def _put_behind_a_cdn() -> None:
    origin = {"Id": "o", "DomainName": "o.example", "CustomHeaders": {"Quantity": 0, "Items": []}}
    config: Any = {
        "CallerReference": "bench",
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only"},
        "Comment": "",
        "Enabled": True,
    }
    made = boto3.client("cloudfront").create_distribution(DistributionConfig=config)
    os.environ["DISTRIBUTION_ID"] = made["Distribution"]["Id"]
    container.forget_built()
