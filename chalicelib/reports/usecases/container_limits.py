"""Requests for containers: premises get no more of one than the council's limit.

Each container that premises may have is a claim of its own. A request is stored together with a
free one, so that two requests at once cannot both take the last.
"""

from collections.abc import Sequence

from chalicelib.catalogue.services import CONTAINER
from chalicelib.errors import Invalid
from chalicelib.kernel.optimistic import VersionConflict, retry_on_conflict
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Claimed, Ports
from chalicelib.reports.states import OPEN_STATES, SAID_TO_BE_DONE
from chalicelib.texts import Text


def create_within_limit(report: ServiceRequest, most: int, ports: Ports) -> ServiceRequest:
    """Stores a request for a container of which premises may have `most`. Raises Invalid if they
    have so many, or asked for them; AlreadyExists, UpstreamFailed."""
    (container,) = report.attributes[CONTAINER]
    claims = [f"container#{report.premises_id}#{container}#{n}" for n in range(1, most + 1)]
    return retry_on_conflict(
        lambda: _create_claimed(report, claims, ports), what=Text("this address")
    )


def _create_claimed(report: ServiceRequest, claims: Sequence[str], ports: Ports) -> ServiceRequest:
    free, holder = _free(claims, report.service_code, ports)
    try:
        return ports.repository.create_claimed(report, free, instead_of=holder, is_kept=True)
    except Claimed as error:
        raise VersionConflict from error


def _free(claims: Sequence[str], service_code: str, ports: Ports) -> tuple[str, str | None]:
    """A claim that no request holds that counts, and the one that holds it. Raises Invalid."""
    holders = ports.repository.claimed(claims)
    reports = ports.repository.many(list(holders.values()))
    for claim in claims:
        holder = holders.get(claim)
        if not _counts(reports.get(holder or ""), service_code):
            return claim, holder
    raise Invalid.field(
        f"attributes.{CONTAINER}",
        Text(
            "is for more than the {most} that an address can have: call us on {phone} if one is "
            "gone",
            most=len(claims),
            phone=ports.council.phone,
        ),
    )


def _counts(report: ServiceRequest | None, service_code: str) -> bool:
    """True while the container is to be delivered, and after it was."""
    if report is None or report.is_taken_back or report.service_code != service_code:
        return False
    return report.state in OPEN_STATES | SAID_TO_BE_DONE
