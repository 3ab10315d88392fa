"""What becomes of a job is told to its reports: once each, however often this is done."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import NamedTuple

from chalicelib.errors import Conflict, NotFound
from chalicelib.jobs.model import CouldNot, Deed, Job, Kind, job_id_of
from chalicelib.jobs.ports import FollowPorts, Report

DONE: Mapping[Kind, str] = {
    "inspect": "Somebody came and had a look.",
    "make_safe": "This was made safe. The repair follows.",
    "repair": "This was mended.",
    "collect": "This was collected.",
    "revisit": "We came again, and this was mended.",
}
"""What the public reads where the crew wrote nothing."""
STILL_OPEN: Mapping[Kind, str] = {"inspect": "investigating", "make_safe": "in_progress"}
"""Kinds of jobs after which something is left to be done, and the state of the report then."""
COULD_NOT: Mapping[CouldNot, str] = {
    "no_access": "we could not get to it",
    "not_found": "we could not find it",
    "parked_car": "a car was parked on it",
    "needs_other_team": "another team has to do it",
    "needs_materials": "it needs material that we did not have with us",
    "unsafe": "it was not safe to work there",
}
"""Reasons that the public is told."""
STARTED = "A crew is on it."
CALLED_OFF = "The work that was planned is called off. We say here what happens next."
MORE_PHOTOS = "Another photo of what was done."
PLANNED_AHEAD = timedelta(days=14)
"""How far `tell_plans` looks."""


class Word(NamedTuple):
    """Something to be said in a report's timeline, once for each `key`."""

    key: str
    text: str
    state: str | None = None
    photo_ids: Sequence[str] = ()


def follow(job_id: str, ports: FollowPorts) -> None:
    """Tells each report of the job how far it has got; done again, it says nothing twice. What was
    said in a dispute is told when it is settled so. Raises UpstreamFailed."""
    job = ports.jobs.get(job_id)
    if job is None:
        return
    for service_request_id in job.service_request_ids:
        report = ports.reports.report_of(service_request_id)
        if report is None or report.is_withdrawn:
            continue
        _note_all(job, report, ports)
        with suppress(NotFound):
            _say_all(job, report, ports)


def tell_plans(ports: FollowPorts) -> None:
    """Tells of the plans that were changed again on the day on which they had been told: to be done
    each morning. Raises UpstreamFailed."""
    today = _local(ports.now(), ports)
    for crew in ports.council.by_crew:
        for ahead in range(PLANNED_AHEAD.days):
            for job in ports.jobs.of_day(crew, today + timedelta(days=ahead)):
                if job.state == "planned":
                    follow(job.job_id, ports)


def _say_all(job: Job, report: Report, ports: FollowPorts) -> None:
    """What is told of a report that is open; photos also of one that the job has closed."""
    for word in _words(job, report, ports):
        update_id = job_id_of("told", job.job_id, report.service_request_id, word.key)
        if update_id not in report.said:
            ports.reports.say(
                report.service_request_id, update_id, word.text, word.state, word.photo_ids
            )


def _words(job: Job, report: Report, ports: FollowPorts) -> Iterator[Word]:
    if report.is_open:
        yield from _failures(job, ports)
        yield from _progress(job, report, ports)
    if job.state == "done" and not report.duplicate_of:
        yield from _late_photos(job)


def _failures(job: Job, ports: FollowPorts) -> Iterator[Word]:
    for deed in job.deeds:
        because = COULD_NOT.get(deed.reason or "other")
        if deed.kind == "could_not" and deed.stands and because:
            day = _said(_local(deed.happened_at, ports))
            yield Word(deed.op_id, f"We came on {day} and could not do it: {because}.")


def _progress(job: Job, report: Report, ports: FollowPorts) -> Iterator[Word]:
    deed = job.outcome
    if job.state == "done" and deed is not None:
        text = deed.text.strip() or DONE[job.kind]
        yield Word(deed.op_id, text, _state_after(job, report, ports), deed.photo_ids)
    elif job.state == "started" and deed is not None:
        yield Word(deed.op_id, STARTED, "in_progress")
    elif job.state == "planned" and job.planned_day and not _told_today(report, ports):
        day = _said(job.planned_day)
        yield Word(_planned(job.plans), f"Work is planned for {day}.", "action_scheduled")
    elif _is_called_off(job, report):
        yield Word(f"called off {job.plans}", CALLED_OFF, "investigating")


def _planned(plans: int) -> str:
    return f"planned {plans}"


def _is_called_off(job: Job, report: Report) -> bool:
    """True where the office cancelled what the public still takes to be planned."""
    by_office = job.state == "cancelled" and not job.closed_itself and not job.is_disputed
    plans = (
        job_id_of("told", job.job_id, report.service_request_id, _planned(number))
        for number in range(1, job.plans + 1)
    )
    return by_office and report.state == "action_scheduled" and not report.said.isdisjoint(plans)


def _late_photos(job: Job) -> Iterator[Word]:
    """Photos that arrived after it was said to be done."""
    done = job.outcome
    if done is None:
        return
    place = job.deeds.index(done)
    for deed in job.deeds[place + 1 :]:
        if deed.kind == "photo":
            yield Word(deed.op_id, deed.text.strip() or MORE_PHOTOS, None, deed.photo_ids)


def _state_after(job: Job, report: Report, ports: FollowPorts) -> str:
    if job.kind in STILL_OPEN:
        return STILL_OPEN[job.kind]
    service = ports.council.by_code.get(report.service_code)
    return service.job_done_state if service else "fixed"


def _told_today(report: Report, ports: FollowPorts) -> bool:
    """True where the public was told today that work is planned: once a day is enough."""
    told = report.scheduled_at
    return told is not None and _local(told, ports) == _local(ports.now(), ports)


def _note_all(job: Job, report: Report, ports: FollowPorts) -> None:
    """What officers read beside the report. Beside one whose sender was forgotten there is nothing
    to read; everybody is told nevertheless."""
    for key, text in _notes(job):
        note_id = job_id_of("noted", job.job_id, report.service_request_id, key)
        with suppress(Conflict, NotFound):
            ports.reports.note(report.service_request_id, note_id, text)


def _notes(job: Job) -> Iterator[tuple[str, str]]:
    for deed in job.deeds:
        if text := _note(deed):
            yield deed.op_id, f"Job {job.job_id}: {text}"
    for dispute in job.disputes:
        if dispute.settled is None:
            text = (
                f"the street says {_plain(dispute.street.state)}, before it was "
                f"{_plain(dispute.office.state)}; somebody has to settle it."
            )
            yield f"dispute {dispute.dispute_id}", f"Job {job.job_id}: {text}"
    if job.state == "cancelled" and not job.closed_itself and job.said:
        yield (
            f"cancelled {job.said.version}",
            f"Job {job.job_id}: cancelled. {job.cancelled_because}",
        )


def _note(deed: Deed) -> str | None:
    more = f" {deed.text}" if deed.text else ""
    match deed.kind:
        case "could_not":
            return f"it could not be done ({_plain(deed.reason or 'other')}).{more}"
        case "hand_over":
            return f"it was handed over.{more}"
        case _:
            return None


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _local(moment: datetime, ports: FollowPorts) -> date:
    return moment.astimezone(ports.council.zone).date()


def _said(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"
