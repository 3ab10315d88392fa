"""Requests about a missed collection: checked by the rules of collections, and one for each
container and day of the premises."""

from msgspec.structs import replace

from chalicelib.errors import Invalid
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.reports.drafts import Draft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import MissedCollection
from chalicelib.reports.ports import AlreadyClaimed, Ports
from chalicelib.texts import Text


def claim_of(premises_id: str, collection: MissedCollection) -> str:
    """What a request about that collection claims."""
    return f"collection#{premises_id}#{collection.container}#{collection.date}"


def with_collection(draft: Draft, ports: Ports) -> Draft:
    """The draft with a title that names the missed collection, if its service is about one. Raises
    Invalid if the collection may not be reported, UpstreamFailed."""
    service = ports.council.by_code.get(draft.service_code)
    if service is None or "collection" not in service.steps:
        if draft.collection:
            raise Invalid.field("collection", "is not for this service: leave it out")
        return draft
    if draft.collection is None:
        raise Invalid.field(
            "collection", "is required for this service: name the container and the date"
        )
    answer = ports.check_missed_collection(draft.premises_id or "", draft.collection)
    if answer.why_not is not None:
        raise Invalid.field("collection", answer.why_not)
    collection = replace(draft.collection, disputes=answer.is_dispute)
    return replace(
        draft, collection=collection, title=answer.title, description=service.service_name
    )


def create_with_collection_claim(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """Stores the report. Raises AlreadyExists, Claimed if another open request is about the same
    missed collection, UpstreamFailed."""
    if report.collection is None:
        return ports.repository.create(report)
    claim = claim_of(report.premises_id or "", report.collection)
    return retry_on_conflict(
        lambda: _create_with_claim(report, claim, ports), what=Text("this collection")
    )


def _create_with_claim(report: ServiceRequest, claim: str, ports: Ports) -> ServiceRequest:
    """One that its sender withdrew does not count."""
    try:
        return ports.repository.create_with_claim(report, claim)
    except AlreadyClaimed as other:
        holder = ports.repository.get(other.holder)
        if holder and holder.visibility != "withdrawn":
            raise
        return ports.repository.create_with_claim(report, claim, instead_of=other.holder)
