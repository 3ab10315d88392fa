"""What is kept to undo an officer's change."""

from chalicelib.desk.model import Undo
from chalicelib.desk.ports import Ports
from chalicelib.errors import Conflict, NotFound
from chalicelib.kernel.ids import derived_id


def undo_id_of(account_id: str, of: str, key: str) -> str:
    """The id under which an officer can undo the change that was made with this key."""
    return derived_id("undo", account_id, of, key)


def refuse_another(undo_id: str, fingerprint: str, ports: Ports) -> None:
    """Raises Conflict if something else was changed under this id, UpstreamFailed."""
    known = ports.store.undo(undo_id)
    if known is not None and known.fingerprint != fingerprint:
        raise Conflict(
            "Something else was changed with this Idempotency-Key. To make this change, use a "
            "new key."
        )


def keep_for_undo(new: Undo, ports: Ports) -> Undo:
    """Stores the data to undo a change, for its officer; data already stored under that id stays.
    Raises UpstreamFailed."""
    return ports.store.add_undo(new)


def get_undo(undo_id: str, account_id: str, ports: Ports) -> Undo:
    """The data that the officer may still restore. Raises NotFound (also for another officer's),
    Conflict (too late)."""
    undo = ports.store.undo(undo_id)
    if undo is None or undo.account_id != account_id:
        raise NotFound("You have no change with this number to undo.")
    if ports.now() > undo.until:
        raise Conflict("You can no longer undo this. Change it back by hand.")
    return undo
