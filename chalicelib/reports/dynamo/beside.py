"""Items that DynamoDB keeps beside a report: its older updates, its followers, the answers to the
question whether it is mended, and officers' notes."""

from collections.abc import Sequence

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute
from chalicelib.kernel.optimistic import AlreadyExists
from chalicelib.reports.dynamo.items import translated
from chalicelib.reports.model import Answer, Note, Update

ARCHIVED = "update#"
FOLLOWER = "follower#"
ANSWER = "answer#"
NOTE = "note#"
AUTHOR = "author#"
VALUES = ("person", "repair", "is_fixed", "datetime")
"""The values that an answer is stored with."""


class ArchivedUpdateItem(Model):
    """An update that was moved out of its report's item; `version` is the report's."""

    class Meta:
        table_name = ""

    service_request_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    number = NumberAttribute()
    version = NumberAttribute()
    entry = JsonAttribute[Update](Update)


class ByFollower(GlobalSecondaryIndex["FollowerItem"]):  # type: ignore[no-untyped-call]
    """Reports by the person who follows them."""

    class Meta:
        index_name = "by-follower"
        projection = KeysOnlyProjection()

    person = UnicodeAttribute(hash_key=True)


class FollowerItem(Model):
    """A follower of a report. `person` identifies the follower in a way that only we can read.
    `record` repeats `person`; if the follower came with a report that was merged into this one, the
    id of that report comes after it."""

    class Meta:
        table_name = ""

    service_request_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    person = UnicodeAttribute()

    by_follower = ByFollower()


class ByAnswerer(GlobalSecondaryIndex["AnswerItem"]):  # type: ignore[no-untyped-call]
    """Answers by the person who gave them. This is the by-follower index, in which an answerer has
    another `person` value than as a follower."""

    class Meta:
        index_name = "by-follower"
        projection = KeysOnlyProjection()

    person = UnicodeAttribute(hash_key=True)


class AnswerItem(Model):
    """An answer about a repair. `person` identifies the answerer in a way that only their
    subscription can resolve."""

    class Meta:
        table_name = ""

    service_request_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    person = UnicodeAttribute()
    repair = NumberAttribute()
    is_fixed = BooleanAttribute()
    datetime = MomentAttribute()

    by_answerer = ByAnswerer()


class ByAuthor(GlobalSecondaryIndex["AuthorItem"]):  # type: ignore[no-untyped-call]
    """Reports by the person who wrote on them. This is the by-follower index, in which an author
    has another `person` value than as a follower."""

    class Meta:
        index_name = "by-follower"
        projection = KeysOnlyProjection()

    person = UnicodeAttribute(hash_key=True)


class AuthorItem(Model):
    """A person who wrote an update of a report, or flagged it. `person` identifies the author in a
    way that only the account's id leads to; `record` repeats it."""

    class Meta:
        table_name = ""

    service_request_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    person = UnicodeAttribute()

    by_author = ByAuthor()


class NoteItem(Model):
    """A note beside a report. Personal data: sender and text."""

    class Meta:
        table_name = ""

    service_request_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    datetime = MomentAttribute()
    sender = UnicodeAttribute()
    text = UnicodeAttribute()


class BesideReports:
    """The part of the reports' Repository that is about the items beside them."""

    def archive(
        self, service_request_id: str, updates: Sequence[Update], *, first: int, version: int
    ) -> None:
        for number, update in enumerate(updates, first):
            _keep(service_request_id, number, update, version)

    def archived(self, service_request_id: str) -> Sequence[Update]:
        within = ArchivedUpdateItem.record.startswith(ARCHIVED)
        with translated():
            items = list(ArchivedUpdateItem.query(service_request_id, within, consistent_read=True))
        return [item.entry for item in sorted(items, key=lambda item: item.number)]

    def rewrite_archived(self, service_request_id: str, update: Update, *, version: int) -> None:
        with translated():
            item = ArchivedUpdateItem.get(
                service_request_id, ARCHIVED + update.update_id, consistent_read=True
            )
        _keep(service_request_id, int(item.number), update, version)

    def drop_archived(self, service_request_id: str) -> None:
        within = ArchivedUpdateItem.record.startswith(ARCHIVED)
        with translated(), ArchivedUpdateItem.batch_write() as batch:
            for item in ArchivedUpdateItem.query(service_request_id, within, consistent_read=True):
                batch.delete(item)

    def add_follower(self, service_request_id: str, person: str) -> None:
        with translated():
            FollowerItem(service_request_id, FOLLOWER + person, person=person).save()

    def follows(self, person: str) -> Sequence[str]:
        with translated():
            found = list(FollowerItem.by_follower.query(person))
        following = (each for each in found if each.record.startswith(FOLLOWER))
        return list(dict.fromkeys(each.service_request_id for each in following))

    def carry_follower(self, service_request_id: str, person: str, via: str) -> None:
        with translated():
            FollowerItem(service_request_id, _carried(person, via), person=person).save()

    def carried(self, service_request_id: str, via: str) -> Sequence[str]:
        found = _followers(service_request_id)
        return [each.person for each in found if each.record == _carried(each.person, via)]

    def drop_carried(self, service_request_id: str, person: str, via: str) -> None:
        with translated():
            FollowerItem(service_request_id, _carried(person, via)).delete()

    def drop_follower(self, service_request_id: str, person: str) -> None:
        found = _followers(service_request_id, person)
        with translated():
            for item in found:
                item.delete()

    def has_follower(self, service_request_id: str, person: str) -> bool:
        return bool(_followers(service_request_id, person))

    def followers(self, service_request_id: str) -> Sequence[str]:
        return list(dict.fromkeys(item.person for item in _followers(service_request_id)))

    def add_answer(self, service_request_id: str, answer: Answer) -> Answer:
        values = {name: getattr(answer, name) for name in VALUES}
        item = AnswerItem(service_request_id, ANSWER + answer.answer_id, **values)
        try:
            with translated(clash=AlreadyExists):
                item.save(AnswerItem.service_request_id.does_not_exist())
        except AlreadyExists:
            return self.answer(service_request_id, answer.answer_id) or answer
        return answer

    def answer(self, service_request_id: str, answer_id: str) -> Answer | None:
        with translated():
            try:
                return _answer(
                    AnswerItem.get(service_request_id, ANSWER + answer_id, consistent_read=True)
                )
            except AnswerItem.DoesNotExist:
                return None

    def answers(self, service_request_id: str) -> Sequence[Answer]:
        within = AnswerItem.record.startswith(ANSWER)
        with translated():
            items = list(AnswerItem.query(service_request_id, within, consistent_read=True))
        return [_answer(item) for item in items]

    def answered(self, person: str) -> Sequence[tuple[str, str]]:
        with translated():
            return [
                (item.service_request_id, item.record.removeprefix(ANSWER))
                for item in AnswerItem.by_answerer.query(person)
                if item.record.startswith(ANSWER)
            ]

    def drop_answer(self, service_request_id: str, answer_id: str) -> None:
        with translated():
            AnswerItem(service_request_id, ANSWER + answer_id).delete()

    def add_author(self, service_request_id: str, person: str) -> None:
        with translated():
            AuthorItem(service_request_id, AUTHOR + person, person=person).save()

    def wrote_on(self, person: str) -> Sequence[str]:
        with translated():
            found = list(AuthorItem.by_author.query(person))
        return [each.service_request_id for each in found if each.record.startswith(AUTHOR)]

    def drop_author(self, service_request_id: str, person: str) -> None:
        with translated():
            AuthorItem(service_request_id, AUTHOR + person).delete()

    def drop_authors(self, service_request_id: str) -> None:
        within = AuthorItem.record.startswith(AUTHOR)
        with translated(), AuthorItem.batch_write() as batch:
            for item in AuthorItem.query(service_request_id, within, consistent_read=True):
                batch.delete(item)

    def add_note(self, service_request_id: str, note: Note) -> None:
        item = NoteItem(service_request_id, NOTE + note.note_id)
        item.datetime, item.sender, item.text = note.datetime, note.sender, note.text
        try:
            with translated(clash=AlreadyExists):
                item.save(NoteItem.service_request_id.does_not_exist())
        except AlreadyExists:
            return

    def notes(self, service_request_id: str) -> Sequence[Note]:
        within = NoteItem.record.startswith(NOTE)
        with translated():
            items = list(NoteItem.query(service_request_id, within, consistent_read=True))
        return sorted((_note(item) for item in items), key=lambda note: note.datetime)

    def drop_notes(self, service_request_id: str) -> None:
        within = NoteItem.record.startswith(NOTE)
        with translated(), NoteItem.batch_write() as batch:
            for item in NoteItem.query(service_request_id, within, consistent_read=True):
                batch.delete(item)


def _carried(person: str, via: str) -> str:
    return f"{FOLLOWER}{person}#{via}"


def _followers(service_request_id: str, person: str = "") -> Sequence[FollowerItem]:
    within = FollowerItem.record.startswith(FOLLOWER + person)
    with translated():
        return list(FollowerItem.query(service_request_id, within, consistent_read=True))


def _keep(service_request_id: str, number: int, update: Update, version: int) -> None:
    """Stores the update outside its report, unless this or a later version of the report already
    did: a delayed writer must not bring back text that was redacted meanwhile."""
    item = ArchivedUpdateItem(service_request_id, ARCHIVED + update.update_id)
    item.number, item.version, item.entry = number, version, update
    is_new = ArchivedUpdateItem.service_request_id.does_not_exist()
    try:
        with translated(clash=AlreadyExists):
            item.save(is_new | (ArchivedUpdateItem.version < version))
    except AlreadyExists:
        return


def _answer(item: AnswerItem) -> Answer:
    return Answer(
        answer_id=item.record.removeprefix(ANSWER),
        person=item.person,
        repair=int(item.repair),
        is_fixed=item.is_fixed,
        datetime=item.datetime,
    )


def _note(item: NoteItem) -> Note:
    return Note(
        note_id=item.record.removeprefix(NOTE),
        datetime=item.datetime,
        sender=item.sender,
        text=item.text,
    )
