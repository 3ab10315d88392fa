"""Stands in for EventBridge Scheduler: calls handlers at a rate."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

from chalice.app import ScheduledEventConfig

from chalicelib.kernel.observability import logs

Handler = Callable[[dict[str, Any], Any], Any]
"""A function of an event and its context."""


def handler_named(handler_string: str) -> Handler:
    """The function of that module's dotted name, as Lambda finds it."""
    module, _, function = handler_string.rpartition(".")
    found: Handler = getattr(import_module(module), function)
    return found


class Schedule:
    """A handler that is called at a rate. One call makes up for missed ones, and none waits longer
    than its rate, also after the clock was put back."""

    def __init__(self, config: ScheduledEventConfig, now: datetime, handler: Handler) -> None:
        self._handler = handler
        self._name = config.handler_string
        self._every = interval(str(config.schedule_expression))
        self._next = now + self._every

    def run(self, now: datetime) -> bool:
        """Calls the handler if it is due; returns False if it is not."""
        self._next = min(self._next, now + self._every)
        if now < self._next:
            return False
        self._next = now + self._every
        event = {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": "123456789012",
            "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": "eu-west-2",
            "resources": [
                f"arn:aws:scheduler:eu-west-2:123456789012:schedule/default/{self._name}"
            ],
            "detail": "{}",
        }
        try:
            self._handler(event, None)
        except Exception as error:
            logs.failure("a schedule failed, it comes again", error, function=self._name)
        return True


def interval(rate: str) -> timedelta:
    """The interval of a schedule's rate(…). Raises RuntimeError if it is not a rate."""
    found = re.fullmatch(r"rate\(([1-9][0-9]*) (minute|hour|day)s?\)", rate)
    if not found:
        raise RuntimeError(f"The pump does not know how to keep {rate}: use rate(…).")
    return int(found[1]) * timedelta(**{f"{found[2]}s": 1})
