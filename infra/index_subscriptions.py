"""Rebuilds the index of subscriptions from the store: after changes did not reach it in time, or
when its areas are divided differently."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from chalicelib.alerts.audience import Counts
    from chalicelib.alerts.model import Channel
    from chalicelib.alerts.ports import IndexPorts

Keys = dict[str, set[tuple[str, str]]]
"""The keys of the entries, by subscription."""


@click.command("index-subscriptions")
def index_subscriptions() -> None:
    """Correct the index of subscriptions: add missing entries, remove wrong ones, and correct the
    number of subscriptions of each area.

    It reads the whole table of subscriptions. Functions can work meanwhile. Run it again if it was
    interrupted.
    """
    from chalicelib.bootstrap.alerts import audiences, index_ports

    ports = index_ports()
    (wanted, counts), there = _expected_keys(), _present_keys()
    differing = sorted(each for each in wanted | there if wanted.get(each) != there.get(each))
    for subscription_id in differing:
        _repair_entries(subscription_id, there.get(subscription_id, set()), ports)
    audiences().replace(counts)
    click.echo(f"{len(wanted)} active subscriptions, {len(differing)} corrected in the index.")


def _expected_keys() -> tuple[Keys, "Counts"]:
    """The keys that there should be, and the numbers of subscriptions by area and channel."""
    from chalicelib.alerts.audience import count_changes
    from chalicelib.alerts.dynamo.items import SUBSCRIPTION, SubscriptionItem, subscription_of
    from chalicelib.alerts.index import entries_of

    keys: Keys = {}
    counts: Counter[tuple[str, Channel]] = Counter()
    for item in SubscriptionItem.scan(SubscriptionItem.record == SUBSCRIPTION):
        found = subscription_of(item)
        if entries := entries_of(found):
            keys[found.subscription_id] = {entry.key for entry in entries}
            counts.update(count_changes([(None, found)]))
    return keys, counts


def _present_keys() -> Keys:
    from chalicelib.alerts.dynamo.items import EntryItem, entry_of

    found: Keys = defaultdict(set)
    for item in EntryItem.scan(EntryItem.recipient.exists()):
        entry = entry_of(item)
        found[entry.subscription_id].add(entry.key)
    return dict(found)


def _repair_entries(subscription_id: str, there: set[tuple[str, str]], ports: "IndexPorts") -> None:
    """Reads the subscription again, as it may have changed since the table was read."""
    from chalicelib.alerts.index import entries_of

    stored = ports.subscriptions.get(subscription_id)
    entries = entries_of(stored) if stored else ()
    ports.index.put(entries)
    ports.index.remove(there - {entry.key for entry in entries})
