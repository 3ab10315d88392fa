"""The dashboard of a deployment."""

import json
from collections.abc import Iterator
from typing import Any

from infra.alarms import API, GROWING_FUNCTIONS, LATE_QUEUES
from infra.cloudwatch import OWN_METRICS, Resources


def dashboard() -> Resources:
    """One page with the state of a deployment: requests, changes, queues, functions and mail."""
    requests = [["AWS/ApiGateway", each, *_flatten(API)] for each in _REQUESTS]
    latency = [["AWS/ApiGateway", "Latency", *_flatten(API)]]
    failed = [[OWN_METRICS["Fn::Sub"], "failed", "function", each] for each in _BATCHES]
    mail = [["AWS/SES", each] for each in ("Send", "Bounce", "Complaint")]
    rows = [
        ("Requests", "Sum", requests),
        ("Time of a request in ms: 99 in 100 take less", "p99", latency),
        ("Age of the oldest message in s", "Maximum", [_age(each) for each in LATE_QUEUES]),
        ("Duration in ms", "Maximum", [_duration(each) for each in GROWING_FUNCTIONS]),
        ("Failed records", "Sum", failed),
        ("Mail", "Sum", mail),
    ]
    widgets = [_widget(number, *row) for number, row in enumerate(rows)]
    body = {"Fn::Sub": json.dumps({"widgets": widgets})}
    named = {"DashboardName": {"Ref": "AWS::StackName"}, "DashboardBody": body}
    return {"Dashboard": {"Type": "AWS::CloudWatch::Dashboard", "Properties": named}}


_REQUESTS = ("Count", "4XXError", "5XXError")
_BATCHES = ("publish", "send", "send_alert", "open_deliveries")


def _widget(number: int, title: str, statistic: str, metrics: list[list[str]]) -> dict[str, Any]:
    """A third of a row."""
    return {
        "type": "metric",
        "x": 8 * (number % 3),
        "y": 6 * (number // 3),
        "width": 8,
        "height": 6,
        "properties": {
            "title": title,
            "region": "${AWS::Region}",
            "stat": statistic,
            "period": 300,
            "metrics": metrics,
        },
    }


def _flatten(dimensions: list[dict[str, Any]]) -> Iterator[str]:
    for each in dimensions:
        value = each["Value"]
        yield from (each["Name"], value if isinstance(value, str) else value["Fn::Sub"])


def _age(queue: str) -> list[str]:
    name = f"${{{queue}Queue.QueueName}}"
    return ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", name]


def _duration(function: str) -> list[str]:
    return ["AWS/Lambda", "Duration", "FunctionName", f"${{{function}}}"]
