"""The accounts slice's ports in memory."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count

from msgspec.structs import replace

from chalicelib.accounts import audit
from chalicelib.accounts.model import (
    MOST_TRIES,
    Account,
    Attempt,
    Destination,
    Identity,
    Session,
    SignedInAccount,
)
from chalicelib.accounts.ports import Ports
from chalicelib.accounts.tokens import Codes, KnownDevices, RefreshTokens
from chalicelib.accounts.usecases.code_requests import DAILY
from chalicelib.errors import Conflict, TooMany, UpstreamFailed
from tests.support.fakes import Clock, PlainSecret
from tests.support.fakes_people import MemoryTrail

SECRET = PlainSecret("accounts")
CODES = Codes(SECRET)


class MemoryAccounts:
    """Accounts in a dictionary."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        # Keyed by type, too: as tuples, a destination and an identity with equal texts are equal.
        self._owners: dict[tuple[type, Destination | Identity], str] = {}

    def get(self, account_id: str) -> Account | None:
        return self._accounts.get(account_id)

    def owner(self, of: Destination | Identity) -> str | None:
        return self._owners.get((type(of), of))

    def claim(self, what: Destination | Identity, account_id: str) -> str:
        return self._owners.setdefault((type(what), what), account_id)

    def add(self, account: Account) -> Account:
        return self._accounts.setdefault(account.account_id, replace(account, version=1))

    def release(self, what: Destination | Identity, account_id: str) -> None:
        if self._owners.get((type(what), what)) == account_id:
            del self._owners[type(what), what]

    def remove(self, account_id: str) -> None:
        self._accounts.pop(account_id, None)

    def save(self, account: Account) -> Account:
        stored = self._accounts.get(account.account_id)
        if stored is None or stored.version != account.version:
            raise Conflict("Stale.", version=stored.version if stored else None)
        saved = replace(account, version=account.version + 1)
        self._accounts[account.account_id] = saved
        return saved

    def staff(self) -> Sequence[Account]:
        found = [account for account in self._accounts.values() if account.grants]
        return sorted(found, key=lambda account: account.created_at, reverse=True)


class MemorySessions:
    """Sessions in a dictionary, beside the accounts they belong to."""

    def __init__(self, accounts: MemoryAccounts) -> None:
        self._accounts = accounts
        self._sessions: dict[tuple[str, str], Session] = {}

    def find(self, account_id: str, session_id: str) -> SignedInAccount | None:
        account = self._accounts.get(account_id)
        session = self._sessions.get((account_id, session_id))
        return SignedInAccount(account, session) if account and session else None

    def add(self, session: Session) -> None:
        self._sessions[session.account_id, session.session_id] = session

    def rotate(self, session: Session, *, now: datetime, expires_at: datetime) -> bool:
        key = session.account_id, session.session_id
        stored = self._sessions[key]
        if stored.generation != session.generation or stored.ended_at:
            return False
        self._sessions[key] = replace(
            stored, generation=stored.generation + 1, last_used_at=now, expires_at=expires_at
        )
        return True

    def end(self, account_id: str, session_id: str, at: datetime) -> bool:
        stored = self._sessions.get((account_id, session_id))
        if stored is None:
            return False
        self._sessions[account_id, session_id] = replace(stored, ended_at=stored.ended_at or at)
        return True

    def remove(self, account_id: str) -> None:
        for each in self.of(account_id):
            del self._sessions[account_id, each.session_id]

    def of(self, account_id: str) -> Sequence[Session]:
        return [each for (owner, _), each in self._sessions.items() if owner == account_id]


class MemoryAttempts:
    """Attempts in a dictionary."""

    def __init__(self) -> None:
        self.all: dict[str, Attempt] = {}

    def add(self, attempt: Attempt) -> None:
        self.all.setdefault(attempt.attempt_id, attempt)

    def get(self, attempt_id: str) -> Attempt | None:
        return self.all.get(attempt_id)

    def of(self, destination: Destination) -> Sequence[Attempt]:
        return [each for each in self.all.values() if each.destination == destination]

    def of_account(self, account_id: str) -> Sequence[Attempt]:
        return [each for each in self.all.values() if each.account_id == account_id]

    def remove(self, attempt_id: str) -> None:
        self.all.pop(attempt_id, None)

    def count_try(self, attempt_id: str, now: datetime) -> Attempt | None:
        stored = self.all.get(attempt_id)
        if stored is None or not stored.is_valid(now) or stored.tries >= MOST_TRIES:
            return None
        return self._put(replace(stored, tries=stored.tries + 1))

    def use(self, attempt_id: str, session_id: str, now: datetime) -> bool:
        stored = self.all.get(attempt_id)
        if stored is None or not stored.is_valid(now):
            return False
        self._put(replace(stored, session_id=session_id))
        return True

    def note_sent(self, attempt_id: str, at: datetime) -> bool:
        stored = self.all.get(attempt_id)
        if stored is None or stored.sent_at:
            return False
        self._put(replace(stored, sent_at=at))
        return True

    def clear_sent(self, attempt_id: str) -> None:
        self._put(replace(self.all[attempt_id], sent_at=None))

    def note_over_cap(self, attempt_id: str) -> None:
        self._put(replace(self.all[attempt_id], is_over_cap=True))

    def _put(self, attempt: Attempt) -> Attempt:
        self.all[attempt.attempt_id] = attempt
        return attempt


OF_KNOWN_DEVICES = "code to address from known devices in a day"


class MemoryLimits:
    """Limits whose counts are never reset: `most` for each scope, but the real limit for the known
    devices of an address."""

    def __init__(self, most: int = 5) -> None:
        self._most = most
        self.spent: Counter[tuple[str, str]] = Counter()

    def spend(self, scope: str, key: str, amount: int = 1) -> None:
        most = DAILY[scope] if scope == OF_KNOWN_DEVICES else self._most
        if self.spent[scope, key] + amount > most:
            raise TooMany("Wait.", retry_after_s=60)
        self.spent[scope, key] += amount


class FewTexts:
    """A budget of `left` text messages, of one segment each; the last `kept` of them are reserved
    for known devices."""

    def __init__(self, left: int = 1_000, *, kept: int = 0) -> None:
        self.left = left
        self.kept = kept
        self.is_down = False

    def take(self, text: str, *, is_known: bool) -> Callable[[], None] | None:
        if self.is_down:
            raise UpstreamFailed("Nothing counts.")
        if self.is_spent(is_known=is_known):
            return None
        self.left -= 1
        return self._give_back

    def is_spent(self, *, is_known: bool) -> bool:
        return self.left <= (0 if is_known else self.kept)

    def _give_back(self) -> None:
        self.left += 1


def accounts_ports(clock: Clock, trail: MemoryTrail | None = None) -> Ports:
    """The accounts slice in memory; ids are numbered."""
    accounts, numbers = MemoryAccounts(), count(1)

    def new_id() -> str:
        return f"{next(numbers):032x}"

    return Ports(
        accounts=accounts,
        sessions=MemorySessions(accounts),
        attempts=MemoryAttempts(),
        spend=MemoryLimits().spend,
        codes=CODES,
        refresh_tokens=RefreshTokens(SECRET),
        known_devices=KnownDevices(SECRET, new_id),
        log=audit.Ports(trail=trail or MemoryTrail(), new_id=new_id, now=clock),
        new_id=new_id,
        now=clock,
        takes_phones=True,
        languages=("en", "cy"),
        budget=FewTexts(),
    )
