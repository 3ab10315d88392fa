"""Routes for officers to list alerts that were not delivered, and to send them again."""

import re
from datetime import datetime
from typing import get_args

import msgspec

from chalicelib.alerts.delivery import Alert, AlertKind, OfficerBacklog, State
from chalicelib.alerts.model import Channel
from chalicelib.alerts.usecases.failed import list_alerts, resend
from chalicelib.bootstrap.alerts import delivery_ports
from chalicelib.errors import Conflict
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import PAGED, choice_of, cursor_of, limit_of, one_of
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.fields import copy_fields

routes = Routes(__name__)
BACKLOGS: tuple[OfficerBacklog, ...] = get_args(OfficerBacklog)
CURSOR = re.compile(r"[0-9T:Z-]{20}#[0-9a-f]{32}-[0-9a-f]{32}")


class FailedAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that failed, without any data about its subscriber."""

    alert_id: str
    state: State
    channel: Channel
    event_type: AlertKind
    service_request_id: str | None
    tries: int
    last_error: str | None
    occurred_at: datetime
    updated_at: datetime
    next_try_at: datetime


class FailedAlerts(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts that were not delivered, the latest first; `next` is the cursor of the next page."""

    items: list[FailedAlert]
    next: str | None


@routes.endpoint(
    "/api/alerts/failed",
    method="GET",
    auth=auth.may("alerts.handle"),
    summary="List alerts that were not delivered",
    query=(
        Query(
            "why",
            "failed; unclear (a text message that may have arrived); put_off (waiting for its "
            "next try); over_cap (a message that waits for tomorrow, because the daily "
            "limit is reached); failed by default",
            schema=one_of(BACKLOGS),
        ),
        *PAGED,
    ),
)
def list_failed_alerts(call: Call) -> FailedAlerts:
    found = list_alerts(
        choice_of(call, "why", BACKLOGS, "failed"),
        limit=limit_of(call),
        after=cursor_of(call, CURSOR),
        ports=delivery_ports(),
    )
    return FailedAlerts(items=[_view_of(each) for each in found.alerts], next=found.next)


@routes.endpoint(
    "/api/alerts/failed/{alert_id}/again",
    method="POST",
    auth=auth.may("alerts.handle"),
    summary="Resend an alert that was not delivered",
    raises=(Conflict,),
)
def resend_alert(_: Call, alert_id: str) -> FailedAlert:
    return _view_of(resend(alert_id, delivery_ports()))


def _view_of(alert: Alert) -> FailedAlert:
    return copy_fields(FailedAlert, alert, alert_id=alert.name, event_type=alert.what)
