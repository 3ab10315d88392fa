"""Let the time pass in which an officer can undo a change, and alerts of it are held back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.alerts.usecases.sending import wake_due_alerts
from chalicelib.bootstrap.alerts import delivery_ports
from chalicelib.kernel.time import utc_now
from chalicelib.reports.usecases.staff.officer_changes import NOTIFY_AFTER
from tests.support.composition import replace_built


@contextmanager
def alerts_after_undo(span: timedelta = NOTIFY_AFTER) -> Iterator[None]:
    """Set the clock of the alert senders ahead by `span`."""
    ports = replace(delivery_ports(), now=lambda: utc_now() + span)
    with pytest.MonkeyPatch.context() as patch:
        replace_built(patch, delivery_ports, ports)
        yield


def send_waiting_alerts(deliver: Callable[[], object], span: timedelta = NOTIFY_AFTER) -> None:
    """Send the alerts that wait for up to `span`; `deliver` processes all messages."""
    deliver()
    with alerts_after_undo(span):
        wake_due_alerts(delivery_ports())
        deliver()
