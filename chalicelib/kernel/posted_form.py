"""The fields and files that a browser posts with a form."""

from collections.abc import Mapping

from msgspec import Struct

from chalicelib.kernel.private_fields import HidesPrivate, Private


class Upload(HidesPrivate, frozen=True):
    """A file that was chosen in the field `name` of a page."""

    name: str
    file_name: str
    content_type: str
    body: Private[bytes]


class PostedForm(Struct, frozen=True):
    """A posted form. Texts have no white space around them, and empty ones are left out."""

    fields: Mapping[str, tuple[str, ...]]
    files: tuple[Upload, ...] = ()

    def one(self, name: str) -> str:
        """The first value of the field; empty if there is none."""
        return next(iter(self.fields.get(name, ())), "")

    def all(self, name: str) -> tuple[str, ...]:
        """All values of the field."""
        return self.fields.get(name, ())
