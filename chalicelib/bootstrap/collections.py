"""Builds the slice of collections."""

from collections.abc import Callable, Collection, Set
from time import monotonic
from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import record_action
from chalicelib.collections.missed import CollectionKey
from chalicelib.collections.model import ROUNDS, Rounds
from chalicelib.collections.ports import Ports, TodayPorts
from chalicelib.collections.round_days import TODAY
from chalicelib.collections.stored_premises import Adjust, StoredPremises
from chalicelib.kernel.cached_document import CachedDocument, decode_document
from chalicelib.kernel.time import truncate_to_second, utc_now

if TYPE_CHECKING:
    from chalicelib.aws.s3 import Bucket
    from chalicelib.catalogue.garden import GardenWaste
    from chalicelib.collections import calendars
    from chalicelib.collections.calendar_events import CalendarWords
    from chalicelib.garden.dynamo import DynamoGardenSubscriptions
    from chalicelib.integrations.garden_for_collections import SubscribersRounds

CALENDAR_HEADERS = {
    "ContentType": "text/calendar; charset=utf-8",
    "CacheControl": "public, max-age=600",
}

CACHE_CONTROL = "public, max-age=0, must-revalidate, s-maxage=30"
"""The CDN keeps the state of rounds for half a minute, as everybody sees changes within one."""


@container.once
def premises_bucket() -> "Bucket":
    from chalicelib.aws.s3 import Bucket

    return Bucket(container.s3(), container.settings().sources_bucket, holding="addresses")


@container.once
def collections_ports() -> Ports:
    from chalicelib.collections.dynamo import DynamoRoundLogs

    return Ports(
        premises=adjusted_premises(),
        rounds=published_rounds,
        logs=DynamoRoundLogs(container.table("jobs")),
        find_reported=_reported_collections,
        council=container.council(),
        record_action=record_action,
        now=utc_now,
    )


def published_rounds() -> Rounds | None:
    """The rounds of at most a minute ago. Raises UpstreamFailed."""
    return _rounds().value()


@container.once
def _rounds() -> "CachedDocument[Rounds | None]":
    return CachedDocument(_read_rounds, monotonic)


def _read_rounds() -> Rounds | None:
    return decode_document(container.read_published, ROUNDS, Rounds)


def _reported_collections(keys: Collection[CollectionKey]) -> Set[CollectionKey]:
    from chalicelib.integrations.reports_for_collections import find_reported
    from chalicelib.reports.dynamo.repository import DynamoRepository

    return find_reported(keys, DynamoRepository(container.table("reports")))


@container.once
def today_ports() -> TodayPorts:
    from chalicelib.publishing.model import JSON
    from chalicelib.publishing.ports import Document

    documents = container.published_documents()
    return TodayPorts(
        ports=collections_ports(),
        read=lambda: documents.read(TODAY),
        write=lambda body, held: documents.write(TODAY, Document(body, JSON, CACHE_CONTROL), held),
    )


@container.once
def stored_premises() -> StoredPremises:
    """The premises with all rounds that pass them."""
    return StoredPremises(_read_premises, monotonic)


@container.once
def adjusted_premises() -> StoredPremises:
    """The premises with the rounds that collect there."""
    return StoredPremises(_read_premises, monotonic, adjust=_adjust_rounds(published_rounds))


@container.once
def garden_subscriptions() -> "DynamoGardenSubscriptions":
    from chalicelib.garden.dynamo import DynamoGardenSubscriptions

    return DynamoGardenSubscriptions(container.table("jobs"))


def subscribers_rounds(
    garden: "GardenWaste", rounds: Callable[[], Rounds | None]
) -> "SubscribersRounds":
    from chalicelib.integrations.garden_for_collections import SubscribersRounds

    zone = container.council().zone
    return SubscribersRounds(
        garden.container, rounds, garden_subscriptions(), lambda: utc_now().astimezone(zone).date()
    )


def _adjust_rounds(rounds: Callable[[], Rounds | None]) -> Adjust:
    garden = container.council().garden
    if garden is None:
        return lambda found: found
    return subscribers_rounds(garden, rounds).limit_to_subscribers


@container.once
def calendar_ports() -> "calendars.CalendarPorts":
    from chalicelib.aws.s3 import Bucket
    from chalicelib.collections import calendars
    from chalicelib.collections.s3_objects import S3Objects
    from chalicelib.collections.today import days_off

    published = Bucket(container.s3(), container.settings().published_bucket, holding="documents")
    premises = StoredPremises(
        _read_premises, monotonic, kept_for_s=0, adjust=_adjust_rounds(_read_rounds)
    )
    return calendars.CalendarPorts(
        premises=premises.get_many,
        rounds=_read_rounds,
        files=S3Objects(published, **CALENDAR_HEADERS),
        records=S3Objects(premises_bucket()),
        digest=container.digest,
        words_of=_words_of,
        days_off=lambda: days_off(collections_ports()),
        site_url=container.settings().site_url,
        now=lambda: truncate_to_second(utc_now()),
    )


def _words_of(language: str) -> "CalendarWords":
    from chalicelib.collections.calendar_events import CalendarWords

    shown = container.council().in_language(language)
    return CalendarWords(
        language=container.language_of_council(language),
        containers={each.container: each.name for each in shown.containers},
    )


def _read_premises(key: str) -> bytes | None:
    held = premises_bucket().get(key)
    return held.body if held else None
