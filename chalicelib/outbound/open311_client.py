"""Another body's Open311 server, as a client of GeoReport v2 asks it.

Source: GeoReport v2 (wiki.open311.org/GeoReport_v2), and mySociety's extension of it for updates.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlencode

from chalicelib.catalogue.destinations import Open311Destination
from chalicelib.errors import AddressRefused, ConfigurationError, NotNow
from chalicelib.georeport.reading import Unreadable, read_xml
from chalicelib.kernel.delivery_retry import retry_after_s
from chalicelib.net.reply import Reply
from chalicelib.outbound.ports import HttpClient
from chalicelib.outbound.senders import Refused, Unclear
from chalicelib.outbound.webhook import taken

POST_S = 20
LOOK_S = 8
MOST_BYTES = 5_000_000
BAD_KEY = "bad_api_key"
"""The error code where the key that a destination gave us cannot be used."""
TOO_LONG = "too_long"
"""The error code for a list that was not read to its end."""
LONGEST_ID = 200
"""The longest id of another system; a longer one counts as none, as it could not be looked up."""
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
MAY_HAVE_TAKEN = frozenset((408, 409))
"""Statuses that, like every status from 500 on, leave the outcome unknown: a server may answer 409
for a report that it already has."""
LISTS = ("service_requests", "service_request_updates")

Entry = Mapping[str, str]
"""An element of an answer: its children's texts by their names."""


class AskedOutside(HttpClient, Protocol):
    """The same way, on which something is asked for too."""

    def get(self, url: str, *, most_bytes: int, timeout_s: float) -> Reply:
        """Raises as `post`."""


@dataclass(frozen=True)
class Open311Client:
    """Asks the servers of destinations. `api_key` gives the one that a destination knows us by."""

    outside: Callable[[], AskedOutside]
    api_key: Callable[[str], str | None]

    def entries(self, there: Open311Destination, resource: str, **query: str) -> list[Entry]:
        """What the list of that name holds. Raises Refused, UpstreamFailed."""
        return list(self._asked(there, resource, query, LOOK_S))

    def updates(self, there: Open311Destination, **query: str) -> list[Entry]:
        """The updates of reports, which only those are told who have an api_key. Raises Refused,
        UpstreamFailed."""
        asked = query | self._own_key(there)
        return list(self._asked(there, "servicerequestupdates", asked, POST_S))

    def post(
        self,
        there: Open311Destination,
        resource: str,
        form: list[tuple[str, str]],
        headers: Mapping[str, str],
    ) -> Reply:
        """Raises Refused, Unclear, NoReply, UpstreamFailed."""
        own = [*_jurisdiction(there).items(), *self._own_key(there).items()]
        try:
            reply = self.outside().post(
                f"{there.endpoint}/{resource}.xml",
                urlencode([*own, *form]).encode(),
                {**FORM, **headers},
                most_bytes=MOST_BYTES,
                timeout_s=POST_S,
            )
        except AddressRefused as error:
            raise Refused("address_refused") from error
        if reply.status >= 500 or reply.status in MAY_HAVE_TAKEN:
            raise Unclear(f"http_{reply.status}", retry_after_s(reply.headers))
        taken(reply)
        return reply

    def _own_key(self, there: Open311Destination) -> dict[str, str]:
        """Raises: NotNow if the key cannot be used; the delivery is tried again later."""
        try:
            key = self.api_key(there.destination)
        except ConfigurationError as error:
            raise NotNow(BAD_KEY) from error
        return {"api_key": key} if key else {}

    def _asked(
        self,
        there: Open311Destination,
        resource: str,
        query: Mapping[str, str],
        timeout_s: float,
    ) -> Iterator[Entry]:
        asked = urlencode({**_jurisdiction(there), **query})
        try:
            reply = self.outside().get(
                f"{there.endpoint}/{resource}.xml?{asked}",
                most_bytes=MOST_BYTES,
                timeout_s=timeout_s,
            )
        except AddressRefused as error:
            raise Refused("address_refused") from error
        taken(reply)
        if len(reply.body) >= MOST_BYTES:
            raise NotNow(TOO_LONG)
        try:
            yield from entries_in(reply.body)
        except Unreadable as error:
            raise NotNow("unreadable") from error


def id_for_token(token: str, there: Open311Destination, client: Open311Client) -> str | None:
    """The id that a token stands for by now; None where there is none yet. Raises Refused,
    UpstreamFailed."""
    listed = client.entries(there, f"tokens/{quote(token, safe='')}")
    return id_in(next(iter(listed), {}), "service_request_id")


def id_in(entry: Entry, name: str) -> str | None:
    """The id under that name; None where there is none that we could keep."""
    given = entry.get(name, "")
    return given if 0 < len(given) <= LONGEST_ID else None


def entries_in(body: bytes) -> Iterator[Entry]:
    """The elements of a list in XML, each as texts. Raises Unreadable, also for what is XML and no
    such list: a page of some proxy must not pass for an empty one."""
    root, tree = read_xml(body)
    if root not in LISTS or not isinstance(tree, list):
        raise Unreadable("this is no list of an Open311 server")
    for entry in tree:
        if isinstance(entry, Mapping):
            yield {name: str(text).strip() for name, text in entry.items() if isinstance(text, str)}


def _jurisdiction(there: Open311Destination) -> dict[str, str]:
    return {"jurisdiction_id": there.jurisdiction_id} if there.jurisdiction_id else {}
