"""The schedules that erase data: of people who requested it, and data whose retention time has
ended."""

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib.accounts.usecases import erasing
from chalicelib.bootstrap.accounts import limit_ports
from chalicelib.bootstrap.privacy import erasure_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.handlers.http.event import attempt_each, batch
from chalicelib.kernel.observability import logs
from chalicelib.reports.usecases.lifecycle.retention import forget_expired as forget_old_reports

events = Blueprint(__name__)


@events.schedule("rate(5 minutes)")
def erase(_: CloudWatchEvent) -> None:
    """Continues the erasure of people, and removes expired keys of network digests. Fails if part
    of it did not finish."""
    with batch("erase") as line:
        line["failed"] = sum(
            attempt_each(
                lambda: len(erasing.erase_due(erasure_ports())),
                _drop_old_keys,
            )
        )
        if failed := line["failed"]:
            raise UpstreamFailed(f"{failed} erasures did not end; they go on later.")


@events.schedule("rate(1 day)")
def forget_old(_: CloudWatchEvent) -> None:
    """Erases data that the council no longer keeps. Fails if some of it remains."""
    with batch("forget_old") as line:
        failed = forget_old_reports(reports_ports())
        line["failed"] = len(failed)
        for service_request_id, error in failed.items():
            logs.failure("a report was not forgotten", error, service_request_id=service_request_id)
        if failed:
            raise UpstreamFailed(f"{len(failed)} reports were not forgotten; they are found again.")


def _drop_old_keys() -> int:
    """Removes expired keys of network digests. Returns 0: none of them failed."""
    limit_ports().networks.drop_old_keys()
    return 0
