"""Photos that people send with a report: the limits for them, and their states.

A Photo is waiting until its file is checked; then it is ready, or refused with a reason for its
sender. Some senders give only the address of the file, which is then fetched.
"""

from datetime import timedelta
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct

from chalicelib.errors import Invalid
from chalicelib.kernel.languages import translatable
from chalicelib.texts import Text

MOST_BYTES = 10 * 1024 * 1024
"""10 MB, the largest accepted file."""
MOST_PHOTOS_A_KEY = 100
"""Photos are numbered 0 to 99 under the key of their report or update."""
CONTENT_TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif")
POLICY_HOLDS_FOR = timedelta(minutes=10)
"""How long after the request an upload may begin."""
ADDRESS_HOLDS_FOR = timedelta(minutes=10)
"""How long the address of a picture that is not public can be used."""
KEPT_WITHOUT_REPORT = timedelta(hours=23)
"""With a sweep every hour, no photo without a report is older than a day."""
UNREAD_KEPT_FOR = timedelta(days=14)
"""How long a reported photo that could not be processed is kept: as long as a dead letter."""


TOO_LATE = translatable(
    "We could not check this photo in time. Add it to an update to send it again."
)
NOT_FETCHED = translatable(
    "We could not download this photo from the address that was sent with it. Add it to an "
    "update to send it again."
)
LONGEST_MEDIA_URL = 2000
NOT_THE_SIZE = translatable(
    "We did not receive all of this photo. Add it to an update to send it again."
)
TOO_LARGE = translatable("This file is larger than 10 MB. Send a smaller photo.")

State = Literal["waiting", "ready", "refused"]


class UploadDraft(Struct, frozen=True, kw_only=True):
    """A request for an upload; `service_request_id` is set for a photo of an update."""

    content_type: Annotated[
        str,
        Meta(
            pattern=rf"^(?:{'|'.join(CONTENT_TYPES)})$",
            description=f"one of {', '.join(CONTENT_TYPES)}: convert the photo to one of these",
        ),
    ]
    size: Annotated[int, Meta(extra_json_schema={"minimum": 1, "maximum": MOST_BYTES})]
    service_request_id: Annotated[str, Meta(max_length=100)] | None = None


class Photo(Struct, frozen=True, kw_only=True):
    """The state of a photo; `reason` is a sentence for its sender if it was refused.

    `media_url` is the address of a file that is still to be fetched: only a waiting photo has
    one, and it is deleted when the file has arrived or never will.
    """

    service_request_id: str
    photo_id: str
    state: State
    reason: str | None = None
    media_url: str | None = None


Fraction = Annotated[float, Meta(ge=0, le=1)]


class PictureArea(Struct, frozen=True, kw_only=True):
    """A part of a picture, from its upper left corner on, in fractions of its width and height."""

    x: Fraction
    y: Fraction
    width: Annotated[float, Meta(gt=0, le=1)]
    height: Annotated[float, Meta(gt=0, le=1)]


class Areas(Struct, frozen=True, kw_only=True):
    """The areas of a picture to blacken."""

    areas: Annotated[tuple[PictureArea, ...], Meta(min_length=1, max_length=20)]


class StoredPicture(NamedTuple):
    """A stored picture; `etag` identifies this version of it."""

    page: bytes
    etag: str


class Pictures(NamedTuple):
    """A photo rebuilt from its pixels, as JPEG: one for a page, and one for a list."""

    page: bytes
    thumbnail: bytes


class PhotoRefused(Exception):
    """The file is refused; `reason` tells its sender what is wrong and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_size(size: int) -> None:
    """Raises Invalid if a file of that many bytes is not accepted."""
    if not 1 <= size <= MOST_BYTES:
        raise Invalid.field(
            "size", Text("must be 1 to {most} bytes (10 MB): send a smaller photo", most=MOST_BYTES)
        )


def split_photo_key(key: str) -> tuple[str, int]:
    """The key of the report or update, and the photo's number, of `<key>/<n>`. Raises Invalid."""
    whole, _, number = key.rpartition("/")
    if not whole or not (number.isascii() and number.isdigit()) or str(int(number)) != number:
        raise _unusable_key()
    if int(number) >= MOST_PHOTOS_A_KEY:
        raise _unusable_key()
    return whole, int(number)


def _unusable_key() -> Invalid:
    return Invalid.field(
        "Idempotency-Key",
        Text(
            "send the key of the report or update, a slash and the photo's number from 0 to "
            "{most}, such as 5f0c6a/0",
            most=MOST_PHOTOS_A_KEY - 1,
        ),
    )
