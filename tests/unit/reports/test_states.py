import pytest

from chalicelib.reports.states import (
    CLOSED_STATES,
    LABELS,
    OPEN_STATES,
    STATES,
    State,
    moves_from,
    status_of,
)


def test_lifecycle_has_thirteen_states_each_open_or_closed_and_named() -> None:
    assert len(STATES) == 13
    assert set(STATES) == OPEN_STATES | CLOSED_STATES == set(LABELS)
    assert not OPEN_STATES & CLOSED_STATES


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("open", "open"),
        ("reopen", "open"),
        ("for_triage", "open"),
        ("action_scheduled", "open"),
        ("fixed", "closed"),
        ("internal_referral", "closed"),
        ("cancelled", "closed"),
    ],
)
def test_status_is_open311s_when_the_state_is_ours(state: State, status: str) -> None:
    assert status_of(state) == status


@pytest.mark.parametrize("state", STATES)
def test_no_state_changes_to_itself_or_back_to_open(state: State) -> None:
    assert not moves_from(state) & {state, "open"}


@pytest.mark.parametrize("state", sorted(OPEN_STATES))
def test_open_work_can_end_in_every_way_but_is_not_reopened(state: State) -> None:
    assert moves_from(state) >= CLOSED_STATES
    assert "reopen" not in moves_from(state)


@pytest.mark.parametrize("state", sorted(CLOSED_STATES))
def test_closed_work_is_reopened_or_its_reason_corrected(state: State) -> None:
    assert moves_from(state) == (CLOSED_STATES - {state}) | {"reopen"}
