"""Confirms, reads, changes and stops subscriptions, for callers with the secret link that came with
one, or signed in to the account.

A wrong link gets the same answer as a subscription that does not exist, so the answer does not
reveal which subscriptions exist."""

from collections.abc import Callable, Collection, Sequence

from msgspec import Struct
from msgspec.structs import asdict, replace

from chalicelib.alerts.model import (
    CONFIRMED_WITHIN,
    MOST_CODE_TRIES,
    Subscription,
    SubscriptionChanges,
    mark_active,
    mark_stopped,
)
from chalicelib.alerts.ports import Ports, SubscriptionPage, Subscriptions
from chalicelib.alerts.topics import reminder_faults, topic_faults
from chalicelib.alerts.usecases.subscribing import (
    current_second,
    raise_faults,
    with_topic,
)
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.optimistic import VersionConflict, update
from chalicelib.kernel.time import text_of
from chalicelib.texts import Text

PAGE_SIZE = 100
TokenCheck = Callable[[Subscription, str], bool]
NOT_FOUND = Text("There is no such subscription, or this link has expired. Subscribe again.")
EXPIRED = Text("This link or code has expired, or was tried too many times. Subscribe again.")


class AccessProof(Struct, frozen=True, kw_only=True):
    """A caller's proof of access to a subscription: the token of a link, or the account that it
    belongs to, or whose confirmed addresses, as digests, include the subscription's."""

    token: str | None = None
    account_id: str | None = None
    address_keys: Collection[str] = ()


def find_to_confirm(subscription_id: str, token: str, ports: Ports) -> Subscription:
    """The subscription that the link in the email confirms; changes nothing. Raises NotFound."""
    stored = _load(subscription_id, ports)
    if not ports.tokens.is_confirm_token(stored, token) or stored.is_silent:
        raise NotFound(EXPIRED)
    return stored


def confirm_by_link(subscription_id: str, token: str, ports: Ports) -> Subscription:
    """Confirms the subscription by the token in the email's link. Raises NotFound, Conflict
    (stopped)."""
    return _update(
        lambda: find_to_confirm(subscription_id, token, ports),
        lambda each: _activate(each, ports),
        ports,
    )


def confirm_by_code(subscription_id: str, code: str, ports: Ports) -> Subscription:
    """Confirms the subscription by the code in the text message, ignoring white space. Raises
    Invalid (wrong code), NotFound (expired, or too many tries), Conflict (stopped)."""
    tried = _update(
        lambda: _load(subscription_id, ports), lambda each: _count_try(each, ports), ports
    )
    if not ports.tokens.is_confirmation_code(tried, "".join(code.split())) or tried.is_silent:
        raise Invalid.field("code", Text("the code is wrong: check it and enter it again"))
    return _update(
        lambda: _load(subscription_id, ports), lambda each: _activate(each, ports), ports
    )


def read_subscription(subscription_id: str, proof: AccessProof, ports: Ports) -> Subscription:
    """The subscription, if the caller may manage it. Raises NotFound."""
    return _load_with_proof(subscription_id, proof, ports, ports.tokens.is_manage_token)


def change_subscription(
    subscription_id: str,
    changes: SubscriptionChanges,
    version: int,
    proof: AccessProof,
    ports: Ports,
) -> Subscription:
    """Changes the subscription if it still has this version. Raises NotFound, Invalid, Conflict
    (another version, which the error carries; or it was stopped)."""
    present = read_subscription(subscription_id, proof, ports)
    _refuse_stopped(present)
    if present.version != version:
        raise _version_conflict(present)
    after = _apply_changes(present, changes)
    raise_faults(
        [
            *ports.council.language_faults(changes.language),
            *topic_faults(after.topic, after.event_types, ports.council, ports.ward_codes),
            *reminder_faults(after.topic, after.remind_at, after.frequency),
        ]
    )
    if changes.topic and changes.topic != present.topic:
        after = with_topic(after, changes.topic, present.account_id, ports)
    try:
        return ports.subscriptions.save(after)
    except VersionConflict:
        stored = read_subscription(subscription_id, proof, ports)
        # If only the reply was lost, the stored subscription is already the intended one.
        if replace(stored, version=version) == after:
            return stored
        raise _version_conflict(stored) from None


def find_to_stop(subscription_id: str, proof: AccessProof, ports: Ports) -> Subscription:
    """The subscription, if the caller may manage it or has the link from one of its alerts. Raises
    NotFound."""
    tokens = ports.tokens
    return _load_with_proof(
        subscription_id, proof, ports, tokens.is_unsubscribe_token, tokens.is_manage_token
    )


def stop_subscription(subscription_id: str, proof: AccessProof, ports: Ports) -> Subscription:
    """Stops the subscription, if the caller may stop it; leaves a stopped one as it is. Raises
    NotFound."""
    return _update(
        lambda: find_to_stop(subscription_id, proof, ports),
        lambda each: (
            each
            if each.state == "stopped"
            else mark_stopped(each, "requested", current_second(ports))
        ),
        ports,
    )


def list_own(
    proof: AccessProof, *, limit: int, after: str | None, ports: Ports
) -> SubscriptionPage:
    """The subscriptions of an account and those that go to its addresses, the latest first."""
    now = ports.now()
    stored = list_all_of(proof.account_id or "", proof.address_keys, ports.subscriptions)
    by_cursor = {_cursor_of(each): each for each in stored if not each.is_over(now)}
    rest = [each for each in sorted(by_cursor, reverse=True) if after is None or each < after]
    following = rest[limit - 1] if len(rest) > limit else None
    return SubscriptionPage([by_cursor[each] for each in rest[:limit]], following)


def list_all_of(
    account_id: str, address_keys: Collection[str], subscriptions: Subscriptions
) -> Sequence[Subscription]:
    """All subscriptions of the account, and those at one of these addresses."""
    found = {each.subscription_id: each for each in subscriptions.at_addresses(address_keys)}
    after: str | None = None
    while True:
        page = subscriptions.list_of_account(account_id, limit=PAGE_SIZE, after=after)
        found |= {each.subscription_id: each for each in page.subscriptions}
        if (after := page.next) is None:
            return list(found.values())


def _apply_changes(present: Subscription, changes: SubscriptionChanges) -> Subscription:
    new = {name: value for name, value in asdict(changes).items() if value is not None}
    cleared = dict.fromkeys(new.pop("clear", ()))
    return replace(present, **new | cleared)


def _load_with_proof(
    subscription_id: str, proof: AccessProof, ports: Ports, *checks: TokenCheck
) -> Subscription:
    """Loads the subscription if one of `checks` accepts the token or, without a token, if it
    belongs to the account. Raises NotFound."""
    stored = ports.subscriptions.get(subscription_id)
    if stored is None or stored.is_over(ports.now()):
        raise NotFound(NOT_FOUND)
    token = proof.token
    is_open = any(check(stored, token) for check in checks) if token else _is_owner(stored, proof)
    if not is_open:
        raise NotFound(NOT_FOUND)
    return stored


def _is_owner(stored: Subscription, proof: AccessProof) -> bool:
    if proof.account_id is None:
        return False
    return stored.account_id == proof.account_id or stored.address_key in proof.address_keys


def _cursor_of(subscription: Subscription) -> str:
    """The position of the subscription in a list, by the moment when it was created."""
    return f"{text_of(subscription.created_at)}~{subscription.subscription_id}"


def _load(subscription_id: str, ports: Ports) -> Subscription:
    """Loads the subscription. Raises NotFound if it has expired."""
    stored = ports.subscriptions.get(subscription_id)
    if stored is None or stored.is_over(ports.now()):
        raise NotFound(EXPIRED)
    return stored


def _activate(present: Subscription, ports: Ports) -> Subscription:
    _refuse_stopped(present)
    return present if present.state == "active" else mark_active(present, current_second(ports))


def _count_try(present: Subscription, ports: Ports) -> Subscription:
    """Returns the subscription with one more try of its code. Raises NotFound if the code has
    expired or was tried too often."""
    is_late = present.created_at + CONFIRMED_WITHIN <= ports.now()
    if present.channel != "sms" or is_late or present.confirm_tries >= MOST_CODE_TRIES:
        raise NotFound(EXPIRED)
    return replace(present, confirm_tries=present.confirm_tries + 1)


def _refuse_stopped(present: Subscription) -> None:
    if present.state == "stopped":
        raise Conflict(Text("These alerts were stopped. Subscribe again."), version=present.version)


def _version_conflict(present: Subscription) -> Conflict:
    return Conflict(
        Text("You have changed this on another page or device. Reload and try again."),
        version=present.version,
    )


def _update(
    load: Callable[[], Subscription],
    change: Callable[[Subscription], Subscription],
    ports: Ports,
) -> Subscription:
    """Loads the subscription, changes it and saves it, again on a conflict. Raises
    UpstreamFailed."""
    return update(load, change, ports.subscriptions.save, what=Text("this subscription"))
