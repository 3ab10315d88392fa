"""Requests for containers: premises get no more of one than the council's limit."""

from chalicelib.catalogue.services import CONTAINER
from chalicelib.errors import Invalid
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import DONE_STATES, OPEN_STATES
from chalicelib.reports.usecases.claims import NoFreeClaim, create_with_free_claim
from chalicelib.texts import Text


def create_within_limit(report: ServiceRequest, most: int, ports: Ports) -> ServiceRequest:
    """Stores a request for a container of which premises may have `most`. Raises Invalid if they
    have so many, or asked for them; AlreadyExists, UpstreamFailed."""
    (container,) = report.attributes[CONTAINER]
    claims = [f"container#{report.premises_id}#{container}#{n}" for n in range(1, most + 1)]

    def needs_claim(holder: ServiceRequest | None) -> bool:
        return _needs_container(holder, report.service_code)

    try:
        return create_with_free_claim(report, claims, needs_claim, ports)
    except NoFreeClaim:
        raise _too_many_error(most, ports) from None


def _too_many_error(most: int, ports: Ports) -> Invalid:
    return Invalid.field(
        f"attributes.{CONTAINER}",
        Text(
            "is for more than the {most} that an address can have: call us on {phone} if one is "
            "gone",
            most=most,
            phone=ports.council.phone,
        ),
    )


def _needs_container(report: ServiceRequest | None, service_code: str) -> bool:
    """True if the container is to be delivered or was delivered."""
    if report is None or report.is_inactive or report.service_code != service_code:
        return False
    return report.state in OPEN_STATES | DONE_STATES
