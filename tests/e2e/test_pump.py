"""The pump stands for AWS between a stream or a queue and a handler."""

from collections.abc import Sequence

import pytest

from chalicelib import bootstrap
from chalicelib.errors import UpstreamFailed
from chalicelib.events import Event
from infra.local.cloud import Cloud
from tests.builders import report


class Flaky:
    """A reaction that takes nothing the first times."""

    def __init__(self, failures: int, error: Exception) -> None:
        self.failures = failures
        self.error = error
        self.taken: list[Event] = []

    def send(self, events: Sequence[Event]) -> None:
        if self.failures:
            self.failures -= 1
            raise self.error
        self.taken += events


@pytest.mark.parametrize("error", [UpstreamFailed("no answer"), ZeroDivisionError()])
def test_facts_come_again_in_order_when_they_were_not_taken(
    error: Exception, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    reaction = Flaky(2, error)
    monkeypatch.setattr(bootstrap, "reactions", lambda: (reaction,))
    repository = bootstrap.reports_ports().repository
    stored = [repository.create(report(number)).service_request_id for number in (3, 1, 2)]
    cloud.pump.run_until_idle()
    assert [fact.service_request_id for fact in reaction.taken] == stored


def test_second_cloud_is_refused_while_one_is_running(cloud: Cloud) -> None:
    with pytest.raises(RuntimeError, match="stop it before the next one"):
        Cloud()
