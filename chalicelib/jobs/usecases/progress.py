"""Update the reports of a job with its progress. Repeating it adds nothing twice."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import NamedTuple

from chalicelib.errors import Conflict, NotFound
from chalicelib.jobs.labels import AUTOMATIC_WRITER, office_of, writer_of
from chalicelib.jobs.model import Job, derive_job_id
from chalicelib.jobs.parts import JobEvent
from chalicelib.jobs.ports import ReactionPorts
from chalicelib.jobs.states import CouldNot, Kind
from chalicelib.jobs.usecases.attention import update_needs
from chalicelib.jobs.usecases.merged_reports import separated_reports
from chalicelib.kernel.words import WithDefault
from chalicelib.reports import automatic_texts
from chalicelib.reports.published import ReportWithWork

DONE_TEXTS: WithDefault[Kind, str] = WithDefault(
    {
        "inspect": automatic_texts.INSPECTED,
        "make_safe": automatic_texts.MADE_SAFE,
        "repair": automatic_texts.REPAIRED,
        "collect": automatic_texts.COLLECTED,
        "deliver": automatic_texts.DELIVERED,
        "revisit": automatic_texts.CAME_BACK,
    },
    automatic_texts.REPAIRED,
)
"""The public text if the crew wrote none."""
STATES_AFTER: Mapping[Kind, str] = {"inspect": "investigating", "make_safe": "in_progress"}
"""The report's state after a finished job of these kinds: work remains."""
COULD_NOT_TEXTS: Mapping[CouldNot, str] = {
    "no_access": automatic_texts.NO_ACCESS,
    "not_found": automatic_texts.NOT_FOUND,
    "parked_car": automatic_texts.PARKED_CAR,
    "needs_other_team": automatic_texts.OTHER_TEAM,
    "needs_materials": automatic_texts.NO_MATERIALS,
    "unsafe": automatic_texts.UNSAFE,
}
"""The public texts of the reasons that are published."""
EXPECTED_STATES = frozenset(("action_scheduled", "in_progress"))
"""The states of a report in which the public expects a crew."""
PLANNED_AHEAD = timedelta(days=14)
"""The number of days that `publish_changed_plans` covers."""


class Update(NamedTuple):
    """An update for a report's timeline, added once for each `key`."""

    key: str
    text: str
    state: str | None = None
    photo_ids: Sequence[str] = ()
    photos_wait: bool = False
    planned_day: date | None = None


def publish_progress(job_id: str, ports: ReactionPorts) -> None:
    """Add the progress of the job to each of its reports; a repeat adds nothing twice.

    A disputed event is added once the dispute is settled for it. Reports that are no longer merged
    with the job's own get nothing. Raises UpstreamFailed.
    """
    job = ports.jobs.get(job_id)
    if job is None:
        return
    no_longer_merged = separated_reports(job, ports)
    for service_request_id in job.service_request_ids:
        report = ports.reports.find(service_request_id)
        if report is None or report.is_withdrawn or service_request_id in no_longer_merged:
            continue
        _add_notes(job, report, ports)
        with suppress(NotFound):
            _give_new_dates(job, report, ports)
            _add_updates(job, report, ports)
            update_needs(job, report, ports)


def publish_changed_plans(ports: ReactionPorts) -> None:
    """Publish the plans that were not published when they changed, because each report gets at most
    one plan a day. This runs each morning. Raises UpstreamFailed."""
    today = _local_day(ports.now(), ports)
    for crew in ports.council.by_crew:
        for ahead in range(PLANNED_AHEAD.days):
            for job in ports.jobs.of_day(crew, today + timedelta(days=ahead)):
                if job.state == "planned":
                    publish_progress(job.job_id, ports)


def _add_updates(job: Job, report: ReportWithWork, ports: ReactionPorts) -> None:
    """Add the job's updates to an open report; photos also to one that the job has closed."""
    for update in _updates_of(job, report, ports):
        update_id = _update_id(job, report, update.key)
        if update_id not in report.update_ids:
            ports.reports.add_update(
                report.service_request_id,
                update_id,
                update.text,
                update.state,
                update.photo_ids,
                photos_wait=update.photos_wait,
                planned_day=update.planned_day,
            )


def _give_new_dates(job: Job, report: ReportWithWork, ports: ReactionPorts) -> None:
    """Give the report the new dates that the crew named."""
    for event in job.events:
        if event.kind == "new_date" and event.day and event.text:
            update_id = _update_id(job, report, event.op_id)
            if update_id not in report.update_ids:
                ports.reports.give_new_date(
                    report.service_request_id,
                    update_id,
                    day=event.day,
                    reason=event.text,
                    given_at=event.happened_at,
                )


def _updates_of(job: Job, report: ReportWithWork, ports: ReactionPorts) -> Iterator[Update]:
    if report.is_open:
        yield from _failure_updates(job, report, ports)
        yield from _progress_updates(job, report, ports)
    if job.state == "done" and not report.duplicate_of:
        yield from _late_photo_updates(job)


def _failure_updates(job: Job, report: ReportWithWork, ports: ReactionPorts) -> Iterator[Update]:
    """Updates about events that the job was not done. The last one sets the report's state if it is
    the job's outcome and the public still expects a crew."""
    is_expected = _is_crew_expected(job, report, ports)
    for event in job.events:
        ends = event is job.outcome and is_expected
        state = "investigating" if ends else None
        if event.kind == "could_not" and event.stands:
            because = COULD_NOT_TEXTS.get(event.reason or "other")
            day = automatic_texts.format_day(_local_day(event.happened_at, ports))
            if because or ends:
                text = because or automatic_texts.NOT_DONE
                yield Update(event.op_id, text.format(day=day), state)
        elif event.kind == "hand_over" and ends:
            yield Update(event.op_id, automatic_texts.HANDED_OVER, state)


def _is_crew_expected(job: Job, report: ReportWithWork, ports: ReactionPorts) -> bool:
    """True if a crew was booked, or an update of this job said that one will come or has started,
    and no other job of the report is planned or started."""
    if job.booked_day:
        return not _other_active_jobs(job, report, ports)
    keys = [_plan_key(number) for number in range(1, job.plans + 1)]
    keys += [event.op_id for event in job.events if event.kind == "start"]
    ids = (_update_id(job, report, key) for key in keys)
    if report.state not in EXPECTED_STATES or report.update_ids.isdisjoint(ids):
        return False
    return not _other_active_jobs(job, report, ports)


def _other_active_jobs(job: Job, report: ReportWithWork, ports: ReactionPorts) -> Sequence[Job]:
    """The report's other jobs that are planned or started."""
    jobs = ports.jobs.of_report(report.service_request_id)
    return [
        each for each in jobs if each.job_id != job.job_id and each.state in ("planned", "started")
    ]


def _progress_updates(job: Job, report: ReportWithWork, ports: ReactionPorts) -> Iterator[Update]:
    event = job.outcome
    if job.state == "done" and event is not None:
        waits = event.by == "contractor"
        text = DONE_TEXTS[job.kind] if waits else event.text.strip() or DONE_TEXTS[job.kind]
        state = _state_after(job, report, ports)
        yield Update(event.op_id, text, state, event.photo_ids, waits)
    elif job.state == "started" and event is not None:
        yield Update(event.op_id, automatic_texts.STARTED, "in_progress")
    elif job.state == "planned" and job.planned_day and not _is_plan_known(job, report, ports):
        yield _plan_update(_next_plan_key(job, report), job.planned_day)
    elif _is_called_off(job, report):
        yield _call_off_update(job, report, ports)


def _plan_update(key: str, day: date) -> Update:
    text = automatic_texts.PLANNED.format(day=automatic_texts.format_day(day))
    return Update(key, text, "action_scheduled", planned_day=day)


def _plan_key(plans: int) -> str:
    return f"planned {plans}"


def _next_plan_key(job: Job, report: ReportWithWork) -> str:
    """The key of the present plan. It differs if this plan was called off and is valid again, so
    that it is published again."""
    off = (_update_id(job, report, f"{word} {job.plans}") for word in ("off", "instead"))
    return _plan_key(job.plans) if report.update_ids.isdisjoint(off) else f"again {job.plans}"


def _is_called_off(job: Job, report: ReportWithWork) -> bool:
    """True if the office cancelled the job or removed its day, and the report still shows it as
    planned."""
    is_off = job.state == "to_plan" or (job.state == "cancelled" and not job.closed_itself)
    plans = (_update_id(job, report, _plan_key(number)) for number in range(1, job.plans + 1))
    is_published = report.state == "action_scheduled" and not report.update_ids.isdisjoint(plans)
    return is_off and is_published and not job.is_disputed


def _call_off_update(job: Job, report: ReportWithWork, ports: ReactionPorts) -> Update:
    """The update that replaces the published day: with the day of another job if there is one."""
    days = [each.planned_day for each in _other_active_jobs(job, report, ports) if each.planned_day]
    if days:
        return _plan_update(f"instead {job.plans}", min(days))
    if job.state == "cancelled":
        return Update(f"called off {job.plans}", automatic_texts.CALLED_OFF, "investigating")
    return Update(f"off {job.plans}", automatic_texts.NOT_PLANNED, "investigating")


def _update_id(job: Job, report: ReportWithWork, key: str) -> str:
    return derive_job_id("told", job.job_id, report.service_request_id, key)


def _late_photo_updates(job: Job) -> Iterator[Update]:
    """Updates with photos that arrived after the job was done."""
    done = job.outcome
    if done is None:
        return
    place = job.events.index(done)
    for event in job.events[place + 1 :]:
        if event.kind == "photo":
            waits = event.by == "contractor"
            text = (not waits and event.text.strip()) or automatic_texts.MORE_PHOTOS
            yield Update(event.op_id, text, None, event.photo_ids, waits)


def _state_after(job: Job, report: ReportWithWork, ports: ReactionPorts) -> str:
    if job.kind in STATES_AFTER:
        return STATES_AFTER[job.kind]
    service = ports.council.by_code.get(report.service_code)
    return service.job_done_state if service else "fixed"


def _is_plan_known(job: Job, report: ReportWithWork, ports: ReactionPorts) -> bool:
    """True if a plan was published today, or if the reporter booked the planned day."""
    is_as_booked = job.planned_day == job.booked_day and report.state != "action_scheduled"
    return is_as_booked or _published_today(report, ports)


def _published_today(report: ReportWithWork, ports: ReactionPorts) -> bool:
    """True if a plan was published today and the report still shows it: one a day is enough."""
    published = report.scheduled_at if report.state == "action_scheduled" else None
    return published is not None and _local_day(published, ports) == _local_day(ports.now(), ports)


def _add_notes(job: Job, report: ReportWithWork, ports: ReactionPorts) -> None:
    """Add the notes for officers. A report whose reporter's data was erased, or that has too many
    notes, gets none."""
    for key, text, by in _notes(job):
        note_id = derive_job_id("noted", job.job_id, report.service_request_id, key)
        with suppress(Conflict, NotFound):
            ports.reports.add_note(report.service_request_id, note_id, text, by)


def _notes(job: Job) -> Iterator[tuple[str, str, str]]:
    """The key, the text and the writer of each note."""
    for event in job.events:
        if text := _note_text(event):
            yield event.op_id, f"Job {job.job_id}: {text}", writer_of(event, job)
    for dispute in job.disputes:
        if dispute.settled is None:
            text = (
                f"the crew says {_with_spaces(dispute.site.state)}, but it was "
                f"{_with_spaces(dispute.office.state)} before. An officer has to settle this."
            )
            yield f"dispute {dispute.dispute_id}", f"Job {job.job_id}: {text}", AUTOMATIC_WRITER
    if job.state == "cancelled" and not job.closed_itself and job.said:
        yield (
            f"cancelled {job.said.version}",
            f"Job {job.job_id}: cancelled. {job.cancelled_because}",
            office_of(job),
        )


def _note_text(event: JobEvent) -> str | None:
    more = f" {event.text}" if event.text else ""
    match event.kind:
        case "could_not":
            return f"could not be done ({_with_spaces(event.reason or 'other')}).{more}"
        case "hand_over":
            return f"handed over.{more}"
        case _:
            return None


def _with_spaces(word: str) -> str:
    return word.replace("_", " ")


def _local_day(moment: datetime, ports: ReactionPorts) -> date:
    return moment.astimezone(ports.council.zone).date()
