"""The bill of a month, as quantities and as dollars."""

import json
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from bench.process import ROOT
from bench.scale import load as assumed
from bench.scale.fixed_costs import idle_quantities
from bench.scale.load import Load
from bench.scale.model import Model, machines
from bench.scale.samples import read_samples
from infra.template import merged_template

PRICES = ROOT / "bench" / "prices.json"
FIREWALL = ROOT / "infra" / "firewall.json"
RESIDENTS = (200_000, 1_000_000, 10_000_000)
MOST_DOLLARS = {200_000: 40, 1_000_000: 105, 10_000_000: 830}
"""The goals, for everything that is deployed: the firewall, too."""
MOST_GROWTH = 1.2
"""What ten times as many residents may cost, beside ten times as much."""
LOG_GB = 0.9e-6
"""Our line of an invocation, and Lambda's three."""
ACCESS_LOG_GB = 0.4e-6
"""API Gateway's line of a request."""
UNITS = {
    "writes": "DynamoDB write unit",
    "reads": "DynamoDB read unit",
    "invocations": "Lambda request",
    "sqs": "SQS request",
    "s3_writes": "S3 write",
    "s3_reads": "S3 read",
    "paths": "CloudFront invalidation path",
    "emails": "SES mail",
}
"""What a function uses → what is paid for it."""
REQUEST_AT_THE_EDGE = ("CloudFront request", "firewall request")
"""What is paid for a request of a page, and of the API, which the CDN passes on."""


class Bill(NamedTuple):
    """A month's bill. Dollars by service, those of them that functions cause, by function, and each
    service's quantities."""

    load: Load
    quantities: Counter[str]
    by_function: dict[str, float]

    @property
    def dollars(self) -> dict[str, float]:
        """By the names in the list of prices."""
        each = prices()["each"]
        return {name: each[name] * self.quantities[name] for name in each if self.quantities[name]}

    @property
    def total(self) -> float:
        return sum(self.dollars.values())


@cache
def prices() -> dict[str, Any]:
    """The list of prices, with where and when they were read."""
    found: dict[str, Any] = json.loads(PRICES.read_text(encoding="utf-8"))
    return found


@cache
def template() -> dict[str, Any]:
    return merged_template()


def deployed_resources() -> dict[str, Any]:
    """The template with the resources of the firewall, which is a stack of its own."""
    firewall = json.loads(FIREWALL.read_text(encoding="utf-8"))
    return {"Resources": template()["Resources"] | firewall["Resources"]}


@cache
def model() -> Model:
    """The model of the recorded samples."""
    return Model(read_samples(), machines(template()))


@cache
def bill(residents: int) -> Bill:
    """The bill of a month of a council with so many residents."""
    load, each = Load(residents), prices()["each"]
    metrics = len(read_samples()["quick"]["metrics"])
    quantities = idle_quantities(deployed_resources(), metrics) + _of_visits(load)
    by_function = {}
    for function, used in model().used_in_a_month(load).items():
        own = _of_function(function, used)
        by_function[function] = sum(each[name] * count for name, count in own.items())
        quantities.update(own)
    return Bill(load, quantities, by_function)


def _of_function(function: str, used: Mapping[str, float]) -> Counter[str]:
    megabytes = model().machines[function].megabytes
    found: Counter[str] = Counter({of: used.get(what, 0) for what, of in UNITS.items()})
    found["Lambda GB-second"] = used["seconds"] * megabytes / 1024  # type: ignore[assignment]
    found["log GB"] = used["invocations"] * LOG_GB  # type: ignore[assignment]
    if function == "APIHandler":
        for what in ("API Gateway request", *REQUEST_AT_THE_EDGE):
            found[what] = used["invocations"]  # type: ignore[assignment]
        found["log GB"] += used["invocations"] * ACCESS_LOG_GB  # type: ignore[assignment]
    return found


def _of_visits(load: Load) -> Counter[str]:
    """What pages and storage cost, in the month in which everything is kept for KEPT_MONTHS."""
    kept = load.reports * assumed.KEPT_MONTHS
    orders = (load.bookings + load.bills) * assumed.KEPT_MONTHS
    items_gb = kept * assumed.REPORT_GB + orders * assumed.ORDER_GB
    photos = assumed.PHOTOS_A_REPORT * assumed.COPIES_OF_A_PHOTO * assumed.PHOTO_GB
    requests = load.visits * assumed.VISIT_REQUESTS
    found: Counter[str] = Counter()
    found.update(
        {
            **dict.fromkeys(REQUEST_AT_THE_EDGE, requests),
            "CloudFront GB": load.visits * assumed.VISIT_GB,
            "S3 read": load.visits * assumed.VISIT_READS,
            "S3 GB a month": kept * photos,
            "DynamoDB GB a month": items_gb,
            "DynamoDB point-in-time recovery GB a month": items_gb,
        }
    )
    copies = count_backup_copies(template())
    found["DynamoDB backup GB a month"] = items_gb * copies  # type: ignore[assignment]
    if copies:
        found["S3 backup GB a month"] = kept * photos / assumed.COPIES_OF_A_PHOTO  # type: ignore[assignment]
    return found


def count_backup_copies(template: Mapping[str, Any]) -> float:
    """How many copies of the tables are kept, of each night or of each Sunday; those of photos
    share what is the same."""
    rules = (
        rule
        for each in template["Resources"].values()
        if each["Type"] == "AWS::Backup::BackupPlan"
        for rule in each["Properties"]["BackupPlan"]["BackupPlanRule"]
    )
    return sum(
        int(rule["Lifecycle"]["DeleteAfterDays"])
        / (7 if "SUN" in rule["ScheduleExpression"] else 1)
        for rule in rules
    )
