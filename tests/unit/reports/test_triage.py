"""What rules decide of a report as it comes in and changes, and what an officer's word keeps."""

import json
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.load import COUNCILS, parse
from chalicelib.catalogue.model import Council
from chalicelib.errors import Conflict, Invalid
from chalicelib.reports.drafts import OwnChanges, ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.exchange.importing import import_report
from chalicelib.reports.usecases.lifecycle.forgetting import forget_sender
from chalicelib.reports.usecases.reading import full_view_of
from chalicelib.reports.usecases.resident.own_reports import change_own_report, withdraw_own_report
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.triage import decision_of
from tests.support.builders import NOON, draft, imported_report, report

ANYBODY = Author()
REPORTER = Author("officer-1")
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
EAST = {"lat": 53.959, "long": -1.0}
RULES = [
    {
        "name": "Deep",
        "when": {"words": ["deep"]},
        "then": {"priority": "high", "opens": "job", "minutes": 50},
    },
    {
        "name": "Large",
        "when": {"attributes": {"size": ["large"]}},
        "then": {"kind": "make_safe", "skills": ["jetting"]},
    },
    {
        "name": "Soon",
        "when": {"priorities": ["high", "urgent"]},
        "then": {"service_level": {"working_hours": 4}},
    },
    {"name": "Litter", "when": {"services": ["litter"]}, "then": {"team": "parks"}},
]


@pytest.fixture
def council() -> Council:
    document = json.loads((COUNCILS / "demo.json").read_bytes())
    return parse(json.dumps(document | {"triage": RULES}).encode(), "mine.json")


@pytest.fixture
def ruled(ports: Ports, council: Council) -> Ports:
    return replace(ports, council=council)


def changed(report: ServiceRequest, ports: Ports, **changes: Any) -> ServiceRequest:
    stored = ports.repository.get(report.service_request_id)
    assert stored
    return change_report(
        report.service_request_id, ReportChanges(**changes), stored.version, OFFICER, ports
    )


def reasons(report: ServiceRequest) -> dict[str, str]:
    return {reason.about: reason.text for reason in report.because}


def test_rules_decide_a_new_report(ruled: Ports, council: Council) -> None:
    stored = submit(draft(description="It is deep."), "key", ANYBODY, ruled)
    assert (stored.priority, stored.opens, stored.team) == ("high", "job", "highways")
    assert stored.expected_datetime
    assert stored.expected_datetime < council.promise_date("pothole", NOON)
    assert stored.decided_by_hand == ()
    assert reasons(stored) == {
        "priority": "The priority is high because the description says “deep”.",
        "opens": "A crew gets a job straight away because the description says “deep”.",
        "target": "The target is 4 working hours because its priority is high.",
    }


def test_answers_decide_the_job_of_a_report(ruled: Ports) -> None:
    large = draft(description="Deep.", attributes={"size": "large"})
    stored = submit(large, "key", ANYBODY, ruled)
    assert "the answer to “How big is it?” is" in reasons(stored)["kind"]
    decision = decision_of(stored, ruled)
    assert (decision.kind, decision.skills, decision.minutes) == ("make_safe", ("jetting",), 50)


def test_officers_see_the_decisions_with_reasons(ruled: Ports) -> None:
    seen = full_view_of(submit(draft(description="Deep."), "key", ANYBODY, ruled), ruled)
    assert seen.opens == "job"
    assert {reason.about for reason in seen.because} == {"priority", "opens", "target"}


def test_imported_report_is_decided_without_a_target(ruled: Ports) -> None:
    import_report(imported_report(draft=draft(description="Deep.")), ruled)
    (stored,) = ruled.repository.get_many(list(ruled.repository.list_ids())).values()
    assert (stored.priority, stored.opens, stored.expected_datetime) == ("high", "job", None)
    assert set(reasons(stored)) == {"priority", "opens"}
    assert changed(stored, ruled, **EAST).expected_datetime is None


def test_team_target_and_priority_are_decided_again_when_the_service_changes(
    ruled: Ports, council: Council
) -> None:
    stored = submit(draft(description="A hole."), "key", ANYBODY, ruled)
    after = changed(stored, ruled, service_code="litter")
    assert (after.team, after.expected_datetime) == ("parks", council.promise_date("litter", NOON))
    assert reasons(after) == {
        "team": ("The team is Parks and trees because the service is “Litter”.")
    }


def test_target_follows_when_an_officer_changes_the_priority(ruled: Ports) -> None:
    stored = submit(draft(description="A hole."), "key", ANYBODY, ruled)
    after = changed(stored, ruled, priority="urgent")
    assert stored.expected_datetime and after.expected_datetime
    assert after.expected_datetime < stored.expected_datetime
    assert after.decided_by_hand == ("priority",)
    assert reasons(after)["priority"] == "An officer chose the priority."
    assert reasons(after)["target"].startswith("The target is 4 working hours")


def test_officers_choice_stays_when_the_service_and_the_place_change(ruled: Ports) -> None:
    stored = submit(draft(description="It is deep."), "key", ANYBODY, ruled)
    target = NOON + timedelta(days=40)
    by_hand = changed(stored, ruled, team="lighting", priority="low", expected_datetime=target)
    after = changed(changed(by_hand, ruled, service_code="litter"), ruled, **EAST)
    assert (after.team, after.priority, after.expected_datetime) == ("lighting", "low", target)
    assert after.decided_by_hand == ("team", "priority", "target")
    assert reasons(after)["team"] == "An officer chose the team."
    assert after.opens == "job"


@pytest.mark.parametrize("chosen", [{"priority": "low"}, {"expected_datetime": NOON}])
def test_team_is_decided_again_when_an_officer_chose_something_else(
    chosen: dict[str, Any], ruled: Ports, council: Council
) -> None:
    stored = submit(draft(description="A hole."), "key", ANYBODY, ruled)
    after = changed(changed(stored, ruled, **chosen), ruled, service_code="litter")
    target = chosen.get("expected_datetime", council.promise_date("litter", NOON))
    assert (after.team, after.expected_datetime) == ("parks", target)


def test_rest_is_decided_again_when_an_officer_chose_only_the_team(ruled: Ports) -> None:
    stored = submit(draft(service_code="litter", description="A bag."), "key", ANYBODY, ruled)
    by_hand = changed(stored, ruled, team="contact")
    after = changed(by_hand, ruled, service_code="pothole", priority="high")
    assert (after.team, after.opens) == ("contact", "officer")
    assert reasons(after)["target"].startswith("The target is 4 working hours")


def test_team_set_together_with_the_service_stays(ruled: Ports) -> None:
    stored = submit(draft(description="A hole."), "key", ANYBODY, ruled)
    assert changed(stored, ruled, service_code="litter", team="waste").team == "waste"


def test_priority_stays_when_it_was_changed_before_there_were_rules(ruled: Ports) -> None:
    ruled.repository.create(report(priority="low", description="Deep."))
    (stored,) = ruled.repository.get_many(list(ruled.repository.list_ids())).values()
    after = changed(stored, ruled, **EAST)
    assert (after.priority, after.decided_by_hand) == ("low", ("priority",))


def test_redaction_changes_no_decision(ruled: Ports) -> None:
    stored = submit(draft(description="Deep, says a neighbour."), "key", ANYBODY, ruled)
    after = changed(stored, ruled, description="[redacted]")
    assert (after.priority, after.because) == ("high", stored.because)


def test_report_is_decided_again_when_its_reporter_edits_it(ruled: Ports) -> None:
    stored = submit(draft(description="A hole."), "key", REPORTER, ruled)
    deeper = OwnChanges(description="It is deep by now.")
    after = change_own_report(stored.service_request_id, deeper, stored.version, REPORTER, ruled)
    assert (after.priority, after.opens) == ("high", "job")


def test_reasons_are_deleted_when_a_report_is_withdrawn(ruled: Ports) -> None:
    stored = submit(draft(description="Deep."), "key", REPORTER, ruled)
    assert withdraw_own_report(stored.service_request_id, REPORTER, ruled).because == ()


def test_reasons_are_erased_with_the_reporters_data(ruled: Ports) -> None:
    stored = submit(draft(description="Deep."), "key", REPORTER, ruled)
    forget_sender(stored.service_request_id, redact=False, ports=ruled)
    after = ruled.repository.get(stored.service_request_id)
    assert after and (after.because, after.priority) == ((), "high")


def test_report_is_unchanged_when_its_service_is_no_longer_offered(ruled: Ports) -> None:
    ruled.repository.create(report(service_code="dragon", team="highways", description="Deep."))
    (stored,) = ruled.repository.get_many(list(ruled.repository.list_ids())).values()
    after = changed(stored, ruled, **EAST)
    assert (after.team, after.priority, after.long) == ("highways", "normal", EAST["long"])


@pytest.mark.parametrize(
    ("changes", "field", "fix"),
    [
        ({"team": "nobody"}, "team", "choose one of: highways"),
        ({"expected_datetime": NOON - timedelta(days=1)}, "expected_datetime", "before"),
    ],
)
def test_impossible_choice_is_refused(
    changes: dict[str, Any], field: str, fix: str, ruled: Ports
) -> None:
    stored = submit(draft(), "key", ANYBODY, ruled)
    with pytest.raises(Invalid) as refusal:
        changed(stored, ruled, **changes)
    (fault,) = refusal.value.errors
    assert (fault.field, fix in fault.message) == (field, True)


def test_choice_on_an_older_version_is_a_conflict(ruled: Ports) -> None:
    stored = submit(draft(), "key", ANYBODY, ruled)
    changed(stored, ruled, team="waste")
    with pytest.raises(Conflict):
        change_report(stored.service_request_id, ReportChanges(team="parks"), 1, OFFICER, ruled)
