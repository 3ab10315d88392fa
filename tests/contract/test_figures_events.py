"""The event handlers of the figures on a batch of facts, and what a run costs in calls."""

import json
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from chalicelib.bootstrap.publishing import counting_ports, figures_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.handlers.publishing import figures_events
from chalicelib.publishing.counters import ReportKey
from chalicelib.publishing.counting import count_in_batches
from chalicelib.publishing.performance import publish_performance
from infra.local.cloud import Cloud
from tests.conftest import ROOT
from tests.support.builders import report
from tests.support.seam import Answer, Try, hook_tries, record_tries

EVENT = json.loads((ROOT / "tests" / "events" / "count_figures.json").read_text(encoding="utf-8"))
MONTH = "2026-06"


def stored(*numbers: int) -> list[ReportKey]:
    made = [reports_ports().repository.create(report(number)) for number in numbers]
    return [ReportKey(MONTH, each.service_request_id) for each in made]


def counted(*bodies: str) -> list[str]:
    """Handles these messages. Returns those that come again, by their place."""
    (first,) = EVENT["Records"]
    records = [first | {"messageId": str(at), "body": body} for at, body in enumerate(bodies)]
    answer = figures_events.count_figures({"Records": records}, None)
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def fact(key: ReportKey) -> str:
    (first,) = EVENT["Records"]
    told = {"service_request_id": key.service_request_id, "day": f"{key.month}-01"}
    return json.dumps(json.loads(first["body"]) | told)


def reported() -> int:
    return sum(
        each.sums.counts.reported for each in counting_ports().counters.lines_of_month(MONTH)
    )


def test_message_that_tells_no_fact_comes_again_and_the_others_are_counted(cloud: Cloud) -> None:
    one, two = stored(1, 2)
    assert counted(fact(one), "{", fact(two), fact(one)) == ["1"]
    assert reported() == 2


def test_report_that_cannot_be_counted_stops_no_other(cloud: Cloud) -> None:
    one, two = stored(1, 2)

    def refuses_one(this: Try, answer: Answer) -> Any:
        if this.operation.endswith("TransactWriteItems") and one[1].encode() in this.body:
            raise ConnectTimeoutError(endpoint_url=this.url)
        return answer()

    with hook_tries(refuses_one):
        assert counted(fact(one), fact(two)) == ["0"]
    assert reported() == 1
    assert counted(fact(one)) == []
    assert reported() == 2


@pytest.mark.parametrize("reports", [1, 40])
def test_publishing_a_changed_month_costs_the_same_however_many_reports_it_has(
    cloud: Cloud, reports: int
) -> None:
    keys = stored(*range(reports + 1))
    count_in_batches(keys[1:], counting_ports())
    publish_performance(figures_ports())
    count_in_batches(keys[:1], counting_ports())
    with record_tries() as calls:
        publish_performance(figures_ports())
    asked = [each.operation for each in calls if each.operation.startswith("dynamodb")]
    targets = len(reports_ports().council.team_names)
    assert asked == [*(targets + 2) * ("dynamodb.Query",), "dynamodb.UpdateItem"]
