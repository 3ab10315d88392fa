"""The types of texts that people send.

A type can have a `tidy` function, which `kernel/parsing.py` applies before it checks the value, and
an `is_valid` function for what a pattern cannot check.
"""

from typing import Annotated

from msgspec import Meta

from chalicelib.kernel.addresses import is_email, tidy_email, tidy_phone
from chalicelib.kernel.languages import translatable
from chalicelib.kernel.typed_text import one_line

LINE = Meta(
    pattern=r"^[^\x00-\x1f\x7f-\x9f]*$",
    description=translatable("one line without control characters"),
    extra={"tidy": one_line},
)
TEXT = Meta(
    pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$",
    description=translatable("text without control characters"),
)
_EMAIL = Meta(
    pattern=r"^[^@\s\x00-\x1f\x7f-\x9f]+@[^@\s\x00-\x1f\x7f-\x9f]+\.[^@\s.\x00-\x1f\x7f-\x9f]+$",
    description=translatable("an email address, such as name@example.org"),
    extra={"tidy": tidy_email, "is_valid": is_email},
)
_PHONE = Meta(
    pattern=r"^\+?[0-9 ()./-]{5,}( ext [0-9]{1,6})?( \([^()\x00-\x1f\x7f-\x9f]{1,40}\))?$",
    description=translatable("a phone number, such as 01632 960 001"),
    extra={"tidy": tidy_phone},
)

Email = Annotated[str, Meta(max_length=254), _EMAIL]
Phone = Annotated[str, Meta(max_length=80), _PHONE]
"""A number as it was typed, with an extension and a note such as "(after 6pm)" if it has them."""
