"""Rate limits: the origin of a call, and whether it is within its limits. Staff at work are not
limited: their actions are audited instead.
"""

from functools import cache
from typing import TYPE_CHECKING

from chalice.app import Request

from chalicelib.accounts.destinations import parse_contact
from chalicelib.accounts.model import Account, Destination
from chalicelib.accounts.usecases import rate_limits
from chalicelib.accounts.usecases.code_requests import RequestOrigin
from chalicelib.accounts.usecases.rate_limits import Flow, Sender
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import limit_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.handlers.http.audit import record_action
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.cdn import viewer_address
from chalicelib.kernel import idempotency, proof_of_work
from chalicelib.kernel.audit_entry import Action
from chalicelib.kernel.observability import logs
from chalicelib.reports.drafts import Draft, UpdateDraft
from chalicelib.reports.parts import Contact
from chalicelib.reports.usecases.access import Admit, Client, MayWrite
from chalicelib.reports.usecases.following import AdmitFollower

if TYPE_CHECKING:
    from chalicelib.alerts.model import SubscriptionRequest

DEVICE = "x-ginnel-device"
"""A random text that the web client made for its device."""
LONGEST_DEVICE = 64


def check(flow: Flow, call: Call, *typed: Destination) -> None:
    """Counts one more use for the call. Raises TooMany, Forbidden, UpstreamFailed."""
    if count := defer_count(flow, call, *typed):
        count()


def check_resident(flow: Flow, call: Call) -> None:
    """Counts one more use for the call, unless staff make it. Raises as `check` does."""
    if not call.caller.author().staff_in:
        check(flow, call)


def check_hold(units: int, call: Call) -> None:
    """Counts one more hold of so many units. Raises TooMany, Forbidden."""
    sender = _sender(call)
    if any(sender):
        rate_limits.check("hold", sender, (), limit_ports())
        rate_limits.check("held units", sender, (), limit_ports(), amount=units)


def defer_count(flow: Flow, call: Call, *typed: Destination) -> Admit | None:
    """Returns a function that counts one more use as soon as the submission is known to be new,
    once however often it is called, and raises as `check` does. None if nothing is to be
    counted."""
    sender = _sender(call)
    if not any(sender) and not typed:
        return None
    return cache(lambda: rate_limits.check(flow, sender, typed, limit_ports()))


def code_requester(call: Call, to: Destination, known_device: str | None = None) -> RequestOrigin:
    """The origin of a request for a code to that address. Counts one more, unless the device is
    known: then strangers in its network cannot lock it out. Raises TooMany, Forbidden (an address
    that the caller confirmed is blocked), UpstreamFailed."""
    sender, ports = _sender(call), limit_ports()
    is_blocked = rate_limits.is_blocked([to], ports)
    if known_device is None:
        rate_limits.check("code", sender, (), ports)
    return RequestOrigin(rate_limits.network_key(sender, ports), known_device, is_blocked)


def defer_follower_count(call: Call) -> AdmitFollower:
    """Returns a function that counts one more follower of the report of that id, once however often
    it is called. Raises TooMany, Forbidden."""
    sender, is_known = _sender(call), call.caller.account is not None
    return cache(
        lambda service_request_id: rate_limits.check_follower(
            service_request_id, sender, is_known=is_known, ports=limit_ports()
        )
    )


def client_of(call: Call) -> Client:
    """The identifier of a caller who is not signed in."""
    if call.caller.account:
        return Client()
    return Client(_network_digest(call), _device_of(call))


def _network_digest(call: Call) -> str | None:
    network = network_of(call.request)
    try:
        return limit_ports().networks.key(network) if network else None
    except UpstreamFailed as error:
        logs.failure("networks cannot be told apart, it passed", error)
        return None


def may_write(call: Call, *typed: Destination) -> MayWrite | None:
    """Returns a function that says whether messages may be sent to addresses that the caller only
    typed, and counts that, as soon as the submission is known to be new. None if the caller typed
    none."""
    if not typed:
        return None
    return cache(lambda: rate_limits.may_send_messages(_sender(call), typed, limit_ports()))


def is_blocked(*typed: Destination) -> bool:
    """True if one of these unconfirmed addresses is on the block list. Raises UpstreamFailed."""
    return rate_limits.is_blocked(typed, limit_ports())


def is_silent(call: Call, wish: "SubscriptionRequest") -> bool:
    """Counts one more subscription. True if its address is on the block list: then it is stored
    like others, and nothing is sent. Raises as `check` does."""
    typed = subscription_addresses(wish)
    check("subscribe", call, *typed)
    return is_blocked(*typed)


def refuse_blocked(account: Account) -> None:
    """Raises Forbidden if an address that the caller confirmed is on the block list,
    UpstreamFailed."""
    rate_limits.refuse_blocked(_confirmed_addresses(account), limit_ports())


def admit_report(draft: Draft, key: str, call: Call) -> Admit | None:
    """The check of a new report: reports that staff take for a resident are audited, all others are
    counted."""
    author = call.caller.author()
    if draft.channel == "online" or not author.staff_in:
        return defer_count("report", call)
    request_id = reports_ports().ids.service_request_id(author.scope, key)

    def record() -> None:
        record_action("reports.assist", request_id, draft.channel, call.caller)
        if draft.is_concession:
            record_action("payments.concession", request_id, "", call.caller)

    return cache(record)


def may_write_to_contact(draft: Draft, call: Call) -> MayWrite | None:
    """The check whether messages may be sent to the report's contact. None if staff typed the
    contact for a resident who called, because the messages are for that resident."""
    if draft.channel == "online" or not call.caller.author().staff_in:
        return may_write(call, *contact_addresses(draft.contact))
    return None


def admit_update(service_request_id: str, draft: UpdateDraft, call: Call) -> Admit | None:
    """The check of a new update: updates of staff are audited, all others are counted."""
    if not call.caller.author().staff_in:
        return defer_count("update", call)
    details = f"state={draft.state}" if draft.state else ""
    return _defer_audit("reports.update", service_request_id, details, call)


def contact_addresses(given: Contact | None) -> tuple[Destination, ...]:
    """The addresses of a contact that can be told apart from others."""
    if given is None:
        return ()
    found = (
        given.email and parse_contact("email", given.email),
        given.phone and parse_contact("phone", given.phone),
    )
    return tuple(each for each in found if each)


def subscription_addresses(wish: "SubscriptionRequest") -> tuple[Destination, ...]:
    """The address of a new subscription, which is normalised."""
    if wish.to is None:
        return ()
    return (Destination("phone" if wish.channel == "sms" else "email", wish.to),)


def network_of(request: Request) -> str | None:
    """The network address of the client that called the CDN; None if no CDN is before the API."""
    if not container.settings().origin_secret_arn:
        return None
    return viewer_address(request.headers, container.secret("origin").accepted_values())


def _device_of(call: Call) -> str | None:
    if call.caller.session:
        return call.caller.session.session_id
    sent = str(call.request.headers.get(DEVICE, ""))[:LONGEST_DEVICE]
    return sent if sent.isprintable() and sent else None


def _sender(call: Call) -> Sender:
    return Sender(
        network_of(call.request),
        _device_of(call),
        _confirmed_addresses(call.caller.account),
        is_proven=_is_proven(call),
    )


def _is_proven(call: Call) -> bool:
    headers = call.request.headers
    proof = str(headers.get(proof_of_work.HEADER, ""))
    return proof_of_work.is_valid(str(headers.get(idempotency.HEADER, "")).strip(), proof)


def _confirmed_addresses(account: Account | None) -> tuple[Destination, ...]:
    return tuple(each.destination for each in account.addresses) if account else ()


def _defer_audit(action: Action, subject: str, details: str, call: Call) -> Admit:
    return cache(lambda: record_action(action, subject, details, call.caller))
