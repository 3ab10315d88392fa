"""Administrators keep the list of blocked addresses and domains."""

from collections.abc import Sequence
from typing import NamedTuple

from chalicelib.accounts import audit
from chalicelib.accounts.destinations import parse_contact
from chalicelib.accounts.limit_ports import BlockPorts
from chalicelib.accounts.model import Block, Destination
from chalicelib.errors import Invalid, NotFound
from chalicelib.kernel.time import truncate_to_second


class BlockPage(NamedTuple):
    """Some entries of the list, by id; `next` is the place to continue from, None at the end."""

    blocks: Sequence[Block]
    next: str | None


def block(address_or_domain: str, reason: str, actor: str, ports: BlockPorts) -> Block:
    """Adds an address, or a domain with all its subdomains; an existing entry stays. Raises
    Invalid."""
    of = _parse_domain(address_or_domain) or _parse_destination(address_or_domain)
    entry = Block(
        block_id=ports.blocks.id_of(of),
        kind="domain" if isinstance(of, str) else of.kind,
        domain=of if isinstance(of, str) else None,
        reason=reason,
        added_at=truncate_to_second(ports.log.now()),
        added_by=actor,
    )
    audit.record_action(actor, "blocks.add", entry.block_id, entry.kind, ports.log)
    return ports.blocks.add(entry)


def unblock(block_id: str, actor: str, ports: BlockPorts) -> None:
    """Removes an entry from the list. Raises NotFound."""
    audit.record_action(actor, "blocks.remove", block_id, "", ports.log)
    if not ports.blocks.remove(block_id):
        raise NotFound("This entry is not in the list.")


def list_blocks(*, limit: int, after: str | None, ports: BlockPorts) -> BlockPage:
    """The list."""
    found = ports.blocks.page(limit=limit, after=after)
    return BlockPage(found, found[-1].block_id if len(found) == limit else None)


def _parse_domain(address_or_domain: str) -> str | None:
    """The domain, as it appears after the @ of an address in it."""
    found = parse_contact("email", f"anybody@{address_or_domain.strip().removeprefix('@')}")
    return found.value.partition("@")[2] if found else None


def _parse_destination(address_or_domain: str) -> Destination:
    found = parse_contact("email", address_or_domain) or parse_contact("phone", address_or_domain)
    if found is None:
        raise Invalid.field(
            "address_or_domain",
            "enter an email address, a phone number or a domain such as example.org",
        )
    return found
