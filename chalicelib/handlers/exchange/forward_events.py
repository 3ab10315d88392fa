"""The schedule that polls other organisations for their updates."""

from typing import TYPE_CHECKING

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib.bootstrap.outbound import return_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.handlers.http.event import batch
from chalicelib.kernel.observability import logs

if TYPE_CHECKING:
    from chalicelib.outbound import polling

events = Blueprint(__name__)


@events.schedule("rate(5 minutes)")
def poll_updates(_: CloudWatchEvent) -> None:
    """Adds their updates to our timelines. Fails if an organisation did not answer; the next run
    requests the same period again."""
    from chalicelib.outbound import polling

    with batch("poll_updates") as line:
        outcome = polling.poll_all(return_ports())
        line["records"], line["failed"] = outcome.updates, len(outcome.failed)
        for destination, error in outcome.failed.items():
            logs.failure("a destination was not polled", error, destination=destination)
        _log_gaps(outcome)
        if outcome.failed:
            raise UpstreamFailed(f"{len(outcome.failed)} destinations were not polled.")


def _log_gaps(outcome: "polling.PollOutcome") -> None:
    for destination in outcome.left:
        logs.event("there was no time for a destination", "warning", destination=destination)
    for destination, polled in outcome.polled.items():
        if polled.over:
            over: logs.Fields = {"destination": destination, "records": polled.over}
            logs.event("reports had more updates than they take in a day", "warning", **over)
        if polled.missed:
            missed: logs.Fields = {"destination": destination, "records": polled.missed}
            logs.event("a body refused to say its updates of some time", "error", **missed)
