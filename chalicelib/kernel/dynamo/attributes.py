"""Attribute types for the stores on DynamoDB."""

from datetime import datetime
from typing import Any, TypeVar

from pynamodb.attributes import Attribute
from pynamodb.constants import STRING

from chalicelib.kernel import stored_json
from chalicelib.kernel.time import text_of

T = TypeVar("T")


class JsonAttribute(Attribute[T]):
    """A value stored as JSON text, decoded as `kind`. Fields and words that only a newer version
    knows are kept."""

    attr_type = STRING

    def __init__(self, kind: Any, **options: Any) -> None:
        super().__init__(**options)
        self.kind = kind

    def serialize(self, value: T) -> str:
        return stored_json.encode(value)

    def deserialize(self, value: str) -> T:
        decoded: T = stored_json.decode(value, self.kind)
        return decoded


class TextAttribute(Attribute[T]):
    """A text that is one of a few."""

    attr_type = STRING


class MomentAttribute(Attribute[datetime]):
    """A time in UTC as sortable text: 2026-01-31T10:00:00Z."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return text_of(value)

    def deserialize(self, value: str) -> datetime:
        return datetime.fromisoformat(value)
