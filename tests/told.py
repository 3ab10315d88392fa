"""Nobody is told of an officer's change while that can be taken back: here that time passes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from chalicelib import bootstrap
from chalicelib.alerts.usecases.sending import wake_due
from chalicelib.kernel.time import utc_now
from chalicelib.reports.usecases.staff.officer_changes import UNTOLD_FOR


@contextmanager
def told_later(span: timedelta = UNTOLD_FOR) -> Iterator[None]:
    """Whoever tells subscribers sees a clock that is ahead by that much."""
    usual = bootstrap.telling_ports
    ports = replace(usual(), now=lambda: utc_now() + span)
    setattr(bootstrap, "telling_ports", lambda: ports)  # noqa: B010
    try:
        yield
    finally:
        setattr(bootstrap, "telling_ports", usual)  # noqa: B010


def tell_what_waits(deliver: Callable[[], object], span: timedelta = UNTOLD_FOR) -> None:
    """Tells what waits by then; `deliver` lets all messages arrive."""
    deliver()
    with told_later(span):
        wake_due(bootstrap.telling_ports())
        deliver()
