"""Stores new reports from residents, staff and other systems."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.catalogue.decisions import ReportFacts
from chalicelib.errors import Conflict, FieldError, Forbidden, Invalid, TooMany, UpstreamFailed
from chalicelib.geo.point import Point
from chalicelib.kernel.fields import copy_fields
from chalicelib.kernel.optimistic import AlreadyExists
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.drafts import Draft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Contact, Photo, PhotoState
from chalicelib.reports.ports import AlreadyClaimed, Ports
from chalicelib.reports.published import Visibility
from chalicelib.reports.usecases.access import (
    Admit,
    Author,
    MayWrite,
    canonical_bytes,
    has_assurance,
    key_conflict,
)
from chalicelib.reports.usecases.container_limits import create_within_limit
from chalicelib.reports.usecases.following import follow_first_request
from chalicelib.reports.usecases.location import (
    beyond_bounds_faults,
    complete_address,
    other_body_faults,
    outside_faults,
    ward_of,
    with_premises,
)
from chalicelib.reports.usecases.missed_collections import (
    create_with_collection_claim,
    with_collection,
)
from chalicelib.reports.usecases.new_orders import check_concession, create_order, with_order
from chalicelib.texts import Text

Answers = Mapping[str, tuple[str, ...]]


def submit(
    draft: Draft,
    key: str,
    author: Author,
    ports: Ports,
    *,
    admit: Admit | None = None,
    may_write: MayWrite | None = None,
    language: str | None = None,
) -> ServiceRequest:
    """Stores a report; the same draft under the same key returns the stored report, as it is now.
    If `may_write` is False, the report is stored as if its sender did not want alerts. `language`
    is that of the request.

    Raises Invalid, Forbidden (the service requires a surer identity, or a caller who is not staff
    reports for another person), Conflict (another draft under this key), and as `admit` does.
    """
    if draft.channel != "online" and not author.staff_in:
        raise Forbidden("Only council staff report for somebody else: leave out channel.")
    request_id = ports.ids.service_request_id(author.scope, key)
    fingerprint = ports.ids.fingerprint(canonical_bytes(draft))
    try:
        report = _build_report(
            draft, key, author, ports, request_id=request_id, fingerprint=fingerprint
        )
        report = _with_reporter(report, draft, author, ports, language=language)
        if (admit or may_write) and ports.repository.get(request_id) is None:
            report = _admit(report, admit, may_write)
        return _store(report, ports)
    except AlreadyClaimed as first:
        return follow_first_request(first.holder, key, author, ports)
    except AlreadyExists:
        return get_repeated(request_id, fingerprint, ports)
    except (Conflict, Invalid, Forbidden, TooMany):
        # A repeat still gets the report that was stored before the service, the bounds or the price
        # changed, or its hold lapsed, or that a parallel repeat stored meanwhile.
        stored = ports.repository.get(request_id)
        if stored is None or stored.fingerprint != fingerprint:
            raise
        return stored


def rehearse(
    draft: Draft, key: str, author: Author, ports: Ports, *, language: str | None = None
) -> ServiceRequest:
    """Does what `submit` does for a report without an order, but for the storing: nothing follows
    from the report, and nobody hears of it. Raises Invalid, Forbidden, Conflict."""
    report = _build_report(
        draft,
        key,
        author,
        ports,
        request_id=ports.ids.service_request_id(author.scope, key),
        fingerprint=ports.ids.fingerprint(canonical_bytes(draft)),
    )
    report = _with_reporter(report, draft, author, ports, language=language)
    return ports.repository.rehearse(report)


def _build_report(
    draft: Draft, key: str, author: Author, ports: Ports, *, request_id: str, fingerprint: str
) -> ServiceRequest:
    """The report that the draft makes, with its order. Raises Invalid, Forbidden, Conflict."""
    draft = with_premises(draft, ports)
    if draft.premises_id or draft.collection:
        draft = with_collection(draft, ports)
    answers = _validate(draft, key, author, ports)
    requested = truncate_to_second(ports.now())
    report = new_report(draft, answers, request_id, fingerprint, requested=requested, ports=ports)
    report = _limit_visibility(report, author)
    if not ports.council.by_code[draft.service_code].is_order:
        return report
    check_concession(report, draft, author, ports)
    return with_order(report, draft, ports)


def _store(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    if report.order:
        return create_order(report, ports)
    if report.premises_id is None:
        return ports.repository.create(report)
    if most := ports.council.by_code[report.service_code].container_limit_for(report.attributes):
        return create_within_limit(report, most, ports)
    return create_with_collection_claim(report, ports)


def _admit(
    report: ServiceRequest, admit: Admit | None, may_write: MayWrite | None
) -> ServiceRequest:
    if admit:
        admit()
    if report.alerts and may_write and not may_write():
        return replace(report, alerts=False)
    return report


def _refuse_unsure(draft: Draft, author: Author, ports: Ports) -> None:
    """Raises Forbidden if the service requires a surer identity. A person who rings or visits shows
    the officer who they are."""
    if draft.channel != "online":
        return
    service = ports.council.by_code.get(draft.service_code)
    assurance = None if draft.anonymous else author.assurance
    if service and not has_assurance(assurance, service.assurance) and service.why_sign_in:
        raise Forbidden(service.why_sign_in)


def _validate(draft: Draft, key: str, author: Author, ports: Ports) -> Answers:
    """The answers in a uniform shape. Raises Invalid with every fault of the draft, Forbidden."""
    _refuse_unsure(draft, author, ports)
    faults = list(service_and_place_faults(draft, ports))
    if draft.service_code not in ports.council.by_code:
        raise Invalid.fields(faults)
    given = draft.attributes or {}
    answers, wrong = ports.council.check_answers(draft.service_code, given, ports.now())
    raise_all(
        [
            *faults,
            *wrong,
            *_order_faults(draft, ports),
            *_responsibility_faults(draft, ports),
            *photo_faults(draft.photo_ids or [], key, author, ports),
        ]
    )
    return answers


def service_and_place_faults(draft: Draft, ports: Ports) -> Iterator[FieldError]:
    """Faults if the council does not offer the service or cover the place, or no place is given."""
    service = ports.council.by_code.get(draft.service_code)
    if service is None:
        known = ", ".join(ports.council.by_code)
        yield FieldError(
            "service_code", Text("is not a service here; choose one of: {known}", known=known)
        )
    yield from ports.council.language_faults(draft.language)
    if service is None or service.needs == "point":
        yield from draft.place_faults()
    if draft.point:
        yield from beyond_bounds_faults(draft.point, ports)


def _order_faults(draft: Draft, ports: Ports) -> Iterable[FieldError]:
    """Faults if the draft orders something, and its service has neither price nor calendar."""
    service = ports.council.by_code[draft.service_code]
    return () if service.is_order else draft.order_faults()


def _responsibility_faults(draft: Draft, ports: Ports) -> list[FieldError]:
    """Faults if another body, or else another council, is responsible."""
    elsewhere = list(other_body_faults(draft.service_code, draft.point, ports))
    return elsewhere or list(outside_faults(draft.point, ports.now(), ports))


def photo_faults(
    photo_ids: list[str], key: str, author: Author, ports: Ports
) -> Iterator[FieldError]:
    """Faults for photos that were not requested for what is sent under this key."""
    if len(set(photo_ids)) < len(photo_ids):
        yield FieldError("photo_ids", "has the same photo twice: send each once")
    if not all(ports.photos.is_for_key(author.scope, key, photo_id) for photo_id in photo_ids):
        yield FieldError(
            "photo_ids",
            "has a photo that does not belong to this report; ask for each with POST /api/photos "
            "and the Idempotency-Key <key of this>/<number>",
        )


def raise_all(faults: Iterable[FieldError]) -> None:
    found = list(faults)
    if found:
        raise Invalid.fields(found)


def new_report(
    draft: Draft,
    answers: Answers,
    request_id: str,
    fingerprint: str,
    *,
    requested: datetime,
    ports: Ports,
) -> ServiceRequest:
    ward_code = ward_of(requested, draft.point, ports)
    decision = ports.council.decide(
        copy_fields(
            ReportFacts,
            draft,
            ward_code=ward_code,
            attributes=answers,
            requested=requested,
            priority=None,
        )
    )
    visibility, publish_at = first_visibility(draft.service_code, draft.point, requested, ports)
    photo_state: PhotoState = "waiting" if ports.council.photos_wait else "shown"
    return ServiceRequest(
        service_request_id=request_id,
        fingerprint=fingerprint,
        service_code=draft.service_code,
        team=decision.team,
        priority=decision.priority,
        opens=decision.opens,
        because=decision.because,
        state="open",
        visibility=visibility,
        publish_at=publish_at,
        once_public=visibility == "public",
        title=draft.title,
        description=draft.description,
        address=complete_address(draft.address, None, draft.point, ports)
        or _street_at(draft.point, ports),
        ward_code=ward_code,
        premises_id=draft.premises_id,
        placeless=ports.council.by_code[draft.service_code].needs == "none",
        collection=draft.collection,
        asset_id=draft.asset_id,
        attributes=answers,
        photos=tuple(Photo(photo_id=each, state=photo_state) for each in draft.photo_ids or ()),
        lat=draft.lat,
        long=draft.long,
        requested_datetime=requested,
        updated_datetime=requested,
        expected_datetime=decision.expected_datetime,
        anonymous=draft.anonymous,
        channel=draft.channel,
    )


def _street_at(point: Point | None, ports: Ports) -> str | None:
    return ports.address_lookup.street(point) if point else None


def first_visibility(
    service_code: str, point: Point | None, at: datetime, ports: Ports
) -> tuple[Visibility, datetime | None]:
    """The visibility of a report sent at that moment, and when a held report becomes public."""
    service = ports.council.by_code[service_code]
    if service.visibility == "private":
        return "private", None
    if service.visibility == "moderated" or point is None:
        return "waiting", None
    if ports.council.publish_after_s:
        return "held", at + timedelta(seconds=ports.council.publish_after_s)
    return "public", None


def _limit_visibility(report: ServiceRequest, author: Author) -> ServiceRequest:
    """The report, no more visible than this author's reports may be at first."""
    if author.reports == "public" or report.visibility == "private":
        return report
    return replace(report, visibility=author.reports, publish_at=None, once_public=False)


def _with_reporter(
    report: ServiceRequest, draft: Draft, author: Author, ports: Ports, *, language: str | None
) -> ServiceRequest:
    if draft.anonymous:
        return report
    contact = draft.contact or Contact()
    email, phone = contact.email, contact.phone
    return replace(
        report,
        contact=draft.contact,
        language=draft.language or language,
        # A member of staff who types the report for the reporter is not the reporter.
        reporter=author.reporter if draft.channel == "online" else None,
        # Another system sends alerts to its people itself.
        alerts=draft.alerts and author.partner is None,
        email_key=ports.ids.contact_key("email", email) if email else None,
        phone_key=ports.ids.contact_key("phone", phone) if phone else None,
    )


def get_repeated(request_id: str, fingerprint: str, ports: Ports) -> ServiceRequest:
    stored = ports.repository.get(request_id)
    if stored is None:
        raise UpstreamFailed("The report could not be read back. Send it again.")
    if stored.fingerprint != fingerprint:
        raise key_conflict(stored, ports)
    return stored
