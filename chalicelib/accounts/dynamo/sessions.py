"""Sessions on the DynamoDB table of people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib.accounts.dynamo.accounts import account_of
from chalicelib.accounts.dynamo.items import (
    ACCOUNT,
    SESSION,
    AccountItem,
    AccountOwnedItem,
    SessionItem,
    account_key,
)
from chalicelib.accounts.model import Session, SignedInAccount


class DynamoSessions:
    """The Sessions port."""

    def __init__(self, table_name: str) -> None:
        for item in (AccountOwnedItem, AccountItem, SessionItem):
            item.Meta.table_name = table_name

    def find(self, account_id: str, session_id: str) -> SignedInAccount | None:
        owner = account_key(account_id)
        keys = [(owner, ACCOUNT), (owner, SESSION + session_id)]
        with AccountOwnedItem.translate_errors():
            items = AccountOwnedItem.batch_get(keys, consistent_read=True)
            found = {type(item): item for item in items}
        account, session = found.get(AccountItem), found.get(SessionItem)
        if not isinstance(account, AccountItem) or not isinstance(session, SessionItem):
            return None
        return SignedInAccount(account_of(account), _session(session))

    def add(self, session: Session) -> None:
        SessionItem.of(session, *_key(session.account_id, session.session_id)).put()

    def rotate(self, session: Session, *, now: datetime, expires_at: datetime) -> bool:
        next_generation: list[Any] = [
            SessionItem.generation.set(session.generation + 1),
            SessionItem.last_used_at.set(now),
            SessionItem.expires_at.set(expires_at),
        ]
        current = (SessionItem.generation == session.generation) & (
            SessionItem.ended_at.does_not_exist()
        )
        item = SessionItem(*_key(session.account_id, session.session_id))
        return item.change_where(next_generation, current)

    def end(self, account_id: str, session_id: str, at: datetime) -> bool:
        end_it: list[Any] = [SessionItem.ended_at.set(SessionItem.ended_at | at)]
        return SessionItem(*_key(account_id, session_id)).change_where(
            end_it, SessionItem.owner.exists()
        )

    def remove(self, account_id: str) -> None:
        SessionItem.delete_under(account_key(account_id), SessionItem.record.startswith(SESSION))

    def of(self, account_id: str) -> Sequence[Session]:
        within = SessionItem.record.startswith(SESSION)
        return [_session(item) for item in SessionItem.all_under(account_key(account_id), within)]


def _key(account_id: str, session_id: str) -> tuple[str, str]:
    return account_key(account_id), SESSION + session_id


def _session(item: SessionItem) -> Session:
    return item.read_as(
        Session,
        session_id=item.record.removeprefix(SESSION),
        account_id=item.owner.partition("#")[2],
    )
