"""The block list, on the table of people. Only a digest of each address is kept."""

from collections.abc import Iterator, Sequence

from chalicelib.accounts.destinations import mailbox_of
from chalicelib.accounts.dynamo.accounts import Digest
from chalicelib.accounts.dynamo.items import BLOCKS, BlockItem
from chalicelib.accounts.model import Block, Destination


class DynamoBlocks:
    """The Blocks port."""

    def __init__(self, table_name: str, digest: Digest) -> None:
        BlockItem.Meta.table_name = table_name
        self._digest = digest

    def id_of(self, what: Destination | str) -> str:
        parts = ("domain", what) if isinstance(what, str) else mailbox_of(what)
        return self._digest("blocked", *parts)[:32]

    def has(self, addresses: Sequence[Destination]) -> bool:
        wanted = {
            self.id_of(each) for address in addresses for each in _address_and_domains(address)
        }
        keys = [(BLOCKS, each) for each in sorted(wanted)]
        with BlockItem.translate_errors():
            return any(True for _ in BlockItem.batch_get(keys, consistent_read=True))

    def add(self, block: Block) -> Block:
        return _block(BlockItem.of(block, BLOCKS, block.block_id).add_or_find())

    def remove(self, block_id: str) -> bool:
        return BlockItem(BLOCKS, block_id).remove_where(BlockItem.owner.exists())

    def page(self, *, limit: int, after: str | None) -> Sequence[Block]:
        rest = BlockItem.record > after if after else None
        with BlockItem.translate_errors():
            return [
                _block(item)
                for item in BlockItem.query(BLOCKS, rest, limit=limit, consistent_read=True)
            ]


def _address_and_domains(address: Destination) -> Iterator[Destination | str]:
    """The address, its domain and all its parent domains."""
    yield address
    if address.kind == "email":
        parts = address.value.rpartition("@")[2].split(".")
        yield from (".".join(parts[at:]) for at in range(len(parts) - 1))


def _block(item: BlockItem) -> Block:
    return item.read_as(Block, block_id=item.record)
