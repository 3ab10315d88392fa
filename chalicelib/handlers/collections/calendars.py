"""The route of calendars: a file of collections to subscribe to."""

from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.bootstrap.collections import calendar_ports
from chalicelib.collections import calendars
from chalicelib.errors import NotFound, TooMany
from chalicelib.handlers.http import auth, rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.routes import Routes

routes = Routes(__name__)


class CalendarRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The premises whose collections are to be in a calendar."""

    premises_id: Annotated[str, Meta(min_length=1, max_length=40)]


class CalendarAddresses(msgspec.Struct, frozen=True, kw_only=True):
    """The address of a published calendar. Calendar apps open `webcal_url` to subscribe to it."""

    url: str
    webcal_url: str


@routes.endpoint(
    "/api/collections/calendars",
    method="POST",
    auth=auth.anyone,
    summary=("Publish a calendar of an address's collections that calendar apps can subscribe to"),
    success=HTTPStatus.CREATED,
    raises=(NotFound, TooMany),
)
def create_calendar(call: Call, sent: CalendarRequest) -> CalendarAddresses:
    rate_limits.check_resident("premises", call)
    url = calendars.publish_calendar(
        sent.premises_id, request_language.current_language(), calendar_ports()
    )
    return CalendarAddresses(url=url, webcal_url=calendars.webcal_address(url))
