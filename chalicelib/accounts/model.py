"""The people that the council knows: accounts, their roles, sessions and ways to sign in."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Literal, NamedTuple, get_args

from msgspec import Meta, Struct

from chalicelib.kernel.addresses import AddressKind
from chalicelib.kernel.field_types import LINE
from chalicelib.kernel.private_fields import HidesPrivate, Private
from chalicelib.reports.published import ReportPart

StaffRole = Literal["crew", "officer", "admin"]
Role = Literal["resident", "crew", "officer", "admin"]
RANKS: tuple[Role, ...] = ("resident", "crew", "officer", "admin")
"""From the lowest to the highest."""
Assurance = Literal["contact", "proven", "staff"]
"""How certain a person's identity is: an address was confirmed, a national sign-in has proven it,
or the council's own organisation states it."""

CODE_VALID_FOR = timedelta(minutes=10)
MOST_TRIES = 5
MOST_ADDRESSES = 5
ACCESS_VALID_FOR = timedelta(minutes=15)
RESIDENT_SESSION = timedelta(days=60)
"""Counted from the last use of a session."""
STAFF_SESSION = timedelta(hours=12)
"""Counted from signing in: staff who see other people's data sign in again each day."""
PREVIOUS_TOKEN_VALID_FOR = timedelta(seconds=30)
"""How long a refresh token is still accepted after it was exchanged."""


class Grant(Struct, frozen=True, kw_only=True):
    """A role beyond that of a resident; empty teams or wards mean all of them."""

    role: StaffRole
    teams: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()


class Destination(NamedTuple):
    """An email address, or a phone number in E.164, that a person can be reached at; normalised."""

    kind: AddressKind
    value: str


class Address(Struct, frozen=True, kw_only=True):
    """A destination that the person has confirmed as their own."""

    kind: AddressKind
    value: str
    confirmed_at: datetime

    @property
    def destination(self) -> Destination:
        return Destination(self.kind, self.value)


class Identity(NamedTuple):
    """A person's identity at another organisation (OpenID Connect's iss and sub)."""

    issuer: str
    subject: str


Label = Annotated[str, Meta(min_length=1, max_length=100), LINE]


class SavedPlace(Struct, frozen=True, kw_only=True):
    """A place that the person returns to; WGS84 degrees."""

    label: Label
    lat: Annotated[float, Meta(ge=-90, le=90)]
    long: Annotated[float, Meta(ge=-180, le=180)]


class Account(Struct, frozen=True, kw_only=True):
    """An account that can sign in. Everybody is a resident; staff have one grant for each role.
    `invited` is the address that a member of staff was invited with, until they sign in with it or
    through their organisation. `is_first_admin`: made by the operator, and so far not linked to the
    organisation's sign-in. `work_name` and `work_email` come from the organisation: they describe
    the person, and are never a way to sign in."""

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


class Session(Struct, frozen=True, kw_only=True):
    """A device on which a person is signed in. Only the number of its current refresh token is
    kept: the token itself is derived from a secret."""

    session_id: str
    account_id: str
    device: str
    assurance: Assurance
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    generation: int = 1
    ended_at: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.expires_at


class Attempt(HidesPrivate, frozen=True, kw_only=True):
    """An attempt to sign in with an address or, with an `account_id`, to add the address to that
    account, which requires the code. Code and link are derived from its id and a secret. `onward`
    is the path of ours that the person came from and returns to. `is_over_cap`: its code was not
    sent, since all text messages of the day were spent. `is_known`: a device asked that has signed
    in with this address before. `is_blocked`: the address is on the block list, so nothing is sent
    to it and no code is right; it is stored like others, so that nobody can query the list.
    `language` is that of the request, and of the message with the code."""

    attempt_id: str
    destination: Private[Destination]
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
    language: str | None = None

    @property
    def tries_left(self) -> int:
        return max(MOST_TRIES - self.tries, 0)

    def is_valid(self, now: datetime) -> bool:
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
"""The steps of an erasure, in their order."""


class Erasure(Struct, frozen=True, kw_only=True):
    """A pending erasure of a person, with the public texts of their reports if `redact`; `step` is
    the first that may not be done."""

    account_id: str
    requested_at: datetime
    redact: bool
    step: Step = "close"


ErasedKind = Literal["account", "text", "answers", "words", "written", ReportPart]
"""The kinds of things that were forgotten; `text` is a report with all its text, `answers` the
answers to a subscription's questions, `words` those with everything that was written, and `written`
an account's texts on reports of others."""


class Block(Struct, frozen=True, kw_only=True):
    """A blocked address or domain. Only the kind of an address is known; `reason` comes from the
    administrator, who is `added_by`."""

    block_id: str
    kind: Literal["email", "phone", "domain"]
    domain: str | None
    reason: str
    added_at: datetime
    added_by: str


class SignedInAccount(NamedTuple):
    """An account on one of its devices."""

    account: Account
    session: Session


def roles_of(grants: Iterable[Grant]) -> frozenset[Role]:
    """The roles of a person with these grants."""
    return frozenset(("resident", *(grant.role for grant in grants)))


def highest_role(roles: Iterable[Role]) -> Role:
    return max(roles, key=RANKS.index)


def session_expiry(account: Account, created_at: datetime, now: datetime) -> datetime:
    """When a session that is used now ends."""
    return created_at + STAFF_SESSION if account.grants else now + RESIDENT_SESSION
