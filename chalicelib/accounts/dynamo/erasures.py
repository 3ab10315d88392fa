"""Pending erasures, on the table of people; and completed erasures, in the audit log's table, from
which nothing can be removed and which a restored backup of the other tables does not change."""

from collections.abc import Sequence

from chalicelib.accounts.dynamo.items import ERASED, ERASURES, ErasedItem, ErasureItem
from chalicelib.accounts.model import ErasedKind, Erasure, Step


class DynamoErasures:
    """The Erasures port."""

    def __init__(self, table_name: str) -> None:
        ErasureItem.Meta.table_name = table_name

    def add(self, erasure: Erasure) -> Erasure:
        item = ErasureItem.of(erasure, ERASURES, erasure.account_id)
        return _erasure(item.add_or_find())

    def list_pending(self) -> Sequence[Erasure]:
        return [_erasure(item) for item in ErasureItem.all_under(ERASURES)]

    def reach(self, account_id: str, step: Step) -> None:
        item = ErasureItem(ERASURES, account_id)
        item.change_where([ErasureItem.step.set(step)], ErasureItem.owner.exists())

    def end(self, account_id: str) -> None:
        ErasureItem(ERASURES, account_id).remove()


class DynamoErasureLog:
    """The ErasureLog port."""

    def __init__(self, table_name: str) -> None:
        ErasedItem.Meta.table_name = table_name

    def note(self, what: ErasedKind, of: str) -> None:
        # Noted before, perhaps by this very write if its reply was lost.
        ErasedItem(ERASED, f"{what}#{of}").add()

    def ids_of(self, what: ErasedKind) -> Sequence[str]:
        found = ErasedItem.all_under(ERASED, ErasedItem.place.startswith(f"{what}#"))
        return [item.place.partition("#")[2] for item in found]


def _erasure(item: ErasureItem) -> Erasure:
    return item.read_as(Erasure, account_id=item.record)
