"""Names that stand in two places are the same in both."""

import re
from typing import Any

from msgspec.structs import fields
from pynamodb.indexes import Index
from pynamodb.models import Model

from chalicelib.jobs.dynamo.items import JobItem
from chalicelib.jobs.model import Job
from chalicelib.reports.dynamo.items import ReportItem
from chalicelib.reports.dynamo.related_items import FollowerItem
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.states import LABELS
from chalicelib.settings import Settings
from infra.resources import SETTINGS, template
from tests.architecture.test_privacy import every_item
from tests.conftest import ROOT

OF_FIGURES = {"ward_code", "outcome"}
SUMMARY = {"service_code", "state", "title", "lat", "long", "requested_datetime", "visibility"}
OFFICERS_NEED = {"priority", "ward_code", "opens", "attention", "waits_for"}
"""By which an officer's list is narrowed; nobody is in them."""


def table() -> dict[str, Any]:
    properties: dict[str, Any] = template()["Resources"]["ReportsTable"]["Properties"]
    return properties


def test_table_and_item_have_the_same_keys() -> None:
    keys = {key["AttributeName"]: key["KeyType"] for key in table()["KeySchema"]}
    assert keys == {"service_request_id": "HASH", "record": "RANGE"}
    attributes = ReportItem.get_attributes()
    assert attributes["service_request_id"].is_hash_key
    assert attributes["record"].is_range_key


def test_indexes_are_keyed_by_and_project_attributes_that_the_item_has() -> None:
    known = {*ReportItem.get_attributes(), *FollowerItem.get_attributes()}
    for index in table()["GlobalSecondaryIndexes"]:
        names = {key["AttributeName"] for key in index["KeySchema"]}
        names |= set(index["Projection"].get("NonKeyAttributes", ()))
        assert names <= known, index["IndexName"]


def beyond_a_summary(indexes: list[dict[str, Any]]) -> set[str]:
    """What indexes project besides the attributes that make up a public summary."""
    projections = [index["Projection"] for index in indexes]
    assert {each["ProjectionType"] for each in projections} == {"INCLUDE", "KEYS_ONLY"}
    projected = {name for each in projections for name in each.get("NonKeyAttributes", ())}
    return projected - SUMMARY - OFFICERS_NEED - OF_FIGURES


def test_indexes_project_no_timeline_and_nothing_personal() -> None:
    indexes = table()["GlobalSecondaryIndexes"]
    assert beyond_a_summary(indexes) == set()
    indexes[0]["Projection"]["NonKeyAttributes"].append("contact")
    assert beyond_a_summary(indexes) == {"contact"}


def key_of(index: Index[Model]) -> tuple[str, list[tuple[str, str]]]:
    """Its name and its keys, in the form of the template."""
    names = index.Meta.attributes.items()
    keys = [("HASH" if attribute.is_hash_key else "RANGE", name) for name, attribute in names]
    return index.Meta.index_name, sorted(keys)


def test_indexes_that_code_queries_are_the_templates() -> None:
    resources = template()["Resources"].values()
    tables = [each["Properties"] for each in resources if each["Type"] == "AWS::DynamoDB::Table"]
    theirs = [
        (index["IndexName"], [(key["KeyType"], key["AttributeName"]) for key in index["KeySchema"]])
        for each in tables
        for index in each.get("GlobalSecondaryIndexes", ())
    ]
    ours = [
        key_of(index)
        for item in every_item()
        for index in vars(item).values()
        if isinstance(index, Index)
    ]
    assert ours
    assert [index for index in ours if index not in theirs] == []


def test_item_keeps_every_field_of_the_aggregate() -> None:
    assert {field.name for field in fields(ServiceRequest)} <= set(ReportItem.get_attributes())
    assert {field.name for field in fields(Job)} - {"job_id"} <= set(JobItem.get_attributes())


def test_jobs_are_found_by_attributes_that_the_item_has_and_nothing_of_them_is_projected() -> None:
    properties = template()["Resources"]["JobsTable"]["Properties"]
    for index in properties["GlobalSecondaryIndexes"]:
        names = {key["AttributeName"] for key in index["KeySchema"]}
        assert names <= set(JobItem.get_attributes()), index["IndexName"]
        assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_every_setting_of_a_resource_is_an_output_and_every_setting_is_documented() -> None:
    names = {field.name.upper() for field in fields(Settings)}
    assert set(SETTINGS) <= names
    assert set(SETTINGS.values()) <= set(template()["Outputs"])
    guide = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}`" not in guide] == []


def test_web_client_names_the_states_as_the_pages_do() -> None:
    text = (ROOT / "web" / "src" / "shared" / "states.ts").read_text(encoding="utf-8")
    theirs = dict(re.findall(r'(\w+): \[say\("([^"]+)"', text))
    assert {state: theirs.get(state) for state in LABELS} == LABELS
