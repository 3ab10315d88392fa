"""Our own server as both sides: the council's app passes a report on to a county, which is the
same app under another service."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import boto3
from chalice.test import Client, HTTPResponse

from chalicelib.bootstrap import container
from chalicelib.bootstrap.partners import partners_ports
from chalicelib.catalogue.load import COUNCILS
from chalicelib.errors import NoReply, UpstreamFailed
from chalicelib.handlers.exchange.forward_events import poll_updates
from chalicelib.net.reply import Reply
from chalicelib.partners.model import NewKey
from chalicelib.partners.usecases import make

EVENTS = Path(__file__).parent / "events"
COUNTY = "https://county.example"
OURS, THEIRS = "pothole", "pavement"
"""What the council calls it, and what the county does."""
TEAM = "trees@example.org"

Loss = Literal["not reached", "lost before", "lost after"]
LOSSES: tuple[Loss, ...] = ("not reached", "lost before", "lost after")


class CountysServer:
    """The way to the county: our app, without a network between. The call that `lost` names,
    counted from 1, is lost; `calls` are those that were made, `posted` the reports among them."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.calls: list[str] = []
        self.lost: dict[int, Loss] = {}

    @property
    def posted(self) -> int:
        return sum(call.startswith("POST") for call in self.calls)

    def get(self, url: str, *, most_bytes: int, timeout_s: float) -> Reply:
        return self._through("GET", url, self._client.http.get)

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        most_bytes: int,
        timeout_s: float,
    ) -> Reply:
        return self._through(
            "POST", url, lambda path: self._client.http.post(path, body=body, headers=dict(headers))
        )

    def _through(self, method: str, url: str, ask: Callable[[str], HTTPResponse]) -> Reply:
        path = url.removeprefix(COUNTY)
        self.calls.append(f"{method} {path.partition('?')[0]}")
        loss = self.lost.get(len(self.calls))
        if loss == "not reached":
            raise UpstreamFailed("the county cannot be reached")
        if loss == "lost before":
            raise NoReply("the county did not hear")
        answer = ask(path)
        if loss == "lost after":
            raise NoReply("the county's answer was lost")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status_code, headers, answer.body)


def forwarding_council(folder: Path, county: str = COUNTY, **service: Any) -> str:
    """The demo council, but potholes are the county's, whose server is at that origin, and hedges
    go to a team's mailbox; `service` changes the county's. Answers its path."""
    document = json.loads((COUNCILS / "demo.json").read_text(encoding="utf-8"))
    forward = {OURS: "county", "overgrown-hedge": "trees"}
    for each in document["services"]:
        if each["service_code"] in forward:
            each["forward_to"] = forward[each["service_code"]]
        if each["service_code"] == THEIRS:
            each.update(service)
    document["destinations"] = [
        {
            "kind": "open311",
            "destination": "county",
            "name": "The county",
            "endpoint": f"{county}/open311/v2",
            "services": {OURS: {"service_code": THEIRS}},
        },
        {"kind": "mailbox", "destination": "trees", "name": "The tree team", "to": TEAM},
    ]
    path = folder / "forwarding.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def poll() -> None:
    """The clock's event, as it asks other bodies for their updates."""
    poll_updates(json.loads((EVENTS / "poll_updates.json").read_text(encoding="utf-8")), None)


def give_key(key: str | None = None) -> None:
    """The county gives the council a key, which goes where the keys of destinations are."""
    new = NewKey(name="The council", sets_state=False, per_minute=600)
    keys = {"county": key or make(new, partners_ports()).text}
    boto3.client("secretsmanager").put_secret_value(
        SecretId=container.settings().destinations_secret_arn, SecretString=json.dumps(keys)
    )
