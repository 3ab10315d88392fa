"""Open data and feeds follow the stored reports, even with other publishers at the same time."""

import json
from collections.abc import Callable
from typing import Any, get_args

import boto3
import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.publishing import page_renderers, publishing_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.events import Event
from chalicelib.handlers.publishing import publishing_events
from chalicelib.publishing.lists import rebuild_lists
from chalicelib.publishing.open_data import COLUMNS
from chalicelib.publishing.open_data_index import list_key
from chalicelib.publishing.part_files import PartTarget
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Contact, Flag, Note, Photo
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import ReportView, Visibility
from chalicelib.reports.usecases import reading
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.reading import views_of
from chalicelib.reports.usecases.staff.case_changes import change_report
from infra.local.cloud import Cloud
from tests.conftest import ROOT
from tests.contract.test_publishing_at_the_seam import (
    Bucket,
    changed,
    hide,
    interleave,
    path_of,
    show,
)
from tests.support import builders
from tests.support.builders import NOON
from tests.support.composition import replace_built
from tests.support.fakes import MemoryDocuments
from tests.support.seam import Interleaving, Try, every_interleaving

EVENT = json.loads(
    (ROOT / "tests" / "events" / "publish_open_data.json").read_text(encoding="utf-8")
)
DAY = "2026-06-01"
ALL = "feeds/all.atom"
MOST_RUNS = 60
NOWHERE = {"lat": None, "long": None}
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
CANARY = "CANARY"
PERSONAL: dict[str, Any] = {
    "contact": Contact(name=CANARY, email=f"{CANARY}@example.org"),
    "reporter": CANARY,
    "attributes": {"name": (CANARY,)},
    "flags": (Flag(flag_id="F", reason="personal_data", text=CANARY, datetime=NOON),),
    "photos": (Photo(photo_id=CANARY, state="hidden"), Photo(photo_id=CANARY, state="waiting")),
    "fingerprint": CANARY,
}
"""What nobody may see of a public report."""


def told(*facts: Event) -> list[str]:
    """The messages that the function of open data did not finish, of a batch with these facts."""
    [record] = EVENT["Records"]
    records = [
        {**record, "messageId": str(number), "body": msgspec.json.encode(fact).decode()}
        for number, fact in enumerate(facts)
    ]
    answer = publishing_events.publish_open_data({"Records": records}, None)
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def fact(report: ServiceRequest, *, purge: bool = False) -> Event:
    return msgspec.structs.replace(changed(report, purge=purge), day=DAY)


@pytest.fixture
def ports(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Ports:
    """With feeds of one service alone: each more is as many calls of the same kind."""
    here = publishing_ports()
    publisher = here.publisher._replace(services={"pothole": "Pothole"})
    replace_built(monkeypatch, publishing_ports, replace(here, publisher=publisher))
    return reports_ports()


@pytest.fixture
def bucket(cloud: Cloud) -> Bucket:
    return Bucket(cloud.bucket)


def when_written(this: Try) -> bool:
    """True of the calls that hide the report, and that write what stands for all lists here."""
    lists = this.operation == "s3.PutObject" and path_of(this) in (list_key(DAY), ALL)
    return lists or this.operation == "dynamodb.PutItem"


def take_back(report: ServiceRequest) -> None:
    """Delivers the fact that something of the report was taken back."""
    assert told(fact(report, purge=True)) == []


def naming(report: ServiceRequest, bucket: Bucket) -> set[str]:
    """The lists and feeds that tell of the report."""
    wanted = report.service_request_id.encode()
    return {key for key in lists_and_feeds(bucket) if wanted in body(key, bucket)}


def lists_and_feeds(bucket: Bucket) -> list[str]:
    keys = bucket.keys()
    return [key for key in keys if key.startswith(("data/open/", "feeds/"))]


def body(key: str, bucket: Bucket) -> bytes:
    read: bytes = boto3.client("s3").get_object(Bucket=bucket.name, Key=key)["Body"].read()
    return read


def hide_while_lists_are_made(
    interleaving: Interleaving,
    report: ServiceRequest,
    other: ServiceRequest,
    ports: Ports,
    bucket: Bucket,
) -> None:
    """One batch lists the report for the first time as it is hidden, and another one deals with
    that; the lists of before have another report."""
    bucket.empty()
    hide(report, ports)
    told(fact(other))
    show(report, ports)

    def list_it() -> None:
        assert told(fact(report)) == []

    def hide_and_publish() -> None:
        hide(report, ports)
        take_back(report)

    interleave(interleaving, list_it, hide_and_publish)


def two_reports(ports: Ports) -> tuple[ServiceRequest, ServiceRequest]:
    one, other = (ports.repository.create(builders.report(number)) for number in (1, 2))
    return one, other


def test_no_list_names_a_report_in_any_interleaving_when_it_is_hidden_during_publishing(
    ports: Ports, bucket: Bucket
) -> None:
    report, other = two_reports(ports)
    for interleaving in every_interleaving(parked_at=when_written, at_least=3, at_most=MOST_RUNS):
        hide_while_lists_are_made(interleaving, report, other, ports, bucket)
        assert naming(report, bucket) == set(), interleaving.turns


def test_listed_report_is_detected_when_the_second_check_is_missing(
    ports: Ports, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = PartTarget.put
    report, other = two_reports(ports)
    monkeypatch.setattr(PartTarget, "put", lambda *these: put(*these) and False)
    found = 0
    for interleaving in every_interleaving(parked_at=when_written, at_most=MOST_RUNS):
        hide_while_lists_are_made(interleaving, report, other, ports, bucket)
        found += naming(report, bucket) != set()
    assert found > 0


@pytest.mark.parametrize("place", [{}, NOWHERE], ids=["at a place", "nobody knows where"])
def test_report_is_in_lists_and_feeds_as_long_as_it_is_public(
    place: dict[str, Any], cloud: Cloud, ports: Ports, bucket: Bucket
) -> None:
    stored = ports.repository.create(builders.report(**place))
    cloud.pump.run_until_idle()
    assert len(naming(stored, bucket)) == 6  # Three lists, an archive, and two feeds.
    now = ports.repository.get(stored.service_request_id)
    assert now
    change_report(
        stored.service_request_id, ReportChanges(visibility="hidden"), now.version, OFFICER, ports
    )
    cloud.pump.run_until_idle()
    assert naming(stored, bucket) == set()


def test_message_comes_again_when_a_list_is_not_published(
    ports: Ports, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing(MemoryDocuments):
        def write(self, *_: object) -> None:
            raise UpstreamFailed("The store of documents did not answer.")

    here = publishing_ports()
    refused = replace(here, documents=Refusing())
    report = ports.repository.create(builders.report())
    replace_built(monkeypatch, publishing_ports, refused)
    assert told(fact(report)) == ["0"]
    replace_built(monkeypatch, publishing_ports, here)
    assert told(fact(report)) == []
    assert list_key(DAY) in lists_and_feeds(bucket)


def test_fact_without_a_public_change_costs_no_call_of_the_store(
    ports: Ports, bucket: Bucket
) -> None:
    report = ports.repository.create(builders.report())
    unseen = msgspec.structs.replace(changed(report), day=DAY, shows_change=False)
    assert told(unseen) == []
    assert lists_and_feeds(bucket) == []


def test_open_data_needs_no_templates(ports: Ports, bucket: Bucket) -> None:
    """A new process of this function does not load Jinja."""
    assert told(fact(ports.repository.create(builders.report()))) == []
    assert list_key(DAY) in lists_and_feeds(bucket)
    assert (page_renderers,) not in container.BUILT


# Nothing else


def stored_with_canaries(ports: Ports) -> ServiceRequest:
    """Answers a public report of which everybody may see all but the canaries; nobody may see
    anything of the others."""
    stored = ports.repository.create(builders.report(1, **PERSONAL))
    note = Note(note_id="N", datetime=NOON, sender=CANARY, text=CANARY)
    ports.repository.add_note(stored.service_request_id, note)
    words = ("title", "description", "address", "external_reference")
    said: dict[str, Any] = dict.fromkeys(words, CANARY)
    said["updates"] = (builders.update(text=CANARY, by="council"),)
    others = [each for each in get_args(Visibility) if each != "public"]
    assert len(others) >= 5
    for number, visibility in enumerate(others, 2):
        values = PERSONAL | said | {"visibility": visibility, "once_public": True}
        ports.repository.create(builders.report(number, **values))
    return stored


def published_whichever_way(ports: Ports, bucket: Bucket) -> list[str]:
    """What the function and then the command have written, one document after another."""
    told(
        *(
            fact(report)
            for report in ports.repository.get_many(list(ports.repository.list_ids())).values()
        )
    )
    found = [body(key, bucket).decode() for key in lists_and_feeds(bucket)]
    assert rebuild_lists(publishing_ports()) == {}
    return found + [body(key, bucket).decode() for key in lists_and_feeds(bucket)]


def test_nothing_personal_and_nothing_that_is_not_public_is_in_any_list(
    ports: Ports, bucket: Bucket
) -> None:
    report = stored_with_canaries(ports)
    documents = published_whichever_way(ports, bucket)
    assert len([each for each in documents if report.service_request_id in each]) == 12
    assert not [each for each in documents if CANARY in each or "R00000000002" in each]


def shows_everything(patch: pytest.MonkeyPatch, ports: Ports) -> None:
    def everything(ids: list[str], ports: Ports) -> dict[str, Any]:
        found = views_of(ports.repository.get_many(ids).values(), ports)
        return {view.service_request_id: view for view in found}

    patch.setattr(reading, "public_views", everything)


def tells_all_of_a_report(patch: pytest.MonkeyPatch, ports: Ports) -> None:
    here = publishing_ports()

    def entry(report: ReportView) -> dict[str, Any]:
        stored = ports.repository.get(report.service_request_id)
        return {
            **here.open311_entry(report),
            "contact": msgspec.to_builtins(stored and stored.contact),
        }

    replace_built(patch, publishing_ports, replace(here, open311_entry=entry))


@pytest.mark.parametrize("defect", [shows_everything, tells_all_of_a_report])
def test_canary_is_detected_in_a_list(
    defect: Callable[[pytest.MonkeyPatch, Ports], None],
    ports: Ports,
    bucket: Bucket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored_with_canaries(ports)
    defect(monkeypatch, ports)
    assert [each for each in published_whichever_way(ports, bucket) if CANARY in each]


def test_list_has_these_fields_and_no_other(ports: Ports, bucket: Bucket) -> None:
    """A field that is added to Open311 has to be decided on here: open data or not."""
    told(fact(ports.repository.create(builders.report(title="A hole"))))
    [entry] = json.loads(body(list_key(DAY), bucket))
    always_empty = {"service_notice", "address_id", "zipcode"}
    extended = entry.pop("extended_attributes")
    assert {*entry, *extended} == {*COLUMNS, *always_empty, "media_urls"}
    assert {entry[each] for each in always_empty} == {None}
