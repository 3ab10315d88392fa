"""Identifies a network for counting without keeping its address: a digest under a random key that
changes twice a day and is removed soon after. From then on nobody can tell what the digest stood
for."""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv4Address, ip_address, ip_network
from secrets import token_hex

from chalicelib.accounts.dynamo.items import NETWORK_KEYS, NetworkKeyItem
from chalicelib.kernel.time import text_of

HALF_A_DAY = 12
OF_ONE_CUSTOMER = 64
"""The minimum number of IPv6 address bits that one customer of a network has for their own use."""


class DynamoNetworks:
    """The Networks port."""

    def __init__(self, table_name: str, now: Callable[[], datetime]) -> None:
        NetworkKeyItem.Meta.table_name = table_name
        self._now = now
        self._cached: tuple[str, bytes] | None = None

    def key(self, address: str) -> str:
        period = self._period()
        if self._cached is None or self._cached[0] != period:
            self._cached = period, bytes.fromhex(self._period_key(period))
        return hmac.new(self._cached[1], _network(address).encode(), sha256).hexdigest()

    def drop_old_keys(self) -> None:
        for item in NetworkKeyItem.all_under(NETWORK_KEYS, NetworkKeyItem.record < self._period()):
            item.remove()

    def _period(self) -> str:
        now = self._now()
        hour = now.hour // HALF_A_DAY * HALF_A_DAY
        return text_of(now.replace(hour=hour, minute=0, second=0, microsecond=0))

    def _period_key(self, period: str) -> str:
        """The period's key, item by the first call that needs it."""
        for item in NetworkKeyItem.all_under(NETWORK_KEYS, NetworkKeyItem.record == period):
            return str(item.value)
        end = datetime.fromisoformat(period) + timedelta(hours=HALF_A_DAY)
        item = NetworkKeyItem(NETWORK_KEYS, period, value=token_hex(32), expires_at=end)
        return str(item.add_or_find().value)


def _network(address: str) -> str:
    parsed = ip_address(address)
    if isinstance(parsed, IPv4Address):
        return address
    return str(ip_network((parsed, OF_ONE_CUSTOMER), strict=False))
