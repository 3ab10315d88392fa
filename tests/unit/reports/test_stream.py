"""What the stream of the reports' table tells of a change."""

from typing import Any

import pytest

from chalicelib.events import ReportChanged
from chalicelib.reports.stream import fact_of

IMAGE: dict[str, dict[str, Any]] = {
    "service_request_id": {"S": "7K3M2QXV9HTD"},
    "record": {"S": "report"},
    "version": {"N": "1"},
    "visibility": {"S": "public"},
    "requested_month": {"S": "2026-06"},
    "state": {"S": "open"},
    "priority": {"S": "normal"},
    "photos": {"S": "[]"},
    "updates": {"S": "[]"},
    "redactions": {"N": "0"},
}


@pytest.mark.parametrize(
    ("values", "shows"),
    [
        ({}, False),
        ({"priority": {"S": "high"}, "team": {"S": "trees"}}, False),
        ({"flags": {"S": '[{"flag_id": "1"}]'}, "attention": {"S": "flagged"}}, False),
        ({"email_key": {"S": "1"}, "phone_key": {"S": "2"}, "channel": {"S": "phone"}}, False),
        ({"forget": {"S": "closed"}, "forget_since": {"S": "2026-06"}}, False),
        ({"state": {"S": "fixed"}}, True),
        ({"updates": {"S": '[{"update_id": "1"}]'}}, True),
        ({"title": {"S": "Hole"}}, True),
        ({"photos": {"S": '[{"photo_id": "1"}]'}}, True),
    ],
)
def test_change_says_whether_everybody_can_see_it(
    values: dict[str, dict[str, Any]], shows: bool
) -> None:
    new = {**IMAGE, "version": {"N": "2"}, "request_id": {"S": "another"}, **values}
    fact = fact_of({"eventID": "1", "dynamodb": {"NewImage": new, "OldImage": IMAGE}})
    assert isinstance(fact, ReportChanged) and fact.shows_change is shows
