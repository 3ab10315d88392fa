"""What every store of jobs must do: in memory as in DynamoDB."""

from collections.abc import Sequence
from datetime import UTC, date, timedelta
from typing import Any

import pytest
from msgspec.structs import fields, replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.jobs import jobs_ports
from chalicelib.jobs.drafts import Window
from chalicelib.jobs.dynamo import jobs
from chalicelib.jobs.dynamo.jobs import DynamoJobs
from chalicelib.jobs.model import Job
from chalicelib.jobs.parts import (
    Contractor,
    Dispute,
    DisputeSettlement,
    OfficeChange,
    OfficeSide,
    PlanSetAside,
    SiteSide,
    StateClaim,
)
from chalicelib.jobs.ports import JobFilters, JobPage, Jobs
from chalicelib.jobs.states import STATES, State
from chalicelib.kernel.optimistic import VersionConflict
from tests.support.builders import NOON
from tests.support.fakes_jobs import MemoryJobs, event, job, planned_job
from tests.support.seam import record_tries

TEAMS = ("highways", "parks")
DAY = date(2026, 6, 1)
LATER = NOON + timedelta(days=2)
DISPUTE = Dispute(
    dispute_id="operation-2",
    op_id="operation-2",
    site=SiteSide(state="done", at=NOON),
    office=OfficeSide(state="cancelled", at=NOON, by="office"),
    opened_at=NOON,
    device="phone-1",
    base_version=1,
    against=2,
)
SETTLED = replace(
    DISPUTE, dispute_id="operation-1", settled=DisputeSettlement(at=LATER, keep="site")
)
EVERYTHING = job(
    kind="revisit",
    state="done",
    title="“Big” hole & <b>more</b>",
    service_code="street-light",
    team="lighting",
    minutes=45,
    lat=53.123456789012,
    long=-1.987654321098,
    opened_at=NOON - timedelta(days=3),
    updated_at=LATER,
    priority="urgent",
    crew="north",
    planned_day=DAY,
    position=3,
    arrives_at=NOON + timedelta(minutes=5),
    window=Window(opens="09:00", closes="11:30"),
    due=LATER,
    address="Ffordd y Môr 1",
    ward_code="E05010311",
    service_request_ids=("7K3M2QXV9HTD", "8K3M2QXV9HTD"),
    joined=("8K3M2QXV9HTD",),
    materials=("cold asphalt",),
    hazards=("gas main",),
    skills=("tarmac",),
    instructions="Größer – 更大\n\tand a second line",
    first_job_id="J0B000000009",
    events=(
        event(text="näh\n🕳️", lat=53.9, long=-1.1, crew="north", photo_ids=("P" * 26,)),
        event(
            "operation-2",
            kind="could_not",
            at=NOON.replace(microsecond=250_000).astimezone(UTC),
            by="contractor",
            reason="parked_car",
            stands=False,
            dispute_id="operation-2",
        ),
    ),
    disputes=(SETTLED, DISPUTE),
    office=(OfficeChange(version=2, at=NOON, what=("crew", "planned_day")),),
    said=StateClaim(version=2, state="done", at=NOON, by="crew", device="phone-1", contests=True),
    by_hand=("minutes", "team"),
    former_teams=("parks",),
    plans=4,
    contractor=Contractor(name="Roads & Sons", link_id="0" * 32, expires_at=LATER, ended_at=LATER),
    cancelled_because="It was done.",
    closed_itself=True,
    set_aside=PlanSetAside(
        at=NOON,
        team="highways",
        crew="north",
        planned_day=date(2026, 7, 23),
        position=3,
        arrives_at=LATER,
    ),
    booked_day=date(2026, 7, 23),
    fingerprint="f" * 64,
    request_id="request-1",
)


@pytest.fixture(params=["memory", "moto", "dynalite"])
def store(request: pytest.FixtureRequest) -> Jobs:
    """The store on each engine, empty."""
    if request.param == "memory":
        return MemoryJobs()
    if request.param == "moto":
        request.getfixturevalue("cloud")
        return jobs_ports().jobs
    return DynamoJobs(request.getfixturevalue("dynalite").new_table("JobsTable"))


def filled(store: Jobs, *jobs: Job) -> None:
    for each in jobs:
        store.add(each)


def every_page(list_page: Any) -> Sequence[Sequence[str]]:
    """The job_ids of each page of a list, to its end."""
    pages: list[list[str]] = []
    after = None
    while len(pages) < 50:
        page: JobPage = list_page(after)
        pages.append([each.job_id for each in page.jobs])
        if page.next is None:
            return pages
        after = page.next
    raise AssertionError("The list has no end.")


# One job


def test_every_field_comes_back_as_it_was_stored(store: Jobs) -> None:
    ordinary = job()
    same = {
        field.name
        for field in fields(Job)
        if getattr(EVERYTHING, field.name) == getattr(ordinary, field.name)
    }
    assert same == {"job_id", "version"}
    for each in (EVERYTHING, job("J0B000000002")):
        assert store.add(each) == replace(each, version=1) == store.get(each.job_id)
    assert store.many([EVERYTHING.job_id, "J0B000000003"]) == {
        EVERYTHING.job_id: replace(EVERYTHING, version=1)
    }
    assert store.get("J0B000000003") is None


def test_every_field_comes_back_when_a_job_was_replaced(store: Jobs) -> None:
    store.add(job())
    assert store.save(replace(EVERYTHING, version=1)) == replace(EVERYTHING, version=2)
    assert store.get(EVERYTHING.job_id) == replace(EVERYTHING, version=2)
    emptied = store.save(replace(job(), version=2))
    assert store.get(EVERYTHING.job_id) == emptied == replace(job(), version=3)


def test_stored_job_stays_and_is_returned(store: Jobs) -> None:
    store.add(job())
    changed = store.save(replace(job(), version=1, title="Two holes"))
    assert store.add(job(title="Another")) == changed


def test_job_is_replaced_only_on_its_version(store: Jobs) -> None:
    first = store.add(job())
    second = store.save(replace(first, title="Two holes"))
    for late in (first, replace(first, version=9), replace(first, service_request_ids=("x",))):
        with pytest.raises(VersionConflict):
            store.save(late)
    assert store.get(first.job_id) == second


# The jobs of a report


def test_jobs_of_a_report_are_those_that_name_it_oldest_first(store: Jobs) -> None:
    first = store.add(job(opened_at=NOON - timedelta(days=1)))
    filled(store, job("J0B000000003"), job("J0B000000002", service_request_ids=("other",)))
    assert [each.job_id for each in store.of_report("7K3M2QXV9HTD")] == [
        "J0B000000001",
        "J0B000000003",
    ]
    store.save(replace(first, service_request_ids=("other", "more")))
    found = {each: [found.job_id for found in store.of_report(each)] for each in ("other", "more")}
    assert found == {"other": ["J0B000000001", "J0B000000002"], "more": ["J0B000000001"]}
    assert [each.job_id for each in store.of_report("7K3M2QXV9HTD")] == ["J0B000000003"]
    assert store.of_report("none") == []


def test_change_that_adds_no_report_is_one_write(cloud: object) -> None:
    store = jobs_ports().jobs
    first = store.add(job())
    with record_tries() as made:
        second = store.save(replace(first, title="Two holes"))
    assert [each.operation for each in made] == ["dynamodb.PutItem"]
    with record_tries() as made:
        store.save(replace(second, service_request_ids=("7K3M2QXV9HTD", "other")))
    assert [each.operation for each in made][1:] == ["dynamodb.BatchWriteItem", "dynamodb.PutItem"]


# Lists


def test_crews_day_is_in_order_without_others_jobs(store: Jobs) -> None:
    places = {"1": 10, "2": 2, "3": None, "4": 1, "5": None}
    filled(store, *(planned_job(f"J0B00000000{n}", position=p) for n, p in places.items()))
    filled(store, planned_job("J0B000000006", crew="south"))
    filled(store, planned_job("J0B000000007", crew="north2"))
    filled(store, planned_job("J0B000000008", planned_day=DAY + timedelta(days=1)))
    filled(store, planned_job("J0B000000009", state="done", position=3))
    left = store.get("J0B000000004")
    assert left
    store.save(replace(left, crew=None, planned_day=None))
    found = [each.job_id[-1] for each in store.of_day("north", DAY)]
    assert found == ["2", "9", "1", "3", "5"]
    assert store.of_day("east", DAY) == []


def test_waiting_jobs_are_listed_by_due_date_page_by_page(store: Jobs) -> None:
    due = {n: NOON + timedelta(hours=7 * n % 10) for n in range(1, 8)}
    states: tuple[State, ...] = ("to_plan", "could_not", "handed_over")
    wanted = JobFilters(team="highways", states=frozenset(states))
    for n, when in due.items():
        store.add(job(f"J0B00000000{n}", state=states[n % 3], due=when))
    filled(store, job("J0B000000000"), job("J0B000000008", team="parks"))
    filled(store, job("J0B000000009", state="done"))
    in_order = [f"J0B00000000{n}" for n in sorted(due, key=lambda n: due[n])] + ["J0B000000000"]
    for limit in (1, 3, 8, 100):
        pages = every_page(
            lambda after, at_once=limit: store.list_page(
                wanted, teams=TEAMS, limit=at_once, after=after
            )
        )
        assert [each for page in pages for each in page] == in_order
        assert {len(page) for page in pages[:-1]} <= {limit}


def a_mixed_store(store: Jobs) -> None:
    """One job for each state, crew or none, and team; half of them disputed."""
    number = 0
    for state in STATES:
        for crew in (None, "north", "south"):
            for team in (*TEAMS, "lighting"):
                number += 1
                day = DAY + timedelta(days=number % 2) if crew else None
                store.add(
                    job(
                        f"J0B{number:09}",
                        state=state,
                        crew=crew,
                        planned_day=day,
                        team=team,
                        position=number,
                        disputes=(DISPUTE,) if number % 2 else (SETTLED,),
                    )
                )


FILTERS = [
    JobFilters(),
    JobFilters(team="parks"),
    JobFilters(states=frozenset(("planned", "done"))),
    JobFilters(day=DAY),
    JobFilters(crew="north"),
    JobFilters(crew="north", day=DAY),
    JobFilters(crew="south", states=frozenset(("done",))),
    JobFilters(disputed=True),
    JobFilters(disputed=True, team="highways", states=frozenset(("cancelled",))),
    JobFilters(day=DAY, disputed=True, team="parks"),
    JobFilters(day=DAY + timedelta(days=9)),
    JobFilters(team="lighting"),
]


def test_list_has_the_matching_jobs_of_those_teams_once_each(store: Jobs) -> None:
    a_mixed_store(store)
    known = MemoryJobs()
    a_mixed_store(known)
    for filters in FILTERS:
        whole = known.list_page(filters, teams=TEAMS, limit=999, after=None)
        pages = every_page(
            lambda after, filters=filters: store.list_page(
                filters, teams=TEAMS, limit=5, after=after
            )
        )
        found = [each for page in pages for each in page]
        assert sorted(found) == sorted(each.job_id for each in whole.jobs), filters
        assert {len(page) for page in pages[:-1]} <= {5}, filters
    assert store.list_page(JobFilters(day=DAY), teams=(), limit=5, after=None) == JobPage([], None)
    assert store.list_page(JobFilters(), teams=(), limit=5, after=None) == JobPage([], None)


@pytest.mark.parametrize(
    "filters", [JobFilters(crew="north", day=DAY), JobFilters(day=DAY), JobFilters()]
)
@pytest.mark.parametrize("after", ["!", "0", "2026-06-01", "~~~~"])
def test_list_is_safe_when_the_cursor_is_invented(
    after: str, filters: JobFilters, store: Jobs
) -> None:
    if isinstance(store, DynamoJobs):
        filled(store, planned_job(), planned_job("J0B000000002", planned_day=LATER.date()))
        page = store.list_page(filters, teams=TEAMS, limit=5, after=after)
        assert filters.day is None or {each.planned_day for each in page.jobs} <= {DAY}


def test_page_is_short_with_a_cursor_when_few_match(
    monkeypatch: pytest.MonkeyPatch, cloud: object
) -> None:
    monkeypatch.setattr(jobs, "MOST_ENTRIES", 20)
    store = DynamoJobs(container.settings().jobs_table)
    filled(store, *(planned_job(f"J0B{n:09}", position=n, state="done") for n in range(50)))
    filled(store, planned_job("J0B000000999", position=99))
    wanted = JobFilters(crew="north", states=frozenset(("planned",)))
    pages = every_page(lambda after: store.list_page(wanted, teams=TEAMS, limit=5, after=after))
    assert pages == [["J0B000000999"], [], []]


def test_lagging_index_shows_no_job_in_its_previous_place(cloud: object) -> None:
    """Of several indexes the new place may be there before the old one went."""
    store = DynamoJobs(container.settings().jobs_table)
    stored = store.add(planned_job(due=NOON))
    store.save(replace(stored, state="could_not", crew="south"))
    page = store.list_page(JobFilters(crew="north"), teams=TEAMS, limit=5, after=None)
    assert page.jobs == []
    either = JobFilters(team="highways", states=frozenset(("planned", "could_not")))
    page = store.list_page(either, teams=TEAMS, limit=5, after=None)
    assert [each.job_id for each in page.jobs] == [stored.job_id]
