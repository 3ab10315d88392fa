"""Stores a set of premises in the private bucket, and makes it the one in use."""

from collections.abc import Callable, Collection
from datetime import datetime

import msgspec

from chalicelib.aws.s3 import Bucket
from chalicelib.collections.premises import CURRENT, FOLDER, CurrentVersion, Premises, part_count
from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from infra.premises import documents_of

MOST_AT_ONCE = 1_000
"""The number of objects that one DeleteObjects removes."""


def store_premises(
    premises: Collection[Premises],
    bucket: Bucket,
    now: datetime,
    progress: Callable[[int], None] = lambda documents: None,
) -> None:
    """Readers see the whole set of before until the whole new one is there. Sets that no reader can
    still use are deleted, also those of imports that broke off. `progress` is called with 1 for
    each document. Raises UpstreamFailed; then the set of before stays in use, and the import can be
    repeated."""
    held = bucket.get(CURRENT)
    before = msgspec.json.decode(held.body, type=CurrentVersion).version if held else None
    current = CurrentVersion(
        version=f"{now:%Y%m%dT%H%M%S%f}", parts=part_count(len(premises)), before=before
    )
    for key, body in documents_of(premises, current).items():
        bucket.put(key, body, ContentType="application/json")
        progress(1)
    try:
        bucket.replace(CURRENT, msgspec.json.encode(current), held.etag if held else None)
    except VersionConflict as error:
        raise UpstreamFailed(
            "Somebody else imported premises at the same time. Try again."
        ) from error
    _delete_others(bucket, current)


def _delete_others(bucket: Bucket, current: CurrentVersion) -> None:
    kept = tuple(f"{FOLDER}{version}/" for version in (current.version, current.before) if version)
    others = [
        each["Key"]
        for each in bucket.entries(FOLDER)
        if each["Key"] != CURRENT and not each["Key"].startswith(kept)
    ]
    for first in range(0, len(others), MOST_AT_ONCE):
        bucket.delete_all(others[first : first + MOST_AT_ONCE])
