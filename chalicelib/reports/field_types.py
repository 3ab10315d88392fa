"""The types of the fields that people send: their lengths and their characters."""

from typing import Annotated

from msgspec import Meta

from chalicelib.kernel.languages import translatable

_LINE = Meta(
    pattern=r"^[^\x00-\x1f\x7f-\x9f]*$",
    description=translatable("one line without control characters"),
)
_TEXT = Meta(
    pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$",
    description=translatable("text without control characters"),
)
_EMAIL = Meta(
    pattern=r"^[^@\s\x00-\x1f\x7f-\x9f]+@[^@\s\x00-\x1f\x7f-\x9f]+\.[^@\s.\x00-\x1f\x7f-\x9f]+$",
    description=translatable("an email address, such as name@example.org"),
)
_PHONE = Meta(
    pattern=r"^\+?[0-9 ()./-]{5,}$",
    description=translatable("a phone number, such as 01632 960 001"),
)

Line = Annotated[str, Meta(max_length=200), _LINE]
Title = Annotated[str, Meta(max_length=300), _LINE]
Description = Annotated[str, Meta(min_length=1, max_length=4000), _TEXT]
UpdateText = Annotated[str, Meta(min_length=1, max_length=2000), _TEXT]
QuestionText = Annotated[str, Meta(min_length=1, max_length=1000), _TEXT]
Email = Annotated[str, Meta(max_length=254), _EMAIL]
Phone = Annotated[str, Meta(max_length=30), _PHONE]
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
