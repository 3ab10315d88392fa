"""Confirms an address by the code or the link that it received, and signs the person in. A code is
used up first, then everything that does not exist yet is made. After a crash in between, the person
needs a new code.
"""

from datetime import datetime

from msgspec.structs import replace

from chalicelib.accounts.model import (
    MOST_ADDRESSES,
    Account,
    Address,
    Assurance,
    Attempt,
    Destination,
    Identity,
    Session,
    SignedInAccount,
    session_expiry,
)
from chalicelib.accounts.ports import Ports
from chalicelib.accounts.usecases.sign_in_audit import (
    count_failure,
    count_sign_in,
    note_failure,
    note_sign_in,
)
from chalicelib.errors import Conflict, Forbidden, Invalid, NotFound
from chalicelib.kernel.time import truncate_to_second
from chalicelib.texts import Text

OVER = (
    "This code or link was already used, is more than 10 minutes old, or was tried too many "
    "times. Get a new one."
)


def sign_in_with_code(attempt_id: str, code: str, device: str, ports: Ports) -> SignedInAccount:
    """Signs in with the code; white space in it is ignored. Raises Invalid if the code is wrong,
    NotFound if the attempt is over, Forbidden if the account is disabled."""
    return _sign_in(_verify_code(attempt_id, code, None, ports), device, "code", ports)


def sign_in_with_link(
    attempt_id: str, link_token: str, device: str, ports: Ports
) -> SignedInAccount:
    """Signs in with the link's token. Raises NotFound if it does not hold, Forbidden if the account
    is disabled."""
    attempt = _count_try(attempt_id, None, ports)
    if not ports.codes.is_link_token(attempt_id, link_token) or attempt.is_blocked:
        note_failure(attempt, "link", ports)
        raise NotFound(OVER)
    return _sign_in(attempt, device, "link", ports)


def add_address(attempt_id: str, code: str, account_id: str, ports: Ports) -> Account:
    """Adds the address that the code was sent to. Raises Invalid if the code is wrong or the
    account has the maximum number of addresses, NotFound if the attempt is over or belongs to
    another account, Conflict if the address belongs to another account."""
    attempt = _verify_code(attempt_id, code, account_id, ports)
    refuse_too_many(ports.accounts.get(account_id))
    if not ports.attempts.use(attempt_id, ports.new_id(), truncate_to_second(ports.now())):
        raise NotFound(OVER)
    if ports.accounts.claim(attempt.destination, account_id) != account_id:
        raise Conflict(
            "Another account uses this address. Sign in with it and delete that account first."
        )
    return ensure_account(attempt.destination, ports)


def refuse_too_many(account: Account | None) -> None:
    """Raises Invalid if an account has the maximum number of addresses."""
    if account and len(account.addresses) >= MOST_ADDRESSES:
        raise Invalid.field(
            "address", Text("an account can have at most {most} addresses", most=MOST_ADDRESSES)
        )


def ensure_account(address: Destination, ports: Ports) -> Account:
    """The account of a confirmed address, a new one if there is none. Staff who were invited with
    the address accept the invitation by this. Raises NotFound if it was erased just now."""
    account_id = ports.accounts.owner(address) or ports.accounts.claim(address, ports.new_id())
    now = truncate_to_second(ports.now())
    own = Address(kind=address.kind, value=address.value, confirmed_at=now)
    new = Account(account_id=account_id, created_at=now, addresses=(own,))
    known = find_or_add(new, address, ports)
    is_listed = address in (each.destination for each in known.addresses)
    after = replace(
        known,
        addresses=known.addresses if is_listed else (*known.addresses, own),
        invited=None if known.invited == address else known.invited,
    )
    return known if after == known else ports.accounts.save(after)


def find_or_add(new: Account, what: Destination | Identity, ports: Ports) -> Account:
    """The account that has claimed this: the existing one, else the new one. Raises NotFound if it
    was erased just now: an erasure takes the account's claims first, then the account."""
    known = ports.accounts.get(new.account_id)
    if known:
        return known
    if ports.accounts.owner(what) != new.account_id:
        raise NotFound("This account was deleted a moment ago. Start again.")
    return ports.accounts.add(new)


def open_session(
    account: Account,
    *,
    device: str,
    assurance: Assurance,
    ports: Ports,
    session_id: str | None = None,
    expires_at: datetime | None = None,
) -> SignedInAccount:
    """Signs an account in on a device. Raises Forbidden if it is disabled."""
    if account.disabled_at:
        count_failure()
        raise Forbidden(
            "This account was disabled or is being deleted. If you deleted it, you can sign in "
            "again in a few minutes. If you did not, call us."
        )
    now = truncate_to_second(ports.now())
    session = Session(
        session_id=session_id or ports.new_id(),
        account_id=account.account_id,
        device=device,
        assurance=assurance,
        created_at=now,
        last_used_at=now,
        expires_at=expires_at or session_expiry(account, now, now),
    )
    ports.sessions.add(session)
    return SignedInAccount(account, session)


def _verify_code(attempt_id: str, code: str, account_id: str | None, ports: Ports) -> Attempt:
    """The attempt that the code belongs to; white space in the code is ignored."""
    attempt = _count_try(attempt_id, account_id, ports)
    if not ports.codes.is_right_code(attempt_id, "".join(code.split())) or attempt.is_blocked:
        note_failure(attempt, "code", ports)
        raise Invalid.field("code", _wrong_code_message(attempt))
    return attempt


def _wrong_code_message(attempt: Attempt) -> str:
    match attempt.tries_left:
        case 0:
            return Text("the code is wrong: you have used all your tries, so get a new one")
        case 1:
            return Text("the code is wrong: check it and enter it again. You have one more try")
        case left:
            return Text(
                "the code is wrong: check it and enter it again. You have {left} more tries",
                left=left,
            )


def _count_try(attempt_id: str, account_id: str | None, ports: Ports) -> Attempt:
    """An attempt to sign in only signs in, and an attempt to add an address only adds it: a person
    who opens a link that somebody else asked for does not add the address to any account."""
    attempt = ports.attempts.count_try(attempt_id, truncate_to_second(ports.now()))
    if attempt is None or attempt.account_id != account_id:
        count_failure()
        raise NotFound(OVER)
    return attempt


def _sign_in(attempt: Attempt, device: str, way: str, ports: Ports) -> SignedInAccount:
    session_id = ports.new_id()
    if not ports.attempts.use(attempt.attempt_id, session_id, truncate_to_second(ports.now())):
        raise NotFound(OVER)
    account = ensure_account(attempt.destination, ports)
    note_sign_in(account, way, ports)
    who = open_session(
        account, device=device, assurance="contact", ports=ports, session_id=session_id
    )
    count_sign_in()
    return who
