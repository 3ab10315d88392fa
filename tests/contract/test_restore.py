"""A table that was restored from a backup gives back what the live one lacks, and only that."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from click.testing import CliRunner

from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import ConfigurationError
from chalicelib.reports.usecases import following, reading, submission, updating
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.resident import withdrawing
from infra.local.cloud import Cloud
from infra.restore import Summary, copy_missing_reports, restore_reports
from tests.support.builders import draft, report, update_draft
from tests.support.seam import Answer, Try, hook_tries

RESTORED = "reports-as-they-were"


def submit(key: str) -> str:
    return submission.submit(draft(), key, Author(), reports_ports()).service_request_id


def records(table: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = boto3.client("dynamodb").scan(TableName=table)["Items"]
    return sorted(items, key=lambda item: (item["service_request_id"]["S"], item["record"]["S"]))


@pytest.fixture
def live(new_cloud: Cloud) -> str:
    return new_cloud.environment["REPORTS_TABLE"]


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that it would have waited."""
    seconds: list[float] = []
    monkeypatch.setattr("infra.restore.sleep", seconds.append)
    return seconds


@pytest.fixture
def back_up(live: str) -> Callable[[], None]:
    """Makes the backup as the guide says: the live table as it is now, under another name."""

    def restored() -> None:
        boto3.client("dynamodb").restore_table_to_point_in_time(
            SourceTableName=live, TargetTableName=RESTORED, RestoreDateTime=datetime.now(UTC)
        )

    return restored


def run(live: str) -> Summary:
    return copy_missing_reports(boto3.client("dynamodb"), RESTORED, live, lambda _: None)


def lose(live: str, service_request_id: str, *, but: str = "") -> None:
    """Deletes the report with all that belongs to it, but for the record of that name."""
    for record in records(live):
        if record["service_request_id"]["S"] == service_request_id and record["record"]["S"] != but:
            key = {name: record[name] for name in ("service_request_id", "record")}
            boto3.client("dynamodb").delete_item(TableName=live, Key=key)


def add_photo(live: str, service_request_id: str) -> None:
    names = {"service_request_id": service_request_id, "record": "photo#P", "state": "ready"}
    item = {name: {"S": value} for name, value in names.items()}
    boto3.client("dynamodb").put_item(TableName=live, Item=item)


def archive(service_request_id: str, number: int) -> None:
    """An update that was moved out of its report."""
    ports = reports_ports()
    updating.add_update(
        service_request_id, update_draft(text="It moved."), "archived", Author(), ports
    )
    stored = ports.repository.get(service_request_id)
    assert stored
    ports.repository.archive_updates(service_request_id, stored.updates, first=number, version=1)


def test_lost_records_are_restored_and_published(
    new_cloud: Cloud, live: str, back_up: Callable[[], None]
) -> None:
    lost, kept = submit("lost"), submit("kept")
    following.follow_report(lost, "follower", Author(), reports_ports())
    add_photo(live, lost)
    archive(lost, 0)
    new_cloud.pump.run_until_idle()
    before = records(live)
    back_up()
    lose(live, lost)
    boto3.client("s3").delete_object(Bucket=new_cloud.bucket, Key=f"data/reports/{lost}.json")
    assert run(live) == Summary(restored=4, alike=1, left=())
    assert records(live) == before
    new_cloud.pump.run_until_idle()
    documents = publishing_ports().documents
    assert documents.read(f"data/reports/{lost}.json") and documents.read(
        f"data/reports/{kept}.json"
    )
    assert run(live) == Summary(restored=0, alike=5, left=())


def test_report_is_restored_as_private_when_its_service_became_private(
    new_cloud: Cloud, live: str, back_up: Callable[[], None]
) -> None:
    ports = reports_ports()
    lost = ports.repository.create(report(service_code="noise-nuisance", once_public=True))
    back_up()
    lose(live, lost.service_request_id)
    answer = CliRunner().invoke(restore_reports, [RESTORED])
    assert answer.exit_code == 0, answer.output
    assert "1 made private, because their service is private." in answer.output
    new_cloud.pump.run_until_idle()
    back = ports.repository.get(lost.service_request_id)
    assert back and back.visibility == "private"
    key = f"data/reports/{lost.service_request_id}.json"
    assert publishing_ports().documents.read(key) is None


def test_rest_of_a_report_is_restored_when_the_previous_run_was_interrupted(
    live: str, back_up: Callable[[], None]
) -> None:
    lost = submit("lost")
    following.follow_report(lost, "follower", Author(), reports_ports())
    archive(lost, 0)
    before = records(live)
    back_up()
    lose(live, lost)

    def end_at_the_report(this: Try, answer: Answer) -> Any:
        if this.operation == "dynamodb.TransactWriteItems" and b"ConditionCheck" not in this.body:
            raise KeyboardInterrupt
        return answer()

    with hook_tries(end_at_the_report), pytest.raises(KeyboardInterrupt):
        run(live)
    assert run(live) == Summary(restored=1, alike=2, left=())
    assert records(live) == before


def test_report_that_changed_since_stays_as_it_is(live: str, back_up: Callable[[], None]) -> None:
    changed = submit("changed")
    back_up()
    later, ports = submit("later"), reports_ports()
    updating.add_update(changed, update_draft(), "update", Author(), ports)
    assert run(live) == Summary(0, 0, (f"{changed} report",))
    view = reading.view_report(changed, Author(), ports)
    assert [each.text for each in view.updates] == ["Still there."]
    assert reading.view_report(later, Author(), ports).service_request_id == later


def test_nothing_of_a_withdrawn_report_is_restored(live: str, back_up: Callable[[], None]) -> None:
    withdrawn, ports = submit("withdrawn"), reports_ports()
    following.follow_report(withdrawn, "follower", Author(), ports)
    add_photo(live, withdrawn)
    archive(withdrawn, 0)
    back_up()
    withdrawing.withdraw_report(withdrawn, "withdrawn", Author(), ports)
    lose(live, withdrawn, but="report")
    before = records(live)
    summary = run(live)
    assert (summary.restored, summary.alike, len(summary.left)) == (0, 0, 4)
    assert records(live) == before


def test_photo_is_not_restored_without_its_report(live: str, back_up: Callable[[], None]) -> None:
    add_photo(live, "R00000000009")
    back_up()
    lose(live, "R00000000009")
    assert run(live) == Summary(0, 0, ("R00000000009 photo#P",))
    assert records(live) == []


@pytest.mark.parametrize("at_its_own_write", [False, True])
def test_report_stays_as_it_is_when_it_was_stored_between_look_and_write(
    at_its_own_write: bool, live: str, back_up: Callable[[], None]
) -> None:
    repository = reports_ports().repository
    repository.create(report(1))
    following.follow_report("R00000000001", "follower", Author(), reports_ports())
    back_up()
    lose(live, "R00000000001")
    again = report(1, description="Sent once more.")

    def somebody_is_faster(this: Try, answer: Answer) -> Any:
        if this.operation == "dynamodb.TransactWriteItems":
            is_its_own = b"ConditionCheck" not in this.body
            if is_its_own == at_its_own_write and repository.get("R00000000001") is None:
                repository.create(again)
        return answer()

    with hook_tries(somebody_is_faster):
        summary = run(live)
    assert "R00000000001 report" in summary.left
    stored = repository.get("R00000000001")
    assert stored and stored.description == "Sent once more."
    assert summary.restored == int(at_its_own_write)


def test_restoring_is_refused_when_the_table_is_still_being_made(
    live: str, back_up: Callable[[], None]
) -> None:
    back_up()
    client = boto3.client("dynamodb")

    def creating(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Table"]["TableStatus"] = "CREATING"

    client.meta.events.register("after-call.dynamodb.DescribeTable", creating)
    with pytest.raises(ConfigurationError, match="is not ready yet, it is CREATING: wait until"):
        copy_missing_reports(client, RESTORED, live, lambda _: None)


def test_restoring_is_refused_when_the_table_is_not_one_of_ours(live: str) -> None:
    with pytest.raises(ConfigurationError, match=f"no table {RESTORED}"):
        run(live)
    boto3.client("dynamodb").create_table(
        TableName=RESTORED,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    with pytest.raises(ConfigurationError, match="is not a table of reports"):
        run(live)


def test_restoring_is_refused_when_the_table_is_the_live_one(live: str) -> None:
    answer = CliRunner().invoke(restore_reports, [live])
    assert isinstance(answer.exception, ConfigurationError)
    assert "name the restored one" in str(answer.exception)


def test_command_lists_restored_and_skipped_records(live: str, back_up: Callable[[], None]) -> None:
    one, other = submit("one"), submit("other")
    back_up()
    answer = CliRunner().invoke(restore_reports, [RESTORED])
    assert "0 records restored, 2 already there, 0 different and left unchanged." in answer.output
    updating.add_update(one, update_draft(), "update", Author(), reports_ports())
    lose(live, other)
    answer = CliRunner().invoke(restore_reports, [RESTORED])
    assert "1 records restored, 0 already there, 1 different and left unchanged:" in answer.output
    assert answer.output.splitlines()[-1] == f"{one} report"
