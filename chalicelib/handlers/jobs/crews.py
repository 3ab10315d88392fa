"""Routes of crews: the list of crews, the URL of a crew's day, and the phones that are notified of
it."""

from http import HTTPStatus

from msgspec import Struct

from chalicelib.accounts.model import Session
from chalicelib.bootstrap import container
from chalicelib.bootstrap.jobs import crew_ports, jobs_ports
from chalicelib.catalogue.crews import Crew
from chalicelib.errors import AddressRefused, Conflict, Invalid
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import DAY, day_of
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.handlers.jobs.job_audit import audit_day
from chalicelib.handlers.jobs.job_params import today, worker_of
from chalicelib.handlers.jobs.jobs_views import CrewDevice, CrewList, CrewView, DayLinkView
from chalicelib.jobs.usecases import job_lists
from chalicelib.jobs.usecases.crew_devices import register_device
from chalicelib.jobs.usecases.day_publishing import DepotView, ShiftView, day_link
from chalicelib.kernel.fields import copy_fields
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.push_address import PushAddress

routes = Routes(__name__)


class DeviceDraft(Struct, frozen=True, kw_only=True):
    """The push address of a phone's browser."""

    push: PushAddress


@routes.endpoint(
    "/api/crews",
    method="GET",
    auth=auth.may("jobs.work"),
    summary="List the crews of the caller's teams",
)
def list_crews(call: Call) -> CrewList:
    known = container.council().by_crew
    own = job_lists.list_crews(worker_of(call), jobs_ports())
    return CrewList(items=[_crew_view(known[each.crew]) for each in own])


@routes.endpoint(
    "/api/crews/{crew}/day",
    method="GET",
    auth=auth.may("jobs.work"),
    summary="Get the address of a crew's day: its jobs in order, and the jobs that were removed",
    query=(Query("date", "the day, such as 2026-06-01; today by default", schema=DAY),),
)
def get_day_link(call: Call, crew: str) -> DayLinkView:
    day, code = day_of(call.parameter("date")) or today(), _crew_code(crew, call)
    link = day_link(code, day, crew_ports())
    audit_day(link, code, day, call.caller)
    return DayLinkView(url=link.url, expires_at=link.expires_at, etag=link.etag)


@routes.endpoint(
    "/api/crews/{crew}/devices",
    method="POST",
    auth=auth.may("jobs.work"),
    summary="Notify this phone when the crew's day changes",
    success=HTTPStatus.CREATED,
    may_be_keyed=True,
    raises=(Conflict,),
)
def add_device(call: Call, draft: DeviceDraft, crew: str) -> CrewDevice:
    code = _crew_code(crew, call)
    session, ports = _session(call), crew_ports()
    try:
        device = register_device(
            code, _device_id(session), draft.push, ports, until=session.expires_at
        )
    except AddressRefused as error:
        raise Invalid.field("push.endpoint", error.detail) from error
    return CrewDevice(crew=code, device_id=device.device_id)


@routes.endpoint(
    "/api/crews/{crew}/devices",
    method="DELETE",
    auth=auth.may("jobs.work"),
    summary="Stop notifying this phone about the crew's day",
)
def remove_device(call: Call, crew: str) -> CrewDevice:
    code, device_id = _crew_code(crew, call), _device_id(_session(call))
    crew_ports().devices.remove(code, device_id)
    return CrewDevice(crew=code, device_id=device_id)


def _crew_code(crew: str, call: Call) -> str:
    """The code of a crew of the caller's teams. Raises NotFound, Forbidden."""
    return job_lists.get_crew(crew, worker_of(call), jobs_ports()).crew


def _session(call: Call) -> Session:
    session = call.caller.session
    assert session, "The route's gate lets in only who is signed in."
    return session


def _device_id(session: Session) -> str:
    """A phone is a session: after a new sign-in it is another phone, and the earlier one ends."""
    return derived_id("phone of a crew", session.session_id)


def _crew_view(crew: Crew) -> CrewView:
    depot, shift = copy_fields(DepotView, crew.depot), copy_fields(ShiftView, crew.shift)
    return copy_fields(CrewView, crew, depot=depot, shift=shift)
