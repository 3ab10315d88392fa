"""dynalite, filled with reports as the repository stores them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from itertools import islice
from random import Random
from typing import Any
from urllib.parse import urlsplit

import msgspec

from bench import stack
from bench.process import cpu_s_of
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.geo.point import Point
from chalicelib.geo.quadkey import key_of
from chalicelib.kernel.time import text_of
from chalicelib.reports import keys
from chalicelib.reports.dynamo.items import item_of
from infra.local import people
from infra.resources import SETTINGS
from tests.engines import Dynalite
from tests.support.builders import NOON, report

MIDDLE = Point(lat=53.959, long=-1.0815)
SPREAD_LAT, SPREAD_LONG = 0.027, 0.046
"""Standard deviations of the reports' places: about 3 km each way."""
DAYS = 6 * 365
WORDS = "A deep hole near the kerb in front of the school; cyclists swerve round it into the road."
MOST_IN_A_BATCH = 25

TABLES = {name: of for name, of in SETTINGS.items() if name.endswith("_TABLE")}
"""A setting → the template's table that it names."""

Item = dict[str, Any]


class Engine(Dynalite):
    """dynalite, whose CPU can be read."""

    def cpu_s(self) -> float:
        """CPU so far."""
        return cpu_s_of(self._process.pid)


@dataclass(frozen=True)
class Laboratory:
    """This process set up as a deployment whose tables are dynalite's; `officer` are the headers of
    a signed-in officer."""

    engine: Engine
    officer: dict[str, str]

    @contextmanager
    def table_of(self, count: int) -> Iterator[str]:
        """Replaces the deployment's table of reports by a new one with that many reports. Yields
        its name."""
        name = self.engine.new_table()
        fill(self.engine, name, items(count))
        with stack.working_environment({"REPORTS_TABLE": name}):
            yield name


@contextmanager
def laboratory() -> Iterator[Laboratory]:
    """Settings and secrets come from a local stack, tables from dynalite, so that moto is in no
    figure."""
    with stack.running_stack(pump=False) as here, laboratory_on(here) as made:
        yield made


@contextmanager
def laboratory_on(here: stack.Stack) -> Iterator[Laboratory]:
    """The same with the settings and secrets of that stack."""
    with ExitStack() as opened:
        engine = Engine()
        opened.callback(engine.stop)
        opened.enter_context(stack.working_environment(here.environment | engine.environment()))
        # The caller is looked up, too: every table exists, not only that of reports.
        tables = {name: engine.new_table(of) for name, of in TABLES.items()}
        opened.enter_context(stack.working_environment(tables))
        token = people.tokens(accounts_ports())["officer"]
        yield Laboratory(engine, {"Authorization": f"Bearer {token}"})


def items(count: int) -> Iterator[Item]:
    """Reports of six years around the middle of the demo council, in the repository's format: the
    same ones for the same count."""
    random = Random(count)
    like = item_of(report(description=WORDS, version=1)).serialize()
    for number in range(count):
        yield like | _place(random, number) | _moment(random)


def id_of(number: int) -> str:
    """The id of the report of that number."""
    return f"R{number:011}"


def fill(engine: Engine, table: str, every: Iterator[Item]) -> None:
    """Writes the items. Raises RuntimeError if dynalite refuses one. The SDK would take most of the
    time; dynalite requires a signature, and does not check it.
    """
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
        "X-Amz-Date": "20260101T000000Z",
        "Authorization": "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=c, Signature=d",
    }
    connection = HTTPConnection(urlsplit(engine.url).netloc)
    while batch := [{"PutRequest": {"Item": item}} for item in islice(every, MOST_IN_A_BATCH)]:
        body = msgspec.json.encode({"RequestItems": {table: batch}})
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        if answer.read() != b'{"UnprocessedItems":{}}':
            raise RuntimeError(f"dynalite did not take a batch of items ({answer.status}).")
    connection.close()


def _place(random: Random, number: int) -> Item:
    point = Point(
        lat=round(random.gauss(MIDDLE.lat, SPREAD_LAT), 6),
        long=round(random.gauss(MIDDLE.long, SPREAD_LONG), 6),
    )
    key, service_request_id = key_of(point), id_of(number)
    return {
        "service_request_id": {"S": service_request_id},
        "lat": {"N": str(point.lat)},
        "long": {"N": str(point.long)},
        "cell": {"S": key[: keys.CELL_LENGTH]},
        "place": {"S": f"{key}-{service_request_id}"},
    }


def _moment(random: Random) -> Item:
    moment = text_of(NOON - timedelta(days=random.random() * DAYS))
    month = {"S": moment[:7]}
    return {
        "requested_datetime": {"S": moment},
        "updated_datetime": {"S": moment},
        "requested_month": month,
        "updated_month": month,
    }
