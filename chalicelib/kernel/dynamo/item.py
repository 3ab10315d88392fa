"""Base classes of DynamoDB items, with their reads and writes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import RLock
from types import MappingProxyType
from typing import Any, ClassVar, Self, TypeVar

from botocore.exceptions import ClientError
from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import TableConnection
from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.fields import copy_fields, fields_of
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.stored_json import unknown_in, with_unknown
from chalicelib.texts import Text

SCHEMA_NAME, SCHEMA = "schema", 1
"""The attribute with the number of the schema that an item was stored with, and that of this
version. A release that stores something in another way raises it; an older version that changes the
item keeps the number."""
_CONNECTING = RLock()
Value = TypeVar("Value")
AnyItem = TypeVar("AnyItem", bound="Item")


class ConditionFailed(Exception):
    """The condition of a write does not hold."""


class Index(GlobalSecondaryIndex[AnyItem]):  # type: ignore[no-untyped-call]
    """A global secondary index of items."""

    def all(self, hash_key: str, within: Condition | None = None, **how: Any) -> Sequence[AnyItem]:
        """All items under a hash key of the index, in the order of its range keys. `how` is for
        PynamoDB's `query`.

        Raises: UpstreamFailed.
        """
        with self._model.translate_errors():
            return list(self.query(hash_key, within, **how))


def index(name: str, hash_key: str, range_key: str = "") -> Index[Any]:
    """An index whose keys are attributes that hold text. infra/resources.json says what else it
    holds; PynamoDB asks for a projection only to make tables."""
    keys = {hash_key: UnicodeAttribute(hash_key=True)}
    if range_key:
        keys[range_key] = UnicodeAttribute(range_key=True)
    meta = type("Meta", (), {"index_name": name, "projection": KeysOnlyProjection()})
    made: Index[Any] = type(name, (Index,), {"Meta": meta, **keys})()
    return made


class Item(Model):
    """An item of a table. Its reads are consistent. Each call raises UpstreamFailed if DynamoDB
    does not answer.

    Attributes that only a newer version knows are read, passed on by `read_as` and `of`, and stored
    again (ADR 101).
    """

    store: ClassVar[str]
    """The name of the stored things in error messages."""
    unknown: Mapping[str, Any] = MappingProxyType({})
    """The attributes that this version does not know, as DynamoDB gives them."""

    class Meta:
        table_name = ""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # Each class of items has its own table name.
        cls.Meta = type("Meta", (cls.Meta,), {})  # type: ignore[assignment, misc]

    @classmethod
    def _get_connection(cls) -> TableConnection:
        """The connection with its client, which PynamoDB would make for each thread that needs one
        before the first is made."""
        with _CONNECTING:
            connection = super()._get_connection()
            connection.connection.client  # noqa: B018
            return connection

    @classmethod
    def of(
        cls, value: Any, hash_key: str | None = None, range_key: str | None = None, **given: Any
    ) -> Self:
        """The item of a Struct or named tuple: attributes that are not `given` are copied from the
        fields of the same name. A version of 0 is left out: nothing is stored yet."""
        names = fields_of(type(value)) & cls.get_attributes().keys()
        values = {name: getattr(value, name) for name in names} | given
        version = cls._version_attribute_name
        if version and not values[version]:
            del values[version]
        item = cls(hash_key, range_key, **values)
        item.unknown = unknown_in(value)
        return item

    def read_as(self, kind: type[Value], **given: Any) -> Value:
        """The Struct or named tuple of the item: fields that are not `given` are copied from the
        attributes of the same name. A Struct also holds what is unknown."""
        return with_unknown(copy_fields(kind, self, **given), self.unknown)

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        item = super().from_raw_data(data)
        item.unknown = item._unknown_in(data)
        return item

    def serialize(self, null_check: bool = True) -> dict[str, dict[str, Any]]:
        known = super().serialize(null_check)
        return {SCHEMA_NAME: {"N": str(SCHEMA)}, **self.unknown, **known}

    @classmethod
    def _unknown_in(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        names = {attribute.attr_name for attribute in cls.get_attributes().values()}
        if int(data.get(SCHEMA_NAME, {"N": "0"})["N"]) <= SCHEMA:
            names.add(SCHEMA_NAME)
        return {name: value for name, value in data.items() if name not in names}

    @classmethod
    @contextmanager
    def translate_errors(cls, clash: type[Exception] | None = None) -> Iterator[None]:
        """Replace PynamoDB's errors by UpstreamFailed, or by `clash` if a condition does not
        hold."""
        try:
            yield
        except PynamoDBException as error:
            if clash and _condition_failed(error):
                raise clash from error
            raise UpstreamFailed(
                Text("The store of {name} did not answer. Send it again.", name=cls.store)
            ) from error

    @classmethod
    def find(cls, hash_key: str, range_key: str) -> Self | None:
        """The item of that key, None if there is none."""
        with cls.translate_errors():
            try:
                return cls.get(hash_key, range_key, consistent_read=True)
            except cls.DoesNotExist:
                return None

    @classmethod
    def all_under(cls, hash_key: str, within: Condition | None = None) -> Sequence[Self]:
        """All items under a hash key, in the order of their range keys."""
        with cls.translate_errors():
            return list(cls.query(hash_key, within, consistent_read=True))

    @classmethod
    def delete_under(cls, hash_key: str, within: Condition) -> None:
        """Delete the items that `all_under` returns."""
        with cls.translate_errors(), cls.batch_write() as batch:
            for item in cls.query(hash_key, within, consistent_read=True):
                batch.delete(item)

    def put(self) -> None:
        """Store the item, whatever was stored under its key."""
        with self.translate_errors():
            self.save()

    def put_where(self, condition: Condition) -> bool:
        """Store the item if the condition holds. Returns: whether it holds."""
        return self._try_write(lambda: self.save(condition))

    def put_on_version(self) -> Self:
        """Store the item if the stored one has its version, or none is stored and it has none.

        Returns: the item with its new version.

        Raises: VersionConflict.
        """
        with self.translate_errors(VersionConflict):
            self.save()
        return self

    def add(self) -> bool:
        """Store the item unless its key is taken. Returns: whether it was stored. It was not
        either if the reply to this very write was lost."""
        hash_key = self.get_attributes()[str(self._hash_keyname)]
        return self.put_where(hash_key.does_not_exist())

    def add_or_find(self) -> Self:
        """Store the item unless its key is taken. Returns: what is stored then."""
        if self.add():
            return self
        names = (self._hash_keyname, self._range_keyname)
        stored = self.find(*(getattr(self, str(name)) for name in names))
        if stored is None:
            raise UpstreamFailed("What was stored could not be read back. Send it again.")
        return stored

    def change_where(self, actions: list[Action], condition: Condition) -> bool:
        """Change attributes of the stored item, and of this one, if the condition holds. Returns:
        whether it holds."""
        return self._try_write(lambda: self.update(actions, condition))

    def remove_where(self, condition: Condition) -> bool:
        """Delete what is stored under the key of the item if the condition holds. Returns: whether
        it holds."""
        return self._try_write(lambda: self.delete(condition))

    def remove(self) -> None:
        """Delete what is stored under the key of the item, whatever its version."""
        with self.translate_errors():
            self.delete(add_version_condition=False)

    def _try_write(self, write: Callable[[], object]) -> bool:
        try:
            with self.translate_errors(ConditionFailed):
                write()
        except ConditionFailed:
            return False
        return True


class OwnedItem(Item):
    """An item of a table that is keyed by `owner` and `record`."""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)


def _condition_failed(error: PynamoDBException) -> bool:
    # PynamoDB's own `cause_response_code` fails for a cause without a response.
    cause = error.cause
    return isinstance(cause, ClientError) and (
        cause.response["Error"].get("Code") == "ConditionalCheckFailedException"
    )
