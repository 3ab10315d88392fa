"""Forwarding with our own app on both sides: the council forwards a report to a county, which is
the same app with another service."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import boto3
from chalice.test import Client

from chalicelib.bootstrap import container
from chalicelib.bootstrap.partners import partners_ports
from chalicelib.catalogue.load import COUNCILS
from chalicelib.errors import NoReply, UpstreamFailed
from chalicelib.handlers.exchange.forward_events import poll_updates
from chalicelib.net.reply import Reply
from chalicelib.partners.model import NewKey
from chalicelib.partners.usecases import create_key
from tests.support.http_client import InProcessClient

EVENTS = Path(__file__).parents[1] / "events"
COUNTY = "https://county.example"
OURS, THEIRS = "pothole", "pavement"
"""The service_code of the council, and that of the county for the same service."""
TEAM = "trees@example.org"

Loss = Literal["not reached", "lost before", "lost after"]
LOSSES: tuple[Loss, ...] = ("not reached", "lost before", "lost after")


class CountysServer(InProcessClient):
    """The county's server: our app, without a network between. `lost` has the numbers of the calls,
    counted from 1, that are lost; `calls` are all calls, `posted` is the number of POST
    requests."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.calls: list[str] = []
        self.lost: dict[int, Loss] = {}

    @property
    def posted(self) -> int:
        return sum(call.startswith("POST") for call in self.calls)

    def answered(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        path = url.removeprefix(COUNTY)
        self.calls.append(f"{method} {path.partition('?')[0]}")
        loss = self.lost.get(len(self.calls))
        if loss == "not reached":
            raise UpstreamFailed("the county cannot be reached")
        if loss == "lost before":
            raise NoReply("the county did not hear")
        if method == "POST":
            answer = self._client.http.post(path, body=body, headers=dict(headers))
        else:
            answer = self._client.http.get(path)
        if loss == "lost after":
            raise NoReply("the county's answer was lost")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status_code, headers, answer.body)


def forwarding_council(folder: Path, county: str = COUNTY, **service: Any) -> str:
    """Write a copy of the demo council in which potholes go to the county, whose server has this
    origin, and hedges go to a team's mailbox; `service` changes the county's service. Returns: the
    path of the copy."""
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


def poll_destinations() -> None:
    """Process the scheduled event that polls other bodies for updates."""
    poll_updates(json.loads((EVENTS / "poll_updates.json").read_text(encoding="utf-8")), None)


def give_key(key: str | None = None) -> None:
    """Create a key of the county for the council, and store it with the keys of destinations."""
    new = NewKey(name="The council", sets_state=False, per_minute=600)
    keys = {"county": key or create_key(new, partners_ports()).text}
    boto3.client("secretsmanager").put_secret_value(
        SecretId=container.settings().destinations_secret_arn, SecretString=json.dumps(keys)
    )
