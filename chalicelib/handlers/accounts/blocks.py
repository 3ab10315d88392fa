"""Routes of the block list, for administrators."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.accounts.model import Block
from chalicelib.accounts.usecases import block_list
from chalicelib.bootstrap.accounts import block_ports
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import HEX_ID, PAGED, cursor_of, hex_id_of, limit_of
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.fields import copy_fields

routes = Routes(__name__)


class NewBlock(msgspec.Struct, frozen=True, kw_only=True):
    """What to block, and why: an email address with all its tags (name+tag@…), a phone number, or a
    domain with all its subdomains."""

    address_or_domain: Annotated[str, Meta(max_length=254)]
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class BlockView(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the list. It does not reveal the address: to check an address, add it again."""

    block_id: str
    kind: Literal["email", "phone", "domain"]
    domain: str | None
    reason: str
    added_at: datetime
    added_by: str


class BlockList(msgspec.Struct, frozen=True, kw_only=True):
    """Blocked addresses and domains, in no order; `next` is the cursor of the next page."""

    items: list[BlockView]
    next: str | None


class Unblocked(msgspec.Struct, frozen=True, kw_only=True):
    """The entry that was removed from the list."""

    block_id: str


@routes.endpoint(
    "/api/admin/blocks",
    method="GET",
    auth=auth.may("blocks.manage"),
    summary="List blocked addresses and domains",
    query=PAGED,
)
def blocks(call: Call) -> BlockList:
    after = cursor_of(call, HEX_ID)
    found = block_list.list_blocks(limit=limit_of(call), after=after, ports=block_ports())
    return BlockList(items=[_view(each) for each in found.blocks], next=found.next)


@routes.endpoint(
    "/api/admin/blocks",
    method="POST",
    auth=auth.may("blocks.manage"),
    summary="Block an address or a domain",
    success=HTTPStatus.CREATED,
)
def block(call: Call, sent: NewBlock) -> BlockView:
    actor = call.caller.signed_in.account_id
    return _view(block_list.block(sent.address_or_domain, sent.reason, actor, block_ports()))


@routes.endpoint(
    "/api/admin/blocks/{block_id}",
    method="DELETE",
    auth=auth.may("blocks.manage"),
    summary="Unblock an address or a domain",
)
def unblock(call: Call, block_id: str) -> Unblocked:
    which = hex_id_of(block_id, "This entry is not in the list.")
    block_list.unblock(which, call.caller.signed_in.account_id, block_ports())
    return Unblocked(block_id=block_id)


def _view(block: Block) -> BlockView:
    return copy_fields(BlockView, block)
