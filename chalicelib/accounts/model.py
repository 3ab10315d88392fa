"""Who people are to the council: an account, what it may do, its sessions and ways in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Literal, NamedTuple, get_args

from msgspec import Meta

StaffRole = Literal["crew", "officer", "admin"]
Role = Literal["resident", "crew", "officer", "admin"]
RANKS: tuple[Role, ...] = ("resident", "crew", "officer", "admin")
"""From the least to the most."""
Assurance = Literal["contact", "proven", "staff"]
"""How sure it is who somebody is: an address was confirmed, a national sign-in has proven it, or
the council's own organisation says so."""
AddressKind = Literal["email", "phone"]

CODE_HOLDS = timedelta(minutes=10)
MOST_TRIES = 5
MOST_ADDRESSES = 5
ACCESS_HOLDS = timedelta(minutes=15)
RESIDENT_STAYS = timedelta(days=60)
"""Counted from the last time that a session was used."""
STAFF_STAYS = timedelta(hours=12)
"""Counted from signing in: whoever sees other people's data signs in anew each day."""
STEP_BACK = timedelta(seconds=30)
"""How long a refresh token is answered again after it was exchanged."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A role beyond that of a resident; empty teams or wards are all of them."""

    role: StaffRole
    teams: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()


class Destination(NamedTuple):
    """Where somebody can be reached: an email address, or a phone number in E.164; normalised."""

    kind: AddressKind
    value: str


@dataclass(frozen=True, kw_only=True)
class Address:
    """A destination that somebody has shown to be hers."""

    kind: AddressKind
    value: str
    confirmed_at: datetime

    @property
    def destination(self) -> Destination:
        return Destination(self.kind, self.value)


class Identity(NamedTuple):
    """Who somebody is to another organisation (OpenID Connect's iss and sub)."""

    issuer: str
    subject: str


_LINE = Meta(pattern=r"^[^\x00-\x1f\x7f-\x9f]*$", description="one line without control characters")
Label = Annotated[str, Meta(min_length=1, max_length=100), _LINE]
Language = Annotated[
    str, Meta(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$", description="a language, such as en or pl")
]


@dataclass(frozen=True, kw_only=True)
class SavedPlace:
    """A place that somebody comes back to; WGS84 degrees."""

    label: Label
    lat: Annotated[float, Meta(ge=-90, le=90)]
    long: Annotated[float, Meta(ge=-180, le=180)]


@dataclass(frozen=True, kw_only=True)
class Account:
    """Somebody who can sign in. Everybody is a resident; staff have one grant for each role.
    `invited` is the address that staff were invited with, until she has signed in with it or
    through her organisation. `is_first_admin`: made by the operator, and apart from the
    organisation's sign-in up to now. `work_name` and `work_email` are what her organisation calls
    her: they tell who she is, and are never a way in."""

    account_id: str
    created_at: datetime
    grants: tuple[Grant, ...] = ()
    addresses: tuple[Address, ...] = ()
    identities: tuple[Identity, ...] = ()
    name: str | None = None
    language: str | None = None
    reach_by: AddressKind | None = None
    saved_places: tuple[SavedPlace, ...] = ()
    invited: Destination | None = None
    is_first_admin: bool = False
    work_name: str | None = None
    work_email: str | None = None
    disabled_at: datetime | None = None
    version: int = 0

    @property
    def is_pending(self) -> bool:
        return self.invited is not None and not self.addresses and not self.identities

    @property
    def roles(self) -> frozenset[Role]:
        return roles_of(self.grants)


@dataclass(frozen=True, kw_only=True)
class Session:
    """A device that somebody is signed in on. Of its refresh tokens only the number of the
    current one is kept: the token itself follows from a secret."""

    session_id: str
    account_id: str
    device: str
    assurance: Assurance
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    generation: int = 1
    ended_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.expires_at


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """Somebody wants to sign in with an address or, with an `account_id`, to add it to her account:
    that takes the code. Code and link follow from its id and a secret. `onward` is the path of ours
    that she came from and goes on to. `is_over_cap`: its code did not leave, since all the text
    messages of the day were spent. `is_known`: a device asked that has signed in with this address
    before. `is_blocked`: the address is on the block list, so nothing is sent to it and no code is
    right; it is kept like others, so that nobody can ask the list."""

    attempt_id: str
    destination: Destination = field(repr=False)
    created_at: datetime
    expires_at: datetime
    tries: int = 0
    session_id: str | None = None
    sent_at: datetime | None = None
    request_id: str = ""
    account_id: str | None = None
    onward: str | None = None
    is_over_cap: bool = False
    is_known: bool = False
    is_blocked: bool = False

    @property
    def tries_left(self) -> int:
        return max(MOST_TRIES - self.tries, 0)

    def holds(self, now: datetime) -> bool:
        return self.session_id is None and now < self.expires_at


Step = Literal[
    "close",
    "answers",
    "written",
    "reports",
    "follows",
    "subscriptions",
    "attempts",
    "ways in",
    "sessions",
    "account",
]
STEPS: tuple[Step, ...] = get_args(Step)
"""Of forgetting somebody, in their order."""


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """Somebody is to be forgotten, with the public texts of her reports if `redact`; `step` is the
    first that may not be done."""

    account_id: str
    requested_at: datetime
    redact: bool
    step: Step = "close"


ReportPart = Literal["report", "email", "phone"]
"""What of a report is somebody's: all that says who sent it, or an address of hers that somebody
else gave with it."""
Forgotten = Literal["account", "text", "answers", "words", "written", ReportPart]
"""What was forgotten; `text` is a report with all that it said, `answers` what was answered to a
subscription's questions, `words` that with all that was written, and `written` what an account
wrote on reports of others."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """An address or domain that we hear of no more. Of an address only its kind is known; `reason`
    is an administrator's, who is `added_by`."""

    block_id: str
    kind: Literal["email", "phone", "domain"]
    domain: str | None
    reason: str
    added_at: datetime
    added_by: str


class SignedIn(NamedTuple):
    """An account on one of its devices."""

    account: Account
    session: Session


def roles_of(grants: Iterable[Grant]) -> frozenset[Role]:
    """What somebody with these grants is."""
    return frozenset(("resident", *(grant.role for grant in grants)))


def highest(roles: Iterable[Role]) -> Role:
    return max(roles, key=RANKS.index)


def stays_until(account: Account, created_at: datetime, now: datetime) -> datetime:
    """When a session ends that is used now."""
    return created_at + STAFF_STAYS if account.grants else now + RESIDENT_STAYS


def to_the_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
