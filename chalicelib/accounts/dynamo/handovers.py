"""Handovers to other organisations, on the table of people."""

from datetime import datetime
from typing import Any

from chalicelib.accounts.dynamo.items import HANDOVER, HandoverItem, handover_key
from chalicelib.accounts.single_sign_on import Handover


class DynamoHandovers:
    """The Handovers port. TTL removes expired items only after a while: until then the condition of
    the write excludes them."""

    def __init__(self, table_name: str) -> None:
        HandoverItem.Meta.table_name = table_name

    def add(self, handover: Handover) -> None:
        # Its id is random: an existing item was stored by this call, whose reply was lost.
        HandoverItem.of(handover, handover_key(handover.handover_id)).add()

    def use(self, handover_id: str, session_id: str, now: datetime) -> Handover | None:
        item = HandoverItem(handover_key(handover_id), HANDOVER)
        unused = HandoverItem.owner.exists() & HandoverItem.session_id.does_not_exist()
        actions: list[Any] = [HandoverItem.session_id.set(session_id)]
        if item.change_where(actions, unused & (HandoverItem.expires_at > now)):
            return _handover(item)
        stored = HandoverItem.find(handover_key(handover_id), HANDOVER)
        # Used by this very write if its reply was lost.
        return _handover(stored) if stored and stored.session_id == session_id else None


def _handover(item: HandoverItem) -> Handover:
    return item.read_as(Handover, handover_id=item.owner.partition("#")[2])
