"""A table that was restored from a backup gives back what the live one lacks, and only that."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from click.testing import CliRunner

from chalicelib import bootstrap
from chalicelib.errors import ConfigurationError
from chalicelib.reports import usecases
from chalicelib.reports.usecases import Author
from infra.local.cloud import Cloud
from infra.restore import Summary, restore, restore_reports
from tests.builders import draft, update_draft

RESTORED = "reports-as-they-were"


def submit(key: str) -> str:
    return usecases.submit(draft(), key, Author(), bootstrap.reports_ports()).service_request_id


def records(table: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = boto3.client("dynamodb").scan(TableName=table)["Items"]
    return sorted(items, key=lambda item: (item["service_request_id"]["S"], item["record"]["S"]))


@pytest.fixture
def live(cloud: Cloud) -> str:
    return cloud.environment["REPORTS_TABLE"]


@pytest.fixture
def back_up(live: str) -> Callable[[], None]:
    """Makes the backup as the guide says: the live table as it is now, under another name."""

    def restored() -> None:
        boto3.client("dynamodb").restore_table_to_point_in_time(
            SourceTableName=live, TargetTableName=RESTORED, RestoreDateTime=datetime.now(UTC)
        )

    return restored


def run(live: str, *, overwrite: bool = False) -> Summary:
    client = boto3.client("dynamodb")
    return restore(client, RESTORED, live, lambda _: None, overwrite=overwrite)


def test_what_was_lost_comes_back_and_is_published(
    cloud: Cloud, live: str, back_up: Callable[[], None]
) -> None:
    lost, kept = submit("lost"), submit("kept")
    usecases.follow(lost, "follower", Author(), bootstrap.reports_ports())
    cloud.pump.run_until_idle()
    before = records(live)
    back_up()
    client = boto3.client("dynamodb")
    for record in before:
        if record["service_request_id"]["S"] == lost:
            key = {name: record[name] for name in ("service_request_id", "record")}
            client.delete_item(TableName=live, Key=key)
    boto3.client("s3").delete_object(Bucket=cloud.bucket, Key=f"data/reports/{lost}.json")
    assert run(live) == Summary(put_back=2, alike=1, different=0)
    assert records(live) == before
    cloud.pump.run_until_idle()
    documents = bootstrap.publishing_ports().documents
    assert documents.read(f"data/reports/{lost}.json") and documents.read(
        f"data/reports/{kept}.json"
    )
    assert run(live) == Summary(put_back=0, alike=3, different=0)


@pytest.mark.parametrize(("overwrite", "texts"), [(False, ["Still there."]), (True, [])])
def test_what_changed_since_stays_unless_it_is_to_be_overwritten(
    overwrite: bool, texts: list[str], live: str, back_up: Callable[[], None]
) -> None:
    changed = submit("changed")
    back_up()
    later, ports = submit("later"), bootstrap.reports_ports()
    usecases.add_update(changed, update_draft(), "update", Author(), ports)
    summary = run(live, overwrite=overwrite)
    assert summary == Summary(int(overwrite), 0, int(not overwrite))
    view = usecases.view(changed, Author(), ports)
    assert [each.text for each in view.updates] == texts
    assert usecases.view(later, Author(), ports).service_request_id == later


def test_restoring_is_refused_when_the_table_is_not_one_of_ours(live: str) -> None:
    with pytest.raises(ConfigurationError, match=f"no table {RESTORED}"):
        run(live)
    boto3.client("dynamodb").create_table(
        TableName=RESTORED,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    with pytest.raises(ConfigurationError, match="is no table of reports"):
        run(live)


def test_restoring_is_refused_when_the_table_is_the_live_one(live: str) -> None:
    answer = CliRunner().invoke(restore_reports, [live])
    assert isinstance(answer.exception, ConfigurationError)
    assert "name the one that was restored" in str(answer.exception)


def test_command_says_what_it_put_back(live: str, back_up: Callable[[], None]) -> None:
    submit("one")
    back_up()
    answer = CliRunner().invoke(restore_reports, [RESTORED])
    assert "0 records put back, 1 there already, 0 there and different" in answer.output
