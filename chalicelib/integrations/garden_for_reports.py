"""Reminds people before their garden waste subscription ends, as an update of the request that
bought its last year."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import islice

from msgspec import Struct

from chalicelib.errors import NotFound
from chalicelib.garden.model import GardenSubscription
from chalicelib.garden.ports import Ports
from chalicelib.integrations.garden_access import bought_kinds
from chalicelib.reports import ports as reports
from chalicelib.reports.automatic_texts import GARDEN_ENDS, format_day
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.usecases.staff.crew_updates import add_work_update

READ_AT_ONCE = 100
RETRY_DAYS = (0, 1)
"""The delays in days with which a reminder is sent: one that failed is sent on the next day."""


class Reminder(Struct, frozen=True):
    """A reminder that may be due. `days_before` is the number of the council's document."""

    subscription: GardenSubscription
    days_before: int

    @property
    def update_id(self) -> str:
        return f"garden-ends-{self.subscription.last}-{self.days_before}"


def send_reminders(garden: Ports, ports: reports.Ports) -> int:
    """Sends the reminders of today that were not sent yet. Returns their number. Raises
    UpstreamFailed; then it can be repeated."""
    due = _due_reminders(garden)
    number = 0
    while some := list(islice(due, READ_AT_ONCE)):
        for each, report in _unsent_reminders(some, ports):
            text = GARDEN_ENDS.format(day=format_day(each.subscription.last))
            with suppress(NotFound):
                add_work_update(report.service_request_id, each.update_id, text, ports)
                number += 1
    return number


def _due_reminders(garden: Ports) -> Iterator[Reminder]:
    for days_before in garden.rules.remind_days_before:
        for late in RETRY_DAYS:
            day = garden.today + timedelta(days=days_before - late)
            ending = garden.subscriptions.ending_on(day)
            while premises_ids := list(islice(ending, READ_AT_ONCE)):
                for each in garden.subscriptions.many(premises_ids).values():
                    if each.requests and each.is_live(garden.today) and each.last == day:
                        yield Reminder(each, days_before)


def _unsent_reminders(
    reminders: Sequence[Reminder], ports: reports.Ports
) -> Iterator[tuple[Reminder, ServiceRequest]]:
    """The reminders that were not sent, each with the request that it updates."""
    ids = [request for each in reminders for request in each.subscription.requests]
    stored = ports.repository.get_many(ids)
    for each in reminders:
        report = _request_to_remind(each.subscription, stored)
        if report and each.update_id not in {update.update_id for update in report.updates}:
            yield each, report


def _request_to_remind(
    subscription: GardenSubscription, stored: Mapping[str, ServiceRequest]
) -> ServiceRequest | None:
    """The latest request that began or renewed the subscription; anybody may have added
    containers."""
    found = [stored[each] for each in subscription.requests if each in stored]
    return next((each for each in reversed(found) if "add" not in bought_kinds(each)), None)
