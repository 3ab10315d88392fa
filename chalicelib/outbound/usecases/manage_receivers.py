"""Manage the receivers of webhooks."""

from collections.abc import Sequence

from msgspec.structs import asdict, replace

from chalicelib.errors import (
    AddressRefused,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    UpstreamFailed,
)
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.optimistic import AlreadyExists, VersionConflict
from chalicelib.kernel.time import truncate_to_second
from chalicelib.outbound.ports import Ports
from chalicelib.outbound.receivers import (
    Filter,
    Receiver,
    ReceiverChanges,
    ReceiverDraft,
    apply_changes,
    new_secret,
)


def list_receivers(ports: Ports) -> Sequence[Receiver]:
    """All receivers."""
    return ports.receivers.all()


def receiver_id_of(scope: str, key: str) -> str:
    """The id of the receiver that the caller of this scope adds with this Idempotency-Key."""
    return derived_id("receiver", scope, key)


def add_receiver(
    draft: ReceiverDraft, key: str, scope: str, ports: Ports, *, reads_ledger: bool = False
) -> Receiver:
    """Add a receiver with a new secret; the same draft with the same key is added once.
    `reads_ledger`: the caller may see the ledger.

    Raises: AddressRefused, Conflict (another draft with this key), Forbidden (it asks for the
    ledger and the caller may not see it), Invalid (an unknown service), UpstreamFailed.
    """
    _check_url(draft.url, ports)
    _check_case_services(draft.case_services, ports)
    _refuse_ledger(draft.filter, reads_ledger)
    receiver = Receiver(
        receiver_id=receiver_id_of(scope, key),
        secret=new_secret(ports.random_bytes),
        created_at=truncate_to_second(ports.now()),
        **asdict(draft),
    )
    try:
        return ports.receivers.create(receiver)
    except AlreadyExists:
        return _find_added(receiver, ports)


def change_receiver(
    receiver_id: str,
    changes: ReceiverChanges,
    version: int,
    ports: Ports,
    *,
    reads_ledger: bool = False,
) -> Receiver:
    """Change a receiver if it still has this version. Only a caller who `reads_ledger` changes one
    that gets the ledger before or after.

    Raises: AddressRefused, Forbidden, Invalid, NotFound, Conflict, UpstreamFailed.
    """
    if changes.url:
        _check_url(changes.url, ports)
    _check_case_services(changes.case_services or (), ports)
    stored = _load_receiver(receiver_id, ports)
    _refuse_ledger(stored.filter, reads_ledger)
    _refuse_ledger(changes.filter or stored.filter, reads_ledger)
    if stored.version != version:
        raise _version_conflict(stored)
    try:
        return ports.receivers.save(apply_changes(stored, changes))
    except VersionConflict as error:
        present = _load_receiver(receiver_id, ports)
        # If only the reply was lost, the stored receiver is already the intended one.
        if replace(present, version=version) == apply_changes(stored, changes):
            return present
        raise _version_conflict(present) from error


def remove_receiver(receiver_id: str, ports: Ports) -> None:
    """Remove a receiver; its waiting deliveries fail. Raises NotFound, UpstreamFailed."""
    _load_receiver(receiver_id, ports)
    ports.receivers.remove(receiver_id)


def _refuse_ledger(asked: Filter, reads_ledger: bool) -> None:
    if asked.takes_ledger and not reads_ledger:
        raise Forbidden("You may not see the ledger, so you cannot send it to another system.")


def _check_case_services(codes: Sequence[str], ports: Ports) -> None:
    for at, code in enumerate(codes):
        if code not in ports.service_codes:
            known = ", ".join(ports.service_codes)
            raise Invalid.field(
                f"case_services[{at}]", f"{code!r} is not a service; choose from: {known}"
            )


def _check_url(url: str, ports: Ports) -> None:
    try:
        ports.check_url(url)
    except AddressRefused as error:
        raise AddressRefused.field("url", error.detail) from error


def _find_added(receiver: Receiver, ports: Ports) -> Receiver:
    stored = ports.receivers.get(receiver.receiver_id)
    if stored is None:
        raise UpstreamFailed("The receiver could not be read back. Send it again.")
    requested = replace(
        receiver, secret=stored.secret, created_at=stored.created_at, version=stored.version
    )
    if stored != requested:
        raise Conflict(
            "Another receiver was added with this Idempotency-Key, or it was changed since. It "
            "is unchanged. To add this one as well, use a new key.",
            version=stored.version,
        )
    return stored


def _load_receiver(receiver_id: str, ports: Ports) -> Receiver:
    stored = ports.receivers.get(receiver_id)
    if stored is None:
        raise NotFound(f"There is no receiver {receiver_id}.")
    return stored


def _version_conflict(present: Receiver) -> Conflict:
    return Conflict(
        f"The receiver has changed since you read it (version {present.version}). Reload it and "
        "try again.",
        version=present.version,
    )
