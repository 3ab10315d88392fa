"""Outside their teams and wards, members of staff are residents like any other."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import Forbidden, NotFound
from chalicelib.reports.drafts import FlagDraft, ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Contact
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import Author, Remit
from chalicelib.reports.usecases.reading import view_report
from chalicelib.reports.usecases.resident.flagging import flag_report
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.staff.moderation import list_needing_attention
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update
from chalicelib.reports.views import FullView
from tests.support.builders import draft, report, update_draft

ANYBODY = Author()
HERE, ELSEWHERE = Remit(teams=("highways",)), Remit(teams=("parks",))
NOISE: dict[str, Any] = {"service_code": "noise-nuisance", "attributes": {"kind": "noise"}}


def officer(*remits: Remit) -> Author:
    return Author("officer", staff_in=remits, officer_in=remits)


def sent(ports: Ports, key: str = "key", **values: Any) -> ServiceRequest:
    return submit(draft(contact=Contact(name="Somebody"), **values), key, ANYBODY, ports)


@pytest.mark.parametrize(
    ("remit", "covers"),
    [
        (Remit(), True),
        (Remit(teams=("highways",)), True),
        (Remit(teams=("parks", "highways")), True),
        (Remit(teams=("parks",)), False),
        (Remit(wards=("W1",)), True),
        (Remit(wards=("W2",)), False),
        (Remit(teams=("highways",), wards=("W1",)), True),
        (Remit(teams=("highways",), wards=("W2",)), False),
        (Remit(teams=("parks",), wards=("W1",)), False),
    ],
)
def test_remit_covers_a_report_when_team_and_ward_are_in_it(remit: Remit, covers: bool) -> None:
    assert remit.covers(report(team="highways", ward_code="W1")) is covers


def test_remit_of_wards_covers_no_report_without_a_ward() -> None:
    assert not Remit(wards=("W1",)).covers(report(ward_code=None))
    assert Remit().covers(report(ward_code=None))


def test_remits_of_two_roles_do_not_combine() -> None:
    both = Author("both", staff_in=(HERE, ELSEWHERE), officer_in=(ELSEWHERE,))
    here = report(team="highways")
    assert both.is_staff_for(here)
    assert not both.is_officer_for(here)


def test_officer_without_a_remit_covers_nothing() -> None:
    assert not Author("somebody").is_officer_for(report())
    assert not Author("somebody").is_staff_for(report())


def test_change_is_refused_and_nothing_stored_when_the_report_is_another_teams(
    ports: Ports,
) -> None:
    request_id = sent(ports).service_request_id
    for changes in (
        ReportChanges(visibility="hidden"),
        ReportChanges(clear=["contact"]),
        ReportChanges(state="fixed"),
    ):
        with pytest.raises(Forbidden):
            change_report(request_id, changes, 1, officer(ELSEWHERE), ports)
    assert ports.repository.get(request_id) == replace(sent(ports), version=1)
    assert (
        change_report(request_id, ReportChanges(state="fixed"), 1, officer(HERE), ports).state
        == "fixed"
    )


def test_sender_is_hidden_when_the_report_is_another_teams(ports: Ports) -> None:
    request_id = sent(ports).service_request_id
    assert not isinstance(view_report(request_id, officer(ELSEWHERE), ports), FullView)
    seen = view_report(request_id, officer(HERE), ports)
    assert isinstance(seen, FullView)
    assert seen.contact == Contact(name="Somebody")


def test_officer_sees_the_senders_preferred_contact(ports: Ports) -> None:
    stored = submit(draft(), "by a Pole", Author("polish"), ports)
    unsaid = submit(draft(), "unsaid", Author("another"), ports)
    for request_id, language in (
        (stored.service_request_id, "pl"),
        (unsaid.service_request_id, None),
    ):
        seen = view_report(request_id, officer(HERE), ports)
        assert isinstance(seen, FullView)
        assert (seen.language, seen.reach_by) == (language, None)
    assert not hasattr(view_report(stored.service_request_id, Author("polish"), ports), "language")


def test_private_report_looks_missing_to_officers_of_other_teams(ports: Ports) -> None:
    private = sent(ports, **NOISE)
    team = Remit(teams=(private.team,))
    for author in (officer(HERE), officer(Remit(teams=(private.team,), wards=("W9",)))):
        with pytest.raises(NotFound):
            view_report(private.service_request_id, author, ports)
        with pytest.raises(NotFound):
            change_report(
                private.service_request_id, ReportChanges(state="fixed"), 1, author, ports
            )
    assert view_report(private.service_request_id, officer(team), ports).visibility == "private"


def test_update_by_staff_of_another_team_counts_as_a_residents(ports: Ports) -> None:
    request_id = sent(ports).service_request_id
    crew = Author("crew", staff_in=(ELSEWHERE,))
    with pytest.raises(Forbidden):
        add_update(request_id, update_draft(state="fixed"), "key", crew, ports)
    update, _ = add_update(request_id, update_draft(), "key", crew, ports)
    assert update.by == "resident"
    own = Author("crew", staff_in=(HERE,))
    update, after = add_update(request_id, update_draft(state="fixed"), "other", own, ports)
    assert (update.by, after.state) == ("council", "fixed")


def test_list_of_waiting_reports_has_only_the_officers_remit_and_continues(ports: Ports) -> None:
    own = sent(ports, "known").service_request_id
    others = sent(ports, "others", service_code="litter").service_request_id
    for each in (own, others):
        flag_report(each, FlagDraft(reason="other"), f"flag {each}", ANYBODY, ports)
    found = list_needing_attention("flagged", officer(HERE), limit=2, after=None, ports=ports)
    assert [each.service_request_id for each in found.reports] == [own]
    assert found.next is not None
    rest = list_needing_attention("flagged", officer(HERE), limit=2, after=found.next, ports=ports)
    assert (list(rest.reports), rest.next) == ([], None)
    assert not list_needing_attention(
        "flagged", officer(), limit=2, after=None, ports=ports
    ).reports
