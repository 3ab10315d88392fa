"""A booking of bulky waste brings a crew on its day, wherever the booking goes."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.model import Council
from chalicelib.integrations.reports_for_jobs import ReportsForJobs
from chalicelib.jobs.model import Job
from chalicelib.jobs.ports import Ports as JobPorts
from chalicelib.jobs.ports import ReactionPorts
from chalicelib.jobs.usecases.jobs_of_report import update_jobs_of
from chalicelib.jobs.usecases.operations import OperationResult, apply_operations
from chalicelib.jobs.usecases.progress import publish_progress
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.orders.change_booking import cancel_order, move_booking
from tests.support.fakes_jobs import JobsWorld, MemoryJobs, crew_member, operation
from tests.support.fakes_paid_orders import DEMO, ELSEWHERE, OWNER, PLACE, PaidOrder
from tests.support.paid_order_stories import (
    deliver_stream,
    enter_good_card,
    fill_slot,
    open_card_page,
    return_browser,
    run_schedule,
    wait_minutes,
)

PHOTO = "0" * 26


@dataclass
class Round:
    """A booking that is paid, and the jobs that follow it."""

    booking: PaidOrder
    council: Council = DEMO
    jobs: MemoryJobs = field(default_factory=MemoryJobs)

    def reacts(self) -> Job | None:
        """The job after jobs and request have followed each other."""
        update_jobs_of(self.booking.service_request_id, self._following())
        for each in tuple(self.jobs.stored):
            publish_progress(each, self._following())
            update_jobs_of(self.booking.service_request_id, self._following())
        return next(iter(self.jobs.stored.values()), None)

    def job(self) -> Job:
        found = self.reacts()
        assert found
        return found

    def crew_says(self, **values: Any) -> OperationResult:
        """The answer to an operation of a crew."""
        job = self.job()
        values = {"job_id": job.job_id, "base_version": job.version} | values
        said = operation(f"operation-{len(job.events)}", **values)
        return apply_operations([said], crew_member(), self._jobs())[0]

    def moves(self) -> None:
        to = (ELSEWHERE.day, ELSEWHERE.slot)
        of = self.booking
        move_booking(of.service_request_id, to, of.report.version, OWNER, of.orders())

    def _reports(self) -> ReportsForJobs:
        of = self.booking
        return ReportsForJobs(lambda: of.reports(of.repository, of.days))

    def _following(self) -> ReactionPorts:
        return ReactionPorts(
            jobs=self.jobs, reports=self._reports(), council=self.council, now=self.booking.clock
        )

    def _jobs(self) -> JobPorts:
        return replace(
            JobsWorld().ports(),
            jobs=self.jobs,
            reports=self._reports(),
            council=self.council,
            is_requested_photo=lambda *_: True,
            now=self.booking.clock,
        )


@pytest.fixture
def booked(ports: Ports) -> Round:
    of = PaidOrder(template=ports).place_order()
    for step in (open_card_page, enter_good_card, return_browser, deliver_stream):
        step(of)
    return Round(of)


def plan_of(job: Job) -> tuple[str, str | None, object]:
    return job.state, job.crew, job.planned_day


def test_crew_of_its_team_collects_what_was_booked_on_its_day(booked: Round) -> None:
    job = booked.job()
    assert plan_of(job) == ("planned", "bins", PLACE.day)
    assert (job.kind, job.title) == ("collect", "Bulky waste collection: Mattress")
    assert booked.booking.report.updates == (), "The reporter knows the day."


def test_unpaid_booking_brings_no_crew(ports: Ports) -> None:
    assert Round(PaidOrder(template=ports).place_order()).reacts() is None


def test_booking_that_was_paid_too_late_brings_a_crew_once_it_has_another_slot(
    ports: Ports,
) -> None:
    of = PaidOrder(template=ports).place_order()
    for step in (open_card_page, enter_good_card, wait_minutes(200), fill_slot, run_schedule):
        step(of)
    here = Round(of)
    assert of.order.state == "lost" and here.reacts() is None
    here.moves()
    assert plan_of(here.job()) == ("planned", "bins", ELSEWHERE.day)


def test_job_moves_with_its_booking_and_the_reporter_gets_one_update(booked: Round) -> None:
    booked.job()
    booked.moves()
    assert plan_of(booked.job()) == ("planned", "bins", ELSEWHERE.day)
    (moved,) = booked.booking.report.updates
    assert "16 June" in moved.text


def test_officers_plan_stays_until_the_booking_moves(booked: Round) -> None:
    job = booked.job()
    booked.jobs.save(replace(job, crew="cleansing"))
    assert booked.job().crew == "cleansing"
    booked.moves()
    assert plan_of(booked.job()) == ("planned", "bins", ELSEWHERE.day)


def test_team_of_several_crews_gets_a_job_to_plan_for_the_day(booked: Round) -> None:
    bins = DEMO.by_crew["bins"]
    booked.council = replace(DEMO, crews=(bins, replace(bins, crew="bins-south")))
    assert plan_of(booked.job()) == ("to_plan", None, None)
    booked.moves()
    assert booked.job().booked_day == ELSEWHERE.day


def test_job_is_cancelled_with_its_booking(booked: Round) -> None:
    booked.job()
    cancel_order(booked.booking.service_request_id, OWNER, booked.booking.orders())
    assert booked.job().state == "cancelled"


def test_crew_without_a_signal_that_collects_a_cancelled_booking_disagrees_with_the_office(
    booked: Round,
) -> None:
    seen = booked.job().version
    cancel_order(booked.booking.service_request_id, OWNER, booked.booking.orders())
    booked.job()
    result = booked.crew_says(base_version=seen)
    assert result.result == "conflict" and booked.job().is_disputed
    assert booked.booking.order.state == "cancelled"


def test_request_is_closed_with_a_photo_when_the_crew_has_collected(booked: Round) -> None:
    booked.crew_says(photo_ids=(PHOTO,))
    booked.job()
    report = booked.booking.report
    assert report.state == "closed"
    assert [each.photo_id for each in report.photos] == [PHOTO]


def test_request_stays_open_for_an_officer_when_nothing_was_put_out(booked: Round) -> None:
    booked.crew_says(kind="could_not", reason="not_found")
    assert booked.job().state == "could_not"
    report = booked.booking.report
    assert report.state == "investigating"
    assert [each.reason for each in report.needs] == ["could_not"]


def test_crew_comes_again_when_the_booking_moves_after_it_could_not_be_done(
    booked: Round,
) -> None:
    booked.crew_says(kind="could_not", reason="not_found")
    booked.job()
    booked.moves()
    assert plan_of(booked.job()) == ("planned", "bins", ELSEWHERE.day)
    assert not [each for each in booked.booking.report.needs if each.is_open]


def test_crew_that_has_started_is_not_called_back(booked: Round) -> None:
    booked.crew_says(kind="start")
    booked.moves()
    assert plan_of(booked.job()) == ("started", "bins", PLACE.day)
