"""Sends the code to its address. It may arrive twice by mail, and not at all as a text message:
texts cost money, and the person can ask for a late code again. A daily budget pays for texts; when
it is spent, the page of the code says so.
"""

from collections.abc import Callable

from chalicelib.accounts.model import Attempt
from chalicelib.accounts.ports import SendingPorts
from chalicelib.errors import AddressRefused, NoReply, UpstreamFailed
from chalicelib.kernel.observability import logs
from chalicelib.kernel.time import truncate_to_second


def send_code(attempt_id: str, ports: SendingPorts) -> None:
    """Sends the code of an attempt, unless it was sent or the attempt has expired. Raises
    UpstreamFailed if it has to be tried again."""
    attempt = ports.attempts.get(attempt_id)
    if attempt is None or attempt.sent_at or not attempt.is_valid(ports.now()):
        return
    try:
        if attempt.destination.kind == "email":
            _send_email(attempt, ports)
        else:
            _send_text(attempt, ports)
    except AddressRefused as error:
        logs.failure("a code was refused by its address", error)


def _send_email(attempt: Attempt, ports: SendingPorts) -> None:
    if not attempt.is_blocked:
        ports.send_email(
            ports.messages.email(
                attempt,
                ports.codes.code(attempt.attempt_id),
                ports.codes.link_token(attempt.attempt_id),
            )
        )
    ports.attempts.note_sent(attempt.attempt_id, truncate_to_second(ports.now()))


def _send_text(attempt: Attempt, ports: SendingPorts) -> None:
    if not ports.attempts.note_sent(attempt.attempt_id, truncate_to_second(ports.now())):
        return
    words = ports.messages.text(attempt, ports.codes.code(attempt.attempt_id))
    try:
        give_back = ports.budget.take(words, is_known=attempt.is_known)
        if give_back is None:
            ports.attempts.note_over_cap(attempt.attempt_id)
        elif attempt.is_blocked:
            # Paid first, like any other: the page of the code then shows a spent budget alike.
            give_back()
        else:
            _send_paid_text(attempt.destination.value, words, give_back, ports)
    except NoReply as error:
        logs.failure("a text message may have been sent", error)
    except UpstreamFailed:
        ports.attempts.clear_sent(attempt.attempt_id)
        raise


def _send_paid_text(
    to: str, words: str, give_back: Callable[[], None], ports: SendingPorts
) -> None:
    """Sends a paid text; a text that was certainly not sent costs nothing. Raises as SendText
    does."""
    try:
        ports.send_text(to, words)
    except NoReply:
        raise
    except (AddressRefused, UpstreamFailed):
        give_back()
        raise
