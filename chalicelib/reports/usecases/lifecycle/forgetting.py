"""Removes the senders of reports, and keeps the reports: when the sender asks for it, or when the
retention time is over.

Related items are changed first, the report itself last. The report is found by the values that are
removed, so an interrupted run finds it again and repeats the work.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial

from msgspec.structs import replace

from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import without_words
from chalicelib.reports.parts import ContactKind, Update
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import ReportPart
from chalicelib.reports.queries import ListPosition
from chalicelib.reports.usecases.access import (
    Author,
    author_digest,
    get_report,
    is_from_partner,
    update_report,
)
from chalicelib.reports.usecases.reading import read_timeline
from chalicelib.reports.usecases.resident.repair_feedback import recount_answers, update_id_of
from chalicelib.reports.usecases.resident.withdrawing import drop_related_items

REMOVED = "The reporter asked us to remove this text."
BATCH_SIZE = 100
KILOMETRE_DECIMALS = 2
"""Decimal places of a latitude or longitude that give about a kilometre."""


def list_reports_about(author: Author, ports: Ports) -> Iterator[str]:
    """The ids of all reports that the author sent, or that name the author as contact."""
    before: ListPosition | None = None
    while places := ports.repository.list_by_person(author.person, limit=BATCH_SIZE, before=before):
        before = places[-1]
        yield from (service_request_id for _, service_request_id in places)


def parts_of(service_request_id: str, author: Author, ports: Ports) -> Sequence[ReportPart]:
    """The parts of a report that belong to the author: everything that says who sent it, or the
    author's addresses that somebody else gave with it."""
    report = ports.repository.get(service_request_id)
    if report is None:
        return ()
    return ("report",) if author.owns(report) else author.addresses_in(report)


def forget_address(service_request_id: str, kind: ContactKind, ports: Ports) -> None:
    """Forgets one address of the report's contact. The sender's other details stay, as they do not
    belong to the person who has that address. May be done again."""
    if ports.repository.get(service_request_id):
        _rewrite_report(service_request_id, lambda report: report.without_address(kind), ports)


def forget_sender(service_request_id: str, *, redact: bool, ports: Ports) -> None:
    """Forgets who sent a report. Its text stays if everybody can read it, unless `redact`; text
    that nobody else could read goes with the sender. May be done again."""
    report = ports.repository.get(service_request_id)
    if report is None:
        return
    if report.visibility == "withdrawn":
        drop_related_items(service_request_id, ports)
        return
    ports.repository.drop_notes(service_request_id)
    _forget_own_words(report, ports)
    redact = redact or report.visibility != "public"
    if redact:
        ports.photos.remove_later(service_request_id, [photo.photo_id for photo in report.photos])
        _redact_archived(report, _redact_if_by_resident, ports)
    _rewrite_report(service_request_id, _redact_report if redact else _without_sender, ports)
    # Deletes a note that was added meanwhile; from now on none can be added.
    ports.repository.drop_notes(service_request_id)


def _forget_own_words(report: ServiceRequest, ports: Ports) -> None:
    """Removes the sender as author of updates and flags, and the photos of held updates, which are
    removed with the sender."""
    if report.reporter and not is_from_partner(report):
        person = author_digest(report.reporter, ports)
        _forget_author_in(report, person, ports, redact=False)
        ports.repository.drop_author(report.service_request_id, person)
    unseen = [
        photo.photo_id for photo in report.photos if photo.update_id in _held_update_ids(report)
    ]
    ports.photos.remove_later(report.service_request_id, unseen)


def _held_update_ids(report: ServiceRequest) -> set[str]:
    return {each.update_id for each in report.held_updates}


def unfollow_all(author: Author, ports: Ports) -> None:
    """Forgets which reports the author follows."""
    person = ports.ids.person_id(author.scope, "")
    for service_request_id in ports.repository.list_ids_by_follower(person):
        if ports.repository.get(service_request_id):
            _rewrite_report(service_request_id, partial(_without_follower, person, ports), ports)
        ports.repository.drop_follower(service_request_id, person)


def forget_answers(person: str, *, redact: bool, ports: Ports) -> None:
    """Forgets a person's answers to the question whether repairs hold. Their text and photos stay
    if everybody can see them, unless `redact`. May be done again."""
    for service_request_id, answer_id in ports.repository.list_answer_ids(person):
        report = ports.repository.get(service_request_id)
        if report and (redact or report.visibility != "public"):
            _forget_update_text(report, update_id_of(service_request_id, answer_id, ports), ports)
        if report:
            _rewrite_report(
                service_request_id, partial(recount_answers, ports=ports, but=answer_id), ports
            )
        ports.repository.drop_answer(service_request_id, answer_id)


def forget_author(account: str, *, redact: bool, ports: Ports) -> None:
    """Forgets that updates and flags are the account's. An update's text and photos stay if
    everybody can see them, unless `redact`; flags go. May be done again."""
    person = author_digest(account, ports)
    for service_request_id in ports.repository.list_ids_by_author(person):
        report = ports.repository.get(service_request_id)
        if report:
            everything = redact or report.visibility != "public"
            _forget_author_in(report, person, ports, redact=everything)
        ports.repository.drop_author(service_request_id, person)


def has_written(account: str, ports: Ports) -> bool:
    """True if updates or flags are known to be the account's."""
    return bool(ports.repository.list_ids_by_author(author_digest(account, ports)))


def _forget_author_in(report: ServiceRequest, person: str, ports: Ports, *, redact: bool) -> None:
    """Forgets the author in the report first, then beside it: until the report is rewritten, an
    update may move from it to the archive."""
    request_id = report.service_request_id
    own = {each.update_id for each in read_timeline(report, ports) if each.author == person}
    update_ids = own if redact else set[str]()
    shown = [photo.photo_id for photo in report.photos if photo.update_id in update_ids]
    ports.photos.remove_later(request_id, shown)
    unsign = partial(_without_author, person, redact=redact)
    _rewrite_report(request_id, partial(_without_contributions, person, update_ids, unsign), ports)
    _redact_archived(get_report(request_id, ports), unsign, ports)


def _without_author(person: str, update: Update, *, redact: bool) -> Update:
    if update.author != person:
        return update
    return replace(update, author=None, text=REMOVED if redact else update.text)


def _without_contributions(
    person: str,
    update_ids: Collection[str],
    unsign: Callable[[Update], Update],
    report: ServiceRequest,
) -> ServiceRequest:
    after = replace(
        report,
        photos=tuple(photo for photo in report.photos if photo.update_id not in update_ids),
        updates=tuple(map(unsign, report.updates)),
        flags=tuple(flag for flag in report.flags if flag.sender != person),
    )
    return replace(after, redactions=report.redactions + 1) if update_ids else after


def _rewrite_report(
    service_request_id: str, change: Callable[[ServiceRequest], ServiceRequest], ports: Ports
) -> None:
    """Stores the report after the change, if the change makes a difference."""

    def change_if_different(present: ServiceRequest) -> ServiceRequest:
        after = change(present)
        return present if after == present else after

    update_report(lambda: get_report(service_request_id, ports), change_if_different, ports)


def _without_sender(report: ServiceRequest) -> ServiceRequest:
    return replace(
        report.without_contact(),
        reporter=None,
        review_on=None,
        order=report.order and replace(report.order, receipt=None),
        attributes={},
        because=(),
        questions=(),
        needs=without_words(report.needs),
        photos=tuple(
            each for each in report.photos if each.update_id not in _held_update_ids(report)
        ),
        held_updates=(),
        forgotten=True,
    )


def _redact_report(report: ServiceRequest) -> ServiceRequest:
    left = _without_sender(report)
    after = replace(
        _with_vague_place(left) if report.visibility != "public" else left,
        title=None,
        description=REMOVED,
        address=None,
        photos=(),
        flags=(),
        updates=tuple(map(_redact_if_by_resident, report.updates)),
    )
    return after if after == left else replace(after, redactions=report.redactions + 1)


def _with_vague_place(report: ServiceRequest) -> ServiceRequest:
    """The report with its place rounded to about a kilometre, and without its asset and premises:
    a report that nobody can see may have been at the reporter's door. A held report becomes
    private."""
    point = report.point
    held = report.visibility == "held"
    return replace(
        report,
        lat=round(point.lat, KILOMETRE_DECIMALS) if point else None,
        long=round(point.long, KILOMETRE_DECIMALS) if point else None,
        premises_id=None,
        collection=None,
        asset_id=None,
        visibility="private" if held else report.visibility,
        publish_at=None,
    )


def _redact_if_by_resident(update: Update) -> Update:
    """The update without its text if a resident wrote it: it is not known which resident, so it may
    be the sender."""
    return replace(update, text=REMOVED) if update.by == "resident" else update


def _redact_if_id_is(update_id: str, update: Update) -> Update:
    return replace(update, text=REMOVED) if update.update_id == update_id else update


def _redact_archived(
    report: ServiceRequest, redacted: Callable[[Update], Update], ports: Ports
) -> None:
    outside = (
        ports.repository.list_archived_updates(report.service_request_id) if report.archived else ()
    )
    for update in outside:
        if update != redacted(update):
            ports.repository.rewrite_archived_update(
                report.service_request_id, redacted(update), version=report.version
            )


def _forget_update_text(report: ServiceRequest, update_id: str, ports: Ports) -> None:
    """Forgets the text and photos of that update, in the report first, then beside it: until the
    report is rewritten, the update may move from it to the archive."""
    photo_ids = [photo.photo_id for photo in report.photos if photo.update_id == update_id]
    ports.photos.remove_later(report.service_request_id, photo_ids)
    _rewrite_report(report.service_request_id, partial(_without_update_text, update_id), ports)
    present = get_report(report.service_request_id, ports)
    _redact_archived(present, partial(_redact_if_id_is, update_id), ports)


def _without_update_text(update_id: str, report: ServiceRequest) -> ServiceRequest:
    after = replace(
        report,
        photos=tuple(photo for photo in report.photos if photo.update_id != update_id),
        updates=tuple(_redact_if_id_is(update_id, update) for update in report.updates),
    )
    return after if after == report else replace(after, redactions=report.redactions + 1)


def _without_follower(person: str, ports: Ports, report: ServiceRequest) -> ServiceRequest:
    others = set(ports.repository.list_followers(report.service_request_id)) - {person}
    return report if len(others) == report.followers else replace(report, followers=len(others))
