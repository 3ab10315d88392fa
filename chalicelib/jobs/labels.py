"""Labels for the kinds, states, events and reasons of jobs on pages, and the writers of notes."""

from chalicelib.jobs.model import Job
from chalicelib.jobs.parts import JobEvent
from chalicelib.jobs.states import CouldNot, JobEventKind, Kind, State
from chalicelib.kernel.words import Words

KINDS: Words[Kind] = Words(
    {
        "inspect": "Inspection",
        "make_safe": "Making safe",
        "repair": "Repair",
        "collect": "Collection",
        "deliver": "Delivery",
        "revisit": "Second visit",
    }
)
STATES: Words[State] = Words(
    {
        "to_plan": "To be planned",
        "planned": "Planned",
        "started": "Started",
        "done": "Done",
        "could_not": "Could not be done",
        "handed_over": "Handed over",
        "cancelled": "Cancelled",
    }
)
EVENT_LABELS: Words[JobEventKind] = Words(
    {
        "start": "Started",
        "done": "Done",
        "could_not": "Could not be done",
        "hand_over": "Handed over",
        "note": "Note",
        "photo": "Photo",
        "new_date": "New date",
    }
)
REASONS: Words[CouldNot] = Words(
    {
        "no_access": "We could not get in",
        "not_found": "We could not find it",
        "parked_car": "A parked car was in the way",
        "needs_other_team": "Another team has to do it",
        "needs_materials": "We did not have the materials",
        "unsafe": "It was not safe to work there",
        "already_done": "It was already done",
        "other": "Something else",
    }
)
AUTOMATIC_WRITER = "service"
"""The writer of automatic notes, such as that of a dispute."""


def writer_of(event: JobEvent, job: Job) -> str:
    """The writer of an event in notes: the crew's code or the company, never a person."""
    if event.by == "contractor":
        link = job.contractor
        return f"contractor:{link.name if link and link.link_id == event.actor else ''}"
    return f"crew:{event.crew or ''}"


def office_of(job: Job) -> str:
    """The writer of an office's note: the team of the job."""
    return f"office:{job.team}"
