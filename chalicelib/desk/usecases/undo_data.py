"""The data stored to undo an officer's change."""

from chalicelib.desk.model import Undo
from chalicelib.desk.ports import Ports
from chalicelib.errors import Conflict, NotFound
from chalicelib.kernel.ids import derived_id


def undo_id_of(account_id: str, change: str, key: str) -> str:
    """The id under which an officer can undo the change that was made with this key. `change` names
    the kind of the change and its report."""
    return derived_id("undo", account_id, change, key)


def refuse_reused_key(undo_id: str, fingerprint: str, ports: Ports) -> None:
    """Raises Conflict if this id belongs to another change, UpstreamFailed."""
    known = ports.store.find_undo(undo_id)
    if known is not None and known.fingerprint != fingerprint:
        raise Conflict(
            "Something else was changed with this Idempotency-Key. To make this change, use a "
            "new key."
        )


def get_undo(undo_id: str, account_id: str, ports: Ports) -> Undo:
    """The data to undo an officer's change now. Raises NotFound, also for the change of another
    officer, and Conflict if it is too late."""
    undo = ports.store.find_undo(undo_id)
    if undo is None or undo.account_id != account_id:
        raise NotFound("You have no change with this number to undo.")
    if ports.now() > undo.until:
        raise Conflict("You can no longer undo this. Change it back by hand.")
    return undo
