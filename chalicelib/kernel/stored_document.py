"""A document in a store that replaces it only on the version that was read."""

from typing import NamedTuple


class StoredDocument(NamedTuple):
    """A document as it is stored; `etag` tells it from one that takes its place."""

    body: bytes
    etag: str
