"""A person is erased though the work is cut short at each of its AWS calls: no personal data is
left in tables, indexes, documents, photos, queues and logs."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import boto3
import pytest
import time_machine
from click.testing import CliRunner
from msgspec.structs import replace

from chalicelib.accounts.erasure_ports import ErasurePorts
from chalicelib.accounts.usecases.erasing import INDEX_LAG, begin_erasure, erase_due
from chalicelib.accounts.usecases.sessions import find_signed_in
from chalicelib.bootstrap.accounts import accounts_ports, limit_ports
from chalicelib.bootstrap.privacy import erasure_ports
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.bootstrap.reports import photos_ports, reports_ports
from chalicelib.errors import Conflict, UpstreamFailed
from chalicelib.handlers.accounts import privacy_events
from chalicelib.handlers.http.event import HandlerFailed
from chalicelib.kernel.time import utc_now
from chalicelib.photos.usecases.cleanup import sweep
from chalicelib.reports.usecases.lifecycle.forgetting import REMOVED
from infra.local.cloud import Cloud
from infra.restore import restore_reports
from infra.tokens import account_with
from tests.conftest import ROOT
from tests.support.composition import replace_built
from tests.support.effort import sample
from tests.support.personal_data import OTHERS, Resident, places_with, resident, stored_texts
from tests.support.seam import Answer, Try, hook_tries, record_tries

EVENT = json.loads((ROOT / "tests" / "events" / "erase.json").read_text(encoding="utf-8"))
STAYS = {"AUDIT_TABLE None", "AUDIT_TABLE by-subject"}
"""Accounts and reports by their ids alone: what a backup brings back is forgotten again by it."""
numbers = count(1)


def somebody(**values: bool) -> Resident:
    return resident(next(numbers), **values)


def begin(person: Resident, *, redact: bool = False) -> None:
    account = accounts_ports().accounts.get(person.account.account_id)
    assert account
    begin_erasure(account, redact=redact, ports=erasure_ports())


def work() -> None:
    """What the schedule does, after what was sent before can be found."""
    with time_machine.travel(utc_now() + INDEX_LAG, tick=False):
        assert erase_due(erasure_ports()) == {}


def sweep_later() -> None:
    """Photos that were let go are gone a day later."""
    with time_machine.travel(utc_now() + timedelta(days=1), tick=False):
        assert sweep(photos_ports()) == {}


def assert_are_forgotten(cloud: Cloud, *them: Resident) -> None:
    sweep_later()
    found = stored_texts(cloud)
    owner = accounts_ports().accounts.owner
    for person in them:
        traces = (person.canary, person.phone, *person.others[1:])
        assert [where for where, text in found if any(each in text for each in traces)] == []
        assert {where for where, text in found if person.account.account_id in text} <= STAYS
        assert all(owner(each.destination) is None for each in person.account.addresses)
        others = reports_ports().repository.get(person.with_same_email)
        assert others and (others.contact, others.reporter) == (OTHERS, "somebody-else")


def test_trace_is_detected_in_a_table_a_bucket_and_a_queue(cloud: Cloud) -> None:
    s3, sqs, dynamodb = boto3.client("s3"), boto3.client("sqs"), boto3.client("dynamodb")
    bucket, queue = cloud.environment["MAIL_BUCKET"], sqs.list_queues()["QueueUrls"][0]
    key: Any = {"log": {"S": "x"}, "place": {"S": "planted"}}
    s3.put_object(Bucket=bucket, Key="mail", Body=b"planted")
    sqs.send_message(QueueUrl=queue, MessageBody="planted")
    dynamodb.put_item(TableName=cloud.environment["AUDIT_TABLE"], Item=key)
    assert places_with(["planted"], cloud) == {bucket, queue, "AUDIT_TABLE None"}
    s3.delete_object(Bucket=bucket, Key="mail")
    sqs.purge_queue(QueueUrl=queue)
    dynamodb.delete_item(TableName=cloud.environment["AUDIT_TABLE"], Key=key)
    assert places_with(["planted"], cloud) == set()


def test_personal_data_is_erased_and_the_report_stays(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    person = somebody(with_long_timeline=True, with_answers=True)
    cloud.pump.run_until_idle()
    assert len(places_with(person.traces(), cloud)) >= 6
    begin(person)
    work()
    cloud.pump.run_until_idle()
    assert_are_forgotten(cloud, person)
    said = capsys.readouterr()
    assert not [trace for trace in person.traces() if trace in said.out + said.err]
    reports = reports_ports().repository
    public, private = (reports.get(each) for each in person.reports)
    assert public and public.description == "A deep hole." and public.visibility == "public"
    assert public.photos and public.updates and public.archived
    assert private and private.description == REMOVED
    assert (private.lat, private.long) == (53.96, -1.08)
    neighbours = reports.get(person.neighbour)
    assert neighbours and (neighbours.followers, neighbours.said_not_fixed) == (0, 0)
    assert [each.text for each in neighbours.updates[-2:]] == [
        "Seen too, says everybody.",
        "Not so, says everybody.",
    ]
    assert neighbours.photos and neighbours.flags == ()
    assert {each.author for each in neighbours.updates} == {None}


def test_public_text_is_erased_too_on_request(cloud: Cloud) -> None:
    person = somebody(in_public=True, with_answers=True)
    cloud.pump.run_until_idle()
    assert places_with([person.canary], cloud) >= {cloud.bucket, cloud.environment["PHOTOS_BUCKET"]}
    begin(person, redact=True)
    work()
    repository = reports_ports().repository
    report = repository.get(person.reports[0])
    assert report and (report.description, report.title, report.address) == (REMOVED, None, None)
    texts = {
        each.text
        for each in (*report.updates, *repository.list_archived_updates(person.reports[0]))
    }
    assert texts == {REMOVED} and report.point
    cloud.pump.run_until_idle()
    assert_are_forgotten(cloud, person)
    documents = publishing_ports().documents
    page = documents.read(f"data/reports/{person.reports[0]}.json")
    assert page and REMOVED.encode() in page.body


class CrashError(BaseException):
    """The process ends: no Exception, so that nothing can take care of it."""


READS = ("dynamodb.GetItem", "dynamodb.Query", "dynamodb.BatchGetItem")


def writes() -> int:
    """How many calls of forgetting somebody change something."""
    begin(somebody(in_public=True), redact=True)
    with record_tries() as tries:
        work()
    return sum(this.operation not in READS for this in tries)


def test_erasure_continues_after_an_interruption_anywhere(cloud: Cloud) -> None:
    """Before each write, after the one before it was applied: what was read is kept nowhere."""
    total, them = writes(), []
    assert total > 25
    for applied in sample(range(total), 4):
        them.append(somebody(in_public=True))
        begin(them[-1], redact=True)
        made = count()

        def crash(
            this: Try, answer: Answer, applied: int = applied, made: Iterator[int] = made
        ) -> object:
            if this.operation not in READS and next(made) == applied:
                raise CrashError
            return answer()

        with hook_tries(crash), pytest.raises(CrashError):
            work()
        work()
    assert_are_forgotten(cloud, *them)
    assert erasure_ports().erasures.list_pending() == []


def test_request_can_be_interrupted_and_repeated(cloud: Cloud) -> None:
    them = []
    for nth in range(1, 6):
        them.append(somebody())

        def crash(this: Try, answer: Answer, nth: int = nth) -> object:
            if this.call != nth:
                return answer()
            answer()
            raise CrashError

        try:
            with hook_tries(crash):
                begin(them[-1])
        except CrashError:
            begin(them[-1])
    work()
    assert_are_forgotten(cloud, *them)


def test_erasure_is_done_when_the_account_cannot_be_closed_at_once(
    cloud: Cloud,
) -> None:
    person = somebody()
    refused: list[Try] = []

    def changed_meanwhile(this: Try, answer: Answer) -> object:
        is_account = b'"account"' in this.body and b"disabled_at" in this.body
        if this.operation == "dynamodb.PutItem" and is_account and not refused:
            refused.append(this)
            people, account = accounts_ports(), person.account
            current = people.accounts.get(account.account_id)
            assert current
            people.accounts.save(replace(current, language="cy"))
        return answer()

    with hook_tries(changed_meanwhile):
        begin(person)
    assert refused
    work()
    assert_are_forgotten(cloud, person)


def test_account_is_closed_at_once(cloud: Cloud) -> None:
    person, people = somebody(), accounts_ports()
    (session,) = people.sessions.of(person.account.account_id)
    begin(person)
    assert find_signed_in(person.account.account_id, session.session_id, people) is None


@pytest.mark.parametrize("failure", [UpstreamFailed("not now"), ValueError("cannot be read")])
def test_failed_erasure_continues_later_and_delays_no_other(
    failure: Exception, cloud: Cloud
) -> None:
    first, second = somebody(), somebody()
    for each in (first, second):
        begin(each)
    with time_machine.travel(utc_now() + INDEX_LAG, tick=False):
        ports = erasure_ports()
        failed = erase_due(failing_for(first.account.account_id, failure, ports))
    assert set(failed) == {first.account.account_id}
    assert_are_forgotten(cloud, second)
    work()
    assert_are_forgotten(cloud, first)


def test_erasures_end_when_the_keys_of_networks_cannot_be_dropped(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Down:
        def key(self, address: str) -> str:
            raise AssertionError

        def drop_old_keys(self) -> None:
            raise UpstreamFailed("not now")

    begin(somebody())
    limits = replace(limit_ports(), networks=Down())
    replace_built(monkeypatch, limit_ports, limits)
    with time_machine.travel(utc_now() + INDEX_LAG, tick=False), pytest.raises(HandlerFailed):
        privacy_events.erase(EVENT, None)
    assert erasure_ports().erasures.list_pending() == []


def failing_for(account_id: str, failure: Exception, ports: ErasurePorts) -> ErasurePorts:
    class Failing:
        def __getattr__(self, name: str) -> Any:
            return getattr(ports.sessions, name)

        def remove(self, owner: str) -> None:
            if owner == account_id:
                raise failure
            ports.sessions.remove(owner)

    return replace(ports, sessions=Failing())


@pytest.mark.parametrize(("after", "works"), [(-1, False), (0, True), (1, True)])
def test_erasure_starts_when_the_indexes_are_up_to_date(
    after: int, works: bool, cloud: Cloud
) -> None:
    person = somebody()
    begin(person)
    (erasure,) = erasure_ports().erasures.list_pending()
    moment = erasure.requested_at + INDEX_LAG + timedelta(seconds=after)
    with time_machine.travel(moment, tick=False):
        erase_due(erasure_ports())
    assert (erasure_ports().erasures.list_pending() == []) is works
    work()


def test_staff_are_not_erased_before_their_role_ends(cloud: Cloud) -> None:
    officer = account_with("officer", "some-officer", accounts_ports())
    with pytest.raises(Conflict, match="Ask an administrator"):
        begin_erasure(officer, redact=False, ports=erasure_ports())


def mentions(item: Any, texts: list[str]) -> bool:
    return any(text in str(item) for text in texts)


def lose(cloud: Cloud, service_request_ids: list[str]) -> None:
    """Deletes all records of the reports from the live table."""
    client, live = boto3.client("dynamodb"), cloud.environment["REPORTS_TABLE"]
    for item in client.scan(TableName=live)["Items"]:
        if item["service_request_id"]["S"] in service_request_ids:
            key = {name: item[name] for name in ("service_request_id", "record")}
            client.delete_item(TableName=live, Key=key)


@pytest.mark.parametrize("redact", [False, True])
def test_person_is_erased_again_when_a_backup_restored_the_data(
    redact: bool, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, client = somebody(in_public=redact, with_answers=redact), boto3.client("dynamodb")
    live, people = cloud.environment["REPORTS_TABLE"], cloud.environment["ACCOUNTS_TABLE"]
    backup = f"reports-before-{person.canary}"
    client.restore_table_to_point_in_time(
        SourceTableName=live, TargetTableName=backup, RestoreDateTime=utc_now()
    )
    items = client.scan(TableName=people)["Items"]
    begin(person, redact=redact)
    work()
    # The table of people came back as a whole, and of the reports what the command copies.
    for item in items:
        if mentions(item, person.traces()):
            client.put_item(TableName=people, Item=item)
    lose(cloud, [*person.reports, person.neighbour, person.with_same_email])
    waited: list[tuple[float, bool]] = []

    def wait(seconds: float) -> None:
        waited.append((seconds, "REPORTS_TABLE None" in places_with([person.canary], cloud)))

    monkeypatch.setattr("infra.restore.sleep", wait)
    answer = CliRunner().invoke(restore_reports, [backup])
    assert answer.exit_code == 0, answer.output
    client.delete_table(TableName=backup)
    assert waited == [(INDEX_LAG.total_seconds(), True)]
    assert_are_forgotten(cloud, person)
    assert reports_ports().repository.get(person.reports[0])
