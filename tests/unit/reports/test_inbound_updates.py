"""What another body says of a report that was passed on to it."""

from datetime import timedelta

import pytest

from chalicelib.errors import NotFound
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import LABELS, STATES
from chalicelib.reports.usecases.exchange import inbound_updates
from chalicelib.reports.usecases.exchange.inbound_updates import MOST_A_DAY
from tests.support.builders import NOON, report
from tests.support.fakes import Clock, MemoryRepository

KEY, OTHER = "a" * 32, "b" * 32


def bring_back(request_id: str, key: str, status: str, text: str, ports: Ports) -> ServiceRequest:
    inbound_updates.add_inbound_update(request_id, key, status, text, ports)
    after = ports.repository.get(request_id)
    assert after
    return after


@pytest.fixture
def request_id(repository: MemoryRepository) -> str:
    return repository.create(report(visibility="private")).service_request_id


def test_text_and_state_count_as_the_councils_even_on_a_private_report(
    request_id: str, ports: Ports
) -> None:
    after = bring_back(request_id, KEY, "INVESTIGATING", "We look.", ports)
    (update,) = after.updates
    assert (update.text, update.state, update.by, update.datetime) == (
        "We look.",
        "investigating",
        "council",
        NOON,
    )
    assert after.state == "investigating"


def test_update_is_added_once_for_its_key(request_id: str, ports: Ports) -> None:
    bring_back(request_id, KEY, "fixed", "Done.", ports)
    bring_back(request_id, KEY, "fixed", "Done, and more.", ports)
    after = bring_back(request_id, OTHER, "fixed", "Done.", ports)
    assert [update.text for update in after.updates] == ["Done.", "Done."]


@pytest.mark.parametrize("status", ["unchanged", "", "what they like", "open"])
def test_unknown_status_leaves_the_state(status: str, request_id: str, ports: Ports) -> None:
    assert bring_back(request_id, KEY, status, "Hello.", ports).state == "open"


@pytest.mark.parametrize("status", STATES)
def test_every_status_is_applied_or_ignored_and_never_refused(
    status: str, request_id: str, ports: Ports
) -> None:
    bring_back(request_id, KEY, "fixed", "Done.", ports)
    assert len(bring_back(request_id, OTHER, status, "Hello.", ports).updates) == 2


def test_report_is_reopened_when_the_destination_says_so(request_id: str, ports: Ports) -> None:
    bring_back(request_id, KEY, "closed", "Done.", ports)
    assert bring_back(request_id, OTHER, "open", "It is not.", ports).state == "reopen"


def test_update_without_text_has_the_states_name(request_id: str, ports: Ports) -> None:
    (update,) = bring_back(request_id, KEY, "planned", " ", ports).updates
    assert update.text == LABELS["action_scheduled"]


def test_text_is_cut_and_cleaned_to_fit_an_update(request_id: str, ports: Ports) -> None:
    (update,) = bring_back(request_id, KEY, "", "a\x07b\u00a0c\n" + "x" * 3000, ports).updates
    assert update.text.startswith("a b\u00a0c\nx") and len(update.text) == 2000


def test_missing_or_withdrawn_report_gets_no_update(
    repository: MemoryRepository, ports: Ports
) -> None:
    with pytest.raises(NotFound):
        bring_back("R99999999999", KEY, "fixed", "Done.", ports)
    withdrawn = repository.create(report(visibility="withdrawn"))
    assert bring_back(withdrawn.service_request_id, KEY, "fixed", "Done.", ports) == withdrawn


def test_report_accepts_a_maximum_of_updates_a_day(
    request_id: str, ports: Ports, clock: Clock
) -> None:
    def bring(number: int) -> str:
        return inbound_updates.add_inbound_update(request_id, f"{number:032x}", "", "Hello.", ports)

    assert {bring(number) for number in range(MOST_A_DAY)} == {"added"}
    assert (bring(0), bring(99)) == ("known", "over")
    clock.now += timedelta(days=1)
    assert bring(99) == "added"
