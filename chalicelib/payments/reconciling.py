"""Compare the ledger with the provider's list of payments and refunds, by id and amount."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from chalicelib.errors import AppError
from chalicelib.payments.ledger import Difference, Entry, Reconciliation
from chalicelib.payments.model import Charge
from chalicelib.payments.ports import MoneyMovement, Ports
from chalicelib.payments.usecases import check

ONE_DAY = timedelta(days=1)
DAYS_COMPARED = 7
"""The number of days that are compared each morning: a refund may arrive days after it was sent."""


class ReconcilingPorts(Struct, frozen=True):
    """`entries_of_day` gives the ledger's entries of a day, `unresolved_on` the failed
    refunds and ended checks of it, `save` stores the result. All raise UpstreamFailed."""

    payments: Ports
    entries_of_day: Callable[[date], Sequence[Entry]]
    unresolved_on: Callable[[date], Sequence[Difference]]
    save: Callable[[Reconciliation], None]
    zone: ZoneInfo


def reconcile(day: date, ports: ReconcilingPorts) -> Reconciliation:
    """Compare a day. The charge of a payment or refund that the ledger lacks is checked again,
    which books it. A refund that failed on that day is a difference until a refund of its amount
    succeeds.

    Raises: UpstreamFailed.
    """
    movements = _list_movements(day, ports)
    found = tuple(differences(ports.entries_of_day(day), movements))
    missing = sorted({each.reference for each in found if each.ledger_pence is None})
    for reference in missing:
        _check_charge(reference, ports.payments)
    if missing:
        found = tuple(differences(ports.entries_of_day(day), movements))
    owed = tuple(each for each in ports.unresolved_on(day) if _is_still_open(each, ports.payments))
    result = Reconciliation(day=day, at=ports.payments.now(), differences=found + owed)
    ports.save(result)
    return result


def reconcile_latest(ports: ReconcilingPorts) -> Sequence[Reconciliation]:
    """Compare the last days before today. Raises UpstreamFailed."""
    today = ports.payments.now().astimezone(ports.zone).date()
    days = (today - n * ONE_DAY for n in range(DAYS_COMPARED, 0, -1))
    return [reconcile(day, ports) for day in days]


def differences(
    ledger: Iterable[Entry], movements: Iterable[MoneyMovement]
) -> Iterator[Difference]:
    """The differences between the ledger and the provider, in the order of ids."""
    ours = {each.entry_id: each for each in ledger}
    theirs = {each.entry_id: each for each in movements}
    for entry_id in sorted(ours.keys() | theirs.keys()):
        own, other = ours.get(entry_id), theirs.get(entry_id)
        own_pence = own.amount_pence if own else None
        other_pence = other.amount_pence if other else None
        if own_pence != other_pence:
            yield Difference(
                entry_id=entry_id,
                ledger_pence=own_pence,
                provider_pence=other_pence,
                reference=own.service_request_id if own else other.reference if other else "",
            )


def is_open(found: Difference, charge: Charge) -> bool:
    """True while a failed refund is owed, or while a charge that is no longer checked is not
    settled."""
    if found.unchecked_pence is not None:
        return not charge.is_settled
    return charge.is_owed(found.entry_id.removeprefix("refund:"))


def _is_still_open(found: Difference, ports: Ports) -> bool:
    """The same of the stored charge. One that is no longer checked is checked once more."""
    if found.unchecked_pence is not None:
        _check_charge(found.reference, ports)
    charge = ports.charges.get(found.reference)
    return charge is not None and is_open(found, charge)


def _list_movements(day: date, ports: ReconcilingPorts) -> Sequence[MoneyMovement]:
    """The movements of a day at every provider that is set up."""
    bounds = _bounds_of_day(day, ports.zone)
    every = ports.payments.providers.list_all()
    return [found for each in every for found in each.list_movements(*bounds)]


def _bounds_of_day(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The beginning of the day and of the next one."""
    return datetime.combine(day, time(), zone), datetime.combine(day + ONE_DAY, time(), zone)


def _check_charge(reference: str, ports: Ports) -> None:
    """Check the charge of a request again; a reference without a charge stays a difference."""
    with suppress(AppError):
        check(reference, ports, settled_too=True)
