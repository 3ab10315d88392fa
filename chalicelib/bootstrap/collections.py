"""Builds the slice of collections."""

from time import monotonic
from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.collections.model import ROUNDS, Rounds
from chalicelib.collections.ports import Ports
from chalicelib.collections.stored import StoredPremises
from chalicelib.kernel.cached_document import CachedDocument, decoded
from chalicelib.kernel.time import utc_now

if TYPE_CHECKING:
    from chalicelib.aws.s3 import Bucket


@container.once
def premises_bucket() -> "Bucket":
    from chalicelib.aws.s3 import Bucket

    return Bucket(container.s3(), container.settings().premises_bucket, holding="addresses")


@container.once
def collections_ports() -> Ports:
    here = container.council()
    rounds = CachedDocument(lambda: decoded(container.read_published, ROUNDS, Rounds), monotonic)
    return Ports(
        premises=StoredPremises(_read_premises, monotonic),
        rounds=rounds.value,
        today=lambda: utc_now().astimezone(here.zone).date(),
    )


def _read_premises(key: str) -> bytes | None:
    held = premises_bucket().get(key)
    return held.body if held else None
