"""Accounts, as reports see them."""

from chalicelib.accounts.model import Account
from chalicelib.accounts.ports import Accounts
from chalicelib.reports.ports import ContactPreferences, Ports
from chalicelib.reports.usecases.access import Author


def preferences_of(account_id: str, accounts: Accounts) -> ContactPreferences:
    """The language and the kind of address that the account's holder prefers."""
    account = accounts.get(account_id)
    if account is None:
        return ContactPreferences()
    return ContactPreferences(account.language, account.reach_by)


def author_of(account: Account, ports: Ports) -> Author:
    """The author as reports know them, with the keys of reports that name them as contact."""
    keys: dict[str, list[str]] = {"email": [], "phone": []}
    for each in account.addresses:
        if key := ports.ids.contact_key(each.kind, each.value):
            keys[each.kind].append(key)
    return Author(
        account.account_id, email_keys=tuple(keys["email"]), phone_keys=tuple(keys["phone"])
    )
