"""What the crews of the demo council say of today's rounds."""

from datetime import timedelta

from chalicelib.collections.today import today_document
from infra.demo.rounds_today import demo_round_days
from tests.support.fakes_collections import TODAY, CollectionsWorld, round_of


def test_demo_rounds_are_in_every_state_however_often_they_are_seeded() -> None:
    depot = CollectionsWorld(tuple(round_of(code, TODAY) for code in ("G1", "R1", "R2", "Y1")))
    for _ in range(2):
        demo_round_days(depot.ports)
        depot.now += timedelta(minutes=5)
    found = today_document(depot.ports).items
    assert [each.state for each in found] == ["out", "finished", "off", "to_come"]
    assert [len(each.streets) for each in found] == [1, 0, 0, 0]
    assert max(log.version for log in depot.logs.stored.values()) == 1
