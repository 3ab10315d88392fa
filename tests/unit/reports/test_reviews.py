"""What was granted for long, such as help with bins, is reviewed: officers find it in their queue
by the day of its review."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.errors import Invalid
from chalicelib.geo.point import Point
from chalicelib.reports.drafts import ReportChanges, UpdateDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports, PremisesAddress
from chalicelib.reports.states import CLOSED_STATES, State
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.lifecycle.forgetting import forget_sender
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update
from tests.support.builders import MARKET_PLACE, NOON, draft

OWNER = Author("account-1")
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
HOME = PremisesAddress("2 Dial Row, YO1 7HH", Point(**MARKET_PLACE))
IN_A_YEAR = NOON.date() + timedelta(days=365)
GRANTED = ReportChanges(state="closed")


@pytest.fixture
def ports(ports: Ports) -> Ports:
    return replace(ports, find_premises=lambda _: HOME)


@pytest.fixture
def request_id(ports: Ports) -> str:
    answers = {"how-long": "always", "kept": "Behind the gate"}
    sent = draft(
        service_code="assisted-collection",
        premises_id="100",
        attributes=answers,
        lat=None,
        long=None,
    )
    return submit(sent, "key", OWNER, ports).service_request_id


def stored(request_id: str, ports: Ports) -> ServiceRequest:
    found = ports.repository.get(request_id)
    assert found
    return found


def changed(request_id: str, changes: ReportChanges, ports: Ports) -> ServiceRequest:
    return change_report(request_id, changes, stored(request_id, ports).version, OFFICER, ports)


def test_granted_request_is_reviewed_after_the_days_of_its_service(
    request_id: str, ports: Ports
) -> None:
    assert stored(request_id, ports).review_on is None
    granted = changed(request_id, GRANTED, ports)
    assert (granted.review_on, granted.attention, granted.is_in_queue) == (
        IN_A_YEAR,
        "review",
        True,
    )
    assert granted.queue_target == datetime.combine(IN_A_YEAR, NOON.min.time(), UTC)


def test_request_that_an_update_grants_is_reviewed_too(request_id: str, ports: Ports) -> None:
    add_update(request_id, UpdateDraft(text="Yes.", state="closed"), "k", OFFICER, ports)
    assert stored(request_id, ports).review_on == IN_A_YEAR


def test_officer_sets_the_next_review(request_id: str, ports: Ports) -> None:
    changed(request_id, GRANTED, ports)
    later = date(2028, 6, 1)
    assert changed(request_id, ReportChanges(review_on=later), ports).review_on == later
    assert changed(request_id, ReportChanges(priority="high"), ports).review_on == later


@pytest.mark.parametrize("state", sorted(CLOSED_STATES - {"closed", "fixed", "duplicate"}))
def test_request_is_not_reviewed_when_it_ended(request_id: str, ports: Ports, state: State) -> None:
    changed(request_id, GRANTED, ports)
    ended = changed(request_id, ReportChanges(state=state), ports)
    assert (ended.review_on, ended.is_in_queue) == (None, False)


def test_review_is_refused_when_nothing_was_granted(request_id: str, ports: Ports) -> None:
    changes = ReportChanges(review_on=IN_A_YEAR)
    with pytest.raises(Invalid, match="were granted"):
        changed(request_id, changes, ports)
    pothole = submit(draft(), "pothole", OWNER, ports).service_request_id
    with pytest.raises(Invalid, match="were granted"):
        changed(pothole, replace(changes, state="fixed"), ports)


def test_sender_is_kept_until_the_review_and_forgotten_without_one(
    request_id: str, ports: Ports
) -> None:
    granted = changed(request_id, GRANTED, ports)
    assert granted.retention_since.date() == IN_A_YEAR
    forget_sender(request_id, redact=False, ports=ports)
    assert stored(request_id, ports).review_on is None
