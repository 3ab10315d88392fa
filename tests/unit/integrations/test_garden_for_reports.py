"""People are reminded once of each of the council's days before their subscription ends."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.prices import OrderItem
from chalicelib.garden.usecases import buy, cancel
from chalicelib.integrations.garden_for_reports import send_reminders
from chalicelib.reports.orders import Order
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.submission import submit
from tests.support.builders import draft
from tests.support.fakes_garden import HOME, GardenWorld

LAST = date(2027, 5, 31)


@pytest.fixture
def garden() -> GardenWorld:
    return GardenWorld()


@pytest.fixture
def request_id(garden: GardenWorld, ports: Ports) -> str:
    """A request that bought a subscription up to the last day."""
    report = submit(draft(), "key", Author("account-1"), ports)
    buy(garden.purchase(report.service_request_id), garden.ports)
    return report.service_request_id


def told(request_id: str, ports: Ports) -> Sequence[str]:
    report = ports.repository.get(request_id)
    assert report
    return [each.text for each in report.updates if each.by == "council"]


def remind_until(day: date, garden: GardenWorld, ports: Ports) -> None:
    """Each hour's reminders of each day up to that one."""
    while garden.today < day:
        garden.today += timedelta(days=1)
        for _ in range(2):
            send_reminders(garden.ports, ports)


def test_people_are_reminded_28_and_7_days_before_the_last_day(
    garden: GardenWorld, ports: Ports, request_id: str
) -> None:
    remind_until(LAST - timedelta(days=29), garden, ports)
    assert told(request_id, ports) == []
    remind_until(LAST - timedelta(days=28), garden, ports)
    assert told(request_id, ports) == [
        "Your garden waste subscription ends on Monday 31 May. Renew it to have your garden waste "
        "collected after that day."
    ]
    remind_until(LAST - timedelta(days=8), garden, ports)
    assert len(told(request_id, ports)) == 1
    remind_until(LAST + timedelta(days=1), garden, ports)
    assert len(told(request_id, ports)) == 2


def test_reminder_goes_to_the_request_that_paid_for_the_year(
    garden: GardenWorld, ports: Ports, request_id: str
) -> None:
    other = submit(draft(), "other key", Author("account-2"), ports)
    added = replace(other, order=Order(items=(OrderItem(code="add", count=1),)))
    ports.repository.save(added)
    buy(garden.purchase(other.service_request_id, kind="add"), garden.ports)
    garden.today = LAST - timedelta(days=28)
    assert send_reminders(garden.ports, ports) == 1
    assert (len(told(request_id, ports)), told(other.service_request_id, ports)) == (1, [])


def test_reminder_that_failed_is_sent_on_the_next_day(
    garden: GardenWorld, ports: Ports, request_id: str
) -> None:
    garden.today = LAST - timedelta(days=27)
    assert [send_reminders(garden.ports, ports) for _ in range(2)] == [1, 0]
    garden.today += timedelta(days=1)
    assert send_reminders(garden.ports, ports) == 0


def test_nobody_is_reminded_of_a_subscription_that_was_renewed_or_cancelled(
    garden: GardenWorld, ports: Ports, request_id: str
) -> None:
    garden.today = LAST - timedelta(days=28)
    renewed = garden.store.stored[HOME]
    cancel(HOME, garden.ports)
    assert send_reminders(garden.ports, ports) == 0
    garden.store.stored[HOME] = renewed
    buy(garden.purchase("renewal", kind="renew"), garden.ports)
    assert send_reminders(garden.ports, ports) == 0
    assert told(request_id, ports) == []


def test_request_that_was_removed_does_not_stop_the_reminders_of_others(
    garden: GardenWorld, ports: Ports, request_id: str
) -> None:
    buy(garden.purchase("removed", premises_id="9"), garden.ports)
    garden.today = LAST - timedelta(days=28)
    assert send_reminders(garden.ports, ports) == 1
    assert len(told(request_id, ports)) == 1
