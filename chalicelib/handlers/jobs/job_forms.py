"""Pages of a job for the holder of its link: a contractor without an account, and without
JavaScript.

A GET shows the job and changes nothing: programs also check the links in emails.
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
from chalicelib.photos.usecases import asking
from chalicelib.reports.reference import format_reference
from chalicelib.reports.usecases import reading

MOST_PHOTOS = 5
FIELDS = ("op_id", "base_version", "kind", "reason", "text")
SAID = {
    "kind": "Choose what you want to tell us",
    "reason": "Choose why you could not do it",
    "text": "What you write must have at most 2,000 characters",
}
AGAIN = "Choose your photos again: they were not sent, because something else was missing"
CHOICES: dict[JobEventKind, str] = {
    "start": "We have started",
    "done": "It is done",
    "could_not": "We could not do it",
    "note": "Something else, which I describe below",
}
TOLD = {
    "applied": ("Thank you", "The council can see what you told us."),
    "duplicate": ("You have already told us", "We stored it when you first sent it."),
    "conflict": (
        "Thank you, we have stored what you told us",
        "We have since heard something different about this job. The council will look at both "
        "and decide.",
    ),
}


class Opened(Struct, frozen=True):
    """The job of a link."""

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
def show(_: Call, token: str) -> Page:
    opened = _opened(token)
    empty = dict.fromkeys(FIELDS, "")
    # The same page sent twice counts once.
    new = {"op_id": secrets.token_hex(16), "base_version": f"{opened.job.version}"}
    return _page(opened, empty | new)


@routes.page(
    "/forms/jobs/{token}",
    method="POST",
    auth=auth.anyone,
    summary="Report progress on a job, for anyone who has the link to it",
)
def tell(call: Call, token: str) -> Page:
    opened = Opened(token, *contractor_links.recognise_link(token, jobs_ports()))
    form = posted_form(call)
    files = [each.body for each in form.files if each.name == "photos"]
    typed = {name: form.one(name) for name in FIELDS}
    if not _was_sent(typed["op_id"], opened):
        contractor_links.require_active_link(opened.job)
    try:
        operation = _operation(typed, opened.job)
        rate_limits.check("update", call)
        return _told(_sent(operation, files, opened), opened, typed)
    except Invalid as error:
        return _page(opened, typed, _with_photos(_faults(error), files))


def _was_sent(op_id: str, opened: Opened) -> bool:
    """True if the page was accepted before: its reply may have been lost."""
    earlier = opened.job.event(op_id)
    return earlier is not None and earlier.actor == opened.who.actor


def _opened(token: str) -> Opened:
    return Opened(token, *contractor_links.open_link(token, jobs_ports()))


def _operation(typed: dict[str, str], job: Job) -> Operation:
    """The operation from the form. Raises Invalid."""
    version = typed["base_version"]
    sent: dict[str, Any] = {name: typed[name] for name in FIELDS if typed[name]}
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
        said = [fault._replace(message=SAID.get(*fault)) for fault in error.errors]
        raise Invalid(error.detail, said) from error
    if operation.kind not in CHOICES:
        raise Invalid.field("kind", SAID["kind"])
    if operation.kind == "could_not" and operation.reason is None:
        raise Invalid.field("reason", SAID["reason"])
    if operation.kind == "note" and not operation.text:
        raise Invalid.field("text", "Enter what you want to tell us")
    return operation


def _sent(operation: Operation, files: Sequence[bytes], opened: Opened) -> OperationResult:
    if earlier := opened.job.event(operation.op_id):
        # A repeat from the same page is the same operation: its time and its photos are those of
        # the first.
        operation = replace(operation, at=earlier.at, photo_ids=earlier.photo_ids)
    else:
        operation = replace(operation, photo_ids=_taken(files, operation.op_id, opened))
    (outcome,) = apply_operations([operation], opened.who, jobs_ports())
    return outcome


def _taken(files: Sequence[bytes], op_id: str, opened: Opened) -> tuple[str, ...]:
    """The ids of the photos sent with the form. Raises Invalid."""
    if len(files) > MOST_PHOTOS:
        raise Invalid.field("photos", f"choose at most {MOST_PHOTOS} photos")
    about, held = opened.job.service_request_ids[0], list[str]()
    for raw in files:
        ports, scope = photos_ports(), opened.who.scope
        held.append(asking.take_upload(raw, op_id, scope, held, ports, about=about))
    return tuple(held)


def _told(outcome: OperationResult, opened: Opened, typed: dict[str, str]) -> Page:
    if outcome.result == "rejected":
        _opened(opened.token)
        is_told = outcome.job is not None and outcome.job.event(outcome.op_id) is not None
        again = "You have already sent this page: open the link again to tell us more"
        reason = again if is_told else outcome.reason or "We could not accept this"
        return _page(opened, typed, [FieldError("kind", reason)])
    heading, text = TOLD[outcome.result]
    html = _render(
        "told",
        heading=heading,
        text=text,
        title=opened.job.title,
        reference=format_reference(opened.job.job_id),
        token=opened.token,
        has_ended=outcome.job is None or outcome.job.active_contractor is None,
    )
    return Page(html)


def _page(opened: Opened, typed: dict[str, str], faults: Sequence[FieldError] = ()) -> Page:
    html = _render(
        "job",
        faults,
        token=opened.token,
        typed=typed,
        job=_shown(opened),
        choices=[(kind, CHOICES[kind], "") for kind in _choices(opened.job)],
        reasons=[(reason, words, "") for reason, words in REASONS.items()],
    )
    return Page(html, is_refusal=bool(faults))


def _choices(job: Job) -> list[JobEventKind]:
    """The choices for a job in its current state."""
    said: dict[str, set[JobEventKind]] = {"done": {"start", "done"}, "could_not": {"could_not"}}
    left_out = said.get(job.state, set() if job.state in WAITING else {"start"})
    return [kind for kind in CHOICES if kind not in left_out]


def _shown(opened: Opened) -> dict[str, Any]:
    job, link = opened.job, opened.job.contractor
    return {
        "title": job.title,
        "kind": KINDS[job.kind],
        "state": STATES[job.state],
        "reference": format_reference(job.job_id),
        "place": job.address or f"{job.lat:.5f}, {job.long:.5f}",
        "when": _when(job),
        "due": _moment(job.due) if job.due else "",
        "hazards": job.hazards,
        "materials": job.materials,
        "instructions": job.instructions,
        "map_url": _map_url(job),
        "told": [_line(event) for event in job.events if event.actor == opened.who.actor],
        "contractor": link.name if link else "",
        "holds_until": _moment(link.expires_at) if link else "",
        **_public(job),
    }


def _public(job: Job) -> dict[str, Any]:
    """The public view of the job's report: a contractor sees nothing else of it."""
    first = job.service_request_ids[:1]
    report = reading.public_views(first, reports_ports()).get(first[0])
    if report is None:
        return {"description": "", "photos_before": ()}
    return {"description": report.description, "photos_before": report.photos}


def _when(job: Job) -> str:
    day, window = job.planned_day, job.window
    words = [f"{day:%A} {day.day} {day:%B}"] if day else []
    if window:
        words.append(f"between {window.opens} and {window.closes}")
    return ", ".join(words)


def _moment(moment: datetime) -> str:
    here = moment.astimezone(container.council().zone)
    return f"{here:%A} {here.day} {here:%B %Y, %H:%M}"


def _map_url(job: Job) -> str:
    place = f"mlat={job.lat:.6f}&mlon={job.long:.6f}#map=18/{job.lat:.6f}/{job.long:.6f}"
    return f"https://www.openstreetmap.org/?{place}"


def _line(event: JobEvent) -> str:
    said = [EVENT_LABELS[event.kind]]
    if event.reason:
        said.append(REASONS[event.reason])
    if event.text:
        said.append(event.text)
    photos = len(event.photo_ids)
    if photos:
        said.append("1 photo" if photos == 1 else f"{photos} photos")
    return f"{_moment(event.happened_at)}: {'. '.join(said)}"


def _faults(error: Invalid) -> list[FieldError]:
    """The faults by the fields of the form. Raises `error` if a fault has no field."""
    faults = [
        fault._replace(field="photos") if fault.field == "size" else fault for fault in error.errors
    ]
    if any(fault.field not in ("kind", "reason", "text", "photos") for fault in faults):
        raise error
    return faults


def _with_photos(faults: list[FieldError], files: Sequence[bytes]) -> list[FieldError]:
    """A browser does not send a file twice, so a contractor who chose some must be told that they
    were not received."""
    if not files or any(fault.field == "photos" for fault in faults):
        return faults
    return [*faults, FieldError("photos", AGAIN)]


def _render(name: str, faults: Sequence[FieldError] = (), **context: Any) -> str:
    return container.pages("jobs", ENGLISH).render(name, faults, **context)
