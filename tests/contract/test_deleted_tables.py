"""After tables were deleted, the documented commands bring the council back: the stack adopts the
restored tables."""

from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner

import app
from chalicelib.bootstrap import container
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.usecases import submission
from chalicelib.reports.usecases.access import Author
from infra import republish
from infra.__main__ import commands
from infra.adopt_table import table_names
from infra.adopted_tables import with_adopted_tables
from infra.local.cloud import Cloud
from infra.local.pump import Pump
from infra.resources import SETTINGS, SOURCES, template
from tests.conftest import ROOT
from tests.contract.test_interrupted_import import delivering
from tests.contract.test_restore_all import fill_every_table
from tests.support.aws_cli import check_command, parse_options, run_command
from tests.support.builders import draft
from tests.support.intrinsics import DeployedTemplate
from tests.support.runbook_shell import Answer, code_blocks, run_script


@pytest.fixture(autouse=True)
def without_waits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for module in ("restore", "restore_table", "erase_again"):
        monkeypatch.setattr(f"infra.{module}.sleep", lambda _: None)
    monkeypatch.setattr(republish, "FOLDER", tmp_path)
    monkeypatch.setattr(republish, "PAUSE_S", 0.01)


class Operator:
    """Answers the commands of an operator in a deployment of the cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def answer(self, words: list[str]) -> Answer:
        program, *rest = words
        return self._aws(rest) if program == "aws" else self._python(rest)

    def _aws(self, words: list[str]) -> Answer:
        check_command(words)
        if words[:2] == ["cloudformation", "deploy"]:
            self._deploy(parse_options(words[2:])["parameter-overrides"])
            return 0, ""
        return 0, run_command(words)

    def _python(self, words: list[str]) -> Answer:
        assert words[:2] == ["-m", "infra"]
        if words[2] == "environment":
            lines = (f"export {name}={value!r}" for name, value in self.cloud.environment.items())
            return 0, "\n".join(lines)
        # The functions run while `publish` waits for them.
        with delivering(self.cloud) if words[2] == "publish" else nullcontext():
            ran = CliRunner().invoke(commands, words[2:])
        return ran.exit_code, ran.stdout if ran.exit_code == 0 else f"{ran.output}{ran.exception}"

    def _deploy(self, overrides: list[str]) -> None:
        """Gives the functions what the template's outputs are with these parameters."""
        parameters = dict(each.split("=", 1) for each in overrides)
        made = DeployedTemplate(with_adopted_tables(template()), "ginnel", parameters)
        tables = [f"{name.title()}Table" for name in table_names()]
        for name in tables:
            made.named[name] = self.cloud.environment[_setting(name)]
            made.named[f"{name}.StreamArn"] = self.cloud._arns.get(_source(name), "")
            assert made.has(name) == (f"Adopted{name}" not in parameters)
            output = made.template["Outputs"][name]["Value"]
            self.cloud.environment[_setting(name)] = made.value(output)
            if _source(name):
                output = made.template["Outputs"][SOURCES[_source(name)]]["Value"]
                self.cloud._arns[_source(name)] = made.value(output)
        container.forget_built()
        self.cloud.begin_anew()
        self.cloud.pump = Pump(app.app, self.cloud._arns)


def _setting(table: str) -> str:
    return next(name for name, output in SETTINGS.items() if output == table)


def _source(table: str) -> str:
    output = f"{table.removesuffix('Table')}StreamArn"
    return next((source for source, name in SOURCES.items() if name == output), "")


@pytest.fixture
def operator(new_cloud: Cloud) -> Operator:
    fill_every_table(new_cloud)
    return Operator(new_cloud)


def delete(cloud: Cloud, name: str) -> None:
    """Deletes the table; DynamoDB keeps its last state as a backup of the system."""
    client, table = boto3.client("dynamodb"), cloud.environment[f"{name.upper()}_TABLE"]
    client.create_backup(TableName=table, BackupName=f"{table}$DeletedTableBackup")
    client.delete_table(TableName=table)


def runbook(names: tuple[str, ...]) -> str:
    guide = (ROOT / "docs" / "DEPLOY.md").read_text(encoding="utf-8")
    section = guide.partition("### A table that was deleted\n")[2].partition("\n## ")[0]
    (script,) = code_blocks(section)
    assert 'lost="reports"' in script
    return script.replace('lost="reports"', f'lost="{" ".join(names)}"').replace(
        "<that bucket>", "deployments"
    )


def items(table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = boto3.client("dynamodb").scan(TableName=table)["Items"]
    return sorted(found, key=str)


def counted_apart(stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items without the numbers of subscriptions, which `index-subscriptions` completes."""
    return [each for each in stored if each.get("owner") != {"S": "audience"}]


@pytest.mark.parametrize("names", [table_names(), ("accounts",)], ids=["every table", "one"])
def test_council_goes_on_when_deleted_tables_are_adopted_as_documented(
    names: tuple[str, ...], operator: Operator, tmp_path: Path
) -> None:
    cloud = operator.cloud
    before = {name: items(cloud.environment[f"{name.upper()}_TABLE"]) for name in names}
    for name in names:
        delete(cloud, name)
    script = runbook(names)
    said = run_script(script, operator.answer, cloud.environment, tmp_path)
    assert "0 faults found" in said
    for name in names:
        table = cloud.environment[f"{name.upper()}_TABLE"]
        assert table.endswith("-restored")
        assert counted_apart(items(table)) == counted_apart(before[name])
    new = submission.submit(draft(), "new", Author(), reports_ports()).service_request_id
    cloud.pump.run_until_idle()
    assert publishing_ports().documents.read(f"data/reports/{new}.json")


@pytest.mark.parametrize("name", table_names())
def test_adopted_table_has_what_dynamodb_does_not_restore(name: str, new_cloud: Cloud) -> None:
    client = boto3.client("dynamodb")
    live = new_cloud.environment[f"{name.upper()}_TABLE"]
    client.restore_table_to_point_in_time(
        SourceTableName=live, TargetTableName="copy", RestoreDateTime=datetime.now(UTC)
    )
    for _ in range(2):
        ran = CliRunner().invoke(commands, ["adopt-table", name, "copy"])
        assert ran.exit_code == 0, ran.output
    wanted = template()["Resources"][f"{name.title()}Table"]["Properties"]
    found = client.describe_table(TableName="copy")["Table"]
    assert found["DeletionProtectionEnabled"]
    stream = found.get("StreamSpecification", {}).get("StreamViewType")
    assert stream == wanted.get("StreamSpecification", {}).get("StreamViewType")
    expiry = client.describe_time_to_live(TableName="copy")["TimeToLiveDescription"]
    assert expiry.get("AttributeName") == wanted.get("TimeToLiveSpecification", {}).get(
        "AttributeName"
    )
    recovery = client.describe_continuous_backups(TableName="copy")
    assert (
        recovery["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"][
            "PointInTimeRecoveryStatus"
        ]
        == "ENABLED"
    )
    assert {each["IndexName"] for each in found.get("GlobalSecondaryIndexes", [])} == {
        each["IndexName"] for each in wanted.get("GlobalSecondaryIndexes", [])
    }


def test_index_that_is_newer_than_the_backup_is_added(new_cloud: Cloud) -> None:
    client = boto3.client("dynamodb")
    live = new_cloud.environment["CHARGES_TABLE"]
    keys = client.describe_table(TableName=live)["Table"]["KeySchema"]
    client.create_table(
        TableName="old",
        KeySchema=keys,
        AttributeDefinitions=[
            {"AttributeName": each["AttributeName"], "AttributeType": "S"} for each in keys
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    assert CliRunner().invoke(commands, ["adopt-table", "charges", "old"]).exit_code == 0
    assert client.describe_table(TableName="old")["Table"]["GlobalSecondaryIndexes"]


@pytest.mark.parametrize("table", ["missing", "other"])
def test_table_is_not_adopted_when_it_is_another_one(table: str, new_cloud: Cloud) -> None:
    boto3.client("dynamodb").create_table(
        TableName="other",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    ran = CliRunner().invoke(commands, ["adopt-table", "reports", table])
    assert ran.exit_code == 1 and table in str(ran.exception)


def test_no_reference_to_a_table_is_left_outside_its_condition() -> None:
    made = with_adopted_tables(template())
    parameters = {
        name: each["Default"].replace("own", "other")
        for name, each in made["Parameters"].items()
        if name.startswith("Adopted")
    }
    deployed = DeployedTemplate(made, "ginnel", parameters)
    tables = {f"{name.title()}Table" for name in table_names()}
    assert not any(deployed.has(name) for name in tables)
    for output, value in made["Outputs"].items():
        if output.removesuffix("StreamArn") + "Table" in tables or output in tables:
            assert "other" in deployed.value(value["Value"])
