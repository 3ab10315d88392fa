"""`python -m infra publish` publishes everything again: each report through the queue, and the rest
when that is empty."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest
import time_machine
from click.testing import CliRunner
from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.publishing.model import page_key, report_key
from chalicelib.publishing.open_data_index import day_key
from chalicelib.publishing.republishing import publish_all, publish_rest
from infra import republish
from infra.__main__ import commands
from infra.figures import publish_all_figures, recount_figures
from infra.local.cloud import Cloud
from infra.positions import Position
from infra.redrive import dead_letters_of
from tests.contract.test_interrupted_import import delivering, published, run
from tests.support.builders import NOON, report
from tests.support.composition import replace_built

OTHER = "ABCDEFGHJKLM"
DAYS = ("2026-03-01", "2026-03-02", "2026-03-03")


class Queue:
    """The queue of `publish`, which fails after some batches; `sent` are the ids."""

    def __init__(self, *, batches: int = 1000) -> None:
        self.sent: list[str] = []
        self._batches, self._queue = batches, container.reaction_queue("publish")

    def send(self, said: Sequence[Any], /) -> None:
        self._batches -= 1
        if self._batches < 0:
            raise UpstreamFailed("The network is gone.")
        self.sent += [fact.service_request_id for fact in said]
        self._queue.send(said)


@pytest.fixture(autouse=True)
def here(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(republish, "FOLDER", tmp_path)
    monkeypatch.setattr(republish, "PAUSE_S", 0.01)


@pytest.fixture
def ids(cloud: Cloud) -> list[str]:
    """Reports of three days, which the functions have dealt with."""
    for number in range(3):
        asked = NOON.replace(year=2026, month=3, day=number + 1)
        made = report(number, requested_datetime=asked, updated_datetime=asked, once_public=True)
        reports_ports().repository.create(made)
    with time_machine.travel(NOON, tick=False):
        cloud.pump.run_until_idle()
    return sorted(reports_ports().repository.list_ids())


OF_SCHEDULES = {
    "data/disruptions.json",
    "data/getting-through.json",
    "data/collections/today.json",
    *(f"data/bookings/{calendar}.json" for calendar in ("bulky", "counter", "hall")),
}
"""What schedules publish, and the command does too."""


@pytest.fixture
def before(ids: list[str], cloud: Cloud) -> dict[str, bytes]:
    """All documents, after everything was published."""
    with time_machine.travel(NOON, tick=False):
        assert publish_all(publishing_ports()) == {}
        recount_figures()
        publish_all_figures()
    return published(cloud)


@pytest.fixture
def delivered(cloud: Cloud) -> Iterator[None]:
    """The functions take what is in their queues while a command runs."""
    with delivering(cloud):
        yield


def empty(cloud: Cloud) -> None:
    client = boto3.client("s3")
    for key in published(cloud):
        client.delete_object(Bucket=cloud.bucket, Key=key)


def put(cloud: Cloud, key: str) -> None:
    boto3.client("s3").put_object(Bucket=cloud.bucket, Key=key, Body=b"{}")


def test_lost_documents_are_as_they_were_and_a_second_run_changes_nothing(
    ids: list[str], before: dict[str, bytes], cloud: Cloud, tmp_path: Path, delivered: None
) -> None:
    assert {report_key(each) for each in ids} < before.keys()
    empty(cloud)
    for _ in range(2):
        done = run(["publish"])
        assert (done.exit_code, done.exception) == (0, None), done.output
        assert "3 reports published again, 0 failed." in done.output
        found = published(cloud)
        assert {key: found[key] for key in before} == before
        assert found.keys() - before.keys() == OF_SCHEDULES
    assert not list((tmp_path / "publish").glob("*"))


def test_interrupted_run_goes_on_where_it_stopped_and_loses_no_report(
    ids: list[str], cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, delivered: None
) -> None:
    monkeypatch.setattr(republish, "PAGE", 1)
    empty(cloud)
    first, second, third = Queue(batches=2), Queue(), Queue()
    replace_built(monkeypatch, container.queue, first, "publish")
    assert isinstance(run(["publish"]).exception, UpstreamFailed)
    replace_built(monkeypatch, container.queue, second, "publish")
    assert run(["publish"]).exit_code == 0
    assert (len(first.sent), len(second.sent)) == (2, 1)
    assert sorted(first.sent + second.sent) == ids
    assert {report_key(each) for each in ids} < published(cloud).keys()
    replace_built(monkeypatch, container.queue, third, "publish")
    Position(tmp_path / "publish" / f"{cloud.environment['REPORTS_TABLE']}.json").store(ended=True)
    assert run(["publish", "--from-start"]).exit_code == 0
    assert sorted(third.sent) == ids


def test_report_that_is_hidden_while_its_fact_waits_does_not_appear(
    ids: list[str], cloud: Cloud
) -> None:
    table = cloud.environment["REPORTS_TABLE"]
    items = boto3.client("dynamodb").scan(TableName=table)["Items"]
    facts = republish.submissions_of(items)
    # The map follows in the end, and nobody is told of a new report.
    assert [(fact.tile, fact.is_new) for fact in facts] == [(None, False)] * len(ids)
    republish.send_facts(facts, container.queue("publish"))
    repository = reports_ports().repository
    stored = repository.get(ids[0])
    assert stored
    repository.save(replace(stored, visibility="hidden"))
    empty(cloud)
    cloud.pump.run_until_idle()
    publish_rest(list(repository.list_outlines()), publishing_ports())
    now = published(cloud)
    assert not [key for key, body in now.items() if ids[0] in key or ids[0].encode() in body]
    assert {report_key(each) for each in ids[1:]} < now.keys()


def test_documents_without_a_source_are_removed(
    ids: list[str], before: dict[str, bytes], cloud: Cloud, delivered: None
) -> None:
    strays = {
        report_key(OTHER),
        page_key(OTHER),
        f"photos/{OTHER}/{'A' * 26}/page.jpg",
        f"photos/{ids[0]}/{'A' * 26}/page.jpg",
        "data/tiles/14/1/1.json",
        "data/wards/nowhere.json",
        "feeds/services/none.atom",
    }
    for key in strays:
        put(cloud, key)
    assert run(["publish"]).exit_code == 0
    assert published(cloud).keys() == before.keys() | OF_SCHEDULES


def test_day_that_lost_its_reports_is_corrected(
    ids: list[str], cloud: Cloud, delivered: None
) -> None:
    repository = reports_ports().repository
    lost = next(each for each in repository.get_many(ids).values())
    client = boto3.client("dynamodb")
    client.delete_item(
        TableName=cloud.environment["REPORTS_TABLE"],
        Key={"service_request_id": {"S": lost.service_request_id}, "record": {"S": "report"}},
    )
    assert run(["publish"]).exit_code == 0
    found = published(cloud)
    assert not [key for key, body in found.items() if lost.service_request_id.encode() in body]


def test_days_of_an_interrupted_run_are_not_made_again(
    ids: list[str], cloud: Cloud, tmp_path: Path
) -> None:
    empty(cloud)
    position, told = Position(tmp_path / "kept.json"), list[int]()
    position.store(day=DAYS[1])
    assert republish.publish_days(DAYS, publishing_ports(), position, told.append) == {}
    assert [day_key(day) in published(cloud) for day in DAYS] == [False, False, True]
    assert (position.load()["day"], sum(told)) == (DAYS[2], 3)


def test_given_up_messages_are_named(ids: list[str], delivered: None) -> None:
    sqs = boto3.client("sqs")
    dead = dead_letters_of(sqs, container.settings().publish_queue_url)
    sqs.send_message(QueueUrl=dead, MessageBody="{}")
    done = run(["publish"])
    assert done.exit_code == 1
    assert "1 messages were given up. Mend the cause, then `redrive publish`." in done.output


class SlowQueue:
    """The queue of `publish`, whose facts nobody receives for a second."""

    def __init__(self) -> None:
        self._queue = container.reaction_queue("publish")

    def send(self, said: Sequence[Any], /) -> None:
        self._queue.send(said, delay_s=1)


def test_command_ends_after_the_last_report_was_published(
    ids: list[str], cloud: Cloud, monkeypatch: pytest.MonkeyPatch, delivered: None
) -> None:
    replace_built(monkeypatch, container.queue, SlowQueue(), "publish")
    empty(cloud)
    done = CliRunner().invoke(commands, ["publish"])
    assert {report_key(each) for each in ids} < published(cloud).keys()
    assert "Waiting for 3 messages in the queue of publish." in done.output


class Numbers:
    """SQS, whose queue says these numbers of messages in one state, in turn."""

    def __init__(self, *numbers: int, state: int) -> None:
        self.left, self._state = list(numbers), republish.WAITING[state]

    def get_queue_attributes(self, **asked: Any) -> Any:
        found = dict.fromkeys(republish.WAITING, "0")
        return {"Attributes": found | {self._state: str(self.left.pop(0))}}


def test_queue_is_empty_when_it_says_so_several_times_in_a_row() -> None:
    for state in range(3):
        sqs: Any = Numbers(5, 0, 3, 0, 0, 0, 7, state=state)
        republish.wait_until_empty(sqs, "address")
        assert sqs.left == [7]


def test_next_page_waits_while_many_messages_wait_for_a_worker() -> None:
    sqs: Any = Numbers(4000, 1001, 1000, 7, state=0)
    republish.wait_for_room(sqs, "address")
    assert sqs.left == [7]
