"""Stores the numbers of subscriptions by area and channel in DynamoDB: all under one `owner`, with
a `record` for each area."""

from collections import defaultdict

from pynamodb.attributes import NumberAttribute
from pynamodb.expressions.update import Action

from chalicelib.alerts.audience import Counts
from chalicelib.alerts.model import Channel
from chalicelib.kernel.dynamo.item import OwnedItem
from chalicelib.texts import Text

OWNER = "audience"


class AudienceItem(OwnedItem):
    """How many active subscriptions of each channel have their first entry in an area."""

    store = Text("subscriptions")
    email = NumberAttribute(default=0)
    sms = NumberAttribute(default=0)
    push = NumberAttribute(default=0)


class DynamoAudiences:
    """The Audiences port on one DynamoDB table."""

    def __init__(self, table_name: str) -> None:
        AudienceItem.Meta.table_name = table_name

    def add(self, changes: Counts) -> None:
        by_area: dict[str, list[Action]] = defaultdict(list)
        for (area, channel), change in changes.items():
            by_area[area].append(getattr(AudienceItem, channel).add(change))
        with AudienceItem.translate_errors():
            for area, actions in by_area.items():
                AudienceItem(OWNER, area).update(actions=actions)

    def counts(self) -> Counts:
        channels: tuple[Channel, ...] = ("email", "sms", "push")
        return {
            (item.record, channel): int(getattr(item, channel))
            for item in AudienceItem.all_under(OWNER)
            for channel in channels
        }

    def replace(self, counts: Counts) -> None:
        """Replaces all stored numbers. Raises UpstreamFailed."""
        areas = {area for area, _ in counts}
        with AudienceItem.translate_errors(), AudienceItem.batch_write() as batch:
            for item in AudienceItem.query(OWNER, attributes_to_get=["owner", "record"]):
                if item.record not in areas:
                    batch.delete(item)
            for area in areas:
                item = AudienceItem(OWNER, area)
                item.email = counts.get((area, "email"), 0)
                item.sms = counts.get((area, "sms"), 0)
                item.push = counts.get((area, "push"), 0)
                batch.save(item)
