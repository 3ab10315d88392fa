"""Staff, as the desk sees them."""

from collections.abc import Collection, Mapping

from chalicelib.accounts.audit import OPERATOR
from chalicelib.accounts.model import Account
from chalicelib.accounts.ports import Accounts


def names_of_staff(account_ids: Collection[str], accounts: Accounts) -> Mapping[str, str]:
    """The names that staff use for each other, without the accounts that are not known. Raises
    UpstreamFailed."""
    found = {each: accounts.get(each) for each in account_ids}
    named = {each: _name(account) for each, account in found.items() if account}
    return {OPERATOR: "The operator", **named}


def _name(account: Account) -> str:
    addresses = (each.value for each in account.addresses)
    return account.work_name or account.name or account.work_email or next(addresses, "An officer")
