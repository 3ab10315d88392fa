"""The alarms and the dashboard of a deployment. docs/DEPLOY.md says of each alarm what it means and
what to do."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.cloudwatch import (
    OWN_METRICS,
    Resources,
    alarm_on,
    alarm_on_sums,
    alias_dimensions,
    function_dimensions,
    index_dimensions,
    queue_dimensions,
    sum_of,
    table_dimensions,
)

DEAD_LETTER_MEANINGS = {
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
    "Orders": "Orders were not carried out after five tries",
    "Figures": "Changes were not counted after five tries",
    "Follow": "Reports did not follow their jobs after five tries",
    "Crews": "Days of crews were not brought up to date after five tries",
    "Rounds": "The state of collection rounds was not published after five tries",
    "FanOut": "Changes reached no reaction",
    "Schedules": "A schedule failed",
}
"""The meaning of messages in each dead-letter queue."""
LATE_STREAMS = {
    "FanOut": "Changes wait for more than five minutes",
    "FanOutPeople": "Codes to sign in wait for more than five minutes",
    "FanOutAlerts": "Changes of subscriptions wait for more than five minutes",
    "FanOutJobs": "Changes of jobs wait for more than five minutes",
    "PublishBookings": "Changes of bookings wait for more than five minutes",
}
LATE_QUEUES = (
    *("Publish", "OpenData", "Replies", "Photos", "Fetch", "Outbound", "Send", "Codes"),
    *("Alerts", "Receipts", "Match", "Open", "Follow", "Crews", "Rounds", "Figures"),
    "Orders",
)
LATE_S = 1_800
"""The age of a message that waits too long. Its last try may come fifteen minutes after the first.
"""
GROWING_FUNCTIONS = (
    *("Publish", "PublishWards", "PublishOpenData", "PublishPerformance", "PublishCrewsDue"),
    *("PublishOverdue", "MatchAlerts", "Tidy", "Erase", "ForgetOld", "CollectionsDue"),
    "RecountFigures",
)
"""Functions whose work grows with the council."""
SLOW_SHARE = 0.8
MOST_METRICS = 10
"""CloudWatch refuses an alarm on an expression of more metrics.
Source: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html, read 2026-11.
"""
TEXTS = {
    "SignIn": ("sign_in", "with codes to sign in"),
    "Confirm": ("codes", "that confirm subscriptions"),
    "Alert": ("alerts", "for alerts"),
}
API: list[dict[str, Any]] = [
    {"Name": "ApiName", "Value": {"Fn::Sub": "${AWS::StackName}"}},
    {"Name": "Stage", "Value": "api"},
]
"""Another stack in the account has an API of another name (infra/template.py)."""
LEAST_REQUESTS = 200
"""Requests within a quarter of an hour, below which a share of refused ones means nothing."""
RELEASE_FAILURES = 3
"""Failures within a minute that end a release."""
SES_BOUNCES, SES_COMPLAINTS = 0.04, 0.0008
"""SES reviews accounts from 5 % and 0.1 % on.
Source: docs.aws.amazon.com/ses/latest/dg/reputationdashboardmessages.html, read 2026-11."""


def alarms(resources: Mapping[str, Any]) -> Resources:
    """All alarms on the template's resources: its functions, with their time limits, its queues,
    streams and tables."""
    found = [
        *_queue_alarms(),
        *_stream_alarms(),
        *_duration_alarms(resources),
        *_throttling_alarms(),
        *_table_alarms(resources),
        *_own_metric_alarms(),
        *_api_alarms(),
        *_mail_alarms(),
        *_release_alarms(),
    ]
    return dict(found)


def _queue_alarms() -> Iterator[tuple[str, Any]]:
    for name, meaning in DEAD_LETTER_MEANINGS.items():
        queue = queue_dimensions(f"{name}DeadLetterQueue")
        metric = "ApproximateNumberOfMessagesVisible"
        yield f"{name}GaveUp", alarm_on(meaning, "AWS/SQS", metric, queue, above=0)
    for name in LATE_QUEUES:
        yield (
            f"{name}IsLate",
            alarm_on(
                f"A message has waited in {name}Queue for more than half an hour",
                "AWS/SQS",
                "ApproximateAgeOfOldestMessage",
                queue_dimensions(f"{name}Queue"),
                above=LATE_S,
            ),
        )


def _stream_alarms() -> Iterator[tuple[str, Any]]:
    for name, meaning in LATE_STREAMS.items():
        of = function_dimensions(name)
        yield (
            f"{name}IsBehind",
            alarm_on(meaning, "AWS/Lambda", "IteratorAge", of, above=300_000, period_s=60, times=5),
        )


def _duration_alarms(functions: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in GROWING_FUNCTIONS:
        limit_ms = functions[name]["Properties"]["Timeout"] * 1000
        meaning = f"{name} took more than four fifths of its time limit"
        most = int(SLOW_SHARE * limit_ms)
        yield (
            f"{name}IsSlow",
            alarm_on(meaning, "AWS/Lambda", "Duration", function_dimensions(name), above=most),
        )


def _throttling_alarms() -> Iterator[tuple[str, Any]]:
    yield (
        "FunctionsAreThrottled",
        alarm_on(
            "AWS refused to run functions, as too many ran at the same time",
            "AWS/Lambda",
            "Throttles",
            [],
            above=10,
            statistic="Sum",
            times=3,
        ),
    )


def _table_alarms(resources: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Alarms on refused calls of every table and index, which DynamoDB counts apart, in groups of
    as many as one alarm may watch."""
    watched = [
        dimensions
        for name, resource in resources.items()
        if resource.get("Type") == "AWS::DynamoDB::Table"
        for dimensions in _tables_and_indexes(name, resource["Properties"])
    ]
    for what in ("Read", "Write"):
        for number, start in enumerate(range(0, len(watched), MOST_METRICS), 1):
            metrics = [
                sum_of(f"m{at}", "AWS/DynamoDB", f"{what}ThrottleEvents", each)
                for at, each in enumerate(watched[start : start + MOST_METRICS])
            ]
            meaning = f"DynamoDB refused to {what.lower()}"
            alarm = alarm_on_sums(meaning, "SUM(METRICS())", metrics, above=10)
            yield f"TablesRefuse{what}s{number}", alarm


def _tables_and_indexes(name: str, table: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
    yield table_dimensions(name)
    for index in table.get("GlobalSecondaryIndexes", ()):
        yield index_dimensions(name, index["IndexName"])


def _own_metric_alarms() -> Iterator[tuple[str, Any]]:
    yield (
        "SignInsFail",
        alarm_on(
            "More than 50 sign-ins failed within a quarter of an hour, as when somebody guesses "
            "codes",
            OWN_METRICS,
            "sign_in_failures",
            [{"Name": "function", "Value": "api"}],
            above=50,
            statistic="Sum",
            period_s=900,
        ),
    )
    yield (
        "FiguresDrift",
        alarm_on(
            "The nightly recount found reports that the figures had not counted rightly",
            OWN_METRICS,
            "drift",
            [{"Name": "function", "Value": "recount_figures"}],
            above=0,
        ),
    )
    yield from _payment_alarms()
    for name, (purse, purpose) in TEXTS.items():
        meaning = f"More than four in five of the day's text messages {purpose} are spent"
        of = [{"Name": "purse", "Value": purse}]
        yield f"{name}TextsRunOut", alarm_on(meaning, OWN_METRICS, "texts_percent", of, above=80)


def _payment_alarms() -> Iterator[tuple[str, Any]]:
    yield (
        "PaymentsAreUnchecked",
        alarm_on(
            "For a quarter of an hour the payment provider could not be asked about payments",
            OWN_METRICS,
            "failed",
            [{"Name": "function", "Value": "check_payments"}],
            above=0,
            times=3,
        ),
    )
    yield (
        "CardsAreRefused",
        alarm_on(
            "The payment provider refuses the council's key or account, so nobody can pay by card",
            OWN_METRICS,
            "account_refusals",
            [{"Name": "function", "Value": "payments"}],
            above=0,
            statistic="Sum",
        ),
    )
    yield (
        "LedgerDiffers",
        alarm_on(
            "The ledger and the payment provider differ about money",
            OWN_METRICS,
            "differences",
            [{"Name": "function", "Value": "reconcile_payments"}],
            above=0,
        ),
    )


def _api_alarms() -> Iterator[tuple[str, Any]]:
    yield (
        "ApiFails",
        alarm_on(
            "More than one request in a hundred failed",
            "AWS/ApiGateway",
            "5XXError",
            API,
            above=0.01,
            statistic="Average",
            times=2,
        ),
    )
    refused = [
        sum_of(name, "AWS/ApiGateway", metric, API) for name, metric in _REFUSED_METRICS.items()
    ]
    share = f"IF(requests > {LEAST_REQUESTS}, refused / requests, 0)"
    meaning = "More than three requests in ten were refused"
    yield "ApiRefuses", alarm_on_sums(meaning, share, refused, above=0.3)


_REFUSED_METRICS = {"refused": "4XXError", "requests": "Count"}


def _release_alarms() -> Iterator[tuple[str, Any]]:
    """While a new version gets a tenth of the calls, these return all calls to the one before."""
    answered = ("AWS/ApiGateway", "5XXError", API)
    published = (OWN_METRICS, "failed", [{"Name": "function", "Value": "publish"}])
    for name, function, (namespace, metric, of) in (
        ("Api", "APIHandler", answered),
        ("Publish", "Publish", published),
    ):
        metrics = [
            sum_of("broken", "AWS/Lambda", "Errors", alias_dimensions(function), period_s=60),
            sum_of("failed", namespace, metric, of, period_s=60),
        ]
        meaning = f"{function} failed more than {RELEASE_FAILURES} times in a minute"
        # Without a failure of one kind its metric has no value.
        alarm = alarm_on_sums(meaning, "SUM(FILL(METRICS(), 0))", metrics, above=RELEASE_FAILURES)
        yield f"{name}ReleaseFails", alarm


def _mail_alarms() -> Iterator[tuple[str, Any]]:
    for name, metric, most in (
        ("MailBounces", "BounceRate", SES_BOUNCES),
        ("MailIsComplainedOf", "ComplaintRate", SES_COMPLAINTS),
    ):
        meaning = f"SES will review the account: its {metric} is close to the limit"
        alarm = alarm_on(meaning, "AWS/SES", f"Reputation.{metric}", [], above=most, period_s=3600)
        yield name, alarm | {"Condition": "HasMail"}
