"""The cost of publishing everything again: the function `publish` on batches of ten reports, as
`python -m infra publish` sends them. `python -m bench.republishing --reports 20000` prints it.

Our code, PynamoDB and botocore are the real ones. Below botocore every call is counted and answered
at once: all reports are stored, and no document is, so that each is written. CPU is that of a
function except for TLS and the network; nothing waits.
"""

import argparse
import gc
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import boto3
import msgspec
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.endpoint import Endpoint

from bench import stack
from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import reports_ports
from infra.local.schedules import handler_named
from infra.positions import Position, read_pages
from infra.republish import PAGE, send_facts, submissions_of, wait_for_room
from tests.support.builders import report, update

BATCH = 10
HANDLER = "chalicelib.handlers.publishing.publishing_events.publish"
WARM = 20
"""Batches before anything is measured: a process makes its clients and templates once."""
SETTINGS = {
    "COUNCIL": "demo",
    "SITE_URL": "https://report.council.example",
    "REPORTS_TABLE": "reports",
    "PUBLISHED_BUCKET": "published",
    "PHOTOS_BUCKET": "photos",
    "PUBLISH_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/123456789012/publish",
    "AWS_DEFAULT_REGION": "eu-west-2",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
}
MISSING = b"<Error><Code>NoSuchKey</Code><Message>There is none.</Message></Error>"
Raw = dict[str, Any]
Batch = tuple[tuple[str, int], ...]
"""The calls of a batch, by operation."""


class Cost(NamedTuple):
    """What so many reports took: calls by operation in the most and in the least expensive batch,
    kilobytes sent, CPU, and how much more is in memory after the last batch than after the first
    ones: objects, and megabytes of the whole process."""

    reports: int
    most: dict[str, int]
    least: dict[str, int]
    sent_kb: float
    cpu_ms: float
    new_objects: int
    resident_mb: float
    new_mb: float


class SendingCost(NamedTuple):
    """Measures the command for so many reports, up to the queue of `publish`."""

    reports: int
    calls: dict[str, int]
    cpu_ms: float


class Aws:
    """Answers botocore's requests: the same report under every id, and no document."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.sent_bytes = 0
        self.item: Raw = {}
        self.left = 0
        self._lock = Lock()

    def answer(self, request: AWSPreparedRequest) -> AWSResponse:
        body: Any = request.body or b""
        content: bytes = body if isinstance(body, bytes) else body.read()
        named = request.headers.get("X-Amz-Target", "")
        target = named.decode() if isinstance(named, bytes) else named
        operation = target.rpartition(".")[2] or f"{request.method} {_bucket(request.url)}"
        with self._lock:
            self.calls[operation] += 1
            self.sent_bytes += len(content)
        status, said = self._answer(operation, content)
        kind = "application/x-amz-json-1.0" if target else "application/xml"
        headers: Any = {"content-type": kind, "etag": '"1"'}
        return AWSResponse(request.url, status, headers, _RawBody(said))

    def _answer(self, operation: str, content: bytes) -> tuple[int, bytes]:
        asked = json.loads(content) if content.startswith(b"{") else {}
        found, said = 200, b"{}"
        match operation:
            case "PutItem":
                self.item = asked["Item"]
            case "BatchGetItem":
                said = json.dumps(self._items(asked)).encode()
            case "GET published":
                found, said = 404, MISSING
            case "PUT published":
                said = b""
            case "Scan":
                said = self._page(asked["Limit"])
            case "SendMessageBatch":
                ids = [each["Id"] for each in asked["Entries"]]
                taken = [{"Id": each, "MessageId": each, "MD5OfMessageBody": ""} for each in ids]
                said = json.dumps({"Successful": taken, "Failed": []}).encode()
            case "GetQueueAttributes":
                said = b'{"Attributes": {"ApproximateNumberOfMessages": "0"}}'
            case _:
                raise ValueError(f"{operation} is no call that is known here.")
        return found, said

    def _items(self, asked: Raw) -> Raw:
        ((table, wanted),) = asked["RequestItems"].items()
        items = [self.item | key for key in wanted["Keys"]]
        return {"Responses": {table: items}, "UnprocessedKeys": {}}

    def _page(self, most: int) -> bytes:
        """The next items of the table, of which `left` are left."""
        count = min(most, self.left)
        text = json.dumps(self.item | {"service_request_id": {"S": "%"}})
        items = ",".join(text.replace('"%"', f'"{_id(self.left - each)}"') for each in range(count))
        self.left -= count
        last = json.dumps({"service_request_id": {"S": _id(self.left)}})
        after = f', "LastEvaluatedKey": {last}' if self.left else ""
        return f'{{"Items": [{items}]{after}}}'.encode()


class _RawBody:
    """The body of an answer, as urllib3 has it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


def measure_publishing(reports: int) -> Cost:
    """The cost of that many reports, a multiple of ten, after those of the first batches."""
    with answering_aws() as aws:
        publish = handler_named(HANDLER)
        for number in range(WARM):
            publish(_event(aws.item, number * BATCH), None)
        gc.collect()
        objects, megabytes = len(gc.get_objects()), resident_mb()
        aws.sent_bytes, used = 0, 0.0
        found: set[Batch] = set()
        for number in range(reports // BATCH):
            event = _event(aws.item, (WARM + number) * BATCH)
            aws.calls.clear()
            began = time.process_time()
            answer = publish(event, None)
            used += time.process_time() - began
            if answer["batchItemFailures"]:
                raise ValueError("A report was not published.")
            found.add(tuple(sorted(aws.calls.items())))
        del event, answer
        gc.collect()
        by_calls = sorted(found, key=_calls)
        return Cost(
            reports,
            dict(by_calls[-1]),
            dict(by_calls[0]),
            aws.sent_bytes / 1000,
            used * 1000,
            len(gc.get_objects()) - objects,
            resident_mb(),
            resident_mb() - megabytes,
        )


def measure_sending(reports: int) -> SendingCost:
    """Measures how the command sends that many reports to a queue that is always empty."""
    with answering_aws() as aws, TemporaryDirectory() as folder:
        aws.calls.clear()
        aws.left = reports
        client, sqs = boto3.client("dynamodb"), boto3.client("sqs")
        address, position = SETTINGS["PUBLISH_QUEUE_URL"], Position(Path(folder) / "reports.json")
        began = time.process_time()
        for page in read_pages(client, "reports", position, lambda _: None, PAGE):
            send_facts(submissions_of(page), container.queue("publish"))
            wait_for_room(sqs, address)
        return SendingCost(reports, dict(aws.calls), (time.process_time() - began) * 1000)


@contextmanager
def answering_aws() -> Iterator[Aws]:
    """A process of `publish`, with a stored report; what it logs is dropped."""
    aws = Aws()

    def answer(_: Endpoint, request: AWSPreparedRequest) -> AWSResponse:
        return aws.answer(request)

    real = Endpoint._send  # type: ignore[attr-defined]
    Endpoint._send = answer  # type: ignore[attr-defined]
    try:
        with stack.working_environment(SETTINGS), redirect_stdout(_DiscardedOutput()):
            entries = tuple(update(number) for number in range(2))
            reports_ports().repository.create(report(1, updates=entries, once_public=True))
            yield aws
    finally:
        Endpoint._send = real  # type: ignore[attr-defined]


class _DiscardedOutput(StringIO):
    def write(self, text: str) -> int:
        return len(text)


def _event(item: Raw, first: int) -> Raw:
    """A batch of the queue of `publish`, of ten reports from that number on."""
    raw = [item | {"service_request_id": {"S": _id(first + each)}} for each in range(BATCH)]
    bodies = [msgspec.json.encode(fact).decode() for fact in submissions_of(raw)]
    records = [
        {
            "messageId": f"{first}-{number}",
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1790000000000"},
        }
        for number, body in enumerate(bodies)
    ]
    return {"Records": records}


def _id(number: int) -> str:
    return f"R{number:011}"


def _calls(batch: Batch) -> int:
    return sum(count for _, count in batch)


def _bucket(url: str) -> str:
    """S3's bucket is in the host or the path."""
    parts = urlsplit(url)
    host = str(parts.hostname).partition(".")[0]
    return parts.path.split("/")[1] if host == "s3" else host


def resident_mb() -> float:
    """The memory of this process."""
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS:"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.republishing", description=__doc__)
    parser.add_argument("--reports", type=int, default=20_000)
    reports = parser.parse_args().reports
    print(json.dumps(measure_sending(reports)._asdict()))
    print(json.dumps(measure_publishing(reports)._asdict()))


if __name__ == "__main__":
    main()
