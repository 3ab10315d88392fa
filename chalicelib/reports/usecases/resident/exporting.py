"""Exports all report data that is kept about one person, under the names of the data registry.

An answer ends once it holds AT_MOST_BYTES, and the next one continues there, if need be in the
middle of a timeline: the function that answers can send 6 MB.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Photo, Update
from chalicelib.reports.ports import Ports
from chalicelib.reports.queries import ListPosition
from chalicelib.reports.usecases.access import Author, author_digest
from chalicelib.reports.usecases.resident.repair_feedback import update_id_of
from chalicelib.reports.usecases.updating import find_update

Held = dict[str, list[dict[str, Any]]]
Item = tuple[str, dict[str, Any]]
INTERNAL = ("fingerprint",)
"""Digests of what the person sent, from which nothing can be read."""
OFFICERS = ("asked_by", "fingerprint")
AT_MOST_BYTES = 1_000_000
"""Measured as compact JSON; a report that has begun still comes with its notes. As a page, or with
letters beyond ASCII in transfer, it may be several times as much."""


class Mark(NamedTuple):
    """Where an export continues: before that place; or, with `archived`, in the report at that
    place, of whose older updates `archived` are done."""

    place: ListPosition
    archived: int | None = None


class Written(NamedTuple):
    """Where an export continues among what the person wrote on reports: `done` items are done."""

    done: int


class Exported(NamedTuple):
    """Part of the data; the export continues at `next`, which is None at the end."""

    held: Held
    next: Mark | Written | None


class _Answer:
    """The data that an answer holds so far."""

    def __init__(self) -> None:
        self.held: Held = defaultdict(list)
        self._bytes = 0

    @property
    def is_full(self) -> bool:
        return self._bytes >= AT_MOST_BYTES

    def add(self, item: Item) -> None:
        self.held[item[0]].append(item[1])
        self._bytes += len(msgspec.json.encode(item[1]))


def export(
    author: Author, *, people: Iterable[str], limit: int, after: Mark | Written | None, ports: Ports
) -> Exported:
    """Some of the author's reports with the items beside them. The first part also has the reports
    that the author follows, the author's answers (as one of `people`) whether repairs hold, and
    what the author wrote on reports."""
    answer = _Answer()
    for item in () if after else (*_follows(author, ports), *_answers(people, author, ports)):
        answer.add(item)
    if not isinstance(after, Mark):
        if written := _add_written(author, after.done if after else 0, answer, ports):
            return Exported(dict(answer.held), written)
        after = None
    return _export_reports(author, answer, limit=limit, after=after, ports=ports)


def _add_written(author: Author, done: int, answer: _Answer, ports: Ports) -> Written | None:
    """Adds what the account wrote on reports, after the first `done` items. Returns where to
    continue, or None."""
    for number, item in enumerate(_written(author, ports)):
        if number < done:
            continue
        if answer.is_full:
            return Written(number)
        answer.add(item)
    return None


def _export_reports(
    author: Author, answer: _Answer, *, limit: int, after: Mark | None, ports: Ports
) -> Exported:
    before = after.place if after else None
    found = ports.repository.list_by_person(author.person, limit=limit, before=before)
    begun = [after] if after and after.archived is not None else []
    marks = [*begun, *map(Mark, found)]
    stored = ports.repository.get_many([mark.place[1] for mark in marks])
    for mark in marks:
        report = stored.get(mark.place[1])
        left = _add(report, mark, author, answer, ports) if report else None
        if left or answer.is_full:
            return Exported(dict(answer.held), left or Mark(mark.place))
    return Exported(dict(answer.held), Mark(found[-1]) if len(found) == limit else None)


def _add(
    report: ServiceRequest, mark: Mark, author: Author, answer: _Answer, ports: Ports
) -> Mark | None:
    """Adds the report from the mark on. Returns where to continue in it, None if it is done."""
    if mark.archived is None:
        for item in _without_archive(report, author, ports):
            answer.add(item)
    archive = _archive(report, ports) if author.owns(report) else ()
    for done in range(mark.archived or 0, len(archive)):
        if answer.is_full:
            return Mark(mark.place, done)
        entry = _own(archive[done], author, ports)
        answer.add(("archived-update", _of(report, entry=entry)))
    return None


def _without_archive(report: ServiceRequest, author: Author, ports: Ports) -> Iterator[Item]:
    if author.owns(report):
        yield "report", _whole(report, author, ports)
        yield from _notes(report, ports)
        yield from _pictures(report, report.photos, ports)
    elif kinds := author.addresses_in(report):
        # Somebody else's report with an address of the author: the rest is not about the author.
        yield "report", _of(report, contact={kind: getattr(report.contact, kind) for kind in kinds})


def _own(update: Update, author: Author, ports: Ports) -> dict[str, Any]:
    """The update; its `author` only if that is the person who asks."""
    is_own = author.account and update.author == author_digest(author.account, ports)
    known: dict[str, Any] = msgspec.to_builtins(update)
    return known if is_own else known | {"author": None}


def _whole(report: ServiceRequest, author: Author, ports: Ports) -> dict[str, Any]:
    whole: dict[str, Any] = msgspec.to_builtins(report)
    # The text of a flag is somebody else's.
    flags = [{name: flag[name] for name in ("reason", "datetime")} for flag in whole["flags"]]
    # The officer who asked a question is not the person's data.
    questions = [
        {name: asked[name] for name in asked if name not in OFFICERS}
        for asked in whole["questions"]
    ]
    updates = [_own(update, author, ports) for update in report.updates]
    told = {"flags": flags, "questions": questions, "updates": updates}
    return {name: whole[name] for name in whole if name not in INTERNAL} | told


def _archive(report: ServiceRequest, ports: Ports) -> Sequence[Update]:
    return (
        ports.repository.list_archived_updates(report.service_request_id) if report.archived else ()
    )


def _notes(report: ServiceRequest, ports: Ports) -> Iterator[Item]:
    for note in ports.repository.list_notes(report.service_request_id):
        yield "note", _of(report, datetime=note.datetime, text=note.text)


def _pictures(report: ServiceRequest, photos: Iterable[Photo], ports: Ports) -> Iterator[Item]:
    address, request_id = ports.photos.private_address, report.service_request_id
    for photo in photos:
        sizes = {size: address(request_id, photo.photo_id, size) for size in ("page", "thumbnail")}
        yield "pictures", _of(report, photo_id=photo.photo_id, **sizes)


def _follows(author: Author, ports: Ports) -> Iterator[Item]:
    person = ports.ids.person(author.scope, "")
    for each in ports.repository.list_ids_by_follower(person):
        yield (
            "follower",
            {"service_request_id": each, "record": f"follower#{person}", "person": person},
        )


def _answers(people: Iterable[str], author: Author, ports: Ports) -> Iterator[Item]:
    found = [each for person in people for each in ports.repository.list_answer_ids(person)]
    for service_request_id, answer_id in found:
        report = ports.repository.get(service_request_id)
        answer = ports.repository.get_answer(service_request_id, answer_id)
        if report is None or answer is None:
            continue
        said = msgspec.to_builtins(answer)
        record = f"answer#{said.pop('answer_id')}"
        yield "answer", _of(report, record=record, **said)
        if not author.owns(report):
            yield from _words(report, answer_id, ports)


def _written(author: Author, ports: Ports) -> Iterator[Item]:
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
            yield from _flags_of(person, report)
        if report and not author.owns(report):
            yield from _updates_of(person, report, ports)


def _flags_of(person: str, report: ServiceRequest) -> Iterator[Item]:
    for flag in report.flags:
        if flag.sender == person:
            yield "report", _of(report, flags=[msgspec.to_builtins(flag)])


def _updates_of(person: str, report: ServiceRequest, ports: Ports) -> Iterator[Item]:
    own = [each for each in report.updates if each.author == person]
    archived = [each for each in _archive(report, ports) if each.author == person]
    for update in own:
        yield "report", _of(report, updates=[msgspec.to_builtins(update)])
    for update in archived:
        yield "archived-update", _of(report, entry=msgspec.to_builtins(update))
    update_ids = {each.update_id for each in (*own, *archived)}
    yield from _pictures(report, (p for p in report.photos if p.update_id in update_ids), ports)


def _words(report: ServiceRequest, answer_id: str, ports: Ports) -> Iterator[Item]:
    """The text and photos of the person's answer: the rest of somebody else's report is not about
    the person."""
    update_id = update_id_of(report.service_request_id, answer_id, ports)
    if update := find_update(report, update_id, ports):
        yield "report", _of(report, updates=[msgspec.to_builtins(update)])
    photos = [photo for photo in report.photos if photo.update_id == update_id]
    yield from _pictures(report, photos, ports)


def _of(report: ServiceRequest, **values: Any) -> dict[str, Any]:
    return {"service_request_id": report.service_request_id, **values}
