"""How far the word of another system goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.reports.partner import state_for_partner
from chalicelib.reports.states import DONE_STATES, STATES, State, moves_from
from tests.support import builders

states = st.sampled_from(STATES)


@given(states, st.none() | states, st.booleans())
def test_state_follows_the_lifecycle_for_any_status(
    now: State, said: State | None, sets_state: bool
) -> None:
    after = state_for_partner(builders.report(state=now), said, sets_state=sets_state)
    assert after == now or after in moves_from(now)


@given(states, states)
def test_state_is_unchanged_without_permission_except_for_not_fixed(
    now: State, said: State
) -> None:
    after = state_for_partner(builders.report(state=now), said, sets_state=False)
    reopened = now in DONE_STATES and said in ("open", "reopen")
    assert after == ("reopen" if reopened else now)


@given(states, states)
def test_state_is_set_when_it_may_follow_and_the_partner_may_set_it(
    now: State, said: State
) -> None:
    if said in moves_from(now):
        assert state_for_partner(builders.report(state=now), said, sets_state=True) == said


@pytest.mark.parametrize("now", ["duplicate", "cancelled", "fixed"])
def test_open_means_reopened_when_the_report_was_closed(now: State) -> None:
    assert state_for_partner(builders.report(state=now), "open", sets_state=True) == "reopen"
