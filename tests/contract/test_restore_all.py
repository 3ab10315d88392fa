"""After every table was lost, the documented order of restoring them brings everything back: what
is stored equals the backup, and `python -m infra check` finds no fault."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from click.testing import CliRunner

from chalicelib.accounts.model import Destination, Erasure
from chalicelib.accounts.usecases.erasing import erase
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.alerts import index_ports
from chalicelib.bootstrap.privacy import erasure_ports
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.bootstrap.reports import reports_ports, stored_jobs
from chalicelib.publishing.republishing import publish_all
from chalicelib.reports.usecases import submission
from chalicelib.reports.usecases.access import Author
from infra.check import check
from infra.figures import publish_all_figures, recount_figures
from infra.local.cloud import Cloud
from infra.resources import template
from infra.restore import restore_reports
from infra.restore_table import TABLES, restore_table
from infra.tokens import account_with
from tests.conftest import ROOT
from tests.support.builders import NOON, draft
from tests.support.fakes_alerts import subscription
from tests.support.fakes_jobs import job

OWN = Destination("email", "somebody@example.org")
ALL = (*TABLES, "reports")


@pytest.fixture(autouse=True)
def without_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("restore", "restore_table"):
        monkeypatch.setattr(f"infra.{module}.sleep", lambda _: None)


def live(cloud: Cloud, name: str) -> str:
    return cloud.environment[f"{name.upper()}_TABLE"]


def items(table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = boto3.client("dynamodb").scan(TableName=table)["Items"]
    return sorted(found, key=str)


def everything(cloud: Cloud) -> dict[str, list[dict[str, Any]]]:
    return {name: items(live(cloud, name)) for name in ALL}


def back_up(cloud: Cloud) -> None:
    for name in ALL:
        boto3.client("dynamodb").restore_table_to_point_in_time(
            SourceTableName=live(cloud, name),
            TargetTableName=f"{name}-restored",
            RestoreDateTime=datetime.now(UTC),
        )


def lose(cloud: Cloud, name: str, *, of: Callable[[int], bool] = lambda _: True) -> None:
    """Deletes the items of the table whose place in it is one `of` these."""
    client, table = boto3.client("dynamodb"), live(cloud, name)
    keys = [
        k["AttributeName"] for k in client.describe_table(TableName=table)["Table"]["KeySchema"]
    ]
    for place, item in enumerate(items(table)):
        if of(place):
            client.delete_item(TableName=table, Key={key: item[key] for key in keys})


def run(command: Any, *arguments: str) -> str:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    return str(result.stdout)


@pytest.fixture
def council(new_cloud: Cloud) -> Cloud:
    fill_every_table(new_cloud)
    return new_cloud


def fill_every_table(new_cloud: Cloud) -> None:
    """Stores reports with a job and a subscriber, and an item in every other table, and publishes
    everything."""
    made = [
        submission.submit(draft(), key, Author(), reports_ports()).service_request_id
        for key in ("one", "two")
    ]
    stored_jobs().add(job(service_request_ids=tuple(made[:1])))
    index_ports().subscriptions.add(subscription())
    new_cloud.pump.run_until_idle()
    client = boto3.client("dynamodb")
    for name in ("audit", "outbound", "partners", "ledger", "bookings", "charges"):
        table = live(new_cloud, name)
        schema = client.describe_table(TableName=table)["Table"]["KeySchema"]
        client.put_item(
            TableName=table, Item={key["AttributeName"]: {"S": f"a-{name}"} for key in schema}
        )
    publish_all(publishing_ports())
    recount_figures()
    publish_all_figures()


@pytest.mark.parametrize(
    "lost", [lambda _: True, lambda place: place % 2 == 0], ids=["all", "every second"]
)
def test_lost_tables_are_as_they_were_after_the_documented_order(
    lost: Callable[[int], bool], council: Cloud
) -> None:
    before = everything(council)
    back_up(council)
    for name in ALL:
        lose(council, name, of=lost if name != "reports" else lambda _: True)
    for name in TABLES:
        run(restore_table, name, f"{name}-restored")
    run(restore_reports, "reports-restored")
    publish_all(publishing_ports())
    recount_figures()
    publish_all_figures()
    after = everything(council)
    assert {name: after[name] for name in ALL} == before
    assert "0 faults found" in run(check)


def test_person_who_was_erased_since_is_erased_again(council: Cloud) -> None:
    account = account_with("resident", "somebody", accounts_ports(), (OWN,))
    back_up(council)
    erase(Erasure(account_id=account.account_id, requested_at=NOON, redact=False), erasure_ports())
    lose(council, "accounts")
    assert "1 people were erased again" in run(restore_table, "accounts", "accounts-restored")
    assert OWN.value not in str(items(live(council, "accounts")))


def test_item_that_changed_since_stays_as_it_is(council: Cloud) -> None:
    back_up(council)
    table = live(council, "alerts")
    (first, *_) = items(table)
    changed = first | {"since": {"S": "changed"}}
    boto3.client("dynamodb").put_item(TableName=table, Item=changed)
    said = run(restore_table, "alerts", "alerts-restored")
    assert said.startswith("0 items restored") and changed in items(table)


@pytest.mark.parametrize("source", ["reports-restored", "nothing"])
def test_table_that_is_no_copy_is_refused(source: str, council: Cloud) -> None:
    back_up(council)
    result = CliRunner().invoke(restore_table, ["alerts", source])
    assert result.exit_code == 1


def test_every_table_is_restored_or_counted_again() -> None:
    resources = template()["Resources"].items()
    tables = {name for name, each in resources if each["Type"] == "AWS::DynamoDB::Table"}
    restored = {f"{name.title()}Table" for name in ALL}
    assert tables - restored == {"FiguresTable"}


def test_guide_names_every_table_in_the_order_of_the_command() -> None:
    guide = (ROOT / "docs" / "DEPLOY.md").read_text(encoding="utf-8")
    assert f"for name in {' '.join(TABLES)}; do" in guide
