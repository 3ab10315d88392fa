"""Pages of a job for a contractor with its link: without an account and without JavaScript.

A GET shows the job and changes nothing, because mail programs fetch the links in emails.
"""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.jobs import jobs_ports
from chalicelib.bootstrap.reports import photos_ports, reports_ports
from chalicelib.errors import FieldError, Invalid
from chalicelib.handlers.http import auth, rate_limits
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page
from chalicelib.handlers.http.pages import posted_form, problem_pages
from chalicelib.handlers.http.routes import Routes
from chalicelib.jobs.drafts import Operation
from chalicelib.jobs.labels import EVENT_LABELS, KINDS, REASONS, STATES
from chalicelib.jobs.model import Job
from chalicelib.jobs.parts import JobEvent
from chalicelib.jobs.people import Operator
from chalicelib.jobs.states import WAITING, JobEventKind
from chalicelib.jobs.usecases import contractor_links
from chalicelib.jobs.usecases.operations import OperationResult, apply_operations
from chalicelib.kernel.languages import ENGLISH
from chalicelib.kernel.parsing import parse
from chalicelib.photos.usecases import uploads
from chalicelib.reports.reference import format_reference
from chalicelib.reports.usecases import reading

MOST_PHOTOS = 5
FORM_FIELDS = ("op_id", "base_version", "kind", "reason", "text")
FAULT_TEXTS = {
    "kind": "Choose what you want to tell us",
    "reason": "Choose why you could not do it",
    "text": "What you write must have at most 2,000 characters",
}
PHOTOS_NOT_SENT = "Choose your photos again: they were not sent, because something else was missing"
CHOICES: dict[JobEventKind, str] = {
    "start": "We have started",
    "done": "It is done",
    "could_not": "We could not do it",
    "note": "Something else, which I describe below",
}
RESULT_TEXTS = {
    "applied": ("Thank you", "The council can see what you told us."),
    "duplicate": ("You have already told us", "We stored it when you first sent it."),
    "conflict": (
        "Thank you, we have stored what you told us",
        "We have since heard something different about this job. The council will look at both "
        "and decide.",
    ),
}


class OpenedLink(Struct, frozen=True):
    """The job of a link, and the contractor as its operator."""

    token: str
    job: Job
    who: Operator


routes = Routes(__name__, problem_pages("jobs"))


@routes.page(
    "/forms/jobs/{token}",
    method="GET",
    auth=auth.anyone,
    summary="Show a job, to anyone who has the link to it",
)
def show_job(_: Call, token: str) -> Page:
    opened = _open_link(token)
    empty = dict.fromkeys(FORM_FIELDS, "")
    # The op_id is part of the page, so a page that is sent twice counts once.
    new = {"op_id": secrets.token_hex(16), "base_version": f"{opened.job.version}"}
    return _job_page(opened, empty | new)


@routes.page(
    "/forms/jobs/{token}",
    method="POST",
    auth=auth.anyone,
    summary="Report progress on a job, for anyone who has the link to it",
)
def report_progress(call: Call, token: str) -> Page:
    opened = OpenedLink(token, *contractor_links.recognise_link(token, jobs_ports()))
    form = posted_form(call)
    files = [each.body for each in form.files if each.name == "photos"]
    typed = {name: form.one(name) for name in FORM_FIELDS}
    if not _was_accepted(typed["op_id"], opened):
        contractor_links.require_active_link(opened.job)
    try:
        operation = _parse_operation(typed, opened.job)
        rate_limits.check("update", call)
        return _result_page(_apply(operation, files, opened), opened, typed)
    except Invalid as error:
        return _job_page(opened, typed, _with_photo_fault(_form_faults(error), files))


def _was_accepted(op_id: str, opened: OpenedLink) -> bool:
    """True if the same page was accepted before; its reply may have been lost."""
    earlier = opened.job.event(op_id)
    return earlier is not None and earlier.actor == opened.who.actor


def _open_link(token: str) -> OpenedLink:
    return OpenedLink(token, *contractor_links.open_link(token, jobs_ports()))


def _parse_operation(typed: dict[str, str], job: Job) -> Operation:
    """The operation from the form. Raises Invalid."""
    version = typed["base_version"]
    sent: dict[str, Any] = {name: typed[name] for name in FORM_FIELDS if typed[name]}
    sent |= {
        "job_id": job.job_id,
        "at": jobs_ports().now().isoformat(),
        "base_version": int(version) if re.fullmatch(r"[0-9]{1,9}", version) else job.version,
    }
    if typed["kind"] != "could_not":
        sent.pop("reason", None)
    try:
        operation = parse(sent, Operation)
    except Invalid as error:
        faults = [fault._replace(message=FAULT_TEXTS.get(*fault)) for fault in error.errors]
        raise Invalid(error.detail, faults) from error
    if operation.kind not in CHOICES:
        raise Invalid.field("kind", FAULT_TEXTS["kind"])
    if operation.kind == "could_not" and operation.reason is None:
        raise Invalid.field("reason", FAULT_TEXTS["reason"])
    if operation.kind == "note" and not operation.text:
        raise Invalid.field("text", "Enter what you want to tell us")
    return operation


def _apply(operation: Operation, files: Sequence[bytes], opened: OpenedLink) -> OperationResult:
    """Store the photos and apply the operation. Raises Invalid, UpstreamFailed."""
    if earlier := opened.job.event(operation.op_id):
        # A repeat of the same page is the same operation, with the time and photos of the first.
        operation = replace(operation, at=earlier.at, photo_ids=earlier.photo_ids)
    else:
        operation = replace(operation, photo_ids=_store_photos(files, operation.op_id, opened))
    (outcome,) = apply_operations([operation], opened.who, jobs_ports())
    return outcome


def _store_photos(files: Sequence[bytes], op_id: str, opened: OpenedLink) -> tuple[str, ...]:
    """The ids of the photos sent with the form. Raises Invalid."""
    if len(files) > MOST_PHOTOS:
        raise Invalid.field("photos", f"choose at most {MOST_PHOTOS} photos")
    about, photo_ids = opened.job.service_request_ids[0], list[str]()
    for raw in files:
        ports, scope = photos_ports(), opened.who.scope
        photo_ids.append(uploads.store_upload(raw, op_id, scope, photo_ids, ports, about=about))
    return tuple(photo_ids)


def _result_page(outcome: OperationResult, opened: OpenedLink, typed: dict[str, str]) -> Page:
    if outcome.result == "rejected":
        _open_link(opened.token)
        is_stored = outcome.job is not None and outcome.job.event(outcome.op_id) is not None
        again = "You have already sent this page: open the link again to tell us more"
        reason = again if is_stored else outcome.reason or "We could not accept this"
        return _job_page(opened, typed, [FieldError("kind", reason)])
    heading, text = RESULT_TEXTS[outcome.result]
    html = _render(
        "result",
        heading=heading,
        text=text,
        title=opened.job.title,
        reference=format_reference(opened.job.job_id),
        token=opened.token,
        has_ended=outcome.job is None or outcome.job.active_contractor is None,
    )
    return Page(html)


def _job_page(opened: OpenedLink, typed: dict[str, str], faults: Sequence[FieldError] = ()) -> Page:
    html = _render(
        "job",
        faults,
        token=opened.token,
        typed=typed,
        job=_job_context(opened),
        choices=[(kind, CHOICES[kind], "") for kind in _choices(opened.job)],
        reasons=[(reason, words, "") for reason, words in REASONS.items()],
    )
    return Page(html, is_refusal=bool(faults))


def _choices(job: Job) -> list[JobEventKind]:
    """The choices for a job in its current state."""
    ended: dict[str, set[JobEventKind]] = {"done": {"start", "done"}, "could_not": {"could_not"}}
    omitted = ended.get(job.state, set() if job.state in WAITING else {"start"})
    return [kind for kind in CHOICES if kind not in omitted]


def _job_context(opened: OpenedLink) -> dict[str, Any]:
    job, link = opened.job, opened.job.contractor
    return {
        "title": job.title,
        "kind": KINDS[job.kind],
        "state": STATES[job.state],
        "reference": format_reference(job.job_id),
        "place": job.address or f"{job.lat:.5f}, {job.long:.5f}",
        "when": _planned_time_text(job),
        "due": _moment_text(job.due) if job.due else "",
        "hazards": job.hazards,
        "materials": job.materials,
        "instructions": job.instructions,
        "map_url": _map_url(job),
        "events": [_event_text(event) for event in job.events if event.actor == opened.who.actor],
        "contractor": link.name if link else "",
        "holds_until": _moment_text(link.expires_at) if link else "",
        **_report_context(job),
    }


def _report_context(job: Job) -> dict[str, Any]:
    """The public view of the job's report, which is all that a contractor may see of it."""
    first = job.service_request_ids[:1]
    report = reading.public_views(first, reports_ports()).get(first[0])
    if report is None:
        return {"description": "", "photos_before": ()}
    return {"description": report.description, "photos_before": report.photos}


def _planned_time_text(job: Job) -> str:
    day, window = job.planned_day, job.window
    words = [f"{day:%A} {day.day} {day:%B}"] if day else []
    if window:
        words.append(f"between {window.opens} and {window.closes}")
    return ", ".join(words)


def _moment_text(moment: datetime) -> str:
    local = moment.astimezone(container.council().zone)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"


def _map_url(job: Job) -> str:
    place = f"mlat={job.lat:.6f}&mlon={job.long:.6f}#map=18/{job.lat:.6f}/{job.long:.6f}"
    return f"https://www.openstreetmap.org/?{place}"


def _event_text(event: JobEvent) -> str:
    parts = [EVENT_LABELS[event.kind]]
    if event.reason:
        parts.append(REASONS[event.reason])
    if event.text:
        parts.append(event.text)
    photos = len(event.photo_ids)
    if photos:
        parts.append("1 photo" if photos == 1 else f"{photos} photos")
    return f"{_moment_text(event.happened_at)}: {'. '.join(parts)}"


def _form_faults(error: Invalid) -> list[FieldError]:
    """The faults by the fields of the form. Raises `error` if a fault has no field."""
    faults = [
        fault._replace(field="photos") if fault.field == "size" else fault for fault in error.errors
    ]
    if any(fault.field not in ("kind", "reason", "text", "photos") for fault in faults):
        raise error
    return faults


def _with_photo_fault(faults: list[FieldError], files: Sequence[bytes]) -> list[FieldError]:
    """The faults, with one for the photos: a browser does not keep chosen files when the page is
    shown again, so the contractor must choose them again."""
    if not files or any(fault.field == "photos" for fault in faults):
        return faults
    return [*faults, FieldError("photos", PHOTOS_NOT_SENT)]


def _render(name: str, faults: Sequence[FieldError] = (), **context: Any) -> str:
    return container.template_pages("jobs", ENGLISH).render(name, faults, **context)
