"""A new date with its reason: given by an officer or a crew, published, told and counted."""

from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.promise import closing_time_on
from chalicelib.kernel.time import text_of, truncate_to_second, utc_now
from chalicelib.publishing.pages import JinjaPages
from chalicelib.reports.usecases.figures.outcomes import outcome_of
from chalicelib.reports.usecases.reading import public_views
from tests.api.conftest import Api
from tests.api.test_undo import act, changed, emails, reported, stored, taken_back, tell
from tests.support.jobs import JobsApi, operation

REASON = "The parts come from abroad."


def later_day(days: int = 60) -> date:
    return utc_now().date() + timedelta(days=days)


def put_off(api: Api, request_id: str, day: date, reason: str = REASON, **values: Any) -> Any:
    return changed(api, request_id, new_date={"day": str(day), "reason": reason}, **values)


def page_of(request_id: str) -> str:
    council = container.council()
    pages = JinjaPages(council=council.page_details, zone=council.zone, now=utc_now)
    (view,) = public_views([request_id], reports_ports()).values()
    return pages.render_report(view).decode()


def test_new_date_is_published_with_its_reason_and_told_to_followers(api: Api) -> None:
    request_id = reported(api)
    first = stored(request_id).expected_datetime
    put_off(api, request_id, later_day(), text="Sorry about that.")
    seen = api.get(f"/api/reports/{request_id}").json_body
    assert seen["expected_datetime"] == text_of(
        closing_time_on(later_day(), container.council().calendar)
    )
    assert seen["delay"]["reason"] == REASON and first
    assert seen["delay"]["promised_datetime"] == text_of(first)
    (entry,) = seen["updates"]
    assert entry["text"].startswith("We now aim to deal with this by ")
    assert entry["text"].endswith(f"{REASON}\n\nSorry about that.")
    page = page_of(request_id)
    assert "This is delayed." in page and f"Reason: {REASON}" in page
    tell(api)
    (mail,) = emails(REASON)
    assert "We now aim to deal with it by" in mail and "We first said" in mail
    assert "Sorry about that." in mail
    token = api.token("officer")
    history = api.get(f"/api/cases/{request_id}", token).json_body["history"]
    assert "Changed the promised date, the reply" in [each["action"] for each in history]


def test_several_cases_get_a_new_date_at_once_and_each_says_why_it_cannot(api: Api) -> None:
    ids = [reported(api, key) for key in ("one", "two", "three")]
    changed(api, ids[2], state="closed")
    body = {
        "ids": [{"service_request_id": each, "version": stored(each).version} for each in ids],
        "changes": {"new_date": {"day": str(later_day()), "reason": REASON}},
    }
    done = act(api, "/api/cases/bulk", body, key="bulk").json_body
    assert [each["result"] for each in done["items"]] == ["changed", "changed", "refused"]
    assert "only an open report can have a new date" in done["items"][2]["because"]
    assert [each.reason for one in ids for each in stored(one).delays] == [REASON] * 2
    assert all(stored(each).updates[-1].text.endswith(REASON) for each in ids[:2])
    assert [each["result"] for each in taken_back(api, done)] == ["undone", "undone"]
    assert [stored(each).delays for each in ids] == [(), (), ()]


def test_first_promise_is_missed_in_figures_when_a_new_date_was_given(api: Api) -> None:
    request_id = reported(api)
    put_off(api, request_id, later_day())
    put_off(api, request_id, later_day(90), "It snowed.")
    found = outcome_of(stored(request_id), reports_ports())
    assert (found.had_target, found.in_target) == (True, False)


def test_new_date_is_undone_with_its_reason(api: Api) -> None:
    request_id = reported(api)
    before = stored(request_id)
    undone = put_off(api, request_id, later_day())
    assert taken_back(api, undone)[0]["result"] == "undone"
    after = stored(request_id)
    assert (after.expected_datetime, after.delays) == (before.expected_datetime, ())
    put_off(api, request_id, later_day())
    taken_back_again = changed_again(api, request_id)
    assert taken_back(api, taken_back_again)[0]["result"] == "undone"
    after = stored(request_id)
    assert after.delay and after.delay.reason == REASON and not emails("It snowed.")


def changed_again(api: Api, request_id: str) -> Any:
    version = stored(request_id).version
    sent = {"new_date": {"day": str(later_day(90)), "reason": "It snowed."}}
    answer = act(api, f"/api/cases/{request_id}/changes", sent, version, key="two")
    assert answer.status_code == 200, answer.body
    return answer.json_body


@pytest.mark.parametrize(
    ("new", "field"),
    [
        ({"day": "2020-01-01", "reason": "Late."}, "new_date.day"),
        ({"day": "2096-01-01", "reason": ""}, "new_date.reason"),
        ({"day": "2096-01-01"}, "new_date.reason"),
        ({"day": "soon", "reason": "Late."}, "new_date.day"),
    ],
)
def test_new_date_is_refused_with_its_field(new: Any, field: str, api: Api) -> None:
    request_id = reported(api)
    answer = act(api, f"/api/cases/{request_id}/changes", {"new_date": new}, 1)
    assert answer.status_code == 400, answer.body
    assert [each["field"] for each in answer.json_body["errors"]] == [field]


def test_new_date_is_refused_when_the_report_is_closed(api: Api) -> None:
    request_id = reported(api)
    changed(api, request_id, state="fixed")
    new = {"new_date": {"day": str(later_day()), "reason": REASON}}
    answer = act(api, f"/api/cases/{request_id}/changes", new, stored(request_id).version, "two")
    assert [each["field"] for each in answer.json_body["errors"]] == ["new_date"]


def test_crew_gives_a_new_date_that_an_officers_later_one_outlasts(api: Api) -> None:
    depot = JobsApi(api)
    job = depot.job()
    (request_id,) = job["service_request_ids"]
    recorded = truncate_to_second(utc_now())
    sent = operation(job, "new_date", day=str(later_day()), text="The road is closed.")
    early = operation(
        job,
        "new_date",
        day=str(later_day(5)),
        text="Soon.",
        at=text_of(recorded - timedelta(hours=3)),
    )
    for each in (sent, sent, early):
        assert depot.tell(each)[0]["result"] in ("applied", "duplicate")
    api.cloud.pump.run_until_idle()
    report = stored(request_id)
    assert report.delay and report.delay.reason == "The road is closed."
    said = [each.text for each in report.updates if "We now aim" in each.text]
    assert len(said) == 1 and said[0].endswith("The road is closed.")
    assert report.decided_by_hand == ("target",)


def test_crews_new_date_is_rejected_without_day_or_reason(api: Api) -> None:
    depot = JobsApi(api)
    job = depot.job()
    for values, name in (
        ({"text": "Snow."}, "day"),
        ({"day": "2020-01-01", "text": "Snow."}, "day"),
        ({"day": "2096-01-01"}, "text"),
        ({"day": "2096-01-01", "text": "x" * 301}, "text"),
    ):
        (item,) = depot.tell(operation(job, "new_date", **values))
        assert item["result"] == "rejected" and item["reason"].startswith(name), item
