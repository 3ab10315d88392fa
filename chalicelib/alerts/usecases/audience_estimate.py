"""Estimates how many people a disruption is sent to, before an officer publishes it."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from chalicelib.alerts.audience import Audience, Quota, audience_of, counts_in
from chalicelib.alerts.delivery_ports import SendingBudget
from chalicelib.alerts.extents import Extent
from chalicelib.alerts.matching import choose_entries
from chalicelib.alerts.model import Channel
from chalicelib.alerts.ports import Audiences, Index, NoticeScope
from chalicelib.alerts.sms_budget import segments_a_day
from chalicelib.alerts.usecases.match_notices import areas_of_notice, occurrence_of_notice
from chalicelib.alerts.usecases.notice_pages import Cursor, read_page

MOST_AREAS = 100
"""The most areas whose entries are counted exactly: a second, at 10 ms each. A circle of 2 km has
about 80."""


class EstimatePorts(Struct, frozen=True):
    """The dependencies of an estimate. `texts_a_day` is how many segments of text messages the
    council pays for; `zone` is its time zone."""

    index: Index
    audiences: Audiences
    budget: SendingBudget
    quota: Quota
    texts_a_day: int
    zone: ZoneInfo
    now: Callable[[], datetime]


def estimate_audience(extent: Extent, ports: EstimatePorts) -> Audience:
    """The audience of a disruption with that extent: exact if it is small, else from the numbers of
    subscriptions in its areas. Raises UpstreamFailed."""
    today = ports.now().astimezone(ports.zone).date()
    texts = segments_a_day("alerts", ports.texts_a_day) - ports.budget.amount_taken(today, "alerts")
    return audience_of(
        _count_recipients(NoticeScope(extent=extent), ports),
        ports.quota,
        emails_sent=ports.budget.amount_taken(today, "emails"),
        texts_left=max(0, texts),
    )


def _count_recipients(scope: NoticeScope, ports: EstimatePorts) -> Mapping[Channel, int]:
    areas = areas_of_notice("disruption", scope)
    if len(areas) <= MOST_AREAS:
        page = read_page(areas, Cursor(), ports.index)
        if page.next is None:
            entries = choose_entries(page.entries, occurrence_of_notice("disruption", scope))
            return Counter(entry.channel for entry in entries)
    return counts_in(areas, ports.audiences.counts())
