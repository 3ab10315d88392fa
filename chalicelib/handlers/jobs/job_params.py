"""The callers who plan jobs or work on them, and the parameters of their requests."""

import re
from datetime import date
from typing import get_args

from chalicelib.bootstrap import container
from chalicelib.bootstrap.jobs import jobs_ports
from chalicelib.errors import Invalid, NotFound
from chalicelib.handlers.http.call import Call
from chalicelib.jobs.model import ALPHABET, ID_LENGTH
from chalicelib.jobs.people import Operator, Staff
from chalicelib.jobs.states import State
from chalicelib.reports import reference

_OP_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
CURSOR = re.compile(r"[\x21-\x7e]{1,500}")


def planner_of(call: Call) -> Staff:
    """The calling officer, with the teams and wards that they plan for."""
    return call.caller.staff("jobs.plan")


def worker_of(call: Call) -> Staff:
    """The calling member of staff, with the teams and wards whose jobs they may see."""
    return call.caller.staff("jobs.work")


def operator_of(call: Call) -> Operator:
    """The calling crew member, with the phone that sends the operations."""
    session = call.caller.session
    assert session, "The route's gate lets in only who is signed in."
    staff = worker_of(call)
    return Operator(
        actor=staff.actor,
        remits=staff.remits,
        device=session.session_id,
        scope=call.caller.author().scope,
    )


def parse_job_id(text: str) -> str:
    """The job_id in a URL. Raises NotFound."""
    found = reference.parse_reference(text)
    if found is None:
        raise NotFound(f"A job's id has {ID_LENGTH} letters and digits of {ALPHABET}.")
    return found


def parse_dispute_id(text: str) -> str:
    """The dispute_id in a URL. Raises NotFound."""
    if not _OP_ID.fullmatch(text):
        raise NotFound("This dispute does not exist any more. Reload the job.")
    return text


def parse_team(text: str | None) -> str | None:
    """A team's code. Raises Invalid."""
    known = container.council().team_names
    if text is not None and text not in known:
        raise Invalid.field("team", f"we do not know this team; choose one of: {known}")
    return text


def today() -> date:
    """The present day in the council's time zone."""
    return jobs_ports().now().astimezone(container.council().zone).date()


def parse_states(text: str | None) -> frozenset[State]:
    """States separated by commas. Raises Invalid."""
    known: tuple[State, ...] = get_args(State)
    wanted = frozenset(part.strip() for part in (text or "").split(",") if part.strip())
    if wanted - set(known):
        raise Invalid.field("state", f"choose from {', '.join(known)}, separated by commas")
    return frozenset(each for each in known if each in wanted)


def parse_flag(text: str | None, field: str) -> bool:
    """True or false. Raises Invalid."""
    if text not in (None, "true", "false"):
        raise Invalid.field(field, "must be true or false")
    return text == "true"
