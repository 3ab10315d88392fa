"""Erases a person. The account is closed at once; a schedule does the rest step by step. Each step
may be repeated, so the erasure continues after a crash at any point.

The erased people and reports are recorded only by id, in a list that outlives a restored backup:
from that list the whole erasure can be repeated.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from msgspec.structs import replace

from chalicelib.accounts import audit
from chalicelib.accounts.erasure_ports import ErasurePorts
from chalicelib.accounts.model import (
    STEPS,
    Account,
    Destination,
    ErasedKind,
    Erasure,
    Step,
)
from chalicelib.errors import AppError, Conflict
from chalicelib.kernel.observability import logs
from chalicelib.kernel.time import truncate_to_second

INDEX_LAG = timedelta(minutes=1)
"""Indexes lag: reports sent just before are found after this time."""
BY_ID: Sequence[ErasedKind] = (
    *("report", "text", "email", "phone", "answers", "words", "written"),
)
"""The things that are forgotten by their own id, without checking whose they were."""


def begin_erasure(account: Account, *, redact: bool, ports: ErasurePorts) -> Erasure:
    """Closes the account and notes its erasure, with the public texts of its reports if `redact`.
    Raises Conflict if the person works for the council."""
    if account.grants:
        raise Conflict(
            "You have a staff account. Ask an administrator to remove your staff access, then "
            "delete your account."
        )
    audit.record_action(account.account_id, "account.erase", account.account_id, "", ports.log)
    begun = ports.erasures.add(
        Erasure(
            account_id=account.account_id,
            requested_at=truncate_to_second(ports.now()),
            redact=redact,
        )
    )
    try:
        _close_account(begun, ports.accounts.get(account.account_id), ports)
    except AppError as error:
        # The request is noted: the schedule begins with this.
        logs.failure("an account was not closed at once", error)
    return begun


def erase_due(ports: ErasurePorts) -> Mapping[str, Exception]:
    """Continues all pending erasures. Returns the failures of any kind, by account_id: a failure
    does not delay other erasures, and is retried next time. Raises UpstreamFailed if the pending
    erasures cannot be read."""
    failed: dict[str, Exception] = {}
    for erasure in ports.erasures.list_pending():
        if ports.now() < erasure.requested_at + INDEX_LAG:
            continue
        try:
            erase(erasure, ports)
        except Exception as error:
            logs.failure("an erasure did not end, it goes on later", error)
            failed[erasure.account_id] = error
    return failed


def erase(erasure: Erasure, ports: ErasurePorts) -> None:
    """Erases a person, from the first step that is not done."""
    for step in STEPS[STEPS.index(erasure.step) :]:
        ports.erasures.reach(erasure.account_id, step)
        _ACTIONS[step](erasure, ports.accounts.get(erasure.account_id), ports)
    ports.erasures.end(erasure.account_id)


def erase_again(ports: ErasurePorts) -> int:
    """Repeats all erasures after a backup was restored and the indexes have caught up. Returns how
    many."""
    for what in BY_ID:
        for each in ports.erased.ids_of(what):
            _forget(what, each, ports)
    ids = ports.erased.ids_of("account")
    for account_id in ids:
        erase(Erasure(account_id=account_id, requested_at=ports.now(), redact=False), ports)
    return len(ids)


def _close_account(erasure: Erasure, account: Account | None, ports: ErasurePorts) -> None:
    if account and account.disabled_at is None:
        ports.accounts.save(replace(account, disabled_at=erasure.requested_at))


def _erase_answers(erasure: Erasure, account: Account | None, ports: ErasurePorts) -> None:
    """Comes before the reports: when a report's sender is forgotten, its subscription is forgotten
    too, and that subscription leads to the sender's answers."""
    what: ErasedKind = "words" if erasure.redact else "answers"
    for subscription_id in _subscription_ids(erasure, account, ports):
        if ports.reports.has_answers(subscription_id):
            ports.erased.note(what, subscription_id)
            _forget(what, subscription_id, ports)


def _erase_written(erasure: Erasure, account: Account | None, ports: ErasurePorts) -> None:
    """Public text loses its author, who is found by the account's id, also after a restore."""
    if erasure.redact and ports.reports.has_written(erasure.account_id):
        ports.erased.note("written", erasure.account_id)
    ports.reports.forget_written(erasure.account_id, redact=erasure.redact)


def _subscription_ids(
    erasure: Erasure, account: Account | None, ports: ErasurePorts
) -> Sequence[str]:
    return ports.subscriptions.of(erasure.account_id, _destinations_of(account))


def _erase_reports(erasure: Erasure, account: Account | None, ports: ErasurePorts) -> None:
    if account is None:
        return
    for service_request_id in ports.reports.about(account):
        for part in ports.reports.parts_of(service_request_id, account):
            what: ErasedKind = "text" if part == "report" and erasure.redact else part
            ports.erased.note(what, service_request_id)
            _forget(what, service_request_id, ports)


def _forget(what: ErasedKind, of: str, ports: ErasurePorts) -> None:
    match what:
        case "email" | "phone":
            ports.reports.forget_address(of, what)
        case "written":
            ports.reports.forget_written(of, redact=True)
        case "answers" | "words":
            ports.reports.forget_answers(of, redact=what == "words")
        case _:
            ports.reports.forget_sender(of, redact=what == "text")


def _erase_follows_and_desk(erasure: Erasure, account: Account | None, ports: ErasurePorts) -> None:
    ports.reports.unfollow_all(erasure.account_id)
    ports.forget_desk(erasure.account_id)


def _erase_subscriptions(erasure: Erasure, account: Account | None, ports: ErasurePorts) -> None:
    for subscription_id in _subscription_ids(erasure, account, ports):
        ports.subscriptions.forget(subscription_id)


def _erase_attempts(erasure: Erasure, account: Account | None, ports: ErasurePorts) -> None:
    to_person = [each for to in _destinations_of(account) for each in ports.attempts.of(to)]
    for attempt in [*to_person, *ports.attempts.of_account(erasure.account_id)]:
        ports.attempts.remove(attempt.attempt_id)


def _release_addresses(erasure: Erasure, account: Account | None, ports: ErasurePorts) -> None:
    for destination in _destinations_of(account):
        ports.accounts.release(destination, erasure.account_id)
    for identity in account.identities if account else ():
        ports.accounts.release(identity, erasure.account_id)


def _erase_sessions(erasure: Erasure, account: Account | None, ports: ErasurePorts) -> None:
    ports.sessions.remove(erasure.account_id)


def _erase_account(erasure: Erasure, account: Account | None, ports: ErasurePorts) -> None:
    ports.erased.note("account", erasure.account_id)
    ports.accounts.remove(erasure.account_id)


def _destinations_of(account: Account | None) -> Sequence[Destination]:
    """The person's destinations: confirmed addresses, and the address that staff were invited
    with."""
    if account is None:
        return ()
    confirmed = [each.destination for each in account.addresses]
    return [*confirmed, *([account.invited] if account.invited else ())]


_ACTIONS: Mapping[Step, Callable[[Erasure, Account | None, ErasurePorts], None]] = {
    "close": _close_account,
    "answers": _erase_answers,
    "written": _erase_written,
    "reports": _erase_reports,
    "follows": _erase_follows_and_desk,
    "subscriptions": _erase_subscriptions,
    "attempts": _erase_attempts,
    "ways in": _release_addresses,
    "sessions": _erase_sessions,
    "account": _erase_account,
}
"""The action of each step; the account itself goes last, because it says where everything else
is."""
