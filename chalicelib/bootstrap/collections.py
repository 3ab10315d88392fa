"""Builds the slice of collections."""

from collections.abc import Collection, Set
from time import monotonic
from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import note
from chalicelib.collections.missed import CollectionKey
from chalicelib.collections.model import ROUNDS, Rounds
from chalicelib.collections.ports import Ports, TodayPorts
from chalicelib.collections.round_days import TODAY
from chalicelib.collections.stored import StoredPremises
from chalicelib.kernel.cached_document import CachedDocument, decoded
from chalicelib.kernel.time import to_the_second, utc_now

if TYPE_CHECKING:
    from chalicelib.aws.s3 import Bucket
    from chalicelib.collections import calendars
    from chalicelib.collections.calendar_events import Words

CALENDAR_HEADERS = {
    "ContentType": "text/calendar; charset=utf-8",
    "CacheControl": "public, max-age=600",
}

CACHE_CONTROL = "public, max-age=0, must-revalidate, s-maxage=30"
"""The CDN keeps the state of rounds for half a minute, as everybody sees changes within one."""


@container.once
def premises_bucket() -> "Bucket":
    from chalicelib.aws.s3 import Bucket

    return Bucket(container.s3(), container.settings().premises_bucket, holding="addresses")


@container.once
def collections_ports() -> Ports:
    from chalicelib.collections.dynamo import DynamoRoundLogs

    rounds = CachedDocument(lambda: decoded(container.read_published, ROUNDS, Rounds), monotonic)
    return Ports(
        premises=stored_premises(),
        rounds=rounds.value,
        logs=DynamoRoundLogs(container.table("jobs")),
        reported=_reported,
        council=container.council(),
        note=note,
        now=utc_now,
    )


def _reported(keys: Collection[CollectionKey]) -> Set[CollectionKey]:
    from chalicelib.integrations.reports_for_collections import reported
    from chalicelib.reports.dynamo.repository import DynamoRepository

    return reported(keys, DynamoRepository(container.table("reports")))


@container.once
def today_ports() -> TodayPorts:
    from chalicelib.publishing.model import JSON
    from chalicelib.publishing.ports import Document

    documents = container.published()
    return TodayPorts(
        ports=collections_ports(),
        read=lambda: documents.read(TODAY),
        write=lambda body, held: documents.write(TODAY, Document(body, JSON, CACHE_CONTROL), held),
    )


@container.once
def stored_premises() -> StoredPremises:
    return StoredPremises(_read_premises, monotonic)


@container.once
def calendar_ports() -> "calendars.Ports":
    from chalicelib.aws.s3 import Bucket
    from chalicelib.collections import calendars
    from chalicelib.collections.s3_objects import S3Objects

    published = Bucket(container.s3(), container.settings().published_bucket, holding="documents")
    return calendars.Ports(
        premises=StoredPremises(_read_premises, monotonic, kept_for_s=0).many,
        rounds=lambda: decoded(container.read_published, ROUNDS, Rounds),
        published=S3Objects(published, **CALENDAR_HEADERS),
        asked_for=S3Objects(premises_bucket()),
        digest=container.digest,
        words_of=_words_of,
        site_url=container.settings().site_url,
        now=lambda: to_the_second(utc_now()),
    )


def _words_of(language: str) -> "Words":
    from chalicelib.collections.calendar_events import Words

    shown = container.council().in_language(language)
    return Words(
        language=container.language_of_council(language),
        containers={each.container: each.name for each in shown.containers},
    )


def _read_premises(key: str) -> bytes | None:
    held = premises_bucket().get(key)
    return held.body if held else None
