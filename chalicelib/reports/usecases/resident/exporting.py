"""Exports all report data that is kept about one person, under the names of the data registry.

An answer ends once it holds AT_MOST_BYTES, and the next one continues there, if need be in the
middle of a timeline: the function that answers can send 6 MB.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from chalicelib.kernel.stored_json import MARK
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Photo, Update
from chalicelib.reports.ports import Ports
from chalicelib.reports.queries import ListPosition
from chalicelib.reports.usecases.access import Author, author_digest
from chalicelib.reports.usecases.resident.repair_feedback import update_id_of
from chalicelib.reports.usecases.updating import find_update

ExportData = dict[str, list[dict[str, Any]]]
ExportItem = tuple[str, dict[str, Any]]
INTERNAL_FIELDS = ("fingerprint", MARK)
"""Digests of what the person sent, from which nothing can be read, and what only a newer version
knows."""
OFFICER_FIELDS = ("asked_by", "fingerprint")
AT_MOST_BYTES = 1_000_000
"""Measured as compact JSON; a report that has begun still comes with its notes. As a page, or with
letters beyond ASCII in transfer, it may be several times as much."""


class ReportMark(NamedTuple):
    """Where an export continues: before that place; or, with `archived`, in the report at that
    place, of whose older updates `archived` are done."""

    place: ListPosition
    archived: int | None = None


class ContributionMark(NamedTuple):
    """Where an export continues among what the person wrote on reports: `done` items are done."""

    done: int


class ExportPart(NamedTuple):
    """Part of the data; the export continues at `next`, which is None at the end."""

    held: ExportData
    next: ReportMark | ContributionMark | None


class _PartBuilder:
    """The data that an answer holds so far."""

    def __init__(self) -> None:
        self.held: ExportData = defaultdict(list)
        self._bytes = 0

    @property
    def is_full(self) -> bool:
        return self._bytes >= AT_MOST_BYTES

    def add(self, item: ExportItem) -> None:
        self.held[item[0]].append(item[1])
        self._bytes += len(msgspec.json.encode(item[1]))


def export(
    author: Author,
    *,
    people: Iterable[str],
    limit: int,
    after: ReportMark | ContributionMark | None,
    ports: Ports,
) -> ExportPart:
    """Some of the author's reports with the items beside them. The first part also has the reports
    that the author follows, the author's answers (as one of `people`) whether repairs hold, and
    what the author wrote on reports."""
    answer = _PartBuilder()
    for item in (
        () if after else (*_follower_items(author, ports), *_answer_items(people, author, ports))
    ):
        answer.add(item)
    if not isinstance(after, ReportMark):
        if written := _add_contributions(author, after.done if after else 0, answer, ports):
            return ExportPart(dict(answer.held), written)
        after = None
    return _export_reports(author, answer, limit=limit, after=after, ports=ports)


def _add_contributions(
    author: Author, done: int, answer: _PartBuilder, ports: Ports
) -> ContributionMark | None:
    """Adds what the account wrote on reports, after the first `done` items. Returns where to
    continue, or None."""
    for number, item in enumerate(_contribution_items(author, ports)):
        if number < done:
            continue
        if answer.is_full:
            return ContributionMark(number)
        answer.add(item)
    return None


def _export_reports(
    author: Author, answer: _PartBuilder, *, limit: int, after: ReportMark | None, ports: Ports
) -> ExportPart:
    before = after.place if after else None
    found = ports.repository.list_by_person(author.person, limit=limit, before=before)
    begun = [after] if after and after.archived is not None else []
    marks = [*begun, *map(ReportMark, found)]
    stored = ports.repository.get_many([mark.place[1] for mark in marks])
    for mark in marks:
        report = stored.get(mark.place[1])
        left = _add_report(report, mark, author, answer, ports) if report else None
        if left or answer.is_full:
            return ExportPart(dict(answer.held), left or ReportMark(mark.place))
    return ExportPart(dict(answer.held), ReportMark(found[-1]) if len(found) == limit else None)


def _add_report(
    report: ServiceRequest, mark: ReportMark, author: Author, answer: _PartBuilder, ports: Ports
) -> ReportMark | None:
    """Adds the report from the mark on. Returns where to continue in it, None if it is done."""
    if mark.archived is None:
        for item in _report_items(report, author, ports):
            answer.add(item)
    archive = _archived_updates(report, ports) if author.owns(report) else ()
    for done in range(mark.archived or 0, len(archive)):
        if answer.is_full:
            return ReportMark(mark.place, done)
        entry = _update_for(archive[done], author, ports)
        answer.add(("archived-update", _about(report, entry=entry)))
    return None


def _report_items(report: ServiceRequest, author: Author, ports: Ports) -> Iterator[ExportItem]:
    if author.owns(report):
        yield "report", _report_for(report, author, ports)
        yield from _note_items(report, ports)
        yield from _picture_items(report, report.photos, ports)
    elif kinds := author.addresses_in(report):
        # Somebody else's report with an address of the author: the rest is not about the author.
        yield (
            "report",
            _about(report, contact={kind: getattr(report.contact, kind) for kind in kinds}),
        )


def _update_for(update: Update, author: Author, ports: Ports) -> dict[str, Any]:
    """The update; its `author` only if that is the person who asks."""
    is_own = author.account and update.author == author_digest(author.account, ports)
    known: dict[str, Any] = msgspec.to_builtins(update)
    return known if is_own else known | {"author": None}


def _report_for(report: ServiceRequest, author: Author, ports: Ports) -> dict[str, Any]:
    whole: dict[str, Any] = msgspec.to_builtins(report)
    # The text of a flag is somebody else's.
    flags = [{name: flag[name] for name in ("reason", "datetime")} for flag in whole["flags"]]
    # The officer who asked a question is not the person's data.
    questions = [
        {name: asked[name] for name in asked if name not in OFFICER_FIELDS}
        for asked in whole["questions"]
    ]
    updates = [_update_for(update, author, ports) for update in report.updates]
    told = {"flags": flags, "questions": questions, "updates": updates}
    return {name: whole[name] for name in whole if name not in INTERNAL_FIELDS} | told


def _archived_updates(report: ServiceRequest, ports: Ports) -> Sequence[Update]:
    return (
        ports.repository.list_archived_updates(report.service_request_id) if report.archived else ()
    )


def _note_items(report: ServiceRequest, ports: Ports) -> Iterator[ExportItem]:
    for note in ports.repository.list_notes(report.service_request_id):
        yield "note", _about(report, datetime=note.datetime, text=note.text)


def _picture_items(
    report: ServiceRequest, photos: Iterable[Photo], ports: Ports
) -> Iterator[ExportItem]:
    address, request_id = ports.photos.private_address, report.service_request_id
    for photo in photos:
        sizes = {size: address(request_id, photo.photo_id, size) for size in ("page", "thumbnail")}
        yield "pictures", _about(report, photo_id=photo.photo_id, **sizes)


def _follower_items(author: Author, ports: Ports) -> Iterator[ExportItem]:
    person = ports.ids.person_id(author.scope, "")
    for each in ports.repository.list_ids_by_follower(person):
        yield (
            "follower",
            {"service_request_id": each, "record": f"follower#{person}", "person": person},
        )


def _answer_items(people: Iterable[str], author: Author, ports: Ports) -> Iterator[ExportItem]:
    found = [each for person in people for each in ports.repository.list_answer_ids(person)]
    for service_request_id, answer_id in found:
        report = ports.repository.get(service_request_id)
        answer = ports.repository.get_answer(service_request_id, answer_id)
        if report is None or answer is None:
            continue
        said = msgspec.to_builtins(answer)
        record = f"answer#{said.pop('answer_id')}"
        yield "answer", _about(report, record=record, **said)
        if not author.owns(report):
            yield from _answer_text_items(report, answer_id, ports)


def _contribution_items(author: Author, ports: Ports) -> Iterator[ExportItem]:
    """What the account wrote on reports. For the account's own reports, only what the export of
    these reports does not include."""
    assert author.account, "Nobody in particular has an export."
    person = author_digest(author.account, ports)
    for service_request_id in sorted(ports.repository.list_ids_by_author(person)):
        record = f"author#{person}"
        yield (
            "author",
            {"service_request_id": service_request_id, "record": record, "person": person},
        )
        report = ports.repository.get(service_request_id)
        if report:
            yield from _flag_items(person, report)
        if report and not author.owns(report):
            yield from _update_items(person, report, ports)


def _flag_items(person: str, report: ServiceRequest) -> Iterator[ExportItem]:
    for flag in report.flags:
        if flag.sender == person:
            yield "report", _about(report, flags=[msgspec.to_builtins(flag)])


def _update_items(person: str, report: ServiceRequest, ports: Ports) -> Iterator[ExportItem]:
    own = [each for each in report.updates if each.author == person]
    archived = [each for each in _archived_updates(report, ports) if each.author == person]
    for update in own:
        yield "report", _about(report, updates=[msgspec.to_builtins(update)])
    for update in archived:
        yield "archived-update", _about(report, entry=msgspec.to_builtins(update))
    update_ids = {each.update_id for each in (*own, *archived)}
    yield from _picture_items(
        report, (p for p in report.photos if p.update_id in update_ids), ports
    )


def _answer_text_items(
    report: ServiceRequest, answer_id: str, ports: Ports
) -> Iterator[ExportItem]:
    """The text and photos of the person's answer: the rest of somebody else's report is not about
    the person."""
    update_id = update_id_of(report.service_request_id, answer_id, ports)
    if update := find_update(report, update_id, ports):
        yield "report", _about(report, updates=[msgspec.to_builtins(update)])
    photos = [photo for photo in report.photos if photo.update_id == update_id]
    yield from _picture_items(report, photos, ports)


def _about(report: ServiceRequest, **values: Any) -> dict[str, Any]:
    return {"service_request_id": report.service_request_id, **values}
