"""Sessions on the DynamoDB table of people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib.accounts.dynamo.accounts import account_of
from chalicelib.accounts.dynamo.items import (
    ACCOUNT,
    SESSION,
    AccountItem,
    OwnedItem,
    SessionItem,
    of_account,
    translated,
)
from chalicelib.accounts.model import Session, SignedIn
from chalicelib.kernel.dynamo.errors import ConditionFailed


class DynamoSessions:
    """The Sessions port."""

    def __init__(self, table_name: str) -> None:
        for item in (OwnedItem, AccountItem, SessionItem):
            item.Meta.table_name = table_name

    def signed_in(self, account_id: str, session_id: str) -> SignedIn | None:
        owner = of_account(account_id)
        keys = [(owner, ACCOUNT), (owner, SESSION + session_id)]
        with translated():
            found = {type(item): item for item in OwnedItem.batch_get(keys, consistent_read=True)}
        account, session = found.get(AccountItem), found.get(SessionItem)
        if not isinstance(account, AccountItem) or not isinstance(session, SessionItem):
            return None
        return SignedIn(account_of(account), _session(session))

    def add(self, session: Session) -> None:
        item = SessionItem(
            *_key(session.account_id, session.session_id),
            device=session.device,
            assurance=session.assurance,
            generation=session.generation,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            expires_at=session.expires_at,
            ended_at=session.ended_at,
        )
        with translated():
            item.save()

    def rotate(self, session: Session, *, now: datetime, expires_at: datetime) -> bool:
        following: list[Any] = [
            SessionItem.generation.set(session.generation + 1),
            SessionItem.last_used_at.set(now),
            SessionItem.expires_at.set(expires_at),
        ]
        current = (SessionItem.generation == session.generation) & (
            SessionItem.ended_at.does_not_exist()
        )
        try:
            with translated():
                SessionItem(*_key(session.account_id, session.session_id)).update(
                    following, current
                )
        except ConditionFailed:
            return False
        return True

    def end(self, account_id: str, session_id: str, at: datetime) -> bool:
        try:
            with translated():
                SessionItem(*_key(account_id, session_id)).update(
                    [SessionItem.ended_at.set(SessionItem.ended_at | at)],
                    SessionItem.owner.exists(),
                )
        except ConditionFailed:
            return False
        return True

    def remove(self, account_id: str) -> None:
        within = SessionItem.record.startswith(SESSION)
        with translated(), SessionItem.batch_write() as batch:
            for item in SessionItem.query(of_account(account_id), within, consistent_read=True):
                batch.delete(item)

    def of(self, account_id: str) -> Sequence[Session]:
        within = SessionItem.record.startswith(SESSION)
        with translated():
            items = list(SessionItem.query(of_account(account_id), within, consistent_read=True))
        return [_session(item) for item in items]


def _key(account_id: str, session_id: str) -> tuple[str, str]:
    return of_account(account_id), SESSION + session_id


def _session(item: SessionItem) -> Session:
    return Session(
        session_id=item.record.removeprefix(SESSION),
        account_id=item.owner.partition("#")[2],
        device=item.device,
        assurance=item.assurance,
        generation=int(item.generation),
        created_at=item.created_at,
        last_used_at=item.last_used_at,
        expires_at=item.expires_at,
        ended_at=item.ended_at,
    )
