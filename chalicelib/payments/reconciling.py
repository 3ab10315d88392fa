"""Compare the ledger with what the provider says it took and sent back, by id and pence."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from chalicelib.errors import AppError
from chalicelib.payments.ledger import Difference, Entry, Reconciliation
from chalicelib.payments.ports import Ports, Taken
from chalicelib.payments.usecases import check

ONE_DAY = timedelta(days=1)
LOOKED_BACK = 7
"""So many days are compared again each morning: a refund may arrive days after it was sent."""


class ReconcilingPorts(Struct, frozen=True):
    """`of_day` gives the ledger's entries of a day, `refused` the refunds that failed on it, `keep`
    stores what was found. All raise UpstreamFailed."""

    payments: Ports
    of_day: Callable[[date], Sequence[Entry]]
    refused: Callable[[date], Sequence[Difference]]
    keep: Callable[[Reconciliation], None]
    zone: ZoneInfo


def reconcile(day: date, ports: ReconcilingPorts) -> Reconciliation:
    """Compare a day. What the ledger lacks is asked for once more, and booked if it is ours. A
    refund that failed on that day differs until one of its amount succeeds.

    Raises: UpstreamFailed.
    """
    taken = ports.payments.provider.taken(*_moments(day, ports.zone))
    found = tuple(differences(ports.of_day(day), taken))
    missing = sorted({each.reference for each in found if each.ledger_pence is None})
    for reference in missing:
        _check(reference, ports.payments)
    if missing:
        found = tuple(differences(ports.of_day(day), taken))
    owed = tuple(each for each in ports.refused(day) if _is_owed(each, ports.payments))
    result = Reconciliation(day=day, at=ports.payments.now(), differences=found + owed)
    ports.keep(result)
    return result


def reconcile_latest(ports: ReconcilingPorts) -> Sequence[Reconciliation]:
    """Compare the last days before today. Raises UpstreamFailed."""
    today = ports.payments.now().astimezone(ports.zone).date()
    days = (today - n * ONE_DAY for n in range(LOOKED_BACK, 0, -1))
    return [reconcile(day, ports) for day in days]


def differences(ledger: Iterable[Entry], taken: Iterable[Taken]) -> Iterator[Difference]:
    """What the ledger and the provider do not agree about, by id."""
    ours = {each.entry_id: each for each in ledger}
    theirs = {each.entry_id: each for each in taken}
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


def _is_owed(refused: Difference, ports: Ports) -> bool:
    charge = ports.charges.get(refused.reference)
    return charge is not None and charge.is_owed(refused.entry_id.removeprefix("refund:"))


def _moments(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The beginning of the day and of the next one."""
    return datetime.combine(day, time(), zone), datetime.combine(day + ONE_DAY, time(), zone)


def _check(reference: str, ports: Ports) -> None:
    """Looks at a request again; a reference without a charge stays a difference."""
    with suppress(AppError):
        check(reference, ports, settled_too=True)
