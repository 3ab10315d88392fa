"""Computes from the template what a deployment costs in a month without events."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from bench.scale.load import DAYS

POLLERS = 5
POLL_S = 20
"""Lambda asks each queue through so many connections, each of which waits so long.
Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS", read 2026."""
SECRET_READS = 50_000
"""Each process reads the secrets that it needs every five minutes."""
KMS_REQUESTS = 100_000
FREE = {
    "AWS::ApiGateway::Account",
    "AWS::Athena::NamedQuery",
    "AWS::Athena::WorkGroup",
    "AWS::Backup::BackupSelection",
    "AWS::Backup::BackupVault",
    "AWS::Budgets::Budget",
    "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::Function",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::CloudWatch::Dashboard",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::IAM::Role",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::S3::BucketPolicy",
    "AWS::SES::ConfigurationSet",
    "AWS::SES::ConfigurationSetEventDestination",
    "AWS::SES::EmailIdentity",
    "AWS::SES::ReceiptRule",
    "AWS::SES::ReceiptRuleSet",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
}
"""Types that cost nothing by themselves; the first three dashboards are free."""
BY_USE = {
    "AWS::Backup::BackupPlan",
    "AWS::CloudFront::Distribution",
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::Serverless::Api",
    "AWS::Serverless::Function",
}
"""Types that are paid by what passes through them."""


def idle_quantities(template: Mapping[str, Any], metrics: int) -> Counter[str]:
    """The quantities by their names in the list of prices. Raises ValueError if nobody has said
    what a type of resource costs."""
    found = Counter(
        {
            "custom metric a month": metrics,
            "secret read": SECRET_READS,
            "KMS request": KMS_REQUESTS,
        }
    )
    for name, resource in template["Resources"].items():
        found.update(_of(name, resource))
    return found


def _of(name: str, resource: Mapping[str, Any]) -> dict[str, int]:
    kind, properties = resource["Type"], resource.get("Properties", {})
    match kind:
        case "AWS::CloudWatch::Alarm":
            metrics = [each for each in properties.get("Metrics", []) if "MetricStat" in each]
            return {"alarm metric a month": max(1, len(metrics))}
        case "AWS::SecretsManager::Secret":
            return {"secret a month": 1}
        case "AWS::WAFv2::WebACL":
            return {"firewall a month": 1, "firewall rule a month": len(properties["Rules"])}
        case "AWS::Serverless::Function":
            queues = [
                each for each in properties.get("Events", {}).values() if each["Type"] == "SQS"
            ]
            return {"SQS request": len(queues) * POLLERS * DAYS * 86_400 // POLL_S}
    if kind in FREE | BY_USE:
        return {}
    raise ValueError(f"Add the price of {name} ({kind}) to bench/scale/fixed_costs.py.")
