"""Routes of receivers: administrators choose which other systems are notified by webhook."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.bootstrap.outbound import outbound_ports
from chalicelib.errors import Conflict
from chalicelib.handlers.exchange.deliveries import id_of
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.audit import changed_fields, record_action
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.fields import copy_fields
from chalicelib.outbound.receivers import Filter, Receiver, ReceiverChanges, ReceiverDraft
from chalicelib.outbound.usecases import manage_deliveries, manage_receivers

routes = Routes(__name__)
Moment = Annotated[datetime, Meta(tz=True)]


class ReceiverView(msgspec.Struct, frozen=True, kw_only=True):
    """A receiver, without its secret."""

    receiver_id: str
    name: str
    url: str
    filter: Filter
    case_services: tuple[str, ...]
    enabled: bool
    created_at: datetime
    version: int


class MadeReceiver(ReceiverView, frozen=True, kw_only=True):
    """A new receiver: the only answer with the secret that signs the messages to it."""

    secret: str


class ReceiverList(msgspec.Struct, frozen=True, kw_only=True):
    """Every receiver."""

    items: list[ReceiverView]
    next: None


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """A receiver that is no longer notified."""

    receiver_id: str


class ReplayDraft(msgspec.Struct, frozen=True, kw_only=True):
    """The period of the deliveries to send again, until now if no end is given: those that ended in
    it, within the last 30 days."""

    since: Moment
    until: Moment | None = None


class ReplayView(msgspec.Struct, frozen=True, kw_only=True):
    """How many deliveries are sent again. If there are `more`, send the same request again."""

    replayed: int
    since: datetime
    until: datetime
    more: bool


@routes.endpoint(
    "/api/outbound/receivers",
    method="GET",
    auth=auth.may("receivers.manage"),
    summary="List the systems that get webhooks",
)
def receivers(_: Call) -> ReceiverList:
    found = manage_receivers.list_receivers(outbound_ports())
    return ReceiverList(items=[_view(each) for each in found], next=None)


@routes.endpoint(
    "/api/outbound/receivers",
    method="POST",
    auth=auth.may("receivers.manage"),
    summary="Add a system that gets webhooks; its secret is shown only in this answer",
    success=HTTPStatus.CREATED,
    may_be_keyed=True,
    raises=(Conflict,),
)
def add_receiver(call: Call, draft: ReceiverDraft) -> MadeReceiver:
    scope = call.caller.author().scope
    key = call.key_or_a_new_one
    record_action("receivers.add", manage_receivers.receiver_id_of(scope, key), "", call.caller)
    receiver = manage_receivers.add_receiver(
        draft, key, scope, outbound_ports(), reads_ledger=call.caller.may("ledger.read")
    )
    return copy_fields(MadeReceiver, receiver)


@routes.endpoint(
    "/api/outbound/receivers/{receiver_id}",
    method="PATCH",
    auth=auth.may("receivers.manage"),
    summary="Change a receiver; If-Match names the version",
    versioned=True,
    raises=(Conflict,),
)
def change_receiver(call: Call, changes: ReceiverChanges, receiver_id: str) -> ReceiverView:
    version = call.version
    record_action("receivers.change", id_of(receiver_id), changed_fields(changes), call.caller)
    receiver = manage_receivers.change_receiver(
        id_of(receiver_id),
        changes,
        version,
        outbound_ports(),
        reads_ledger=call.caller.may("ledger.read"),
    )
    return _view(receiver)


@routes.endpoint(
    "/api/outbound/receivers/{receiver_id}",
    method="DELETE",
    auth=auth.may("receivers.manage"),
    summary="Remove a receiver",
)
def remove_receiver(call: Call, receiver_id: str) -> Removed:
    record_action("receivers.remove", id_of(receiver_id), "", call.caller)
    manage_receivers.remove_receiver(id_of(receiver_id), outbound_ports())
    return Removed(receiver_id=receiver_id)


@routes.endpoint(
    "/api/outbound/receivers/{receiver_id}/replay",
    method="POST",
    auth=auth.may("receivers.manage"),
    summary="Resend the webhooks that a receiver was sent in a period",
)
def replay(call: Call, draft: ReplayDraft, receiver_id: str) -> ReplayView:
    record_action("receivers.replay", id_of(receiver_id), "", call.caller)
    done = manage_deliveries.replay(id_of(receiver_id), draft.since, draft.until, outbound_ports())
    return ReplayView(**done._asdict())


def _view(receiver: Receiver) -> ReceiverView:
    return copy_fields(ReceiverView, receiver)
