"""The officers' page of collection rounds: what was not reached, a dispute and a correction."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from chalicelib.bootstrap.collections import collections_ports
from chalicelib.collections.round_days import CollectionReason, RoundEventKind, RoundOperation
from chalicelib.collections.round_events import Sender
from chalicelib.collections.round_operations import apply_operations
from chalicelib.collections.today import rounds_planned_for
from infra.local.stack import LocalStack
from tests.browser.conftest import PHONE, NewPage
from tests.browser.officer import open_desk_page
from tests.browser.test_accessibility import assert_accessible
from tests.browser.test_desk_pages import assert_accessible_at_a_desk


def record_operation(
    code: str,
    day: date,
    phone: str,
    kind: RoundEventKind,
    reason: CollectionReason | None,
    about: str,
) -> None:
    ports = collections_ports()
    (first, *_) = ports.premises.streets_of_round(code)
    is_street = kind.startswith("street")
    operation = RoundOperation(
        op_id=f"{phone}-{kind}-{about}",
        round=code,
        day=day,
        kind=kind,
        base_version=0,
        at=ports.now(),
        street=first.street if is_street else None,
        premises_id=None if is_street else first.premises[0].premises_id,
        reason=reason,
    )
    (outcome,) = apply_operations([operation], Sender(phone, phone), ports)
    assert outcome.result in ("applied", "conflict"), outcome


@pytest.fixture
def monday(stack: LocalStack) -> date:
    """Last week's, when there are rounds whatever day it is."""
    today = collections_ports().today
    return today - timedelta(days=today.weekday() + 7)


def test_officer_sees_what_was_not_reached_and_decides(
    new_page: NewPage, stack: LocalStack, monday: date
) -> None:
    code = sorted(rounds_planned_for(monday, collections_ports()))[0]
    record_operation(code, monday, "phone-1", "street_missed", "parked_cars", "desk")
    record_operation(code, monday, "phone-2", "street_reached", None, "desk")
    record_operation(code, monday, "phone-1", "not_emptied", "contaminated", "desk")
    page = open_desk_page(new_page, f"/desk/rounds/?date={monday}", PHONE)
    entry = page.locator(f"[id='round-{code}']")
    expect(entry).to_contain_text("Parked cars in the way")
    entry.get_by_text("Bins not emptied").click()
    expect(entry).to_contain_text("The wrong things are in it")
    entry.get_by_text("Correct the round").click()
    entry.get_by_role("button", name="Correct").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a state")
    assert_accessible(page)
    assert_accessible_at_a_desk(page)

    entry.get_by_role("button", name="That is right").click()
    expect(page.locator("#rounds-status")).to_have_text(f"{code} is corrected.")
    expect(page.get_by_role("heading", name="Streets not reached")).to_be_hidden()
    entry.get_by_text("Correct the round").click()
    entry.get_by_label("State").select_option("Cancelled")
    entry.get_by_label("Reason").select_option("Weather")
    entry.get_by_role("button", name="Correct").click()
    expect(entry.locator(".govuk-tag")).to_contain_text("Cancelled: Weather")
