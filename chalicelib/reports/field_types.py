"""The types of the fields that people send: their lengths and their characters."""

from typing import Annotated

from msgspec import Meta

from chalicelib.kernel.field_types import LINE, TEXT
from chalicelib.kernel.languages import translatable

Line = Annotated[str, Meta(max_length=200), LINE]
Title = Annotated[str, Meta(max_length=300), LINE]
Description = Annotated[str, Meta(min_length=1, max_length=4000), TEXT]
UpdateText = Annotated[str, Meta(min_length=1, max_length=2000), TEXT]
QuestionText = Annotated[str, Meta(min_length=1, max_length=1000), TEXT]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]

PhotoId = Annotated[
    str,
    Meta(
        pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$",
        description=translatable("a photo_id that POST /api/photos gave"),
    ),
]
PhotoIds = Annotated[list[PhotoId], Meta(max_length=5)]
