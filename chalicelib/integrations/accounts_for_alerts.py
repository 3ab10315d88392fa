"""Reads accounts and their addresses for alerts, and subscriptions for accounts."""

from collections.abc import Callable, Collection, Iterable, Sequence

from chalicelib.accounts.model import Account, Destination
from chalicelib.accounts.ports import Accounts
from chalicelib.alerts.model import Channel, Subscription
from chalicelib.alerts.ports import AddressChannel, Subscriptions
from chalicelib.alerts.usecases import own_subscriptions
from chalicelib.catalogue.model import Council
from chalicelib.kernel.addresses import AddressKind
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.languages import ENGLISH, Language

CHANNEL: dict[AddressKind, AddressChannel] = {"email": "email", "phone": "sms"}


def addresses_of(
    account: Account, channels: Collection[Channel]
) -> list[tuple[AddressChannel, str]]:
    """The addresses of the account on these channels: first those of the kind that the person
    prefers, then the others, in the order in which they were confirmed."""
    addresses = sorted(account.addresses, key=lambda each: each.kind != account.reach_by)
    found = [(CHANNEL[each.kind], each.value) for each in addresses if each.kind in CHANNEL]
    return [each for each in found if each[0] in channels]


def address_keys_of(account: Account, ids: Ids) -> list[str]:
    """The digests of the account's confirmed addresses, as subscriptions store them."""
    return _keys_of([each.destination for each in account.addresses], ids)


def language_of(
    subscription: Subscription, council: Council, accounts: Callable[[], Accounts]
) -> Language:
    """The language of a subscriber's messages, among those that the council offers: the choice of
    the account, else the language in which the subscriber asked for them. Raises UpstreamFailed."""
    if not council.translations:
        return ENGLISH
    account = accounts().get(subscription.account_id) if subscription.account_id else None
    choices = (account.language if account else None, subscription.language)
    return next(filter(None, map(council.offered_language, choices)), ENGLISH)


class SubscriptionsForAccounts:
    """Reads and deletes the subscriptions of an account."""

    def __init__(self, subscriptions: Subscriptions, ids: Ids) -> None:
        self._subscriptions = subscriptions
        self._ids = ids

    def of(self, account_id: str, addresses: Sequence[Destination]) -> Sequence[str]:
        keys = _keys_of(addresses, self._ids)
        found = own_subscriptions.list_all_of(account_id, keys, self._subscriptions)
        return [each.subscription_id for each in found]

    def of_account(self, account: Account) -> Sequence[Subscription]:
        """Every subscription of the account, or to an address of the account."""
        keys = address_keys_of(account, self._ids)
        return own_subscriptions.list_all_of(account.account_id, keys, self._subscriptions)

    def forget(self, subscription_id: str) -> None:
        self._subscriptions.remove(subscription_id)


def _keys_of(addresses: Iterable[Destination], ids: Ids) -> list[str]:
    return [
        ids.address_key(CHANNEL[each.kind], each.value)
        for each in addresses
        if each.kind in CHANNEL
    ]
