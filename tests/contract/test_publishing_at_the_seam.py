"""Published documents follow the stored reports, in whatever order facts and publishers arrive."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from urllib.parse import urlsplit

import boto3
import msgspec
import pytest
import time_machine
from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.bootstrap.reports import reactions, reports_ports
from chalicelib.events import Event, ReportChanged
from chalicelib.geo.quadkey import MAP_ZOOM, key_of
from chalicelib.handlers.publishing import publishing_events
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.photos.dynamo import DynamoRecords
from chalicelib.photos.model import Photo as TakenIn
from chalicelib.publishing.document_targets import DocumentTarget, PhotosTarget
from chalicelib.publishing.model import (
    decode_counts,
    decode_pins,
    key_of_quadkey,
    key_of_tile,
    page_key,
    photo_keys,
    report_key,
)
from chalicelib.publishing.ports import Document
from chalicelib.publishing.republishing import publish_all
from chalicelib.publishing.s3_documents import S3Documents
from chalicelib.publishing.security_txt import SECURITY_TXT
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Photo
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update
from infra.local.cloud import Cloud
from tests.conftest import ROOT
from tests.support import builders, log_lines
from tests.support.builders import MARKET_PLACE, draft, update_draft
from tests.support.composition import replace_built
from tests.support.effort import effort
from tests.support.fakes_publishing import MemoryCdn
from tests.support.seam import (
    ALL_TRIES,
    Interleaving,
    Try,
    every_interleaving,
    lose_reply,
    record_tries,
    some_interleavings,
)

ANYBODY = Author()
OFFICER = Author("officer", staff_in=EVERYWHERE)
NEAR = MARKET_PLACE
FAR = {"lat": 53.97, "long": -1.05}
"""In another tile of the map than NEAR."""
PHOTO_ID = "P" * 26
SCHEDULED = json.loads((ROOT / "tests" / "events" / "tidy.json").read_text(encoding="utf-8"))
MOST_IN_A_BATCH = 10
VISIBILITY_TIMEOUT = timedelta(seconds=360)
MOST_RUNS = 400
Published = dict[str, tuple[bytes, str]]
"""Key → body and content type of each published document."""


class Bucket:
    """The published documents, as they stand in S3."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.client = boto3.client("s3")

    def keys(self) -> list[str]:
        listed = self.client.list_objects_v2(Bucket=self.name)
        return [entry["Key"] for entry in listed.get("Contents", [])]

    def documents(self) -> Published:
        """All but the lists and feeds, which follow later."""
        found = {}
        for key in self.keys():
            if key.startswith(("data/open/", "feeds/")):
                continue
            answer = self.client.get_object(Bucket=self.name, Key=key)
            found[key] = (answer["Body"].read(), answer["ContentType"])
        return found

    def empty(self) -> None:
        for key in self.keys():
            self.client.delete_object(Bucket=self.name, Key=key)


@pytest.fixture
def ports(cloud: Cloud) -> Ports:
    return reports_ports()


@pytest.fixture
def bucket(cloud: Cloud) -> Bucket:
    return Bucket(cloud.bucket)


# Any order, any number of times


def test_documents_equal_a_full_rebuild_in_any_order_of_facts(
    cloud: Cloud, bucket: Bucket, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = facts_of_a_busy_day(cloud, ports, monkeypatch)
    wanted = published_anew(bucket)
    assert len(facts) >= 12
    assert sum(key.startswith("data/tiles/14/") for key in wanted) == 2
    assert counts_key() in wanted
    assert sum(key.startswith("data/reports/") for key in wanted) == 5
    for name, deliveries in deliveries_of(facts):
        bucket.empty()
        for batch in deliveries:
            assert delivered(batch) == []
        assert bucket.documents() == wanted, name


def test_documents_equal_a_full_rebuild_when_replies_get_lost_and_facts_are_repeated(
    cloud: Cloud, bucket: Bucket, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = facts_of_a_busy_day(cloud, ports, monkeypatch)
    wanted = published_anew(bucket)
    failures = 0
    for nth in range(1, 60, 6):
        bucket.empty()
        with lose_reply(nth, times=ALL_TRIES):
            again = delivered(facts[:MOST_IN_A_BATCH])
        failures += bool(again)
        assert delivered(again) == []
        assert delivered(facts[MOST_IN_A_BATCH:]) == []
        assert bucket.documents() == wanted, f"reply {nth} was lost"
    assert failures > 0


def test_documents_of_a_report_are_gone_when_it_was_hidden(bucket: Bucket, ports: Ports) -> None:
    report = ports.repository.create(builders.report())
    deliver(report)
    assert set(bucket.keys()) == set(keys_of(report).values())
    hide(report, ports)
    deliver(report)
    assert bucket.keys() == []


# Publishers at once


def test_no_pin_is_lost_in_any_interleaving_when_two_publish_different_reports_of_a_tile(
    bucket: Bucket, ports: Ports
) -> None:
    one, other = (ports.repository.create(builders.report(number)) for number in (1, 2))
    wanted = published_anew(bucket)
    for interleaving in every_interleaving(
        parked_at=on(tile_of(one)), at_least=6, at_most=MOST_RUNS
    ):
        bucket.empty()
        interleave(interleaving, lambda: deliver(one), lambda: deliver(other))
        assert bucket.documents() == wanted, interleaving.turns


def test_no_pin_is_lost_in_any_interleaving_when_one_joins_a_tile_as_the_only_other_leaves(
    bucket: Bucket, ports: Ports
) -> None:
    joining, leaving = (ports.repository.create(builders.report(number)) for number in (1, 2))
    for interleaving in every_interleaving(
        parked_at=on(tile_of(joining)), at_least=6, at_most=MOST_RUNS
    ):
        bucket.empty()
        show(leaving, ports)
        deliver(leaving)
        hide(leaving, ports)
        interleave(interleaving, lambda: deliver(joining), lambda: deliver(leaving))
        assert pins(joining) == {joining.service_request_id}, interleaving.turns


@pytest.mark.parametrize(
    ("document", "already"),
    [
        ("JSON", False),
        pytest.param("page in Welsh", False, marks=pytest.mark.exhaustive),
        ("tile", False),
        ("tile", True),
    ],
)
def test_nothing_remains_of_a_report_in_any_interleaving_when_it_is_hidden_during_publishing(
    document: str, already: bool, ports: Ports, bucket: Bucket
) -> None:
    report = ports.repository.create(builders.report())
    key = keys_of(report)[document]
    for interleaving in every_interleaving(
        parked_at=about(on(key)), at_least=20, at_most=MOST_RUNS
    ):
        publish_and_hide_at_once(interleaving, report, ports, bucket, already=already)
        assert bucket.keys() == [], interleaving.turns


@pytest.mark.parametrize("already", [False, True], ids=["new", "published before"])
def test_nothing_remains_of_a_report_when_it_is_hidden_during_a_full_rebuild(
    already: bool, ports: Ports, bucket: Bucket
) -> None:
    report = ports.repository.create(builders.report())
    for interleaving in some_interleavings(20, of=2, seed=1):
        publish_and_hide_at_once(interleaving, report, ports, bucket, already=already)
        assert bucket.keys() == [], interleaving.turns


class HastyDocuments(S3Documents):
    """Replaces whatever stands there: the defect that the checks of pins are there for."""

    def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
        super().write(key, document, self.read(key))


def test_lost_pin_is_detected_when_documents_are_replaced_without_a_condition(
    bucket: Bucket, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = replace(publishing_ports(), documents=HastyDocuments(bucket.client, bucket.name))
    one, other = (ports.repository.create(builders.report(number)) for number in (1, 2))
    found = 0
    with monkeypatch.context() as patch:
        replace_built(patch, publishing_ports, hasty)
        for interleaving in every_interleaving(parked_at=on(tile_of(one)), at_most=MOST_RUNS):
            bucket.empty()
            interleave(interleaving, lambda: deliver(one), lambda: deliver(other))
            found += len(pins(one)) < 2
    assert found > 0


@pytest.mark.exhaustive
def test_document_of_a_hidden_report_is_detected_when_the_second_check_is_missing(
    bucket: Bucket, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = DocumentTarget.put
    report = ports.repository.create(builders.report())
    found = 0
    with monkeypatch.context() as patch:
        patch.setattr(DocumentTarget, "put", lambda *these: put(*these) and False)
        matters = about(on(tile_of(report)))
        for interleaving in every_interleaving(parked_at=matters, at_most=MOST_RUNS):
            publish_and_hide_at_once(interleaving, report, ports, bucket, already=False)
            found += bucket.keys() != []
    assert found > 0


# Counts


@pytest.mark.parametrize("second", [NEAR, FAR], ids=["one tile", "two tiles"])
def test_no_count_is_lost_in_any_interleaving_when_two_publish_at_once(
    second: dict[str, float], bucket: Bucket, ports: Ports
) -> None:
    one, other = (
        ports.repository.create(builders.report(1)),
        ports.repository.create(builders.report(2, **second)),
    )
    wanted = published_anew(bucket)
    for interleaving in every_interleaving(
        parked_at=on(counts_key()), at_least=6, at_most=MOST_RUNS
    ):
        bucket.empty()
        interleave(interleaving, lambda: deliver(one), lambda: deliver(other))
        assert bucket.documents() == wanted, interleaving.turns


def test_counts_follow_the_tiles_in_interleavings_when_one_joins_as_another_is_hidden(
    bucket: Bucket, ports: Ports
) -> None:
    joining, leaving = (ports.repository.create(builders.report(number)) for number in (1, 2))
    matters = on(tile_of(joining), counts_key())
    for interleaving in some_interleavings(30, of=2, seed=3, parked_at=matters):
        join_and_hide_at_once(interleaving, joining, leaving, ports, bucket)
        assert pins(joining) == {joining.service_request_id}, interleaving.turns
        assert counted_open() == 1, interleaving.turns


def test_wrong_count_is_detected_when_the_tiles_are_not_checked_again(
    bucket: Bucket, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = DocumentTarget.put
    joining, leaving = (ports.repository.create(builders.report(number)) for number in (1, 2))
    matters = on(tile_of(joining), counts_key())

    def put_and_go(target: DocumentTarget, *these: Any) -> bool:
        return put(target, *these) and target.key != counts_key()

    found = 0
    with monkeypatch.context() as patch:
        patch.setattr(DocumentTarget, "put", put_and_go)
        for interleaving in some_interleavings(30, of=2, seed=3, parked_at=matters):
            join_and_hide_at_once(interleaving, joining, leaving, ports, bucket)
            found += counted_open() != 1
    assert found > 0


def join_and_hide_at_once(
    interleaving: Interleaving,
    joining: ServiceRequest,
    leaving: ServiceRequest,
    ports: Ports,
    bucket: Bucket,
) -> None:
    """One publishes a new report of a tile as another publishes that its other one is hidden."""
    bucket.empty()
    show(leaving, ports)
    deliver(leaving)
    hide(leaving, ports)
    interleave(interleaving, lambda: deliver(joining), lambda: deliver(leaving))


# What was closed long ago


def test_closed_report_leaves_the_map_when_its_time_is_over(bucket: Bucket, ports: Ports) -> None:
    old = ports.repository.create(builders.report(1, state="fixed"))
    other = ports.repository.create(builders.report(2))
    with time_machine.travel(builders.NOON + timedelta(days=89)) as now:
        deliver(old)
        deliver(other)
        publishing_events.tidy(SCHEDULED, None)
        assert pins(old) == {old.service_request_id, other.service_request_id}
        now.shift(timedelta(days=1))
        publishing_events.tidy(SCHEDULED, None)
        assert pins(old) == {other.service_request_id}
        tidied = bucket.documents()
        del tidied[SECURITY_TXT]
        assert page_key(old.service_request_id) in tidied
        assert published_anew(bucket) == tidied


def test_security_txt_is_renewed_each_day(bucket: Bucket) -> None:
    with time_machine.travel(builders.NOON) as now:
        publishing_events.tidy(SCHEDULED, None)
        first = bucket.documents()[SECURITY_TXT]
        now.shift(timedelta(days=300))
        publishing_events.tidy(SCHEDULED, None)
        assert bucket.documents()[SECURITY_TXT] != first


def test_pin_exists_in_any_interleaving_when_its_report_is_reopened_while_it_is_tidied(
    bucket: Bucket, ports: Ports
) -> None:
    old = ports.repository.create(builders.report(state="fixed"))

    def reopen_and_publish() -> None:
        change(old.service_request_id, ports, state="reopen")
        deliver(old)

    for interleaving in every_interleaving(
        parked_at=about(on(tile_of(old))), at_least=20, at_most=MOST_RUNS
    ):
        bucket.empty()
        change(old.service_request_id, ports, state="fixed")
        with time_machine.travel(builders.NOON + timedelta(days=1)):
            deliver(old)
        tidy = partial(publishing_events.tidy, SCHEDULED, None)
        interleave(interleaving, tidy, reopen_and_publish)
        assert pins(old) == {old.service_request_id}, interleaving.turns
        assert counted_open() == 1, interleaving.turns


# Photos


@pytest.mark.parametrize("already", [False, True], ids=["new", "published before"])
def test_no_photo_remains_in_any_interleaving_when_its_report_is_hidden_during_publishing(
    already: bool, ports: Ports, bucket: Bucket
) -> None:
    report = photographed(ports)
    for interleaving in every_interleaving(
        parked_at=about(in_photos), at_least=20, at_most=MOST_RUNS
    ):
        publish_and_hide_at_once(interleaving, report, ports, bucket, already=already)
        assert bucket.keys() == [], interleaving.turns


def test_photo_is_complete_in_any_interleaving_when_it_is_shown_again_while_it_is_hidden(
    ports: Ports, bucket: Bucket
) -> None:
    report = photographed(ports)
    wanted = photo_keys(report.service_request_id, [PHOTO_ID])

    def show_and_publish() -> None:
        show(report, ports)
        deliver(report)

    for interleaving in every_interleaving(
        parked_at=about(in_photos), at_least=20, at_most=MOST_RUNS
    ):
        bucket.empty()
        show(report, ports)
        deliver(report)
        hide(report, ports)
        interleave(interleaving, lambda: deliver(report), show_and_publish)
        assert wanted <= set(bucket.keys()), interleaving.turns


@pytest.mark.exhaustive
def test_photo_of_a_hidden_report_is_detected_when_the_second_check_is_missing(
    bucket: Bucket, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = PhotosTarget.put
    report = photographed(ports)
    found = 0
    with monkeypatch.context() as patch:
        patch.setattr(PhotosTarget, "put", lambda *these: put(*these) and False)
        for interleaving in every_interleaving(parked_at=about(in_photos), at_most=MOST_RUNS):
            publish_and_hide_at_once(interleaving, report, ports, bucket, already=False)
            found += any("photos/" in key for key in bucket.documents())
    assert found > 0


# The CDN


def test_copies_are_purged_once_when_the_cdn_refused_and_the_message_was_repeated(
    bucket: Bucket, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    cdn = MemoryCdn()
    with_cdn = replace(publishing_ports(), purge=cdn.invalidate)
    replace_built(monkeypatch, publishing_ports, with_cdn)
    hidden, other = (ports.repository.create(builders.report(number)) for number in (1, 2))
    facts = [changed(hidden, event_id="hidden", purge=True), changed(other, event_id="other")]
    deliver(hidden)
    hide(hidden, ports)
    cdn.refuses = True
    assert delivered(facts) == facts[:1]
    assert pins(hidden) == {other.service_request_id}
    cdn.refuses = False
    assert delivered(facts[:1]) == []
    assert delivered(facts[:1]) == []
    [paths] = cdn.invalidated.values()
    documents = {*keys_of(hidden).values()} - {counts_key()}
    assert set(paths) == {f"/{key}" for key in documents}


# Poison


def test_poisonous_message_ends_in_the_dead_letter_queue_and_the_rest_is_published_once(
    cloud: Cloud, ports: Ports
) -> None:
    sqs = boto3.client("sqs")
    queue = cloud.environment["PUBLISH_QUEUE_URL"]
    reported = [ports.repository.create(builders.report(number)) for number in range(1, 10)]
    sqs.send_message(QueueUrl=queue, MessageBody="no JSON")
    with (
        time_machine.travel(datetime.now(UTC), tick=True) as now,
        record_tries() as made,
        log_lines.capture_lines() as logged,
    ):
        for _ in range(8):
            cloud.pump.run_until_idle()
            now.shift(VISIBILITY_TIMEOUT + timedelta(seconds=1))
        assert bodies_in(dead_letter_queue(queue)) == ["no JSON"]
        assert counted(queue) == {"0"}
    assert len(log_lines.decode_lines(logged, event="a message tells no fact")) == 5
    written = [path_of(this) for this in made if this.operation == "s3.PutObject"]
    ids = [report.service_request_id for report in reported]
    pages = [page_key(each, language) for each in ids for language in ("en", "cy")]
    once = [*map(report_key, ids), *pages, tile_of(reported[0]), counts_key()]
    of_reports = [key for key in written if not key.startswith(("data/open/", "feeds/"))]
    assert sorted(of_reports) == sorted(once)
    assert pins(reported[0]) == set(ids)


# What happens


def facts_of_a_busy_day(cloud: Cloud, ports: Ports, monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """The facts that the stream tells of six reports in two tiles, some of them updated, one
    hidden, one moved to the other tile and one away and back."""
    ids = [
        submit(draft(**place, description=f"Hole {n}"), f"{n}", ANYBODY, ports).service_request_id
        for n, place in enumerate([NEAR, NEAR, NEAR, FAR, FAR, NEAR])
    ]
    add_update(ids[0], update_draft(), "u1", ANYBODY, ports)
    add_update(ids[0], update_draft(text="Coming.", state="in_progress"), "u2", OFFICER, ports)
    add_update(ids[3], update_draft(text="Done.", state="fixed"), "u3", OFFICER, ports)
    change(ids[1], ports, visibility="hidden")
    change(ids[2], ports, **FAR)
    change(ids[4], ports, **NEAR)
    change(ids[4], ports, **FAR)
    heard = Listener()
    with monkeypatch.context() as patch:
        replace_built(patch, reactions, (heard,))
        cloud.pump.run_until_idle()
    return heard.facts


class Listener:
    """A reaction that keeps what it hears."""

    def __init__(self) -> None:
        self.facts: list[Event] = []

    def send(self, events: Sequence[Event]) -> None:
        self.facts += events


def photographed(ports: Ports) -> ServiceRequest:
    """A stored report with a photo that has been looked at and can be shown."""
    photo = Photo(photo_id=PHOTO_ID, state="shown")
    report = ports.repository.create(builders.report(photos=(photo,)))
    take_in(report.service_request_id, PHOTO_ID)
    return report


def take_in(service_request_id: str, photo_id: str) -> None:
    """What is there once a photo has been looked at: its files, and the record that says so."""
    settings = container.settings()
    for key in photo_keys(service_request_id, [photo_id]):
        boto3.client("s3").put_object(
            Bucket=settings.photos_bucket, Key=key.removeprefix("photos/"), Body=b"JPEG"
        )
    DynamoRecords(settings.reports_table).add(
        TakenIn(service_request_id=service_request_id, photo_id=photo_id, state="ready")
    )


def change(service_request_id: str, ports: Ports, **values: Any) -> None:
    stored = ports.repository.get(service_request_id)
    assert stored
    ports.repository.save(replace(stored, **values))


def hide(report: ServiceRequest, ports: Ports) -> None:
    change(report.service_request_id, ports, visibility="hidden")


def show(report: ServiceRequest, ports: Ports) -> None:
    change(report.service_request_id, ports, visibility="public")


def publish_and_hide_at_once(
    interleaving: Interleaving,
    report: ServiceRequest,
    ports: Ports,
    bucket: Bucket,
    *,
    already: bool,
) -> None:
    """One publishes the report as another hides it and then publishes that; `already`: an older
    form of it is published before."""
    bucket.empty()
    show(report, ports)
    if already:
        change(report.service_request_id, ports, state="open")
        deliver(report)
        change(report.service_request_id, ports, state="investigating")

    def hide_and_publish() -> None:
        hide(report, ports)
        deliver(report)

    interleave(interleaving, lambda: deliver(report), hide_and_publish)


def interleave(interleaving: Interleaving, *acts: Callable[[], None]) -> None:
    assert interleaving.run(*acts) == [None] * len(acts), interleaving.turns


def on(*keys: str) -> Callable[[Try], bool]:
    """True of the calls on these documents: all that matters to them while no report changes.
    The counts come last and write no tile, so they matter only where they are named."""
    this_thread = threading.local()
    counts = counts_key()

    def matters(this: Try) -> bool:
        key = path_of(this) if this.operation.startswith("s3.") else None
        if key == counts:
            this_thread.has_come_to_counts = True
        done = counts not in keys and hasattr(this_thread, "has_come_to_counts")
        return key in keys and not done

    return matters


def in_photos(this: Try) -> bool:
    """True of the calls on published photos, and of those that list them."""
    return path_of(this).startswith("photos/") or this.operation == "s3.ListObjectsV2"


def about(published: Callable[[Try], bool]) -> Callable[[Try], bool]:
    """True of such calls on what is published, of the one that writes the report, and of those
    that read it before it is written: all that read it later read the same."""
    this_thread = threading.local()
    written = threading.Event()

    def matters(this: Try) -> bool:
        if hasattr(this_thread, "writes"):
            written.set()
        if this.operation == "dynamodb.PutItem":
            this_thread.writes = True
            written.clear()
            return True
        if this.operation.startswith("dynamodb."):
            return not written.is_set()
        return published(this)

    return matters


# How facts are delivered


def deliveries_of(facts: Sequence[Event]) -> Iterator[tuple[str, list[Sequence[Event]]]]:
    """Named ways in which a queue may deliver the facts: each at least once."""
    yield "in order", in_batches(facts, MOST_IN_A_BATCH)
    yield "one by one", in_batches(facts, 1)
    yield "twice", in_batches([*facts, *facts], MOST_IN_A_BATCH)
    yield "reversed", in_batches(facts[::-1], MOST_IN_A_BATCH)
    for seed in range(effort(3, 20)):
        random = Random(seed)
        more = [*facts, *random.sample(facts, random.randint(0, len(facts)))]
        random.shuffle(more)
        yield f"shuffled by {seed}", in_batches(more, random.randint(1, MOST_IN_A_BATCH))


def in_batches(facts: Sequence[Event], size: int) -> list[Sequence[Event]]:
    return [facts[start : start + size] for start in range(0, len(facts), size)]


def delivered(facts: Sequence[Event]) -> list[Event]:
    """Delivers a batch as Lambda does; answers the facts that are to come again."""
    records = [
        {
            "messageId": f"{number}",
            "receiptHandle": f"receipt {number}",
            "body": msgspec.json.encode(fact).decode(),
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": publishing_events.QUEUE,
            "awsRegion": "eu-west-2",
        }
        for number, fact in enumerate(facts)
    ]
    answer = publishing_events.publish({"Records": records}, None)
    return [facts[int(failure["itemIdentifier"])] for failure in answer["batchItemFailures"]]


def changed(
    report: ServiceRequest, *, event_id: str = "event", purge: bool = False
) -> ReportChanged:
    """The fact that the report was changed where it is."""
    assert report.point
    tile = key_of(report.point, MAP_ZOOM)
    return ReportChanged(
        event_id=event_id,
        service_request_id=report.service_request_id,
        version=1,
        old_tile=tile,
        tile=tile,
        photos=tuple(photo.photo_id for photo in report.photos),
        purge=purge,
    )


def deliver(report: ServiceRequest) -> None:
    """Delivers the fact that the report was changed where it is."""
    assert delivered([changed(report)]) == []


# What is published


def published_anew(bucket: Bucket) -> Published:
    """What publishing everything makes of an empty bucket, without what configuration decides."""
    bucket.empty()
    ports = publishing_ports()
    assert publish_all(ports) == {}
    fixed = {*ports.fixed_documents(), SECURITY_TXT}
    return {key: held for key, held in bucket.documents().items() if key not in fixed}


def pins(report: ServiceRequest) -> set[str]:
    """The ids on the published tile where the report is."""
    held = publishing_ports().documents.read(tile_of(report))
    return {pin.service_request_id for pin in decode_pins(held.body)} if held else set()


def keys_of(report: ServiceRequest) -> dict[str, str]:
    """Where each document is that shows the report."""
    return {
        "JSON": report_key(report.service_request_id),
        "page": page_key(report.service_request_id),
        "page in Welsh": page_key(report.service_request_id, "cy"),
        "tile": tile_of(report),
        "counts": counts_key(),
    }


def tile_of(report: ServiceRequest) -> str:
    assert report.point
    return key_of_quadkey(key_of(report.point, MAP_ZOOM))


def counts_key() -> str:
    return key_of_tile(publishing_ports().council_tile)


def counted_open() -> int:
    """How many open reports the published counts tell of."""
    held = publishing_ports().documents.read(counts_key())
    return sum(count.open for count in decode_counts(held.body)) if held else 0


def path_of(this: Try) -> str:
    """The S3 key that a try is about."""
    return urlsplit(this.url).path.removeprefix("/")


# Queues


def bodies_in(queue: str) -> list[str]:
    received = boto3.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [message["Body"] for message in received.get("Messages", [])]


def dead_letter_queue(queue: str) -> str:
    sqs = boto3.client("sqs")
    answer = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["RedrivePolicy"])
    arn = json.loads(answer["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"]
    return sqs.get_queue_url(QueueName=arn.rsplit(":", 1)[1])["QueueUrl"]


def counted(queue: str) -> set[str]:
    """How many messages the queue has, visible or not."""
    answer = boto3.client("sqs").get_queue_attributes(
        QueueUrl=queue,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )
    return set(answer["Attributes"].values())
