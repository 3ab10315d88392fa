"""Accounts, and the owners of addresses and identities, on one DynamoDB table."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from chalicelib.accounts.dynamo.items import (
    ACCOUNT,
    CLAIM,
    STAFF,
    AccountItem,
    ClaimItem,
    account_key,
)
from chalicelib.accounts.model import Account, Destination, Identity
from chalicelib.errors import Conflict
from chalicelib.kernel.optimistic import VersionConflict

Digest = Callable[..., str]
"""A digest of texts, made under a secret that never changes."""


class DynamoAccounts:
    """The Accounts port. Addresses are found by their digests: the keys reveal no address."""

    def __init__(self, table_name: str, digest: Digest) -> None:
        self._digest = digest
        for item in (AccountItem, ClaimItem):
            item.Meta.table_name = table_name

    def get(self, account_id: str) -> Account | None:
        item = AccountItem.find(account_key(account_id), ACCOUNT)
        return account_of(item) if item else None

    def owner(self, of: Destination | Identity) -> str | None:
        item = ClaimItem.find(self._key(of), CLAIM)
        return item.account_id if item else None

    def claim(self, what: Destination | Identity, account_id: str) -> str:
        if ClaimItem(self._key(what), account_id=account_id).add():
            return account_id
        # It has an owner, perhaps by this very write if its reply was lost.
        owner = self.owner(what)
        if owner is None:
            raise Conflict("An account with this address was deleted a moment ago. Try again.")
        return owner

    def add(self, account: Account) -> Account:
        item = _item(account)
        return account_of(item) if item.add() else self._load(account)

    def release(self, what: Destination | Identity, account_id: str) -> None:
        ClaimItem(self._key(what)).remove_where(ClaimItem.account_id == account_id)

    def remove(self, account_id: str) -> None:
        AccountItem(account_key(account_id), ACCOUNT).remove()

    def save(self, account: Account) -> Account:
        try:
            return account_of(_item(account).put_on_version())
        except VersionConflict:
            stored = self._load(account)
            # Written by this very call if its reply was lost: the version is the one that it makes.
            if _is_own_write(stored, account):
                return stored
            raise Conflict(
                "Somebody else has changed this account. Reload it and try again.",
                version=stored.version,
            ) from None

    def staff(self) -> Sequence[Account]:
        listed = AccountItem.by_staff.all(STAFF, scan_index_forward=False)
        keys = [(item.owner, ACCOUNT) for item in listed]
        with AccountItem.translate_errors():
            found = {
                item.owner: account_of(item)
                for item in AccountItem.batch_get(keys, consistent_read=True)
            }
        return [found[owner] for owner, _ in keys if owner in found and found[owner].grants]

    def _load(self, account: Account) -> Account:
        stored = self.get(account.account_id)
        if stored is None:
            raise Conflict("This account no longer exists.")
        return stored

    def _key(self, of: Destination | Identity) -> str:
        kind = "address" if isinstance(of, Destination) else "identity"
        return f"{kind}#{self._digest(kind, *of)}"


def account_of(item: AccountItem) -> Account:
    return item.read_as(Account, account_id=item.owner.partition("#")[2])


def _item(account: Account) -> AccountItem:
    staff = STAFF if account.grants else None
    return AccountItem.of(account, account_key(account.account_id), ACCOUNT, staff=staff)


def _is_own_write(stored: Account, written: Account) -> bool:
    return stored == replace(written, version=written.version + 1)
