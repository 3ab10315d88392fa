"""The sources of published documents: what the council gave, and what exists nowhere else.

They are in the bucket of sources, which is versioned and backed up, under the key of the published
document that is their copy. The published bucket has nothing that `publish` cannot make again
(ADR 103).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from chalicelib.areas.model import ROADWORKS
from chalicelib.collections.model import ROUNDS
from chalicelib.facilities.model import FOLDER as FACILITIES
from chalicelib.gazetteer.postcodes import POSTCODES
from chalicelib.gazetteer.streets import STREETS
from chalicelib.gazetteer.wards import WARDS
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.model import BASEMAP, FACILITY_NAMES, PLACES
from chalicelib.publishing.ports import Document, Ports
from chalicelib.publishing.s3_documents import CACHE_CONTROL

if TYPE_CHECKING:
    from chalicelib.aws.s3 import Bucket

FOLDER = "published/"
"""The folder of the bucket of sources; the rest of the key is that of the published document."""
SOURCES = (
    *(WARDS, PLACES, POSTCODES, STREETS, ROUNDS, ROADWORKS, BASEMAP, FACILITY_NAMES),
    FACILITIES,
)
"""The keys of the published documents that are copies of a source; a folder ends with a slash."""


class SourceDocuments:
    """The Documents port on the sources: a document that is written is stored first, and then
    published."""

    def __init__(self, sources: "Bucket", published: "Bucket") -> None:
        self._sources, self._published = sources, published

    def read(self, key: str) -> StoredDocument | None:
        return self._sources.get(FOLDER + key)

    def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
        self._sources.replace(
            FOLDER + key,
            document.body,
            held.etag if held else None,
            ContentType=document.content_type,
            CacheControl=document.cache_control or CACHE_CONTROL,
        )
        self._publish(key)

    def delete(self, key: str, held: StoredDocument) -> None:
        self._sources.delete_if(FOLDER + key, held.etag)

    def keys(self, prefix: str) -> Iterator[str]:
        for entry in self._sources.entries(FOLDER + prefix):
            yield entry["Key"].removeprefix(FOLDER)

    def publish_all(self) -> int:
        """Publishes every source whose published copy differs or is missing. Returns their number.
        Raises UpstreamFailed."""
        published = {each["Key"]: each["ETag"] for each in self._published.entries("data/")}
        differing = [
            key
            for each in self._sources.entries(FOLDER)
            if published.get(key := each["Key"].removeprefix(FOLDER)) != each["ETag"]
        ]
        for key in differing:
            self._publish(key)
        return len(differing)

    def adopt_published(self) -> list[str]:
        """Stores the published documents that have no source, and are copies of one. Returns their
        keys. Raises UpstreamFailed."""
        there = set(self.keys(""))
        missing = [
            entry["Key"]
            for prefix in SOURCES
            for entry in self._published.entries(prefix)
            if entry["Key"] not in there
        ]
        for key in missing:
            self._sources.copy_from(self._published.name, key, FOLDER + key)
        return missing

    def _publish(self, key: str) -> None:
        self._published.copy_from(self._sources.name, FOLDER + key, key)


def source_documents() -> SourceDocuments:
    """The sources of the deployment."""
    from chalicelib.aws.s3 import Bucket
    from chalicelib.bootstrap import container

    to = container.settings()
    return SourceDocuments(
        Bucket(container.s3(), to.sources_bucket, holding="sources"),
        Bucket(container.s3(), to.published_bucket, holding="documents"),
    )


def source_ports() -> Ports:
    """The ports of publishing, for imports: their documents are the sources. What a former version
    only published becomes a source first, so that an import sees it. Raises UpstreamFailed."""
    from chalicelib.bootstrap.publishing import publishing_ports

    documents = source_documents()
    documents.adopt_published()
    return replace(publishing_ports(), documents=documents)


@click.command("copy-sources")
def copy_sources() -> None:
    """Store the published documents that have no source yet: wards, places, postcodes, streets,
    rounds, road works, facilities and the base map.

    It is a step of an update from a version whose imports only published. It can be repeated.
    """
    copied = source_documents().adopt_published()
    for key in copied:
        click.echo(key)
    click.echo(f"{len(copied)} sources stored.")
