"""A person confirms, reads, changes or stops a subscription: by the secret link that came with it,
or in their account.

A subscription that a link does not open gets the same answer as one that does not exist, so nobody
can tell from the answer which subscriptions exist.
"""

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
    at_second,
    raise_all,
    with_topic,
)
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.optimistic import VersionConflict, update
from chalicelib.kernel.time import text_of
from chalicelib.texts import Text

AT_ONCE = 100
Holds = Callable[[Subscription, str], bool]
NONE = Text("There is no such subscription, or this link has expired. Subscribe again.")
OVER = Text("This link or code has expired, or was tried too many times. Subscribe again.")


class Shown(Struct, frozen=True, kw_only=True):
    """The proof that opens a subscription: the token of a link, the account that it belongs to, or
    the account whose confirmed address it goes to."""

    token: str | None = None
    account_id: str | None = None
    address_keys: Collection[str] = ()


def asked(subscription_id: str, token: str, ports: Ports) -> Subscription:
    """The subscription that the link in the email asks about; changes nothing. Raises NotFound."""
    stored = _held(subscription_id, ports)
    if not ports.tokens.is_confirm_token(stored, token) or stored.is_silent:
        raise NotFound(OVER)
    return stored


def confirm_by_link(subscription_id: str, token: str, ports: Ports) -> Subscription:
    """Confirms the subscription by the token in the email's link. Raises NotFound, Conflict
    (stopped)."""
    return _rewritten(
        lambda: asked(subscription_id, token, ports), lambda each: _active(each, ports), ports
    )


def confirm_by_code(subscription_id: str, code: str, ports: Ports) -> Subscription:
    """Confirms the subscription by the code in the text message; white space in the code does not
    count. Raises Invalid (another code), NotFound (over, or tried too often), Conflict
    (stopped)."""
    tried = _rewritten(
        lambda: _held(subscription_id, ports), lambda each: _tried(each, ports), ports
    )
    if not ports.tokens.is_confirmation_code(tried, "".join(code.split())) or tried.is_silent:
        raise Invalid.field("code", Text("the code is wrong: check it and enter it again"))
    return _rewritten(
        lambda: _held(subscription_id, ports), lambda each: _active(each, ports), ports
    )


def read(subscription_id: str, shown: Shown, ports: Ports) -> Subscription:
    """The subscription, if the caller may manage it. Raises NotFound."""
    return _opened(subscription_id, shown, ports, ports.tokens.is_manage_token)


def change(
    subscription_id: str, changes: SubscriptionChanges, version: int, shown: Shown, ports: Ports
) -> Subscription:
    """Changes the subscription, if it still has the version that was read. Raises NotFound,
    Invalid, Conflict (another version, which the error carries; or it was stopped)."""
    present = read(subscription_id, shown, ports)
    _refuse_stopped(present)
    if present.version != version:
        raise _stale(present)
    after = _changed(present, changes)
    raise_all(
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
        stored = read(subscription_id, shown, ports)
        # This very call wrote it, if its reply was lost: the stored version is the one that the
        # call makes.
        if replace(stored, version=version) == after:
            return stored
        raise _stale(stored) from None


def stoppable(subscription_id: str, shown: Shown, ports: Ports) -> Subscription:
    """The subscription, if the caller may manage it or has the link of one of its alerts. Raises
    NotFound."""
    tokens = ports.tokens
    return _opened(
        subscription_id, shown, ports, tokens.is_unsubscribe_token, tokens.is_manage_token
    )


def stop(subscription_id: str, shown: Shown, ports: Ports) -> Subscription:
    """Stops the subscription, if the caller may stop it; does nothing the second time. Raises
    NotFound."""
    return _rewritten(
        lambda: stoppable(subscription_id, shown, ports),
        lambda each: (
            each if each.state == "stopped" else mark_stopped(each, "requested", at_second(ports))
        ),
        ports,
    )


def own(by: Shown, *, limit: int, after: str | None, ports: Ports) -> SubscriptionPage:
    """The subscriptions of an account and those that go to its addresses, the latest first."""
    now = ports.now()
    found = all_of(by.account_id or "", by.address_keys, ports.subscriptions)
    places = {_place(each): each for each in found if not each.is_over(now)}
    rest = [place for place in sorted(places, reverse=True) if after is None or place < after]
    onward = rest[limit - 1] if len(rest) > limit else None
    return SubscriptionPage([places[place] for place in rest[:limit]], onward)


def all_of(
    account_id: str, address_keys: Collection[str], subscriptions: Subscriptions
) -> Sequence[Subscription]:
    """Every subscription that belongs to the account, or goes to one of these addresses."""
    found = {each.subscription_id: each for each in subscriptions.at_addresses(address_keys)}
    after: str | None = None
    while True:
        page = subscriptions.of_account(account_id, limit=AT_ONCE, after=after)
        found |= {each.subscription_id: each for each in page.subscriptions}
        if (after := page.next) is None:
            return list(found.values())


def _changed(present: Subscription, changes: SubscriptionChanges) -> Subscription:
    new = {name: value for name, value in asdict(changes).items() if value is not None}
    cleared = dict.fromkeys(new.pop("clear", ()))
    return replace(present, **new | cleared)


def _opened(subscription_id: str, shown: Shown, ports: Ports, *holds: Holds) -> Subscription:
    """The stored subscription, if it belongs to the account, or if one of `holds` accepts the
    token."""
    stored = ports.subscriptions.get(subscription_id)
    if stored is None or stored.is_over(ports.now()):
        raise NotFound(NONE)
    token = shown.token
    if not (any(each(stored, token) for each in holds) if token else _is_owner(stored, shown)):
        raise NotFound(NONE)
    return stored


def _is_owner(stored: Subscription, shown: Shown) -> bool:
    if shown.account_id is None:
        return False
    return stored.account_id == shown.account_id or stored.address_key in shown.address_keys


def _place(subscription: Subscription) -> str:
    """The position of the subscription in a list of subscriptions."""
    return f"{text_of(subscription.created_at)}~{subscription.subscription_id}"


def _held(subscription_id: str, ports: Ports) -> Subscription:
    stored = ports.subscriptions.get(subscription_id)
    if stored is None or stored.is_over(ports.now()):
        raise NotFound(OVER)
    return stored


def _active(present: Subscription, ports: Ports) -> Subscription:
    _refuse_stopped(present)
    return present if present.state == "active" else mark_active(present, at_second(ports))


def _tried(present: Subscription, ports: Ports) -> Subscription:
    """Counts one more try of a code. A code holds for as long as the subscription can be
    confirmed."""
    is_late = present.created_at + CONFIRMED_WITHIN <= ports.now()
    if present.channel != "sms" or is_late or present.confirm_tries >= MOST_CODE_TRIES:
        raise NotFound(OVER)
    return replace(present, confirm_tries=present.confirm_tries + 1)


def _refuse_stopped(present: Subscription) -> None:
    if present.state == "stopped":
        raise Conflict(Text("These alerts were stopped. Subscribe again."), version=present.version)


def _stale(present: Subscription) -> Conflict:
    return Conflict(
        Text("You have changed this on another page or device. Reload and try again."),
        version=present.version,
    )


def _rewritten(
    present: Callable[[], Subscription],
    after: Callable[[Subscription], Subscription],
    ports: Ports,
) -> Subscription:
    """Loads the subscription, changes it and saves it. Raises UpstreamFailed."""
    return update(present, after, ports.subscriptions.save, what=Text("this subscription"))
