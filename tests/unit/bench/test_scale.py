"""The simulator of the bill: its arithmetic, and that docs/DEPLOY.md has what code costs now."""

import copy
from typing import Any

import pytest

from bench.meter import Call
from bench.scale import samples, table
from bench.scale.bill import MOST_DOLLARS, RESIDENTS, bill, count_backup_copies, model, prices
from bench.scale.fit import SamplePoint, fit_growth
from bench.scale.fixed_costs import idle_quantities
from bench.scale.ledger import count_usage
from bench.scale.load import VISIT_REQUESTS, Load
from bench.scale.model import Machine
from infra.template import merged_template

KNOWN_EXCESS = {200_000: 8, 1_000_000: 6}
"""The dollars by which goals are missed since the firewall is in the bill, rounded up."""
PLACES = [
    SamplePoint(8, 8, 4),
    SamplePoint(8, 4, 4),
    SamplePoint(16, 16, 16),
    SamplePoint(48, 48, 4),
    SamplePoint(48, 12, 4),
    SamplePoint(120, 30, 16),
]


def call(operation: str, **values: Any) -> Call:
    ordinary = {"url": "", "asked": {}, "answer": {}, "sent_bytes": 0, "received_bytes": 0}
    return Call(**{"operation": operation, **ordinary, **values})


@pytest.mark.exhaustive
def test_recorded_counts_are_those_of_the_code() -> None:
    now = samples.sample_size(samples.QUICK)
    assert samples.stale_counts(samples.read_samples(), now) == [], (
        "run python -m bench.scale --record --write"
    )


def test_counts_are_detected_when_they_are_old() -> None:
    known = samples.read_samples()
    quick = copy.deepcopy(known["quick"])
    now = samples.SampledCouncil(quick["samples"], [*quick["metrics"], "more"], {})
    now.samples["change"]["Publish"]["s3_writes"] += 1
    now.samples["change"]["Publish"]["cpu_ms"] += 1
    metric, change = samples.stale_counts(known, now)
    assert metric == "metric more"
    assert change.startswith("change, Publish: ")


def test_table_is_that_of_the_recorded_counts() -> None:
    document = table.DOCUMENT.read_text(encoding="utf-8")
    assert document == table.write_section(document), "run python -m bench.scale --write"


@pytest.mark.parametrize(("residents", "most"), MOST_DOLLARS.items())
def test_bill_of_a_month_stays_below_its_goal_or_its_known_excess(
    residents: int, most: int
) -> None:
    known = KNOWN_EXCESS.get(residents, 0)
    assert known - 1 < max(0, bill(residents).total - most) <= known


def test_table_says_by_how_much_a_goal_is_missed() -> None:
    (row,) = (line for line in table.section().splitlines() if line.startswith("| above the goal"))
    for cell, (residents, most) in zip(row.split("|")[2:], MOST_DOLLARS.items(), strict=False):
        excess = bill(residents).total - most
        assert cell.strip() == (f"**{excess:,.2f}**" if excess > 0 else "no")


def test_bill_has_the_firewall_with_its_rules_and_every_request_that_it_looks_at() -> None:
    load, found = Load(RESIDENTS[0]), bill(RESIDENTS[0]).quantities
    assert (found["firewall a month"], found["firewall rule a month"]) == (1, 2)
    pages = load.visits * VISIT_REQUESTS
    assert found["firewall request"] == found["CloudFront request"]
    assert found["firewall request"] == pytest.approx(pages + found["API Gateway request"])


def test_no_cost_grows_faster_than_the_council() -> None:
    assert table.superlinear_costs() == []


def test_no_function_needs_more_than_half_of_its_limits() -> None:
    assert table.strained_functions() == []


def test_copy_of_each_sunday_is_kept_beside_those_of_the_last_nights() -> None:
    rules = [
        {"ScheduleExpression": "cron(0 3 * * ? *)", "Lifecycle": {"DeleteAfterDays": 5}},
        {"ScheduleExpression": "cron(0 3 ? * SUN *)", "Lifecycle": {"DeleteAfterDays": 14}},
    ]
    plan = {"Properties": {"BackupPlan": {"BackupPlanRule": rules}}}
    template = {"Resources": {"Plan": {"Type": "AWS::Backup::BackupPlan", **plan}}}
    assert count_backup_copies(template) == 5 + 2


def test_payments_are_reconciled_in_time_with_many_more_of_them() -> None:
    some, more = (model().slowest(Load(count))["ReconcilePayments"] for count in (10**6, 10**7))
    assert some < more < model().machines["ReconcilePayments"].timeout_s


def test_bill_has_every_price_and_everything_that_functions_use() -> None:
    found = bill(RESIDENTS[0])
    assert set(found.quantities) <= set(prices()["each"])
    assert 0 < sum(found.by_function.values()) < found.total == sum(found.dollars.values())


def test_figure_is_split_into_what_makes_it_grow() -> None:
    values = [7 + 0.5 * place.month + 2 * place.day + 3 * place.wards for place in PLACES]
    found = fit_growth(PLACES, values, "s3_reads")
    assert found.at(SamplePoint(1000, 100, 10)) == pytest.approx(7 + 500 + 200 + 30)


def test_figure_grows_with_nothing_when_its_samples_differ_by_noise() -> None:
    assert (
        fit_growth(PLACES, [20, 21, 19, 20, 22, 23], "cpu_ms").at(SamplePoint(1e6, 1e5, 1e3)) < 25
    )


def test_figure_never_shrinks() -> None:
    found = fit_growth(PLACES, [100 - place.month / 2 for place in PLACES], "calls")
    assert found.at(SamplePoint(1e6, 1e5, 1e3)) == pytest.approx(found.fixed)


def test_calls_are_counted_by_what_is_paid_for_them() -> None:
    found = count_usage(
        [
            call("dynamodb.Query", answer={"Items": [{"id": {"S": "1"}}]}),
            call("s3.PutObject"),
            call("s3.ListObjectsV2"),
            call("s3.GetObject"),
            call("s3.DeleteObject"),
            call("sqs.SendMessageBatch"),
            call("sesv2.SendEmail"),
            call("secretsmanager.GetSecretValue"),
            call("cloudfront.CreateInvalidation", body=b"<Paths><Path>/a</Path><Path>/b</Path>"),
        ]
    )
    del found["trips"], found["calls"]
    assert dict(found) == {
        "invocations": 1,
        "reads": 0.5,
        "writes": 0,
        "s3_writes": 2,
        "s3_reads": 1,
        "s3_deletes": 1,
        "sqs": 1,
        "emails": 1,
        "paths": 2,
    }


def test_call_is_refused_when_its_price_is_not_known() -> None:
    with pytest.raises(ValueError, match=r"kinesis\.PutRecord"):
        count_usage([call("kinesis.PutRecord")])


def test_function_with_half_a_processor_takes_twice_the_time() -> None:
    used = {"cpu_ms": 1000, "trips": 0}
    assert Machine(1769, 60).seconds(used) == 1
    assert Machine(884, 60).seconds(used) == pytest.approx(2, rel=0.01)
    assert Machine(3538, 60).seconds({"cpu_ms": 0, "trips": 125}) == 1


def test_periods_with_changes_have_all_of_them() -> None:
    load = Load(200_000)
    periods = 30 * 24 * 12
    assert load.busy_share(1 / 12) * load.changes_in(1 / 12) * periods == pytest.approx(
        load.changes
    )


def test_standing_costs_are_counted_in_the_template() -> None:
    math = {"Metrics": [{"Expression": "SUM(METRICS())"}, {"MetricStat": {}}, {"MetricStat": {}}]}
    fed = {"Events": {"Source": {"Type": "SQS"}, "Clock": {"Type": "ScheduleV2"}}}
    resources = {
        "One": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "x"}},
        "Two": {"Type": "AWS::CloudWatch::Alarm", "Properties": math},
        "Fed": {"Type": "AWS::Serverless::Function", "Properties": fed},
    }
    found = idle_quantities({"Resources": resources}, metrics=3)
    assert found["alarm metric a month"] == 3
    assert found["custom metric a month"] == 3
    assert found["SQS request"] == 5 * 3 * 60 * 24 * 30


def test_every_type_of_resource_has_its_cost() -> None:
    template = merged_template()
    assert idle_quantities(template, metrics=0)["secret a month"] > 0
    template["Resources"]["Gateway"] = {"Type": "AWS::EC2::NatGateway"}
    with pytest.raises(ValueError, match=r"Gateway \(AWS::EC2::NatGateway\)"):
        idle_quantities(template, metrics=0)
