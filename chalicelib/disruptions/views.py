"""The public view of a disruption: the shape of the API's answers and of the document."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from chalicelib.disruptions.model import Disruption, DisruptionArea
from chalicelib.kernel.fields import copy_fields

DISRUPTIONS = "data/disruptions.json"
"""The key of the published document."""


class DisruptionView(msgspec.Struct, frozen=True, kw_only=True):
    """A disruption. An area with a circle, with a ward, or with neither: the whole council."""

    disruption_id: str
    title: str
    text: str
    area: DisruptionArea
    service_codes: tuple[str, ...]
    begins: datetime
    ends: datetime
    posted_at: datetime
    updated_at: datetime
    version: int


class DisruptionList(msgspec.Struct, frozen=True, kw_only=True):
    """Current and upcoming disruptions, sorted by start: also the published document."""

    items: list[DisruptionView]


def view_of(disruption: Disruption) -> DisruptionView:
    return copy_fields(DisruptionView, disruption)


def list_of(disruptions: Iterable[Disruption]) -> DisruptionList:
    return DisruptionList(items=[view_of(each) for each in disruptions])
