"""Stores requests that need one of several claims of their premises, such as one of two bins.

Each claim is an item of its own. A request is stored together with a free claim in one transaction,
so that two requests at the same time cannot both take the last claim.
"""

from collections.abc import Callable, Sequence

from chalicelib.kernel.optimistic import VersionConflict, retry_on_conflict
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import AlreadyClaimed, Ports
from chalicelib.texts import Text

NeedsClaim = Callable[[ServiceRequest | None], bool]
"""True if a request still needs the claim that it took; the request is None if it does not
exist."""


class NoFreeClaim(Exception):
    """Other requests hold all claims."""


def create_with_free_claim(
    report: ServiceRequest,
    claims: Sequence[str],
    needs_claim: NeedsClaim,
    ports: Ports,
) -> ServiceRequest:
    """Stores a request together with a claim that no request holds, or none that still needs it.
    Raises NoFreeClaim, AlreadyExists, UpstreamFailed."""

    def attempt() -> ServiceRequest:
        free = _find_free_claim(claims, needs_claim, ports)
        if free is None:
            raise NoFreeClaim
        claim, holder = free
        try:
            return ports.repository.create_with_claim(
                report, claim, instead_of=holder, is_kept=True
            )
        except AlreadyClaimed as error:
            raise VersionConflict from error

    return retry_on_conflict(attempt, what=Text("this address"))


def _find_free_claim(
    claims: Sequence[str], needs_claim: NeedsClaim, ports: Ports
) -> tuple[str, str | None] | None:
    """Find a claim that no request needs, and the id of the request that holds it nevertheless."""
    holders = ports.repository.find_claim_holders(claims)
    reports = ports.repository.get_many(list(holders.values()))
    found = ((claim, holders.get(claim)) for claim in claims)
    return next((each for each in found if not needs_claim(reports.get(each[1] or ""))), None)
