"""A record of a stream that cannot be read stops no other one: it goes to dead letters with the key
of its item, and is followed once a version reads it."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest
import time_machine
from click.testing import CliRunner

import app
from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.handlers.reports import reports_events
from chalicelib.kernel.time import utc_now
from infra.local.cloud import Cloud
from infra.redrive_changes import READERS, redrive_changes
from tests.architecture.test_events import event_of
from tests.support.builders import report

DEAD_LETTERS = "unread"


def dead_letters() -> list[dict[str, Any]]:
    client = boto3.client("sqs")
    address = getattr(container.settings(), f"{DEAD_LETTERS}_queue_url")
    found = client.receive_message(
        QueueUrl=address, MaxNumberOfMessages=10, VisibilityTimeout=0
    ).get("Messages", [])
    return [json.loads(message["Body"]) for message in found]


def broken(record: dict[str, Any]) -> dict[str, Any]:
    """The record with values that no version knows, before any other record."""
    change = record["dynamodb"]
    image = {name: {"NEW": "1"} for name in change.get("NewImage", {})}
    keys = {name: {"NEW": "1"} for name in change["Keys"]}
    return record | {
        "dynamodb": change | {"NewImage": image, "Keys": keys, "SequenceNumber": "1"},
        "eventID": "unread",
    }


def test_every_reader_of_a_stream_can_follow_a_change_again() -> None:
    readers = {
        source.handler_string.rpartition(".")[2]
        for source in app.app.event_sources
        if getattr(source, "stream_arn", None)
    }
    assert set(READERS) == readers


@pytest.mark.parametrize("reader", sorted(READERS))
@pytest.mark.usefixtures("cloud")
def test_reader_goes_on_when_a_record_cannot_be_read(reader: str) -> None:
    good = json.loads(event_of(reader).read_text())["Records"]
    answer = READERS[reader]({"Records": [broken(good[0]), *good]}, None)
    assert answer == {"batchItemFailures": []}
    (letter,) = dead_letters()
    assert letter["keys"] == {key: {"NEW": "1"} for key in good[0]["dynamodb"]["Keys"]}
    named = {"function": reader, "event_id": "unread", "sequence_number": "1"}
    assert letter | named == letter
    assert "NewImage" not in letter


@pytest.mark.usefixtures("cloud")
def test_record_is_delivered_again_when_dead_letters_do_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Down:
        def send(self, *_: object) -> None:
            raise UpstreamFailed("The queue did not answer.")

    good = json.loads(event_of("fan_out").read_text())["Records"]
    monkeypatch.setitem(container.BUILT, (container.queue, DEAD_LETTERS), Down())
    answer = READERS["fan_out"]({"Records": [broken(good[0]), *good]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}


def test_change_is_followed_once_when_a_version_reads_it(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_: object) -> None:
        raise KeyError("a newer version's")

    with monkeypatch.context() as patch:
        patch.setattr(reports_events, "_fact_of", unreadable)
        stored = reports_ports().repository.create(report(version=0, visibility="public"))
        cloud.pump.run_until_idle()
        (letter,) = dead_letters()
        assert letter["keys"]["service_request_id"] == {"S": stored.service_request_id}
        still = CliRunner().invoke(redrive_changes)
        assert still.exit_code == 1 and "0 followed, 1 not." in still.output
        assert stored.service_request_id in still.output
    path = f"data/reports/{stored.service_request_id}.json"
    assert container.published_documents().read(path) is None
    with time_machine.travel(utc_now() + timedelta(seconds=61), tick=False):
        done = CliRunner().invoke(redrive_changes)
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "1 followed, 0 not.")
    assert dead_letters() == []
    cloud.pump.run_until_idle()
    assert container.published_documents().read(path) is not None
