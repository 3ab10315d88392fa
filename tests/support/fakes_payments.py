"""A provider of card payments, the store of charges and the ledger, in memory."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from chalicelib.errors import Conflict, NoReply, UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.payments.ledger import Difference, Entry, Reconciliation, entry_id
from chalicelib.payments.model import (
    ENDED,
    EXPIRES,
    ORDER,
    Charge,
    Failure,
    PaymentState,
    RefundState,
)
from chalicelib.payments.ports import (
    Charges,
    MoneyMovement,
    NewPayment,
    Ports,
    ProviderPayment,
    ProviderRefund,
    Providers,
    RefundRefused,
)
from chalicelib.payments.reconciling import ReconcilingPorts, reconcile
from tests.support.builders import NOON
from tests.support.fakes import Clock

DAYS_OF_A_STORY = 10
FIRST_PROVIDER = "govuk_pay"
LONDON = ZoneInfo("Europe/London")


class MemoryProvider:
    """Behaves as GOV.UK Pay does: a payment expires after 90 minutes, a refund names the amount
    that was available. Nobody reaches its API before `is_down_until`; its card pages work."""

    def __init__(self, clock: Clock, prefix: str = "") -> None:
        self.prefix = prefix
        self.payments: dict[str, ProviderPayment] = {}
        self.references: dict[str, str] = {}
        self.paid_at: datetime | None = None
        self.is_down_until = clock()
        self.refuses_refunds = False
        self.takes_phone = True
        self._clock = clock

    def create(self, new: NewPayment) -> ProviderPayment:
        self._refuse_while_down()
        provider_id = f"{self.prefix}p{len(self.payments) + 1}"
        self.references[provider_id] = new.reference
        return self._keep(
            ProviderPayment(
                provider_id=provider_id,
                money_id=provider_id,
                reference=new.reference,
                amount_pence=new.amount_pence,
                state="created",
                created_at=self._clock(),
                next_url=f"https://pay.example/{provider_id}",
            )
        )

    def get(self, provider_id: str) -> ProviderPayment:
        self._refuse_while_down()
        return self._present(provider_id)

    def _present(self, provider_id: str) -> ProviderPayment:
        payment = self.payments.get(provider_id)
        if payment is None:
            raise UpstreamFailed("The provider has no such payment.")
        is_open = ORDER[payment.state] < ENDED
        if is_open and payment.created_at + EXPIRES <= self._clock():
            return self._end(payment, "failed", "expired")
        return payment

    def require_phone(self) -> None:
        if not self.takes_phone:
            raise Conflict("A card cannot be taken on the telephone.")

    def cancel(self, provider_id: str) -> None:
        self._refuse_while_down()
        payment = self._present(provider_id)
        if payment.next_url:
            self._end(payment, "cancelled", None)

    def refund(self, paid: ProviderPayment, amount_pence: int, refund_id: str) -> ProviderRefund:
        provider_id, available = paid.provider_id, paid.refundable_pence
        self._refuse_while_down()
        payment = self.payments[provider_id]
        if self.refuses_refunds or not amount_pence <= payment.refundable_pence == available:
            raise RefundRefused
        refund = ProviderRefund(
            provider_id=f"{provider_id}-r{len(payment.refunds) + 1}",
            amount_pence=amount_pence,
            state="submitted",
            created_at=self._clock(),
        )
        left = available - amount_pence
        self._keep(replace(payment, refundable_pence=left, refunds=(*payment.refunds, refund)))
        return refund

    def notified_reference(self, headers: Mapping[str, str], body: bytes) -> str | None:
        return body.decode()

    def take_card(self, provider_id: str, state: PaymentState = "success") -> None:
        """The payer enters a card at the provider's page."""
        payment = self._present(provider_id)
        if payment.next_url:
            self.paid_at = self._clock() if state == "success" else self.paid_at
            self._end(payment, state, None if state == "success" else "declined")

    def list_movements(self, since: datetime, until: datetime) -> Sequence[MoneyMovement]:
        totals = self.totals()
        return [
            MoneyMovement(
                entry_id=each, amount_pence=totals[each], reference=self.references[paid_id]
            )
            for paid_id, paid in self.payments.items()
            for each, at in _moments(paid)
            if each in totals and since <= at < until
        ]

    def settle_refunds(self, state: RefundState = "success") -> None:
        """The submitted refunds reach the payer's bank, or do not."""
        for payment in self.payments.values():
            ended = tuple(
                replace(each, state=state) if each.state == "submitted" else each
                for each in payment.refunds
            )
            self._keep(replace(payment, refunds=ended))

    def totals(self) -> Counter[str]:
        """The pence of each payment that succeeded and each refund that did, as the ledger has
        them."""
        found: Counter[str] = Counter()
        for payment in self.payments.values():
            if payment.state == "success":
                found[f"payment:{payment.provider_id}"] = payment.amount_pence
            for refund in payment.refunds:
                if refund.state == "success":
                    found[f"refund:{refund.provider_id}"] = -refund.amount_pence
        return found

    def _refuse_while_down(self) -> None:
        if self._clock() < self.is_down_until:
            raise UpstreamFailed("The provider is down.")

    def _end(
        self, payment: ProviderPayment, state: PaymentState, failure: Failure | None
    ) -> ProviderPayment:
        left = payment.amount_pence if state == "success" else 0
        return self._keep(
            replace(payment, state=state, failure=failure, next_url=None, refundable_pence=left)
        )

    def _keep(self, payment: ProviderPayment) -> ProviderPayment:
        self.payments[payment.provider_id] = payment
        return payment


def _moments(paid: ProviderPayment) -> Iterator[tuple[str, datetime]]:
    """The moments at which a payment and its refunds were created, by the ids of their entries."""
    yield entry_id("payment", paid.provider_id), paid.created_at
    for each in paid.refunds:
        yield entry_id("refund", each.provider_id), each.created_at


class MemoryCharges:
    """Charges in a dictionary."""

    def __init__(self) -> None:
        self.stored: dict[str, Charge] = {}

    def get(self, service_request_id: str) -> Charge | None:
        return self.stored.get(service_request_id)

    def save(self, charge: Charge) -> Charge:
        stored = self.stored.get(charge.service_request_id)
        if (stored.version if stored else 0) != charge.version:
            raise VersionConflict
        saved = replace(charge, version=charge.version + 1)
        self.stored[charge.service_request_id] = saved
        return saved

    def list_due(self, until: datetime) -> Sequence[str]:
        due = [(each.check_at, each) for each in self.stored.values() if each.check_at]
        return [each.service_request_id for at, each in sorted(due, key=_first) if at <= until]


class Ledger(Protocol):
    """The store of the ledger's entries."""

    def book(self, entry: Entry) -> None: ...

    def entries_of_day(self, day: date) -> Sequence[Entry]: ...


class MemoryLedger:
    """A ledger in a list."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.booked: list[Entry] = []
        self._zone = zone

    def book(self, entry: Entry) -> None:
        if all(each.entry_id != entry.entry_id for each in self.booked):
            self.booked.append(entry)

    def entries_of_day(self, day: date) -> Sequence[Entry]:
        found = [each for each in self.booked if each.at.astimezone(self._zone).date() == day]
        return sorted(found, key=lambda each: (each.at, each.entry_id))


def _first(due: tuple[datetime, Charge]) -> datetime:
    return due[0]


class ProcessCrash(BaseException):
    """The process ends here."""


FAULTS: Sequence[str] = (
    "request lost",
    "reply lost",
    "request late by 1",
    "request late by 2",
    "request late by 4",
    "crash before",
    "crash after",
)


class Faults:
    """Lets every call `through` but those of which `kinds` says what goes wrong. `calls` counts
    them, from 1."""

    def __init__(
        self,
        kinds: Mapping[int, str] = MappingProxyType({}),
        through: Callable[[Callable[[], Any]], Any] = lambda action: action(),
    ) -> None:
        self.calls = 0
        self._through = through
        self._kinds = kinds
        self._late: list[tuple[int, Callable[[], Any]]] = []

    def call(self, action: Callable[[], Any]) -> Any:
        """Does the action, or what goes wrong with it."""
        self.calls += 1
        self._land()
        match self._kinds.get(self.calls):
            case None:
                return self._through(action)
            case "request lost":
                raise UpstreamFailed("It was not sent.")
            case "reply lost":
                action()
                raise NoReply("Its reply was lost.")
            case late if late.startswith("request late by "):
                self._late.append((self.calls + int(late[-1]), action))
                raise NoReply("It did not answer in time.")
            case "crash after":
                action()
                raise ProcessCrash
            case _:
                raise ProcessCrash

    def _land(self) -> None:
        """Delivers the late calls, for whose reply nobody waits."""
        landing = [action for at, action in self._late if at <= self.calls]
        self._late = [each for each in self._late if each[0] > self.calls]
        for action in landing:
            try:
                action()
            except (RefundRefused, VersionConflict):
                continue


@dataclass
class PaymentsWorld:
    """The dependencies of payments with a clock that the test moves."""

    faults: Faults = field(default_factory=Faults)
    clock: Clock = field(default_factory=Clock)
    charges: Charges = field(default_factory=MemoryCharges)
    ledger: Ledger = field(default_factory=lambda: MemoryLedger(LONDON))
    announced_entries: list[Entry] = field(default_factory=list)
    failed_refunds: list[Difference] = field(default_factory=list)
    ended_checks: list[Difference] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    refunded_elsewhere: int = 0
    fulfilled_at: list[datetime] = field(default_factory=list)
    given_up_at: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.provider = MemoryProvider(self.clock)
        self.providers = {FIRST_PROVIDER: self.provider}
        self.current = FIRST_PROVIDER

    def switch_provider(self, name: str, *, keeps_former: bool = True) -> MemoryProvider:
        """Takes new payments at another provider from now on."""
        former = self.providers if keeps_former else {}
        self.provider = MemoryProvider(self.clock, f"{name}-")
        self.providers = {name: self.provider, **former}
        self.current = name
        return self.provider

    def entries(self) -> list[Entry]:
        """The entries of the ledger in memory."""
        assert isinstance(self.ledger, MemoryLedger)
        return self.ledger.booked

    def booked_pence(self) -> Counter[str]:
        """The pence under the id of each entry of the ledger, of all days together."""
        found: Counter[str] = Counter()
        for day in (NOON.date() + timedelta(days=n) for n in range(DAYS_OF_A_STORY)):
            for each in self.ledger.entries_of_day(day):
                found[each.entry_id] += each.amount_pence
        return found

    def notified_pence(self) -> dict[str, int]:
        """The pence of each entry that other systems were told of, by its id."""
        return {each.entry_id: each.amount_pence for each in self.announced_entries}

    def reconcile(self, day: date) -> Reconciliation:
        """The result of a comparison of that day."""
        return reconcile(day, self.reconciling_ports())

    def reconciling_ports(self) -> ReconcilingPorts:
        return ReconcilingPorts(
            payments=self.ports(),
            entries_of_day=self.ledger.entries_of_day,
            unresolved_on=lambda day: (
                [*self.failed_refunds, *self.ended_checks] if day == self.clock().date() else []
            ),
            save=lambda _: None,
            zone=LONDON,
        )

    def ports(self) -> Ports:
        return Ports(
            charges=FaultyPort(self.charges, self.faults),
            providers=Providers(
                self.current,
                lambda: {
                    name: FaultyPort(each, self.faults) for name, each in self.providers.items()
                },
            ),
            book=lambda entry: self.faults.call(lambda: self.ledger.book(entry)),
            on_booked=lambda entry: self.faults.call(lambda: self.announced_entries.append(entry)),
            on_refund_failed=lambda found: self.faults.call(
                lambda: self.failed_refunds.append(found)
            ),
            on_checks_ended=self.ended_checks.append,
            on_paid=lambda _: self.faults.call(lambda: self.fulfilled_at.append(self.clock())),
            on_unpaid=lambda _: self.faults.call(lambda: self.given_up_at.append(self.clock())),
            payment_id=lambda request, number: f"{request}-{number}",
            now=self.clock,
        )


class FaultyPort:
    """A port whose every call goes through the faults."""

    def __init__(self, port: Any, faults: Faults) -> None:
        self._port = port
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        return lambda *given, **named: self._faults.call(lambda: method(*given, **named))
