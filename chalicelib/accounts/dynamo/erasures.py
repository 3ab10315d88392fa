"""Pending erasures, on the table of people; and completed erasures, in the audit log's table, from
which nothing can be removed and which a restored backup of the other tables does not change."""

from collections.abc import Sequence
from contextlib import suppress

from chalicelib.accounts.dynamo.items import ERASED, ERASURES, ErasedItem, ErasureItem, translated
from chalicelib.accounts.model import Erasure, Forgotten, Step
from chalicelib.kernel.dynamo.errors import ConditionFailed


class DynamoErasures:
    """The Erasures port."""

    def __init__(self, table_name: str) -> None:
        ErasureItem.Meta.table_name = table_name

    def add(self, erasure: Erasure) -> Erasure:
        item = ErasureItem(
            ERASURES,
            erasure.account_id,
            requested_at=erasure.requested_at,
            redact=erasure.redact,
            step=erasure.step,
        )
        with suppress(ConditionFailed), translated():
            item.save(ErasureItem.owner.does_not_exist())
            return erasure
        with translated():
            return _erasure(ErasureItem.get(ERASURES, erasure.account_id, consistent_read=True))

    def pending(self) -> Sequence[Erasure]:
        with translated():
            return [_erasure(item) for item in ErasureItem.query(ERASURES, consistent_read=True)]

    def reach(self, account_id: str, step: Step) -> None:
        with suppress(ConditionFailed), translated():
            ErasureItem(ERASURES, account_id).update(
                [ErasureItem.step.set(step)], ErasureItem.owner.exists()
            )

    def end(self, account_id: str) -> None:
        with translated():
            ErasureItem(ERASURES, account_id).delete()


class DynamoErased:
    """The Erased port."""

    def __init__(self, table_name: str) -> None:
        ErasedItem.Meta.table_name = table_name

    def note(self, what: Forgotten, of: str) -> None:
        # Noted before, perhaps by this very write if its reply was lost.
        with suppress(ConditionFailed), translated():
            ErasedItem(ERASED, f"{what}#{of}").save(ErasedItem.log.does_not_exist())

    def noted(self, what: Forgotten) -> Sequence[str]:
        within = ErasedItem.place.startswith(f"{what}#")
        with translated():
            found = list(ErasedItem.query(ERASED, within, consistent_read=True))
        return [item.place.partition("#")[2] for item in found]


def _erasure(item: ErasureItem) -> Erasure:
    return Erasure(
        account_id=item.record,
        requested_at=item.requested_at,
        redact=item.redact,
        step=item.step,
    )
