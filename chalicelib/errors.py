"""The errors that Ginnel's own code raises, whichever way a request came in.

    AppError                a caller can be told about it
    ├── Invalid             what was sent breaks a rule; `errors` names each field and its fix
    │   ├── TooLarge        more was sent than is read
    │   └── AddressRefused  an address outside that is never gone to
    │       └── Gone        it was one, and nobody is there now
    ├── Unauthenticated     no credentials, or credentials that do not hold
    ├── Forbidden           known caller, not allowed
    ├── NotFound            no such thing, or not for this caller
    ├── Ended               the caller could use it before, and it is over
    ├── Conflict            the thing stored says otherwise; `link` leads to it
    │   ├── SlotFull        the slot has too few units left; `nearest` are slots that have enough
    │   └── PriceChanged    the price is another than the sender saw; `lines` are its parts
    ├── VersionRequired     a change must say which version it is about
    ├── TooMany             more than the caller may send in a while; wait `retry_after_s`
    └── UpstreamFailed      something we depend on did not answer; wait `retry_after_s`
        ├── NoReply         it was asked, may have heard us, and did not answer
        ├── NotNow          it answered that it cannot take this now
        └── ProviderMissing the payment provider of a payment is no longer set up

    ConfigurationError      the council's document or a setting is wrong: nothing can start

They know nothing of HTTP: status numbers stand in handlers/http/routes.py. Their texts are English;
`Text` holds the values apart, so that a caller is told in another language.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from chalicelib.texts import Text


class FieldError(NamedTuple):
    """One field, as a dotted path such as `contact.email`, and what to do about it."""

    field: str
    message: str


class AppError(Exception):
    """Base of what a caller can be told."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Invalid(AppError):
    """What was sent breaks a rule."""

    def __init__(self, detail: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.errors = tuple(errors)

    @classmethod
    def field(cls, field: str, message: str) -> "Invalid":
        """A refusal because of one field."""
        return cls.fields([FieldError(field, message)])

    @classmethod
    def fields(cls, errors: Sequence[FieldError]) -> "Invalid":
        """A refusal because of these fields."""
        said = {
            f"error{number}": Text("{field}: {message}", field=each.field, message=each.message)
            for number, each in enumerate(errors)
        }
        return cls(Text("; ".join(f"{{{name}}}" for name in said), **said), errors)


class TooLarge(Invalid):
    """More was sent than is read."""


class AddressRefused(Invalid):
    """An address outside that is never gone to, however often somebody asks."""


class Gone(AddressRefused):
    """The address has no owner now and can be removed."""


class Unauthenticated(AppError):
    """No credentials, or credentials that do not hold."""


class Forbidden(AppError):
    """The caller is known and not allowed."""


class NotFound(AppError):
    """There is no such thing, or not for this caller."""


class Ended(AppError):
    """The caller could use it before, and it is over for good."""


class Conflict(AppError):
    """The stored thing says otherwise; `link` leads to it, `version` is the one it has."""

    def __init__(self, detail: str, *, link: str | None = None, version: int | None = None) -> None:
        super().__init__(detail)
        self.link = link
        self.version = version


class FreeSlot(NamedTuple):
    """A slot of a calendar that can be booked."""

    day: date
    slot: str


class SlotFull(Conflict):
    """The slot has too few units left; `nearest` are the next ones that have enough."""

    def __init__(self, detail: str, nearest: Sequence[FreeSlot]) -> None:
        super().__init__(detail)
        self.nearest = tuple(nearest)


class PriceChanged(Conflict):
    """The price is another than the sender saw; `lines` are its parts, each a text and pence."""

    def __init__(self, amount_pence: int, lines: Sequence[tuple[str, int]]) -> None:
        super().__init__(
            Text("The price has changed since you saw it. Check the new price and send it again.")
        )
        self.amount_pence = amount_pence
        self.lines = tuple(lines)


class VersionRequired(AppError):
    """A change must say which version of the stored thing it is about."""


class TooMany(AppError):
    """The caller has sent all that it may for now; with a proof of work of `proof_bits` it may send
    more, unless that is 0."""

    def __init__(self, detail: str, *, retry_after_s: int, proof_bits: int = 0) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s
        self.proof_bits = proof_bits


class UpstreamFailed(AppError):
    """Something we depend on did not answer; nothing acknowledged is lost."""

    def __init__(self, detail: str, retry_after_s: int = 2) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class NoReply(UpstreamFailed):
    """It was asked and did not answer, or not whole: it may have done what it was asked."""


class NotNow(UpstreamFailed):
    """It answered that it cannot take this now; `code` is a fixed word of ours."""

    def __init__(self, code: str, retry_after_s: int = 0) -> None:
        super().__init__(code, retry_after_s)
        self.code = code


class ProviderMissing(UpstreamFailed):
    """The provider at which a payment was made is no longer set up."""


class ConfigurationError(Exception):
    """A setting or the council's document is wrong; the message names the place and the fix."""
