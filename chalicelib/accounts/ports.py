"""The external dependencies of the accounts slice."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from chalicelib.accounts import audit
from chalicelib.accounts.model import (
    Account,
    Attempt,
    Destination,
    Identity,
    Session,
    SignedInAccount,
)
from chalicelib.accounts.tokens import Codes, KnownDevices, RefreshTokens
from chalicelib.kernel.email import SendEmail
from chalicelib.kernel.text_message import SendText

if TYPE_CHECKING:
    from chalicelib.accounts.code_messages import CodeMessages


class Accounts(Protocol):
    """The store of accounts. Every method raises UpstreamFailed if the store does not answer, and
    reads the latest write."""

    def get(self, account_id: str) -> Account | None:
        """The current account, disabled or not."""

    def owner(self, of: Destination | Identity) -> str | None:
        """The id of the account that owns this address or identity."""

    def claim(self, what: Destination | Identity, account_id: str) -> str:
        """Gives it to that account unless it has an owner. Returns the owner. Raises Conflict if it
        is released at that moment."""

    def add(self, account: Account) -> Account:
        """Stores it unless the id exists. Returns the stored account."""

    def release(self, what: Destination | Identity, account_id: str) -> None:
        """Takes it from that account; does nothing if the account does not own it."""

    def remove(self, account_id: str) -> None:
        """Forgets the account itself; does nothing if it is gone."""

    def save(self, account: Account) -> Account:
        """Rewrites the account on the version that was read; returns it with the new version.
        Raises Conflict with the current version if that is different."""

    def staff(self) -> Sequence[Account]:
        """All accounts with a grant, newest first, disabled or not; the list may lag behind by
        seconds, its accounts do not."""


class Sessions(Protocol):
    """The store of sessions; raises as Accounts does."""

    def find(self, account_id: str, session_id: str) -> SignedInAccount | None:
        """Reads both in one consistent read, including ended, expired and disabled ones."""

    def add(self, session: Session) -> None:
        """Stores a new session."""

    def rotate(self, session: Session, *, now: datetime, expires_at: datetime) -> bool:
        """Increments the number of its refresh token. False if that was done before or the session
        has ended. If its own reply was lost, it may also return False."""

    def end(self, account_id: str, session_id: str, at: datetime) -> bool:
        """Ends it unless it has ended; False if there is none."""

    def remove(self, account_id: str) -> None:
        """Forgets all stored sessions of that account."""

    def of(self, account_id: str) -> Sequence[Session]:
        """All stored sessions of that account, in no order, including ended and expired ones."""


class Attempts(Protocol):
    """The store of attempts to sign in; raises as Accounts does."""

    def add(self, attempt: Attempt) -> None:
        """Stores a new attempt: the code sender is notified."""

    def get(self, attempt_id: str) -> Attempt | None:
        """The current attempt, including expired ones."""

    def of(self, destination: Destination) -> Sequence[Attempt]:
        """All stored attempts for that address, including expired ones; may lag a second behind."""

    def of_account(self, account_id: str) -> Sequence[Attempt]:
        """All stored attempts to add an address to that account, with the same limits as `of`."""

    def remove(self, attempt_id: str) -> None:
        """Forgets the attempt; does nothing if it is gone."""

    def count_try(self, attempt_id: str, now: datetime) -> Attempt | None:
        """Counts one more try. None if there is no such attempt, it is used or expired, or all its
        tries are spent. If a reply is lost, one try may count twice."""

    def use(self, attempt_id: str, session_id: str, now: datetime) -> bool:
        """Uses it up for that session; False if another session has used it, or it has expired."""

    def note_sent(self, attempt_id: str, at: datetime) -> bool:
        """Notes that its code is sent; False if that was noted before."""

    def clear_sent(self, attempt_id: str) -> None:
        """Removes that note."""

    def note_over_cap(self, attempt_id: str) -> None:
        """Notes that its code is not sent, since the texts of the day are spent."""


class Spend(Protocol):
    """Counts uses within the limits."""

    def __call__(self, scope: str, key: str, amount: int = 1) -> None:
        """Counts that many more uses of a scope, which is one of a fixed list, by the owner of the
        key. Raises TooMany with the wait if fewer are left (then it counts nothing), UpstreamFailed
        if the store does not answer."""


class TextBudget(Protocol):
    """The budget for text messages with sign-in codes; raises as Accounts does."""

    def take(self, text: str, *, is_known: bool) -> Callable[[], None] | None:
        """Pays for a text. Returns a function that gives the payment back; None if not enough is
        left today: the last part is reserved for known devices."""

    def is_spent(self, *, is_known: bool) -> bool:
        """True if nothing is left today."""


class Ports(Struct, frozen=True):
    """All external dependencies of the use cases. `new_id` makes 128 random bits as 32 hexadecimal
    digits; `takes_phones` is false if no text messages are sent. `languages` are the codes of those
    that the council offers."""

    accounts: Accounts
    sessions: Sessions
    attempts: Attempts
    spend: Spend
    codes: Codes
    refresh_tokens: RefreshTokens
    known_devices: KnownDevices
    log: audit.Ports
    new_id: Callable[[], str]
    now: Callable[[], datetime]
    takes_phones: bool
    languages: Collection[str]
    budget: TextBudget


class PeoplePorts(Struct, frozen=True):
    """The dependencies of administrators' changes."""

    accounts: Accounts
    sessions: Sessions
    log: audit.Ports
    team_codes: Collection[str]


class SendingPorts(Struct, frozen=True):
    """The dependencies of sending a code: it runs separately, and can only make
    codes."""

    attempts: Attempts
    codes: Codes
    messages: "CodeMessages"
    send_email: SendEmail
    send_text: SendText
    budget: TextBudget
    now: Callable[[], datetime]
