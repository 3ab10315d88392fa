"""Nobody is told of an officer's change while that can be taken back: here that time passes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.alerts.usecases.sending import wake_due
from chalicelib.bootstrap.alerts import telling_ports
from chalicelib.kernel.time import utc_now
from chalicelib.reports.usecases.staff.officer_changes import UNTOLD_FOR
from tests.built import replace_built


@contextmanager
def told_later(span: timedelta = UNTOLD_FOR) -> Iterator[None]:
    """The senders of alerts see a clock that is ahead by that much."""
    ports = replace(telling_ports(), now=lambda: utc_now() + span)
    with pytest.MonkeyPatch.context() as patch:
        replace_built(patch, telling_ports, ports)
        yield


def tell_what_waits(deliver: Callable[[], object], span: timedelta = UNTOLD_FOR) -> None:
    """Tells what waits by then; `deliver` lets all messages arrive."""
    deliver()
    with told_later(span):
        wake_due(telling_ports())
        deliver()
