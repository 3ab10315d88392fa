"""Facts on their way: what an older version of the code sent is still understood."""

import json

import msgspec

from chalicelib.events import Event, ReportSubmitted
from tests.conftest import ROOT


def test_fact_without_a_request_id_is_read() -> None:
    event = json.loads((ROOT / "tests" / "events" / "publish.json").read_text())
    fact = msgspec.json.decode(event["Records"][0]["body"], type=Event)
    assert isinstance(fact, ReportSubmitted)
    assert (fact.request_id, fact.stored_at_ms) == ("", 0)
