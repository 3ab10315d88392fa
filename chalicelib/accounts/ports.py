"""What the accounts slice needs from outside."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from chalicelib.accounts import audit
from chalicelib.accounts.model import (
    Account,
    Attempt,
    Block,
    Destination,
    Erasure,
    Forgotten,
    Identity,
    ReportPart,
    Session,
    SignedIn,
    Step,
)
from chalicelib.kernel.email import Letter, Post


class Accounts(Protocol):
    """Where accounts are kept. Every method raises UpstreamFailed when the store does not
    answer, and reads what was written last."""

    def get(self, account_id: str) -> Account | None:
        """The account as it is now, disabled or not."""

    def owner(self, of: Destination | Identity) -> str | None:
        """The id of the account that this belongs to."""

    def claim(self, what: Destination | Identity, account_id: str) -> str:
        """Gives it to that account unless it belongs to one. Answers whose it is. Raises Conflict
        where it is given up at that moment."""

    def add(self, account: Account) -> Account:
        """Stores it unless there is one of that id. Answers the one that is stored."""

    def release(self, what: Destination | Identity, account_id: str) -> None:
        """Takes it from that account; nothing happens where it does not have it."""

    def remove(self, account_id: str) -> None:
        """Forgets the account itself; nothing happens where it is gone."""

    def save(self, account: Account) -> Account:
        """Rewrites it on the version that was read; answers it with the new one. Raises Conflict
        with the current version where it is another one."""

    def staff(self) -> Sequence[Account]:
        """Everybody with a grant, the newest first, disabled or not; the list may lag behind by
        seconds, its accounts do not."""


class Sessions(Protocol):
    """Where sessions are kept; raises as Accounts does."""

    def signed_in(self, account_id: str, session_id: str) -> SignedIn | None:
        """Both in one consistent read, ended, expired and disabled ones too."""

    def add(self, session: Session) -> None:
        """Stores a new session."""

    def rotate(self, session: Session, *, now: datetime, expires_at: datetime) -> bool:
        """Counts its refresh token on, unless that was done before or it ended; False then. Where
        its own reply was lost it may answer False, too."""

    def end(self, account_id: str, session_id: str, at: datetime) -> bool:
        """Ends it unless it has ended; False where there is none."""

    def remove(self, account_id: str) -> None:
        """Forgets all that are kept of that account."""

    def of(self, account_id: str) -> Sequence[Session]:
        """All that are kept of that account, in no order, ended and expired ones too."""


class Attempts(Protocol):
    """Where attempts to sign in are kept; raises as Accounts does."""

    def add(self, attempt: Attempt) -> None:
        """Stores a new attempt: whoever sends codes hears of it."""

    def get(self, attempt_id: str) -> Attempt | None:
        """The attempt as it is now, expired ones too."""

    def of(self, destination: Destination) -> Sequence[Attempt]:
        """All that are kept of that address, expired ones too; may lag a second behind."""

    def of_account(self, account_id: str) -> Sequence[Attempt]:
        """All that are kept to add an address to that account, as `of` those of an address."""

    def remove(self, attempt_id: str) -> None:
        """Forgets the attempt; nothing happens where it is gone."""

    def count_try(self, attempt_id: str, now: datetime) -> Attempt | None:
        """Counts one more try. None where there is no such attempt, or it is used or expired, or
        all its tries are spent. Where a reply is lost one try may count twice."""

    def use(self, attempt_id: str, session_id: str, now: datetime) -> bool:
        """Uses it up for that session; False where another one has used it, or it expired."""

    def note_sent(self, attempt_id: str, at: datetime) -> bool:
        """Notes that its code is sent; False where that was noted before."""

    def not_sent(self, attempt_id: str) -> None:
        """Takes that note back."""

    def note_over_cap(self, attempt_id: str) -> None:
        """Notes that its code does not leave, since the texts of the day are spent."""


class Limits(Protocol):
    """How often somebody may do something; `scope` is one of its own list."""

    def spend(self, scope: str, key: str) -> None:
        """Counts one more. Raises TooMany with the wait where all are spent, UpstreamFailed where
        the store does not answer."""


class Texts(Protocol):
    """The way that text messages leave."""

    def send(self, to: str, text: str) -> str | None:
        """Sends it once to a number in E.164. Answers and raises as Post does."""


class TextBudget(Protocol):
    """What text messages with codes to sign in are paid from; raises as Accounts does."""

    def take(self, text: str, *, is_known: bool) -> Callable[[], None] | None:
        """Pays for a text. Answers what gives that back; None where not enough is left today: the
        last of it is kept for devices that are known."""

    def is_spent(self, *, is_known: bool) -> bool:
        """True where nothing is left today."""


class Codes(Protocol):
    """What proves that somebody reads what an address receives; made anew each time from a
    secret and the attempt's id."""

    def code(self, attempt_id: str) -> str:
        """Six digits."""

    def link_token(self, attempt_id: str) -> str:
        """128 bits, for the link."""

    def holds_code(self, attempt_id: str, sent: str) -> bool:
        """True if that is its code; takes the same time in any case."""

    def holds_link_token(self, attempt_id: str, sent: str) -> bool:
        """The same of the link's."""


class KnownDevices(Protocol):
    """Which devices have signed in with which addresses before: proofs in a cookie of each device,
    made anew each time from a secret. Nothing of it is stored."""

    def knows(self, cookie: str, address: Destination) -> str | None:
        """The random id of the device, if it has signed in with that address before."""

    def after_sign_in(self, cookie: str, addresses: Sequence[Destination]) -> str:
        """The cookie of a device that has just signed in to an account with these addresses."""


class Presented(NamedTuple):
    """What a refresh token says: which session, and which of its tokens, counted from 1."""

    account_id: str
    session_id: str
    generation: int


class RefreshTokens(Protocol):
    """What a session's cookie proves itself with; made anew each time, as codes are."""

    def token(self, session: Session) -> str:
        """The one of its current generation."""

    def read(self, text: str) -> Presented | None:
        """What the token says, None where we never made it."""


@dataclass(frozen=True)
class Ports:
    """Everything that the use cases reach outside for. `new_id` makes 128 random bits as 32
    hexadecimal digits; `takes_phones` is false where no text messages are sent."""

    accounts: Accounts
    sessions: Sessions
    attempts: Attempts
    limits: Limits
    codes: Codes
    refresh_tokens: RefreshTokens
    known_devices: KnownDevices
    log: audit.Ports
    new_id: Callable[[], str]
    now: Callable[[], datetime]
    takes_phones: bool
    budget: TextBudget


@dataclass(frozen=True)
class PeoplePorts:
    """What administrators' changes need."""

    accounts: Accounts
    sessions: Sessions
    log: audit.Ports
    team_codes: Collection[str]


class Networks(Protocol):
    """Network addresses, none of which is kept; raises as Accounts does."""

    def key(self, address: str) -> str:
        """The same for a network for half a day; from then on nobody can tell whose it was."""

    def drop_old_keys(self) -> None:
        """Forgets what earlier keys were made with."""


class Blocks(Protocol):
    """The block list; raises as Accounts does."""

    def id_of(self, what: Destination | str) -> str:
        """The id of the entry of an address, or of a domain."""

    def has(self, addresses: Sequence[Destination]) -> bool:
        """True where one of them, or a domain that it is in, is on the list."""

    def add(self, block: Block) -> Block:
        """Stores it unless it is there. Answers the one that is stored."""

    def remove(self, block_id: str) -> bool:
        """Removes it; False where there is none."""

    def page(self, *, limit: int, after: str | None) -> Sequence[Block]:
        """Some of the list, by id."""


@dataclass(frozen=True)
class LimitPorts:
    """What counts how often somebody does something; `phone` is the council's."""

    limits: Limits
    networks: Networks
    blocks: Blocks
    phone: str


@dataclass(frozen=True)
class BlockPorts:
    """What changes of the block list need."""

    blocks: Blocks
    log: audit.Ports


class Erasures(Protocol):
    """What is being forgotten; raises as Accounts does."""

    def add(self, erasure: Erasure) -> Erasure:
        """Stores it unless there is one for that account. Answers the one that is stored."""

    def pending(self) -> Sequence[Erasure]:
        """All that did not end."""

    def reach(self, account_id: str, step: Step) -> None:
        """Notes that all steps before are done; nothing happens where none is pending."""

    def end(self, account_id: str) -> None:
        """Forgets the erasure; nothing happens where it is gone."""


class Erased(Protocol):
    """What was forgotten, by the ids of accounts, reports and subscriptions alone and for ever;
    raises as Accounts does."""

    def note(self, what: Forgotten, of: str) -> None:
        """Adds that, once."""

    def noted(self, what: Forgotten) -> Sequence[str]:
        """The ids of all of which that was forgotten."""


class Reports(Protocol):
    """The reports, as accounts see them. Every method raises UpstreamFailed."""

    def about(self, account: Account) -> Iterable[str]:
        """The ids of those that she sent, or that name her as contact."""

    def parts_of(self, service_request_id: str, account: Account) -> Sequence[ReportPart]:
        """What of a report is hers; may be nothing."""

    def forget_sender(self, service_request_id: str, *, redact: bool) -> None:
        """Forgets who sent a report, whoever it was, and its public text too if `redact`."""

    def forget_address(self, service_request_id: str, kind: Literal["email", "phone"]) -> None:
        """Forgets that address of its contact, whoever's it was."""

    def unfollow_all(self, account_id: str) -> None:
        """Forgets what she follows."""

    def has_answers(self, subscription_id: str) -> bool:
        """True where something was answered to its questions."""

    def forget_answers(self, subscription_id: str, *, redact: bool) -> None:
        """Forgets that, and what was written with it in public if `redact`."""

    def has_written(self, account_id: str) -> bool:
        """True where updates or flags of reports are known to be the account's."""

    def forget_written(self, account_id: str, *, redact: bool) -> None:
        """Forgets that they are; what is public stays unless `redact`, all else goes."""


class Subscriptions(Protocol):
    """The subscriptions, as accounts see them. Every method raises UpstreamFailed."""

    def of(self, account_id: str, addresses: Sequence[Destination]) -> Sequence[str]:
        """The ids of all that are the account's, or go to one of the addresses."""

    def forget(self, subscription_id: str) -> None:
        """Forgets it with what it was told."""


@dataclass(frozen=True)
class ErasurePorts:
    """What forgetting somebody needs. `forget_desk` forgets what an account saved for its work;
    raises UpstreamFailed."""

    accounts: Accounts
    sessions: Sessions
    attempts: Attempts
    erasures: Erasures
    erased: Erased
    reports: Reports
    subscriptions: Subscriptions
    forget_desk: Callable[[str], None]
    log: audit.Ports
    now: Callable[[], datetime]


class Letters(Protocol):
    """The words of what is sent."""

    def letter(self, attempt: Attempt, code: str, link_token: str) -> Letter:
        """The mail with a code and a link."""

    def text(self, attempt: Attempt, code: str) -> str:
        """The text message with a code."""


@dataclass(frozen=True)
class SendingPorts:
    """What sending a code needs: it runs apart, and can make nothing but codes. `post` and `texts`
    raise ConfigurationError where nothing of that kind is sent."""

    attempts: Attempts
    codes: Codes
    letters: Letters
    post: Callable[[], Post]
    texts: Callable[[], Texts]
    budget: TextBudget
    now: Callable[[], datetime]
