"""Reads a bucket's notifications from a queue: which files arrived."""

from urllib.parse import unquote_plus

import msgspec


class Arrived(msgspec.Struct):
    """A file under its key; `version_id` only if the bucket keeps versions."""

    key: str
    version_id: str | None = msgspec.field(default=None, name="versionId")


class _Place(msgspec.Struct):
    object: Arrived


class _Record(msgspec.Struct):
    s3: _Place


class _Notice(msgspec.Struct):
    """Files that arrived, or `Event` s3:TestEvent when the notices are set up."""

    records: list[_Record] | None = msgspec.field(default=None, name="Records")
    event: str | None = msgspec.field(default=None, name="Event")


def arrived_in(body: str) -> list[Arrived]:
    """The files in a bucket's notification. Raises ValueError if the text is not a
    notification."""
    notice = msgspec.json.decode(body, type=_Notice)
    if notice.records is None:
        if notice.event != "s3:TestEvent":
            raise ValueError("a message that is no notice of a bucket")
        return []
    found = [record.s3.object for record in notice.records]
    return [Arrived(unquote_plus(each.key), each.version_id) for each in found]
