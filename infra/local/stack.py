"""The whole of Ginnel in one process: the cloud, pages, API and demo data on one address."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports, daily, hourly
from chalicelib.bootstrap.collections import collections_ports
from chalicelib.bootstrap.disruptions import disruptions_ports, disruptions_publish_ports
from chalicelib.bootstrap.jobs import crew_ports, day_ports
from chalicelib.bootstrap.outbound import outbound_ports
from chalicelib.bootstrap.partners import partners_ports
from chalicelib.bootstrap.publishing import figures_ports, publishing_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.load import load
from chalicelib.disruptions.publishing import publish_current as publish_disruptions
from chalicelib.jobs.usecases.day_publishing import publish_due
from chalicelib.outbound.usecases.destination_health import publish_getting_through
from chalicelib.publishing.lists import rebuild_lists
from chalicelib.publishing.model import BASEMAP
from chalicelib.publishing.performance import rebuild_performance
from chalicelib.publishing.ports import Document
from chalicelib.publishing.usecases import publish_fixed, publish_wards
from infra import cdn
from infra.demo.gazetteer import COMMITTED as DEMO_PLACES
from infra.demo.rounds_today import demo_round_days
from infra.local import aws, clock, mail, people, secrets, seed, site, templates
from infra.local.cloud import DEMO, Cloud
from infra.local.edge import HSTS
from infra.local.pay.site import BASE_PATH, LIST_PATH, PaySite
from infra.local.push import PushService
from infra.local.request_signatures import Signer
from infra.missing_page import missing_pages
from infra.publish_web import WebFile, publish_web
from infra.sources import source_documents, source_ports

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[2]
DEMO_BASEMAP = ROOT / "infra" / "demo" / "basemap.pmtiles"


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options: port 0 chooses a free one; `seed` is demo or none; without a file, secrets last
    as long as the stack; `outside_allowed` and `alerts_wait_s` as in the settings."""

    port: int = 0
    council: str = DEMO
    seed: str = "none"
    web: Path | None = None
    secrets_file: Path | None = None
    outside_allowed: str = ""
    alerts_wait_s: int = 0


class LocalStack:
    """Starts with `start()`, ends with `stop()`; `url` is its address."""

    def __init__(self, options: Options) -> None:
        """Takes the port and creates the resources. Raises OSError, ConfigurationError."""
        load(options.council)
        import app

        self._options = options
        kept = secrets.stored_values(options.secrets_file) if options.secrets_file else None
        self._site = site.serve(app.app, HOST, options.port).server
        self.url = f"http://{HOST}:{self._site.server_address[1]}"
        self.push = PushService(HOST)
        self.pay = PaySite(self.url, pay_secret, lambda: datetime.now(UTC))
        self.cloud = Cloud(
            council=options.council,
            site_url=self.url,
            secrets=kept,
            behind_cdn=True,
            outside_allowed=",".join(
                filter(None, (options.outside_allowed, self.push.origin, self.url))
            ),
            payments_url=self.url + BASE_PATH,
            alerts_wait_s=options.alerts_wait_s,
        )
        self._clock = clock.Clock()
        self._endpoint = aws.moto_server(HOST, 0)
        # Here all clients are in one network.
        for limits in (hourly(), daily()):
            limits.update(
                {scope: 10 * most for scope, most in limits.items() if "network" in scope}
            )

    def start(self) -> None:
        """Publishes the fixed documents, seeds the data, and serves."""
        self._upload_site()
        publish_fixed(publishing_ports())
        self._seed()
        publish_due(crew_ports())
        publish_wards(publishing_ports())
        publish_disruptions(disruptions_publish_ports())
        rebuild_lists(publishing_ports())
        rebuild_performance(figures_ports())
        publish_getting_through(outbound_ports())
        self._prepare_site()
        for server in (self._site, self._endpoint):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        self.push.start()
        self.pay.start()
        self.cloud.pump.start()

    def _seed(self) -> None:
        is_demo = self._options.council == DEMO
        if is_demo:
            seed.demo_roadworks(source_ports(), datetime.now(UTC).date())
            seed.demo_collections(container.council(), source_ports(), datetime.now(UTC))
        if self._options.seed != "demo":
            return
        if is_demo:
            seed.demo_facilities(container.council(), source_ports())
            seed.demo_disruption(disruptions_ports(), datetime.now(UTC))
            seed.demo_subscribers(container.council(), datetime.now(UTC))
        seed.demo_reports(reports_ports(), datetime.now(UTC))
        self.cloud.pump.run_until_idle()
        if is_demo:
            seed.demo_jobs(day_ports(), datetime.now(UTC))
            demo_round_days(collections_ports())
            self.cloud.pump.run_until_idle()

    def _prepare_site(self) -> None:
        """Gives the site what it answers with."""
        assert isinstance(self._site, site.Server)
        self._site.client = boto3.client("s3")
        self._site.bucket = self.cloud.bucket
        self._site.local_pages = self._local_pages()
        self._site.local_forms = self._local_forms()
        self._site.pay = self.pay
        self._site.signer = Signer(secret_of, lambda: datetime.now(UTC))
        self._site.cdn_headers = self._cdn_headers
        self._site.origin_secret = container.secret("origin").current()
        self._site.missing_page = missing_pages(container.council())

    def stop(self) -> None:
        self.cloud.pump.stop()
        self._clock.put_back()
        self.push.stop()
        self.pay.stop()
        for server in (self._site, self._endpoint):
            server.shutdown()
            server.server_close()
        self.cloud.stop()

    def outside_environment(self) -> dict[str, str]:
        """The environment in which another process works on this stack."""
        return self.cloud.environment | {
            "AWS_ENDPOINT_URL": f"http://{HOST}:{self._endpoint.server_port}",
            "AWS_DEFAULT_REGION": aws.REGION,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        }

    def _local_pages(self) -> dict[str, Callable[[], Any]]:
        secret = container.secret("token").current()
        self._tokens = people.tokens(accounts_ports())
        api_key = people.demo_api_key(secret, partners_ports())
        return {
            "/_local/tokens.json": lambda: {**self._tokens, "open311_api_key": api_key},
            clock.PATH: self._clock.state,
            "/_local/outbox.json": self._outbox,
            "/_local/templates": templates.page,
            LIST_PATH: self.pay.list_payments,
        }

    def _local_forms(self) -> dict[str, Callable[[bytes], Any]]:
        mailbox = self.cloud.environment["MAIL_BUCKET"]
        return {
            site.INBOX: lambda raw: mail.deliver(raw, mailbox),
            site.PUSH_SUBSCRIPTION: lambda _: self.push.subscribe(),
            clock.PATH: self._move_clock,
        }

    def _move_clock(self, posted: bytes) -> dict[str, Any]:
        moment = clock.parse_moment(posted)
        if moment:
            self._clock.move(moment)
        else:
            self._clock.put_back()
        self._tokens = people.tokens(accounts_ports())
        self.cloud.pump.wait_until_idle()
        return self._clock.state()

    def _outbox(self) -> dict[str, Any]:
        return mail.outbox(each.outbox_entry() for each in self.push.taken)

    def _cdn_headers(self, path: str) -> tuple[cdn.Header, ...]:
        names = {
            "AWS::Region": aws.REGION,
            "UploadsBucket": self.cloud.environment["UPLOADS_BUCKET"],
            "PhotosBucket": self.cloud.environment["PHOTOS_BUCKET"],
            "CrewsBucket": self.cloud.environment["CREWS_BUCKET"],
        }
        # A browser would apply it to this machine's other http addresses as well.
        return tuple(each for each in cdn.added_headers(path, names) if each.name != HSTS)

    def _upload_site(self) -> None:
        if self._options.council == DEMO:
            for key, path in {BASEMAP: DEMO_BASEMAP, **DEMO_PLACES}.items():
                file = WebFile(key, path)
                document = Document(path.read_bytes(), file.content_type, file.cache_control)
                source_documents().write(key, document, None)
        if self._options.web:
            publish_web(boto3.client("s3"), self.cloud.bucket, self._options.web, lambda _: None)


def secret_of(access_key: str) -> str | None:
    """The secret of this process's own access key, under which its addresses are signed."""
    own = boto3.Session().get_credentials()
    return own.secret_key if own and own.access_key == access_key else None


def pay_secret(name: str) -> str:
    """The secret of that name of the payment provider; empty if there is none."""
    return container.secret_text(name, "payments") or ""
