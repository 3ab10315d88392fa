"""Names that stand in two places are the same in both."""

import re
from dataclasses import fields
from datetime import timedelta
from typing import Any

from chalicelib.photos.model import UNREAD_KEPT_FOR
from chalicelib.reports.dynamo import ReportItem
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.states import LABELS
from chalicelib.settings import Settings
from infra.resources import SETTINGS, template
from tests.conftest import ROOT

SUMMARY = {"service_code", "state", "title", "lat", "long", "requested_datetime", "visibility"}
SLOWEST_FUNCTION_S = 60
"""No function runs longer; a message is hidden for six times as long while one works on it."""


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
    known = set(ReportItem.get_attributes())
    for index in table()["GlobalSecondaryIndexes"]:
        names = {key["AttributeName"] for key in index["KeySchema"]}
        names |= set(index["Projection"]["NonKeyAttributes"])
        assert names <= known, index["IndexName"]


def beyond_a_summary(indexes: list[dict[str, Any]]) -> set[str]:
    """What indexes project besides the attributes that make up a public summary."""
    projections = [index["Projection"] for index in indexes]
    assert all(each["ProjectionType"] == "INCLUDE" for each in projections)
    return {name for each in projections for name in each["NonKeyAttributes"]} - SUMMARY


def test_indexes_project_no_timeline_and_nothing_personal() -> None:
    indexes = table()["GlobalSecondaryIndexes"]
    assert beyond_a_summary(indexes) == set()
    indexes[0]["Projection"]["NonKeyAttributes"].append("contact")
    assert beyond_a_summary(indexes) == {"contact"}


def test_index_that_code_queries_is_the_templates() -> None:
    ours = ReportItem.by_tile.Meta
    theirs = {index["IndexName"]: index for index in table()["GlobalSecondaryIndexes"]}
    projected = theirs[ours.index_name]["Projection"]["NonKeyAttributes"]
    assert set(ours.projection.non_key_attributes or ()) == set(projected)


def test_item_keeps_every_field_of_the_aggregate() -> None:
    assert {field.name for field in fields(ServiceRequest)} <= set(ReportItem.get_attributes())


def test_every_setting_of_a_resource_is_an_output_and_every_setting_is_documented() -> None:
    names = {field.name.upper() for field in fields(Settings)}
    assert set(SETTINGS) <= names
    assert set(SETTINGS.values()) <= set(template()["Outputs"])
    guide = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}`" not in guide] == []


def test_every_queue_has_a_dead_letter_queue_and_time_enough() -> None:
    resources = template()["Resources"]
    queues = {
        name: resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::SQS::Queue" and not name.endswith("DeadLetterQueue")
    }
    assert queues
    for name, queue in queues.items():
        target = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        assert resources[target]["Type"] == "AWS::SQS::Queue", name
        assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
        assert queue["VisibilityTimeout"] >= 6 * SLOWEST_FUNCTION_S


def test_tables_are_recoverable_and_buckets_private() -> None:
    for name, resource in template()["Resources"].items():
        properties = resource["Properties"]
        if resource["Type"] == "AWS::DynamoDB::Table":
            recovery = properties["PointInTimeRecoverySpecification"]
            assert recovery["PointInTimeRecoveryEnabled"], name
            assert properties["DeletionProtectionEnabled"], name
            assert properties["SSESpecification"]["SSEEnabled"], name
        if resource["Type"] == "AWS::S3::Bucket":
            assert all(properties["PublicAccessBlockConfiguration"].values()), name
            # Uploads wait under the names they have; what is published has to be gone when it goes.
            versioned = properties.get("VersioningConfiguration", {}).get("Status") == "Enabled"
            assert versioned == (name == "UploadsBucket"), name


def test_only_the_bucket_of_uploads_can_send_to_its_queue() -> None:
    resources = template()["Resources"]
    bucket, policy = resources["UploadsBucket"], resources["PhotosQueuePolicy"]["Properties"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    (told,) = bucket["Properties"]["NotificationConfiguration"]["QueueConfigurations"]
    assert policy["Queues"] == [{"Ref": "PhotosQueue"}]
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Resource"] == told["Queue"] == {"Fn::GetAtt": ["PhotosQueue", "Arn"]}
    source = statement["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Sub"]
    assert source == "arn:${AWS::Partition}:s3:::" + bucket["Properties"]["BucketName"]["Fn::Sub"]


def test_versions_of_uploads_end_and_nothing_outlives_a_dead_letter_for_long() -> None:
    bucket = template()["Resources"]["UploadsBucket"]["Properties"]
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert timedelta(days=rule["ExpirationInDays"]) == UNREAD_KEPT_FOR + timedelta(days=1)
    letters = template()["Resources"]["PhotosDeadLetterQueue"]["Properties"]
    kept = timedelta(seconds=letters["MessageRetentionPeriod"])
    assert kept == UNREAD_KEPT_FOR


def test_web_client_calls_the_states_as_the_pages_do() -> None:
    text = (ROOT / "web" / "src" / "shared" / "states.ts").read_text(encoding="utf-8")
    theirs = dict(re.findall(r'(\w+): \["([^"]+)"', text))
    assert {state: theirs.get(state) for state in LABELS} == LABELS
