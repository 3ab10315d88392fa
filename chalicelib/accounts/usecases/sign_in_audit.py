"""Writes sign-ins and failures into the audit log and counts them, so that guessing is noticed.

The entry of a failure names the account that the address belongs to, or the attempt if there is
none: both are random ids, and known and unknown addresses cost the same calls.
"""

from chalicelib.accounts import audit
from chalicelib.accounts.model import Account, Attempt
from chalicelib.accounts.ports import Ports
from chalicelib.kernel.observability import logs


def note_sign_in(account: Account, way: str, ports: Ports) -> None:
    """Records a sign-in by that way (code, link or the code of a provider) before it happens, or
    before it is refused because the account is disabled. Raises UpstreamFailed: then nobody may be
    signed in."""
    if account.disabled_at:
        audit.record_action(
            audit.NOBODY, "account.sign_in_failed", account.account_id, way, ports.log
        )
    else:
        audit.record_action(
            account.account_id, "account.sign_in", account.account_id, way, ports.log
        )


def count_sign_in() -> None:
    """Counts one more successful sign-in."""
    logs.event("somebody signed in", function="api", sign_ins=1)


def count_failure() -> None:
    """Counts one more failed sign-in."""
    logs.measurement("a sign-in failed", logs.SIGN_INS, function="api", sign_in_failures=1)


def note_failure(attempt: Attempt, way: str, ports: Ports) -> None:
    """Records and counts a wrong code or link. Raises UpstreamFailed."""
    count_failure()
    whose = attempt.account_id or ports.accounts.owner(attempt.destination)
    subject = whose or attempt.attempt_id
    audit.record_action(audit.NOBODY, "account.sign_in_failed", subject, way, ports.log)


def note_refusal(subject: str, way: str, ports: Ports) -> None:
    """Records and counts the refusal of a person that another organisation sent back; the subject
    is a random id. Raises UpstreamFailed."""
    count_failure()
    audit.record_action(audit.NOBODY, "account.sign_in_failed", subject, way, ports.log)
