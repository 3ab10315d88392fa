"""The filters of streams pass what their handlers tell, and the local streams apply them."""

from datetime import date

import pytest

from chalicelib.collections.keys import item_key
from chalicelib.collections.round_days import LogKey
from infra.local.stream_filters import passes, patterns_of

DAY = date(2026, 6, 1)


def record(owner: str, kind: str) -> dict[str, object]:
    return {"dynamodb": {"Keys": {"owner": {"S": owner}, "record": {"S": kind}}}}


@pytest.mark.parametrize(
    ("function", "keys", "is_passed"),
    [
        ("fan_out_jobs", ("7K3M", "job"), True),
        ("fan_out_jobs", item_key(LogKey("north-1", DAY)), True),
        ("fan_out_jobs", item_key(LogKey("north-1", DAY, "100")), False),
        ("fan_out_jobs", ("7K3M", "stop#1"), False),
        ("fan_out_alerts", ("1", "subscription"), True),
        ("fan_out_alerts", ("1", "disruption#2"), True),
        ("fan_out_alerts", ("1", "alert"), False),
        ("fan_out", ("1", "anything"), True),
    ],
)
def test_handler_gets_the_records_that_it_tells(
    function: str, keys: tuple[str, str], is_passed: bool
) -> None:
    assert passes(record(*keys), patterns_of(function)) == is_passed
