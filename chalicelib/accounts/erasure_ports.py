"""The external dependencies of erasing a person."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from chalicelib.accounts import audit
from chalicelib.accounts.model import Account, Destination, ErasedKind, Erasure, Step
from chalicelib.accounts.ports import Accounts, Attempts, Sessions
from chalicelib.reports.published import ReportPart


class Erasures(Protocol):
    """Pending erasures; raises as Accounts does."""

    def add(self, erasure: Erasure) -> Erasure:
        """Stores it unless that account has one. Returns the stored erasure."""

    def list_pending(self) -> Sequence[Erasure]:
        """All erasures that have not ended."""

    def reach(self, account_id: str, step: Step) -> None:
        """Notes that all steps before this one are done; does nothing if none is pending."""

    def end(self, account_id: str) -> None:
        """Forgets the erasure; does nothing if it is gone."""


class ErasureRecords(Protocol):
    """Completed erasures, only by the ids of accounts, reports and subscriptions, kept for ever;
    raises as Accounts does."""

    def note(self, what: ErasedKind, of: str) -> None:
        """Adds the entry, once."""

    def ids_of(self, what: ErasedKind) -> Sequence[str]:
        """The ids of everything for which that was forgotten."""


class ReportsOfPerson(Protocol):
    """The reports, as accounts see them. Every method raises UpstreamFailed."""

    def about(self, account: Account) -> Iterable[str]:
        """The ids of the reports that the person sent, or that name the person as contact."""

    def parts_of(self, service_request_id: str, account: Account) -> Sequence[ReportPart]:
        """The parts of a report that are about the person; may be empty."""

    def forget_sender(self, service_request_id: str, *, redact: bool) -> None:
        """Forgets the sender of a report, without checking who it was, and its public text too if
        `redact`."""

    def forget_address(self, service_request_id: str, kind: Literal["email", "phone"]) -> None:
        """Forgets that address of the report's contact, without checking whose it was."""

    def unfollow_all(self, account_id: str) -> None:
        """Forgets which reports the account follows."""

    def has_answers(self, subscription_id: str) -> bool:
        """True if the subscription's questions were answered."""

    def forget_answers(self, subscription_id: str, *, redact: bool) -> None:
        """Forgets the answers, and the public text written with them if `redact`."""

    def has_written(self, account_id: str) -> bool:
        """True if the account has written updates or flags of reports."""

    def forget_written(self, account_id: str, *, redact: bool) -> None:
        """Forgets that the account wrote them; public text stays unless `redact`, everything else
        goes."""


class SubscriptionsOfPerson(Protocol):
    """The subscriptions, as accounts see them. Every method raises UpstreamFailed."""

    def of(self, account_id: str, addresses: Sequence[Destination]) -> Sequence[str]:
        """The ids of all subscriptions that belong to the account, or go to one of the
        addresses."""

    def forget(self, subscription_id: str) -> None:
        """Forgets the subscription and what it was told."""


class ErasurePorts(Struct, frozen=True):
    """The dependencies of an erasure. `forget_desk` forgets what an account saved for its work;
    raises UpstreamFailed."""

    accounts: Accounts
    sessions: Sessions
    attempts: Attempts
    erasures: Erasures
    erased: ErasureRecords
    reports: ReportsOfPerson
    subscriptions: SubscriptionsOfPerson
    forget_desk: Callable[[str], None]
    log: audit.Ports
    now: Callable[[], datetime]
