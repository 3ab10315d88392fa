"""The queries for analysts, run by DuckDB on what DynamoDB exports: Athena reads the same files
with the same SQL."""

import re
from pathlib import Path
from typing import Any

import boto3
import duckdb
import pytest

from chalicelib.bootstrap.publishing import counting_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.publishing.counters import ReportKey
from chalicelib.publishing.counting import count_reports
from chalicelib.publishing.dynamo import CountedReportItem
from infra.local.cloud import Cloud
from infra.template import merged_fragments
from tests.conftest import ROOT
from tests.support.builders import NOON, report, update
from tests.support.patience import wait_until
from tests.unit.publishing.test_figures import DAY, done

X = "exports"
GUIDE = (ROOT / "docs" / "ANALYTICS.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", GUIDE, re.DOTALL)
REOPENED = (
    update(1, state="fixed", datetime=NOON + DAY, by="council"),
    update(2, state="reopen", datetime=NOON + 2 * DAY, by="resident"),
)
REPORTS = (
    done(1, 2, expected_datetime=NOON + 3 * DAY),
    done(2, 6, expected_datetime=NOON + 3 * DAY, ward_code=None),
    report(3, service_code="litter", state="reopen", updates=REOPENED),
    report(4, requested_datetime=NOON - 40 * DAY),
    report(5, visibility="hidden"),
)


def resource(name: str) -> dict[str, Any]:
    found: dict[str, Any] = merged_fragments()["Resources"][name]["Properties"]
    return found


def columns(name: str) -> dict[str, str]:
    """The columns and partitions of a table, with their types."""
    given = resource(name)["TableInput"]
    every = [*given["StorageDescriptor"]["Columns"], *given.get("PartitionKeys", ())]
    return {each["Name"]: each["Type"] for each in every}


def item_type() -> str:
    """The type of an exported item as DuckDB writes it, which minds the case of JSON's names:
    owner:struct<s:string> is "owner" STRUCT("S" VARCHAR)."""
    kinds = {"string": "VARCHAR", "boolean": "BOOLEAN"}
    fields = re.findall(r"(\w+):struct<(\w+):(\w+)>", columns("ExportedTable")["item"])
    inner = (f'"{name}" STRUCT("{kind.upper()}" {kinds[of]})' for name, kind, of in fields)
    return f"STRUCT({', '.join(inner)})"


def unload() -> tuple[str, str]:
    """The SELECT of the query that writes the Parquet, and what it says of the files."""
    whole = resource("WriteOutcomes")["QueryString"]["Fn::Sub"]
    select, _, files = whole.removeprefix("UNLOAD (").partition(") TO ")
    return select, files


@pytest.fixture
def outcomes(cloud: Cloud, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """A database with the view `outcomes` of the Parquet that was written from an export."""
    export(cloud, tmp_path / "exports")
    database = duckdb.connect()
    database.execute(
        f"""CREATE VIEW exported AS SELECT "Item" AS item FROM read_json(
        '{tmp_path}/exports/*', format='newline_delimited', columns={{'Item': '{item_type()}'}})"""
    )
    select, files = unload()
    assert "partitioned_by = ARRAY['month']" in files
    folder = tmp_path / "outcomes"
    database.execute(f"COPY ({select}) TO '{folder}' (FORMAT parquet, PARTITION_BY (month))")
    database.execute(
        f"""CREATE VIEW outcomes AS SELECT * FROM read_parquet(
        '{folder}/*/*', hive_partitioning=true, hive_types={{'month': VARCHAR}})"""
    )
    return database


def export(cloud: Cloud, folder: Path) -> None:
    """Counts the reports, and exports the table as DynamoDB does."""
    folder.mkdir()
    for each in REPORTS:
        reports_ports().repository.create(each)
        key = ReportKey(f"{each.requested_datetime:%Y-%m}", each.service_request_id)
        count_reports([key], counting_ports())
    dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
    table, recovered = cloud.environment["FIGURES_TABLE"], {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovered)
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    asked = dynamodb.export_table_to_point_in_time(TableArn=arn, S3Bucket=cloud.bucket, S3Prefix=X)
    export_arn = asked["ExportDescription"]["ExportArn"]

    def is_complete() -> bool:
        told = dynamodb.describe_export(ExportArn=export_arn)["ExportDescription"]
        return bool(told["ExportStatus"] == "COMPLETED")

    wait_until(is_complete)
    for file in s3.list_objects_v2(Bucket=cloud.bucket, Prefix=X)["Contents"]:
        body = s3.get_object(Bucket=cloud.bucket, Key=file["Key"])["Body"].read()
        (folder / file["Key"].replace("/", "-")).write_bytes(body)


def test_parquet_has_the_columns_of_the_table_and_each_public_report(
    outcomes: duckdb.DuckDBPyConnection,
) -> None:
    found = outcomes.execute("SELECT * FROM outcomes ORDER BY service_request_id").fetchall()
    assert found == [
        ("R00000000001", "pothole", "E05", 2.0, False, True, True, False, 0, "2026-06"),
        ("R00000000002", "pothole", None, 6.0, False, True, False, False, 0, "2026-06"),
        ("R00000000003", "litter", None, None, True, False, False, True, 1, "2026-06"),
        ("R00000000004", "pothole", None, None, True, False, False, False, 0, "2026-04"),
    ]
    types = {"VARCHAR": "string", "DOUBLE": "double", "BOOLEAN": "boolean", "INTEGER": "int"}
    told = outcomes.execute("DESCRIBE outcomes").fetchall()
    assert {name: types[kind] for name, kind, *_ in told} == columns("OutcomesTable")


def test_exported_items_have_the_attributes_that_are_stored() -> None:
    stored = set(CountedReportItem.get_attributes()) - {"version", "report_version"}
    assert set(re.findall(r"(\w+):struct", columns("ExportedTable")["item"])) - {"item"} == stored


def test_documented_queries_answer(outcomes: duckdb.DuckDBPyConnection) -> None:
    punctual, days, reopened = (outcomes.execute(each).fetchall() for each in QUERIES)
    assert punctual == [("pothole", 3, 1, 2), ("litter", 1, 0, 0)]
    assert days == [("unknown", 1, 6.0, 6.0), ("E05", 1, 2.0, 2.0)]
    assert reopened == [("2026-06", "litter", 1, 1)]
