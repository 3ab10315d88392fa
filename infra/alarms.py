"""The alarms and the dashboard of a deployment. docs/DEPLOY.md says of each alarm what it means and
what to do."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Resources = dict[str, dict[str, Any]]
"""Parts of a CloudFormation template, by logical id."""

GAVE_UP = {
    "Publish": "Changes were not published after five tries",
    "OpenData": "Open data and feeds were not brought up to changes after five tries",
    "Replies": "Mail was not taken in after five tries",
    "Photos": "Photos were not taken in after five tries",
    "Fetch": "Photos of other systems were not fetched after five tries",
    "Outbound": "Changes became no deliveries after five tries",
    "Send": "Deliveries were not dealt with after five tries",
    "Codes": "Codes to sign in were not sent after five tries",
    "Alerts": "Alerts were not dealt with after five tries",
    "Receipts": "The outcomes of alerts were not stored after five tries",
    "Match": "The subscribers to changes were not found after five tries",
    "Open": "Reports opened no jobs after five tries",
    "Figures": "Changes were not counted after five tries",
    "Follow": "Reports did not follow their jobs after five tries",
    "Crews": "Days of crews were not brought up to date after five tries",
    "Rounds": "The state of collection rounds was not published after five tries",
    "FanOut": "Changes reached no reaction",
    "Schedules": "A schedule failed",
}
"""What it means that there are messages in each dead-letter queue."""
BEHIND_STREAMS = {
    "FanOut": "Changes wait for more than five minutes",
    "FanOutPeople": "Codes to sign in wait for more than five minutes",
    "FanOutAlerts": "Changes of subscriptions wait for more than five minutes",
    "FanOutJobs": "Changes of jobs wait for more than five minutes",
}
LATE_QUEUES = (
    *("Publish", "OpenData", "Replies", "Photos", "Fetch", "Outbound", "Send", "Codes"),
    *("Alerts", "Receipts", "Match", "Open", "Follow", "Crews", "Rounds", "Figures"),
)
LATE_S = 1_800
"""The age of a message that waits too long. Its last try may come fifteen minutes after the first.
"""
SLOW = (
    *("Publish", "PublishWards", "PublishOpenData", "PublishPerformance", "PublishCrewsDue"),
    *("MatchAlerts", "Tidy", "Erase", "ForgetOld", "RecountFigures"),
)
"""Functions whose work grows with the council."""
SLOW_SHARE = 0.8
TABLES = ("Reports", "Partners", "Accounts", "Audit", "Outbound", "Alerts", "Jobs", "Figures")
TEXTS = {
    "SignIn": ("sign_in", "with codes to sign in"),
    "Confirm": ("codes", "that confirm subscriptions"),
    "Alert": ("alerts", "for alerts"),
}
API = [{"Name": "ApiName", "Value": "ginnel"}, {"Name": "Stage", "Value": "api"}]
LEAST_REQUESTS = 200
"""Requests within a quarter of an hour, below which a share of refused ones means nothing."""
RELEASE_FAILURES = 3
"""Failures within a minute that end a release."""
SES_BOUNCES, SES_COMPLAINTS = 0.04, 0.0008
"""SES reviews accounts from 5 % and 0.1 % on.
Source: docs.aws.amazon.com/ses/latest/dg/reputationdashboardmessages.html, read 2026-11."""


def alarms(functions: Mapping[str, Any]) -> Resources:
    """All alarms; `functions` are the template's, which have their time limits."""
    found = [
        *_queues(),
        *_streams(),
        *_slow(functions),
        *_throttled(),
        *_own_metrics(),
        *_api(),
        *_mail(),
        *_releases(),
    ]
    return dict(found)


def _queues() -> Iterator[tuple[str, Any]]:
    for name, meaning in GAVE_UP.items():
        queue = _of_queue(f"{name}DeadLetterQueue")
        metric = "ApproximateNumberOfMessagesVisible"
        yield f"{name}GaveUp", _alarm(meaning, "AWS/SQS", metric, queue, above=0)
    for name in LATE_QUEUES:
        yield (
            f"{name}IsLate",
            _alarm(
                f"A message has waited in {name}Queue for more than half an hour",
                "AWS/SQS",
                "ApproximateAgeOfOldestMessage",
                _of_queue(f"{name}Queue"),
                above=LATE_S,
            ),
        )


def _streams() -> Iterator[tuple[str, Any]]:
    for name, meaning in BEHIND_STREAMS.items():
        of = _of_function(name)
        yield (
            f"{name}IsBehind",
            _alarm(meaning, "AWS/Lambda", "IteratorAge", of, above=300_000, period_s=60, times=5),
        )


def _slow(functions: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in SLOW:
        limit_ms = functions[name]["Properties"]["Timeout"] * 1000
        meaning = f"{name} took more than four fifths of its time limit"
        most = int(SLOW_SHARE * limit_ms)
        yield (
            f"{name}IsSlow",
            _alarm(meaning, "AWS/Lambda", "Duration", _of_function(name), above=most),
        )


def _throttled() -> Iterator[tuple[str, Any]]:
    yield (
        "FunctionsAreThrottled",
        _alarm(
            "AWS refused to run functions, as too many ran at the same time",
            "AWS/Lambda",
            "Throttles",
            [],
            above=10,
            statistic="Sum",
            times=3,
        ),
    )
    for what in ("Read", "Write"):
        metrics = [
            _metric(f"m{number}", "AWS/DynamoDB", f"{what}ThrottleEvents", _of_table(table))
            for number, table in enumerate(TABLES)
        ]
        yield (
            f"TablesRefuse{what}s",
            _math(f"DynamoDB refused to {what.lower()}", "SUM(METRICS())", metrics, above=10),
        )


def _own_metrics() -> Iterator[tuple[str, Any]]:
    yield (
        "SignInsFail",
        _alarm(
            "More than 50 sign-ins failed within a quarter of an hour, as when somebody guesses "
            "codes",
            "Ginnel",
            "sign_in_failures",
            [{"Name": "function", "Value": "api"}],
            above=50,
            statistic="Sum",
            period_s=900,
        ),
    )
    yield (
        "FiguresDrift",
        _alarm(
            "The nightly recount found reports that the figures had not counted rightly",
            "Ginnel",
            "drift",
            [{"Name": "function", "Value": "recount_figures"}],
            above=0,
        ),
    )
    for name, (purse, purpose) in TEXTS.items():
        meaning = f"More than four in five of the day's text messages {purpose} are spent"
        of = [{"Name": "purse", "Value": purse}]
        yield f"{name}TextsRunOut", _alarm(meaning, "Ginnel", "texts_percent", of, above=80)


def _api() -> Iterator[tuple[str, Any]]:
    yield (
        "ApiFails",
        _alarm(
            "More than one request in a hundred failed",
            "AWS/ApiGateway",
            "5XXError",
            API,
            above=0.01,
            statistic="Average",
            times=2,
        ),
    )
    refused = [_metric(name, "AWS/ApiGateway", metric, API) for name, metric in _REFUSED.items()]
    share = f"IF(requests > {LEAST_REQUESTS}, refused / requests, 0)"
    meaning = "More than three requests in ten were refused"
    yield "ApiRefuses", _math(meaning, share, refused, above=0.3)


_REFUSED = {"refused": "4XXError", "requests": "Count"}


def _releases() -> Iterator[tuple[str, Any]]:
    """While a new version gets a tenth of the calls, these return all calls to the one before."""
    answered = ("AWS/ApiGateway", "5XXError", API)
    published = ("Ginnel", "failed", [{"Name": "function", "Value": "publish"}])
    for name, function, failed in (
        ("Api", "APIHandler", answered),
        ("Publish", "Publish", published),
    ):
        metrics = [
            _metric("broken", "AWS/Lambda", "Errors", _of_alias(function), period_s=60),
            _metric("failed", *failed, period_s=60),
        ]
        meaning = f"{function} failed more than {RELEASE_FAILURES} times in a minute"
        # Without a failure of one kind its metric has no value.
        alarm = _math(meaning, "SUM(FILL(METRICS(), 0))", metrics, above=RELEASE_FAILURES)
        yield f"{name}ReleaseFails", alarm


def _mail() -> Iterator[tuple[str, Any]]:
    for name, metric, most in (
        ("MailBounces", "BounceRate", SES_BOUNCES),
        ("MailIsComplainedOf", "ComplaintRate", SES_COMPLAINTS),
    ):
        meaning = f"SES will review the account: its {metric} is close to the limit"
        alarm = _alarm(meaning, "AWS/SES", f"Reputation.{metric}", [], above=most, period_s=3600)
        yield name, alarm | {"Condition": "HasMail"}


def _alarm(
    meaning: str,
    namespace: str,
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


def _math(
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


def _metric(
    name: str, namespace: str, metric: str, dimensions: list[dict[str, Any]], period_s: int = 900
) -> dict[str, Any]:
    of = {"Namespace": namespace, "MetricName": metric, "Dimensions": dimensions}
    return {
        "Id": name,
        "MetricStat": {"Metric": of, "Period": period_s, "Stat": "Sum"},
        "ReturnData": False,
    }


def _of_queue(name: str) -> list[dict[str, Any]]:
    return [{"Name": "QueueName", "Value": {"Fn::GetAtt": [name, "QueueName"]}}]


def _of_function(name: str) -> list[dict[str, Any]]:
    return [{"Name": "FunctionName", "Value": {"Ref": name}}]


def _of_alias(name: str) -> list[dict[str, Any]]:
    return [*_of_function(name), {"Name": "Resource", "Value": {"Fn::Sub": f"${{{name}}}:live"}}]


def _of_table(name: str) -> list[dict[str, Any]]:
    return [{"Name": "TableName", "Value": {"Ref": f"{name}Table"}}]


def dashboard() -> Resources:
    """One page with the state of a deployment: requests, changes, queues, functions and mail."""
    requests = [["AWS/ApiGateway", each, *_flat(API)] for each in _REQUESTS]
    latency = [["AWS/ApiGateway", "Latency", *_flat(API)]]
    failed = [["Ginnel", "failed", "function", each] for each in _BATCHES]
    mail = [["AWS/SES", each] for each in ("Send", "Bounce", "Complaint")]
    rows = [
        ("Requests", "Sum", requests),
        ("Time of a request in ms: 99 in 100 take less", "p99", latency),
        ("Age of the oldest message in s", "Maximum", [_age(each) for each in LATE_QUEUES]),
        ("Duration in ms", "Maximum", [_duration(each) for each in SLOW]),
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


def _flat(dimensions: list[dict[str, str]]) -> Iterator[str]:
    for each in dimensions:
        yield from (each["Name"], each["Value"])


def _age(queue: str) -> list[str]:
    name = f"${{{queue}Queue.QueueName}}"
    return ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", name]


def _duration(function: str) -> list[str]:
    return ["AWS/Lambda", "Duration", "FunctionName", f"${{{function}}}"]
