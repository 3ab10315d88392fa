"""The external dependencies of rate limits and of the block list."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from chalicelib.accounts import audit
from chalicelib.accounts.model import Block, Destination
from chalicelib.accounts.ports import Spend


class Networks(Protocol):
    """Keys for network addresses, which are never kept; raises as Accounts does."""

    def key(self, address: str) -> str:
        """A key that stays the same for a network for half a day; after that nobody can tell whose
        it was."""

    def drop_old_keys(self) -> None:
        """Forgets the secrets behind earlier keys."""


class Blocks(Protocol):
    """The block list; raises as Accounts does."""

    def id_of(self, what: Destination | str) -> str:
        """The id of the entry for an address, or for a domain."""

    def has(self, addresses: Sequence[Destination]) -> bool:
        """True if one of them, or a domain that contains it, is on the list."""

    def add(self, block: Block) -> Block:
        """Stores it unless it exists. Returns the stored entry."""

    def remove(self, block_id: str) -> bool:
        """Removes it; False if there is none."""

    def page(self, *, limit: int, after: str | None) -> Sequence[Block]:
        """Some of the list, by id."""


class LimitPorts(Struct, frozen=True):
    """The dependencies of rate limits; `phone` is the council's."""

    spend: Spend
    networks: Networks
    blocks: Blocks
    phone: str


class BlockPorts(Struct, frozen=True):
    """The dependencies of changes to the block list."""

    blocks: Blocks
    log: audit.Ports
