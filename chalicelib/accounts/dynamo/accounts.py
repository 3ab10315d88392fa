"""Accounts, and the owners of addresses and identities, on one DynamoDB table."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from chalicelib.accounts.dynamo.items import (
    ACCOUNT,
    CLAIM,
    STAFF,
    AccountItem,
    ClaimItem,
    of_account,
    translated,
)
from chalicelib.accounts.model import Account, Destination, Identity
from chalicelib.errors import Conflict
from chalicelib.kernel.dynamo.errors import ConditionFailed

Digest = Callable[..., str]
"""A digest of texts, made under a secret that never changes."""


class DynamoAccounts:
    """The Accounts port. Addresses are found by their digests: the keys reveal no address."""

    def __init__(self, table_name: str, digest: Digest) -> None:
        self._digest = digest
        for item in (AccountItem, ClaimItem):
            item.Meta.table_name = table_name

    def get(self, account_id: str) -> Account | None:
        with translated():
            try:
                return account_of(
                    AccountItem.get(of_account(account_id), ACCOUNT, consistent_read=True)
                )
            except AccountItem.DoesNotExist:
                return None

    def owner(self, of: Destination | Identity) -> str | None:
        with translated():
            try:
                return ClaimItem.get(self._key(of), CLAIM, consistent_read=True).account_id
            except ClaimItem.DoesNotExist:
                return None

    def claim(self, what: Destination | Identity, account_id: str) -> str:
        item = ClaimItem(self._key(what), account_id=account_id)
        with suppress(ConditionFailed), translated():
            item.save(ClaimItem.owner.does_not_exist())
            return account_id
        # It has an owner, perhaps by this very write if its reply was lost.
        owner = self.owner(what)
        if owner is None:
            raise Conflict("An account with this address was deleted a moment ago. Try again.")
        return owner

    def add(self, account: Account) -> Account:
        item = _item(account)
        with suppress(ConditionFailed), translated():
            item.save(AccountItem.owner.does_not_exist())
            return account_of(item)
        return self._stored(account)

    def release(self, what: Destination | Identity, account_id: str) -> None:
        with suppress(ConditionFailed), translated():
            ClaimItem(self._key(what)).delete(ClaimItem.account_id == account_id)

    def remove(self, account_id: str) -> None:
        with translated():
            AccountItem(of_account(account_id), ACCOUNT).delete(add_version_condition=False)

    def save(self, account: Account) -> Account:
        item = _item(account)
        try:
            with translated():
                item.save()
        except ConditionFailed:
            stored = self._stored(account)
            # Written by this very call if its reply was lost: the version is the one that it makes.
            if _same_as_written(stored, account):
                return stored
            raise Conflict(
                "Somebody else has changed this account. Reload it and try again.",
                version=stored.version,
            ) from None
        return account_of(item)

    def staff(self) -> Sequence[Account]:
        with translated():
            keys = [
                (item.owner, ACCOUNT)
                for item in AccountItem.by_staff.query(STAFF, scan_index_forward=False)
            ]
            found = {
                item.owner: account_of(item)
                for item in AccountItem.batch_get(keys, consistent_read=True)
            }
        return [found[owner] for owner, _ in keys if owner in found and found[owner].grants]

    def _stored(self, account: Account) -> Account:
        stored = self.get(account.account_id)
        if stored is None:
            raise Conflict("This account no longer exists.")
        return stored

    def _key(self, of: Destination | Identity) -> str:
        kind = "address" if isinstance(of, Destination) else "identity"
        return f"{kind}#{self._digest(kind, *of)}"


def account_of(item: AccountItem) -> Account:
    return Account(
        account_id=item.owner.partition("#")[2],
        version=int(item.version),
        created_at=item.created_at,
        grants=item.grants,
        addresses=item.addresses,
        identities=item.identities,
        name=item.name,
        language=item.language,
        reach_by=item.reach_by,
        saved_places=item.saved_places,
        invited=item.invited,
        is_first_admin=item.is_first_admin,
        work_name=item.work_name,
        work_email=item.work_email,
        disabled_at=item.disabled_at,
    )


def _item(account: Account) -> AccountItem:
    values = {
        name: getattr(account, name)
        for name in Account.__dataclass_fields__
        if name not in ("account_id", "version")
    }
    item = AccountItem(
        of_account(account.account_id), ACCOUNT, staff=STAFF if account.grants else None, **values
    )
    if account.version:
        item.version = account.version
    return item


def _same_as_written(stored: Account, written: Account) -> bool:
    return stored == replace(written, version=written.version + 1)
