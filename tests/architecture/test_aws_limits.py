"""The translated template is within the hard limits of AWS that cfn-lint does not know: a stack
beyond one of them fails in the middle of a deployment.

Sources: the quotas' pages of Amazon CloudWatch, CloudWatch Logs, API Gateway, DynamoDB, S3, Lambda
and CloudFront, read 2026-11.
"""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

import pytest

from tests.architecture.test_translated_template import translated

Json = dict[str, Any]
MOST_METRICS_OF_AN_ALARM = 10
MOST_LOG_GROUPS_OF_A_QUERY = 50
MOST_API_RESOURCES = 280
"""Of 300, so that a release with several routes still fits."""
MOST_INDEXES = 18
"""Of 20 in a table."""
MOST_PROJECTED = 90
"""Of 100 attributes that all indexes of a table name together."""
LONGEST_BUCKET_NAME = 63
LONGEST_STACK_NAME = 24
"""docs/DEPLOY.md says it: buckets are named after the stack, the account and the region."""
LONGEST_REGION, ACCOUNT = "ap-southeast-1", "1" * 12
MOST_ENVIRONMENT_BYTES = 4096
LONGEST_FUNCTION_NAME = 64
LONGEST_EDGE_CODE = 10_240
MOST_BEHAVIOURS = 75


def over_limits(template: Json) -> list[str]:
    """The resources of the template that are beyond a limit, with what is too many of."""
    resources = template["Resources"]
    groups = [name for name, each in resources.items() if each["Type"] == "AWS::Logs::LogGroup"]
    faults = [f"{len(groups)} log groups"] if len(groups) > MOST_LOG_GROUPS_OF_A_QUERY else []
    for name, resource in resources.items():
        check = CHECKS.get(resource["Type"])
        faults += [f"{name}: {fault}" for fault in (check(resource["Properties"]) if check else ())]
    return faults


def alarm_faults(alarm: Json) -> Iterator[str]:
    metrics = [each for each in alarm.get("Metrics", []) if "MetricStat" in each]
    if len(metrics) > MOST_METRICS_OF_AN_ALARM:
        yield f"{len(metrics)} metrics"


def api_faults(api: Json) -> Iterator[str]:
    """An API has a resource for each address and each part that addresses share."""
    parts = {
        prefix
        for path in api["Body"]["paths"]
        for prefix in accumulate(path.strip("/").split("/"), "{}/{}".format)
    }
    if len(parts) + 1 > MOST_API_RESOURCES:
        yield f"{len(parts) + 1} resources"


def table_faults(table: Json) -> Iterator[str]:
    indexes = table.get("GlobalSecondaryIndexes", [])
    if len(indexes) > MOST_INDEXES:
        yield f"{len(indexes)} indexes"
    projected = sum(len(each["Projection"].get("NonKeyAttributes", [])) for each in indexes)
    if projected > MOST_PROJECTED:
        yield f"{projected} projected attributes"


def bucket_faults(bucket: Json) -> Iterator[str]:
    name = longest_name(bucket.get("BucketName", ""))
    if len(name) > LONGEST_BUCKET_NAME:
        yield f"a name of {len(name)} characters"


def longest_name(name: Any) -> str:
    """The name in the longest region, for the longest stack name."""
    text = name["Fn::Sub"] if isinstance(name, Mapping) else name
    values = {
        "AWS::StackName": "s" * LONGEST_STACK_NAME,
        "AWS::AccountId": ACCOUNT,
        "AWS::Region": LONGEST_REGION,
    }
    return re.sub(r"\$\{([\w:]+)\}", lambda found: values[found[1]], text)


def function_faults(function: Json) -> Iterator[str]:
    variables = function.get("Environment", {}).get("Variables", {})
    # A reference becomes an ARN or an address.
    size = sum(
        len(key) + (len(value) if isinstance(value, str) else 100)
        for key, value in variables.items()
    )
    if size > MOST_ENVIRONMENT_BYTES:
        yield f"about {size} bytes of environment"
    name = longest_name(function.get("FunctionName", ""))
    if len(name) > LONGEST_FUNCTION_NAME:
        yield f"a name of {len(name)} characters"


def edge_function_faults(function: Json) -> Iterator[str]:
    size = len(json.dumps(function["FunctionCode"]))
    if size > LONGEST_EDGE_CODE:
        yield f"{size} characters of code"


def distribution_faults(distribution: Json) -> Iterator[str]:
    behaviours = distribution["DistributionConfig"].get("CacheBehaviors", [])
    if len(behaviours) > MOST_BEHAVIOURS:
        yield f"{len(behaviours)} behaviours"


CHECKS = {
    "AWS::CloudWatch::Alarm": alarm_faults,
    "AWS::ApiGateway::RestApi": api_faults,
    "AWS::DynamoDB::Table": table_faults,
    "AWS::S3::Bucket": bucket_faults,
    "AWS::Lambda::Function": function_faults,
    "AWS::CloudFront::Function": edge_function_faults,
    "AWS::CloudFront::Distribution": distribution_faults,
}


def test_every_resource_is_within_the_limits_of_aws() -> None:
    assert {each["Type"] for each in translated()["Resources"].values()} >= set(CHECKS)
    assert over_limits(translated()) == []


def metric(number: int) -> Json:
    return {"Id": f"m{number}", "MetricStat": {}}


PATHS: Json = {f"/api/things/{number}": {} for number in range(MOST_API_RESOURCES)}
INDEXES = [{"IndexName": f"by-{number}", "Projection": {}} for number in range(MOST_INDEXES + 1)]
WIDE = {"Projection": {"NonKeyAttributes": [f"a{number}" for number in range(46)]}}
PLANTED: list[tuple[str, Json, str]] = [
    ("AWS::CloudWatch::Alarm", {"Metrics": [*map(metric, range(11))]}, "11 metrics"),
    ("AWS::ApiGateway::RestApi", {"Body": {"paths": PATHS}}, "283 resources"),
    ("AWS::DynamoDB::Table", {"GlobalSecondaryIndexes": INDEXES}, "19 indexes"),
    ("AWS::DynamoDB::Table", {"GlobalSecondaryIndexes": [WIDE] * 2}, "92 projected attributes"),
    (
        "AWS::S3::Bucket",
        {
            "BucketName": {
                "Fn::Sub": "${AWS::StackName}-photographs-${AWS::AccountId}-${AWS::Region}"
            }
        },
        "a name of 64 characters",
    ),
    (
        "AWS::Lambda::Function",
        {"Environment": {"Variables": {"LONG": "x" * 4093}}},
        "about 4097 bytes of environment",
    ),
    ("AWS::Lambda::Function", {"FunctionName": "x" * 65}, "a name of 65 characters"),
    ("AWS::CloudFront::Function", {"FunctionCode": "x" * 10_239}, "10241 characters of code"),
    (
        "AWS::CloudFront::Distribution",
        {"DistributionConfig": {"CacheBehaviors": [{}] * 76}},
        "76 behaviours",
    ),
]


@pytest.mark.parametrize(("kind", "properties", "fault"), PLANTED)
def test_resource_is_detected_when_it_is_over_a_limit(
    kind: str, properties: Json, fault: str
) -> None:
    template = copy.deepcopy(translated())
    template["Resources"]["Planted"] = {"Type": kind, "Properties": properties}
    assert over_limits(template) == [f"Planted: {fault}"]


def test_log_groups_are_detected_when_one_query_cannot_read_them() -> None:
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {}}
    assert over_limits({"Resources": {f"G{number}": group for number in range(51)}}) == [
        "51 log groups"
    ]
