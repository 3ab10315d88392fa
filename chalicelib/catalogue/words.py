"""Building blocks of a council's document."""

from typing import Annotated

import msgspec
from msgspec import Meta

Code = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=50)]
ShortText = Annotated[str, Meta(min_length=1, max_length=200)]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
EmailAddress = Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s.]+$", max_length=254)]
LongText = Annotated[str, Meta(min_length=1, max_length=500)]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the document; unknown keys are refused."""
