"""Handovers to other organisations, on the table of people."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from chalicelib.accounts.dynamo.items import HANDOVER, HandoverItem, of_handover, translated
from chalicelib.accounts.single_sign_on import Handover
from chalicelib.kernel.dynamo.errors import ConditionFailed


class DynamoHandovers:
    """The Handovers port. TTL removes expired items only after a while: until then the condition of
    the write excludes them."""

    def __init__(self, table_name: str) -> None:
        HandoverItem.Meta.table_name = table_name

    def add(self, handover: Handover) -> None:
        item = HandoverItem(
            of_handover(handover.handover_id),
            provider=handover.provider,
            onward=handover.onward,
            created_at=handover.created_at,
            expires_at=handover.expires_at,
        )
        # Its id is random: an existing item was stored by this call, whose reply was lost.
        with suppress(ConditionFailed), translated():
            item.save(HandoverItem.owner.does_not_exist())

    def use(self, handover_id: str, session_id: str, now: datetime) -> Handover | None:
        item = HandoverItem(of_handover(handover_id), HANDOVER)
        unused = HandoverItem.owner.exists() & HandoverItem.session_id.does_not_exist()
        actions: list[Any] = [HandoverItem.session_id.set(session_id)]
        try:
            with translated():
                item.update(actions, unused & (HandoverItem.expires_at > now))
        except ConditionFailed:
            stored = self._stored(handover_id)
            # Used by this very write if its reply was lost.
            return stored if stored and stored.session_id == session_id else None
        return _handover(item)

    def _stored(self, handover_id: str) -> Handover | None:
        with translated():
            try:
                return _handover(
                    HandoverItem.get(of_handover(handover_id), HANDOVER, consistent_read=True)
                )
            except HandoverItem.DoesNotExist:
                return None


def _handover(item: HandoverItem) -> Handover:
    return Handover(
        handover_id=item.owner.partition("#")[2],
        provider=item.provider,
        onward=item.onward,
        created_at=item.created_at,
        expires_at=item.expires_at,
        session_id=item.session_id,
    )
