"""Requests that each take one of some claims of their premises, such as one of two bins.

Each claim is an item of its own. A request is stored together with a free one, so that two requests
at once cannot both take the last.
"""

from collections.abc import Callable, Sequence

from chalicelib.kernel.optimistic import VersionConflict, retry_on_conflict
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import AlreadyClaimed, Ports
from chalicelib.texts import Text

NeedsClaim = Callable[[ServiceRequest | None], bool]
"""True if a request, None if there is none of its id, still needs the claim that it took."""


class NoFreeClaim(Exception):
    """Other requests hold all of the claims."""


def create_with_free_claim(
    report: ServiceRequest,
    claims: Sequence[str],
    counts: NeedsClaim,
    ports: Ports,
) -> ServiceRequest:
    """Stores a request together with one of the claims that no request holds that counts. Raises
    NoneLeft, AlreadyExists, UpstreamFailed."""

    def attempt() -> ServiceRequest:
        free = _find_free_claim(claims, counts, ports)
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
    claims: Sequence[str], counts: NeedsClaim, ports: Ports
) -> tuple[str, str | None] | None:
    """A claim that no request holds that counts, and the request that holds it otherwise."""
    holders = ports.repository.find_claim_holders(claims)
    reports = ports.repository.get_many(list(holders.values()))
    found = ((claim, holders.get(claim)) for claim in claims)
    return next((each for each in found if not counts(reports.get(each[1] or ""))), None)
