"""One alarm of CloudWatch, and what it measures."""

from typing import Any

OWN_METRICS = {"Fn::Sub": "Ginnel/${AWS::StackName}"}
"""The namespace of what our functions measure: another stack in the account has another one."""
Namespace = str | dict[str, str]
Resources = dict[str, dict[str, Any]]
"""Parts of a CloudFormation template, by logical id."""


def alarm_on(
    meaning: str,
    namespace: Namespace,
    metric: str,
    dimensions: list[dict[str, Any]],
    *,
    above: float,
    statistic: str = "Maximum",
    period_s: int = 300,
    times: int = 1,
) -> dict[str, Any]:
    """An alarm on one metric, raised when it is above the limit in `times` periods in a row."""
    return _resource(
        meaning,
        Namespace=namespace,
        MetricName=metric,
        Dimensions=dimensions,
        Statistic=statistic,
        Period=period_s,
        EvaluationPeriods=times,
        Threshold=above,
    )


def alarm_on_sums(
    meaning: str, expression: str, metrics: list[dict[str, Any]], *, above: float
) -> dict[str, Any]:
    """An alarm on an expression of sums."""
    result = {"Id": "result", "Expression": expression, "ReturnData": True}
    return _resource(meaning, Metrics=[result, *metrics], EvaluationPeriods=1, Threshold=above)


def _resource(meaning: str, **properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": f"{meaning}: docs/DEPLOY.md, When an alarm is raised",
            **properties,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
        },
    }


def sum_of(
    name: str,
    namespace: Namespace,
    metric: str,
    dimensions: list[dict[str, Any]],
    period_s: int = 900,
) -> dict[str, Any]:
    """The sum of a metric in each period, as `name` in an expression."""
    of = {"Namespace": namespace, "MetricName": metric, "Dimensions": dimensions}
    return {
        "Id": name,
        "MetricStat": {"Metric": of, "Period": period_s, "Stat": "Sum"},
        "ReturnData": False,
    }


def queue_dimensions(name: str) -> list[dict[str, Any]]:
    return [{"Name": "QueueName", "Value": {"Fn::GetAtt": [name, "QueueName"]}}]


def function_dimensions(name: str) -> list[dict[str, Any]]:
    return [{"Name": "FunctionName", "Value": {"Ref": name}}]


def alias_dimensions(name: str) -> list[dict[str, Any]]:
    return [
        *function_dimensions(name),
        {"Name": "Resource", "Value": {"Fn::Sub": f"${{{name}}}:live"}},
    ]


def table_dimensions(name: str) -> list[dict[str, Any]]:
    return [{"Name": "TableName", "Value": {"Ref": name}}]


def index_dimensions(table: str, index: str) -> list[dict[str, Any]]:
    return [*table_dimensions(table), {"Name": "GlobalSecondaryIndexName", "Value": index}]
