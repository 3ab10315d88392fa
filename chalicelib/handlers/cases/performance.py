"""The route of figures for officers: the channels that people used and their cost, the contacts
that could have been avoided, and the work of the crews."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from chalicelib.bootstrap import container
from chalicelib.bootstrap.jobs import jobs_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Invalid
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.jobs.usecases.months import CrewMonth, months_of_crews
from chalicelib.reports.parts import Channel
from chalicelib.reports.usecases.figures import contacts as reports_contacts
from chalicelib.reports.usecases.figures.contacts import Contacts

routes = Routes(__name__)
MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
ABOUT: Mapping[str, str] = {
    "month": (
        "Reports sent in the month (UTC) in your teams and wards, in their present state. "
        "Unconfirmed reports are not counted."
    ),
    "cost_pence": (
        "The number of contacts times the cost of one, from the council's document. A "
        "follow-up costs as much as an online contact."
    ),
    "follow_ups": (
        "Updates that residents added to an open report without a photo and without "
        "saying that it is not fixed. We cannot tell residents apart, so updates from "
        "neighbours count too."
    ),
    "repeated": (
        "Reports merged as duplicates of a report from the same account, email address "
        "or phone number. Reports with erased senders are not counted."
    ),
    "crews": (
        "Jobs planned for a day of the month and not cancelled, in their present state, and "
        "the minutes of work planned for them, without driving."
    ),
}


class ByChannel(msgspec.Struct, frozen=True, kw_only=True):
    """The number of reports by one channel, and their cost."""

    channel: Channel
    count: int
    cost_pence: float


class Avoidable(msgspec.Struct, frozen=True, kw_only=True):
    """The avoidable contacts, and their cost."""

    count: int
    cost_pence: float
    follow_ups: int
    repeated: int


class PerformanceView(msgspec.Struct, frozen=True, kw_only=True):
    """A month's figures for officers; `about` says what each figure means."""

    month: str
    channels: list[ByChannel]
    avoidable_contact: Avoidable
    crews: Sequence[CrewMonth]
    about: Mapping[str, str]


@routes.endpoint(
    "/api/performance",
    method="GET",
    auth=auth.may("performance.read"),
    summary=("Get a month's contacts and their cost, the avoidable ones, and the crews' work"),
    query=(
        Query(
            "month",
            "a month (UTC) such as 2026-06; this month by default",
            schema={"type": "string", "pattern": f"^{MONTH.pattern}$"},
        ),
    ),
)
def get_performance(call: Call) -> PerformanceView:
    month = _parse_month(call.parameter("month"))
    author, costs = call.caller.author(), container.council().channel_costs
    contacts = reports_contacts.contacts_of_month(month, author, reports_ports())
    first = date.fromisoformat(f"{month}-01")
    crews = months_of_crews(first, call.caller.staff("jobs.plan"), jobs_ports())
    return PerformanceView(
        month=month,
        channels=[
            ByChannel(channel=each, count=count, cost_pence=_pence(count * cost))
            for each, cost in costs.items()
            for count in (contacts.reports.get(each, 0),)
        ],
        avoidable_contact=_avoidable(contacts, costs),
        crews=crews,
        about=ABOUT,
    )


def _avoidable(contacts: Contacts, costs: Mapping[Channel, float]) -> Avoidable:
    repeated = sum(contacts.repeated.values())
    cost = sum(count * costs[each] for each, count in contacts.repeated.items())
    return Avoidable(
        count=contacts.follow_ups + repeated,
        cost_pence=_pence(cost + contacts.follow_ups * costs["online"]),
        follow_ups=contacts.follow_ups,
        repeated=repeated,
    )


def _pence(cost: float) -> float:
    return round(cost, 2)


def _parse_month(text: str | None) -> str:
    now = f"{reports_ports().now():%Y-%m}"
    if text is not None and not MONTH.fullmatch(text):
        raise Invalid.field("month", "enter a year and a month, such as 2026-06")
    return text or now
