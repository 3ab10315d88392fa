"""A client of GeoReport v2 for other bodies' Open311 servers.

Source: GeoReport v2 (wiki.open311.org/GeoReport_v2), and mySociety's extension of it for updates.
"""

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, urlencode

from msgspec import Struct

from chalicelib.catalogue.destinations import Open311Destination
from chalicelib.errors import AddressRefused, ConfigurationError, NotNow
from chalicelib.georeport.reading import UnreadableXml, read_xml
from chalicelib.kernel.delivery_retry import retry_after_s
from chalicelib.net.http_client import HttpClient
from chalicelib.net.reply import Reply
from chalicelib.outbound.senders import DeliveryRefused, DeliveryUnclear
from chalicelib.outbound.webhook import check_accepted

POST_S = 20
LOOK_S = 8
MOST_BYTES = 5_000_000
BAD_KEY = "bad_api_key"
"""The error code if the API key for a destination cannot be used."""
TOO_LONG = "too_long"
"""The error code for a list that is too long to be read to its end."""
LONGEST_ID = 200
"""The longest id of another system; a longer one is ignored, as it could not be looked up."""
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
UNCLEAR = frozenset((408, 409))
"""Statuses that, like every status from 500 on, leave the outcome unknown: a server may answer 409
for a report that it already has."""
LISTS = ("service_requests", "service_request_updates")

Entry = Mapping[str, str]
"""An element of a response: the texts of its children by their names."""


class Open311Client(Struct, frozen=True):
    """Sends requests to the servers of destinations. `api_key` returns our key for a
    destination."""

    http_client: Callable[[], HttpClient]
    api_key: Callable[[str], str | None]

    def entries(self, server: Open311Destination, resource: str, **query: str) -> list[Entry]:
        """The entries of a list, such as `requests`. Raises DeliveryRefused, UpstreamFailed."""
        return list(self._get(server, resource, query, LOOK_S))

    def updates(self, server: Open311Destination, **query: str) -> list[Entry]:
        """The updates of reports; servers give them only to clients with an api_key. Raises
        DeliveryRefused, UpstreamFailed."""
        with_key = query | self._own_key(server)
        return list(self._get(server, "servicerequestupdates", with_key, POST_S))

    def post(
        self,
        server: Open311Destination,
        resource: str,
        form: list[tuple[str, str]],
        headers: Mapping[str, str],
    ) -> Reply:
        """Send a form to a resource. Raises DeliveryRefused, DeliveryUnclear, NoReply,
        UpstreamFailed."""
        own = [*_jurisdiction(server).items(), *self._own_key(server).items()]
        try:
            reply = self.http_client().post(
                f"{server.endpoint}/{resource}.xml",
                urlencode([*own, *form]).encode(),
                {**FORM, **headers},
                most_bytes=MOST_BYTES,
                timeout_s=POST_S,
            )
        except AddressRefused as error:
            raise DeliveryRefused("address_refused") from error
        if reply.status >= 500 or reply.status in UNCLEAR:
            raise DeliveryUnclear(f"http_{reply.status}", retry_after_s(reply.headers))
        check_accepted(reply)
        return reply

    def _own_key(self, server: Open311Destination) -> dict[str, str]:
        """The query with our key, if there is one. Raises: NotNow if the key cannot be used; the
        delivery is tried again later."""
        try:
            key = self.api_key(server.destination)
        except ConfigurationError as error:
            raise NotNow(BAD_KEY) from error
        return {"api_key": key} if key else {}

    def _get(
        self,
        server: Open311Destination,
        resource: str,
        query: Mapping[str, str],
        timeout_s: float,
    ) -> Iterator[Entry]:
        encoded = urlencode({**_jurisdiction(server), **query})
        try:
            reply = self.http_client().get(
                f"{server.endpoint}/{resource}.xml?{encoded}",
                most_bytes=MOST_BYTES,
                timeout_s=timeout_s,
            )
        except AddressRefused as error:
            raise DeliveryRefused("address_refused") from error
        check_accepted(reply)
        if len(reply.body) >= MOST_BYTES:
            raise NotNow(TOO_LONG)
        try:
            yield from parse_entries(reply.body)
        except UnreadableXml as error:
            raise NotNow("unreadable") from error


def id_for_token(token: str, server: Open311Destination, client: Open311Client) -> str | None:
    """Request the id for a token; None if the report has no id yet. Raises DeliveryRefused,
    UpstreamFailed."""
    listed = client.entries(server, f"tokens/{quote(token, safe='')}")
    return id_in(next(iter(listed), {}), "service_request_id")


def id_in(entry: Entry, name: str) -> str | None:
    """The id in that field; None if it is missing or longer than LONGEST_ID."""
    given = entry.get(name, "")
    return given if 0 < len(given) <= LONGEST_ID else None


def parse_entries(body: bytes) -> Iterator[Entry]:
    """The elements of a list in XML.

    Raises: Unreadable, also for XML that is no such list: the error page of a proxy must not count
    as an empty list.
    """
    root, tree = read_xml(body)
    if root not in LISTS or not isinstance(tree, list):
        raise UnreadableXml("this is no list of an Open311 server")
    for entry in tree:
        if isinstance(entry, Mapping):
            yield {name: str(text).strip() for name, text in entry.items() if isinstance(text, str)}


def _jurisdiction(server: Open311Destination) -> dict[str, str]:
    return {"jurisdiction_id": server.jurisdiction_id} if server.jurisdiction_id else {}
