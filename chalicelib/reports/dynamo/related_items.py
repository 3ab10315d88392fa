"""The items of a report besides its own: archived updates, followers, authors, the answers to the
question whether a repair holds, and officers' notes."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute
from chalicelib.kernel.dynamo.item import Index, index
from chalicelib.reports.dynamo.items import ReportsItem
from chalicelib.reports.parts import Answer, Note, Update

ARCHIVED_UPDATE = "update#"
FOLLOWER = "follower#"
ANSWER = "answer#"
NOTE = "note#"
AUTHOR = "author#"
NOTHING: Mapping[str, Any] = MappingProxyType({})


class ArchivedUpdateItem(ReportsItem):
    """An update that was moved out of its report's item; `version` is the report's."""

    number = NumberAttribute()
    version = NumberAttribute()
    entry = JsonAttribute[Update](Update)


class FollowerItem(ReportsItem):
    """A follower of a report. `person` identifies the follower in a way that only we can read.
    `record` repeats `person`; if the follower came with a report that was merged into this one, the
    id of that report comes after it."""

    person = UnicodeAttribute()

    by_follower: Index["FollowerItem"] = index("by-follower", "person")


class AnswerItem(ReportsItem):
    """An answer about a repair. `person` identifies the answerer in a way that only their
    subscription can resolve."""

    person = UnicodeAttribute()
    repair = NumberAttribute()
    is_fixed = BooleanAttribute()
    datetime = MomentAttribute()

    by_answerer: Index["AnswerItem"] = index("by-follower", "person")


class AuthorItem(ReportsItem):
    """A person who wrote an update of a report, or flagged it. `person` identifies the author in a
    way that only the account's id leads to; `record` repeats it."""

    person = UnicodeAttribute()

    by_author: Index["AuthorItem"] = index("by-follower", "person")


class NoteItem(ReportsItem):
    """A note beside a report. Personal data: sender and text."""

    datetime = MomentAttribute()
    sender = UnicodeAttribute()
    text = UnicodeAttribute()


class RelatedItems:
    """The methods of the Repository about related items."""

    def archive_updates(
        self, service_request_id: str, updates: Sequence[Update], *, first: int, version: int
    ) -> None:
        for number, update in enumerate(updates, first):
            _put_unless_newer(service_request_id, number, update, version)

    def list_archived_updates(self, service_request_id: str) -> Sequence[Update]:
        within = ArchivedUpdateItem.record.startswith(ARCHIVED_UPDATE)
        items = ArchivedUpdateItem.all_under(service_request_id, within)
        return [item.entry for item in sorted(items, key=lambda item: item.number)]

    def rewrite_archived_update(
        self, service_request_id: str, update: Update, *, version: int
    ) -> None:
        with ArchivedUpdateItem.translate_errors():
            item = ArchivedUpdateItem.get(
                service_request_id, ARCHIVED_UPDATE + update.update_id, consistent_read=True
            )
        _put_unless_newer(service_request_id, int(item.number), update, version, item.unknown)

    def drop_archived_updates(self, service_request_id: str) -> None:
        within = ArchivedUpdateItem.record.startswith(ARCHIVED_UPDATE)
        ArchivedUpdateItem.delete_under(service_request_id, within)

    def add_follower(self, service_request_id: str, person: str) -> None:
        FollowerItem(service_request_id, FOLLOWER + person, person=person).put()

    def list_ids_by_follower(self, person: str) -> Sequence[str]:
        found = FollowerItem.by_follower.all(person)
        following = (each for each in found if each.record.startswith(FOLLOWER))
        return list(dict.fromkeys(each.service_request_id for each in following))

    def add_follower_via(self, service_request_id: str, person: str, via: str) -> None:
        FollowerItem(service_request_id, _record_via(person, via), person=person).put()

    def list_followers_via(self, service_request_id: str, via: str) -> Sequence[str]:
        found = _find_followers(service_request_id)
        return [each.person for each in found if each.record == _record_via(each.person, via)]

    def drop_follower_via(self, service_request_id: str, person: str, via: str) -> None:
        FollowerItem(service_request_id, _record_via(person, via)).remove()

    def drop_follower(self, service_request_id: str, person: str) -> None:
        for item in _find_followers(service_request_id, person):
            item.remove()

    def has_follower(self, service_request_id: str, person: str) -> bool:
        return bool(_find_followers(service_request_id, person))

    def list_followers(self, service_request_id: str) -> Sequence[str]:
        return list(dict.fromkeys(item.person for item in _find_followers(service_request_id)))

    def add_answer(self, service_request_id: str, answer: Answer) -> Answer:
        item = AnswerItem.of(answer, service_request_id, ANSWER + answer.answer_id)
        return _answer_of(item.add_or_find())

    def get_answer(self, service_request_id: str, answer_id: str) -> Answer | None:
        item = AnswerItem.find(service_request_id, ANSWER + answer_id)
        return _answer_of(item) if item else None

    def list_answers(self, service_request_id: str) -> Sequence[Answer]:
        items = AnswerItem.all_under(service_request_id, AnswerItem.record.startswith(ANSWER))
        return [_answer_of(item) for item in items]

    def list_answer_ids(self, person: str) -> Sequence[tuple[str, str]]:
        return [
            (item.service_request_id, item.record.removeprefix(ANSWER))
            for item in AnswerItem.by_answerer.all(person)
            if item.record.startswith(ANSWER)
        ]

    def drop_answer(self, service_request_id: str, answer_id: str) -> None:
        AnswerItem(service_request_id, ANSWER + answer_id).remove()

    def add_author(self, service_request_id: str, person: str) -> None:
        AuthorItem(service_request_id, AUTHOR + person, person=person).put()

    def list_ids_by_author(self, person: str) -> Sequence[str]:
        found = AuthorItem.by_author.all(person)
        return [each.service_request_id for each in found if each.record.startswith(AUTHOR)]

    def drop_author(self, service_request_id: str, person: str) -> None:
        AuthorItem(service_request_id, AUTHOR + person).remove()

    def drop_authors(self, service_request_id: str) -> None:
        AuthorItem.delete_under(service_request_id, AuthorItem.record.startswith(AUTHOR))

    def add_note(self, service_request_id: str, note: Note) -> None:
        NoteItem.of(note, service_request_id, NOTE + note.note_id).add()

    def list_notes(self, service_request_id: str) -> Sequence[Note]:
        items = NoteItem.all_under(service_request_id, NoteItem.record.startswith(NOTE))
        notes = (item.read_as(Note, note_id=item.record.removeprefix(NOTE)) for item in items)
        return sorted(notes, key=lambda note: note.datetime)

    def drop_notes(self, service_request_id: str) -> None:
        NoteItem.delete_under(service_request_id, NoteItem.record.startswith(NOTE))


def _record_via(person: str, via: str) -> str:
    return f"{FOLLOWER}{person}#{via}"


def _find_followers(service_request_id: str, person: str = "") -> Sequence[FollowerItem]:
    within = FollowerItem.record.startswith(FOLLOWER + person)
    return FollowerItem.all_under(service_request_id, within)


def _put_unless_newer(
    service_request_id: str,
    number: int,
    update: Update,
    version: int,
    unknown: Mapping[str, Any] = NOTHING,
) -> None:
    """Stores the update outside its report, unless this or a later version of the report already
    did: a delayed writer must not bring back text that was redacted meanwhile."""
    item = ArchivedUpdateItem(service_request_id, ARCHIVED_UPDATE + update.update_id)
    item.number, item.version, item.entry, item.unknown = number, version, update, unknown
    is_new = ArchivedUpdateItem.service_request_id.does_not_exist()
    item.put_where(is_new | (ArchivedUpdateItem.version < version))


def _answer_of(item: AnswerItem) -> Answer:
    return item.read_as(Answer, answer_id=item.record.removeprefix(ANSWER))
