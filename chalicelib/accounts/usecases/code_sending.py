"""The code goes to its address. It may come twice by mail, and not at all as a text message: those
cost, and a code that is late is asked for again. They are paid from what there is for a day; beyond
that the page of the code says so.
"""

from collections.abc import Callable

from chalicelib.accounts.model import Attempt, to_the_second
from chalicelib.accounts.ports import SendingPorts
from chalicelib.errors import AddressRefused, NoReply, UpstreamFailed
from chalicelib.kernel.observability import logs


def send_code(attempt_id: str, ports: SendingPorts) -> None:
    """Sends the code of an attempt, unless that was done or it is over. Raises UpstreamFailed
    where it has to be tried again."""
    attempt = ports.attempts.get(attempt_id)
    if attempt is None or attempt.sent_at or not attempt.holds(ports.now()):
        return
    try:
        if attempt.destination.kind == "email":
            _mail(attempt, ports)
        else:
            _text(attempt, ports)
    except AddressRefused as error:
        logs.failure("a code was refused by its address", error)


def _mail(attempt: Attempt, ports: SendingPorts) -> None:
    if not attempt.is_blocked:
        ports.post().send(
            ports.letters.letter(
                attempt,
                ports.codes.code(attempt.attempt_id),
                ports.codes.link_token(attempt.attempt_id),
            )
        )
    ports.attempts.note_sent(attempt.attempt_id, to_the_second(ports.now()))


def _text(attempt: Attempt, ports: SendingPorts) -> None:
    if not ports.attempts.note_sent(attempt.attempt_id, to_the_second(ports.now())):
        return
    words = ports.letters.text(attempt, ports.codes.code(attempt.attempt_id))
    try:
        give_back = ports.budget.take(words, is_known=attempt.is_known)
        if give_back is None:
            ports.attempts.note_over_cap(attempt.attempt_id)
        elif attempt.is_blocked:
            # Paid for all the same until now: the page of the code says alike what is over.
            give_back()
        else:
            _send_paid(attempt.destination.value, words, give_back, ports)
    except NoReply as error:
        logs.failure("a text message may have been sent", error)
    except UpstreamFailed:
        ports.attempts.not_sent(attempt.attempt_id)
        raise


def _send_paid(to: str, words: str, give_back: Callable[[], None], ports: SendingPorts) -> None:
    """Sends what is paid for; what certainly was not sent costs nothing. Raises as Texts does."""
    try:
        ports.texts().send(to, words)
    except NoReply:
        raise
    except (AddressRefused, UpstreamFailed):
        give_back()
        raise
