"""Prices garden waste subscriptions, and gives premises what a paid request bought."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from chalicelib.catalogue.garden import GARDEN_ITEMS, GardenWaste
from chalicelib.catalogue.model import Council
from chalicelib.catalogue.price_lists import Offer, Price
from chalicelib.catalogue.prices import OrderInput, Quote, compute_quote
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import Invalid, NotFound
from chalicelib.garden.model import GardenSubscription, Purchase
from chalicelib.garden.ports import Ports
from chalicelib.garden.pricing import garden_offers, garden_quote
from chalicelib.garden.usecases import NO_ROUND, buy, subscription_of_request, take_back
from chalicelib.kernel.languages import Language
from chalicelib.reports.model import ServiceRequest


class GardenPurchases:
    """`rules` are None if the council has no garden waste subscriptions; `ports` are for those that
    have."""

    def __init__(self, rules: GardenWaste | None, ports: Callable[[], Ports]) -> None:
        self._rules = rules
        self._ports = ports

    def price(
        self,
        service: ServiceDefinition,
        premises_id: str | None,
        wanted: OrderInput,
        on: date,
        language: Language,
    ) -> Quote:
        """What an order of any service costs. Raises Invalid, UpstreamFailed."""
        if premises_id is None or not self.fulfils(service.service_code):
            return compute_quote(service, wanted, on, language)
        ports = self._ports()
        if not ports.has_round(premises_id):
            raise Invalid.field("premises_id", NO_ROUND)
        stored = ports.subscriptions.get(premises_id)
        return garden_quote(service, wanted, stored, ports.rules, on=on, language=language)

    def offers(self, service: ServiceDefinition, premises_id: str, on: date) -> Sequence[Offer]:
        """What can be ordered for premises; nothing where no garden round passes. Raises
        UpstreamFailed."""
        price = service.price or Price()
        if not self.fulfils(service.service_code):
            return price.offers_on(on)
        ports = self._ports()
        if not ports.has_round(premises_id):
            return ()
        stored = ports.subscriptions.get(premises_id)
        return tuple(garden_offers(price, stored, ports.rules, on))

    def joining_pence(self, premises_id: str, council: Council, on: date) -> int | None:
        """What the first container costs somebody who joins; None where nobody can. Raises
        UpstreamFailed."""
        if self._rules is None:
            return None
        offers = self.offers(council.by_code[self._rules.service], premises_id, on)
        prices = (each.price for each in offers if each.item.code == "join")
        return next((each.first_pence for each in prices if each), None)

    def fulfil(self, report: ServiceRequest) -> None:
        """Gives the premises of a request what it paid for, once; does nothing for other services.
        Raises Conflict if it is no longer possible, UpstreamFailed."""
        for purchase in self._purchases(report):
            buy(purchase, self._ports())

    def take_back(self, report: ServiceRequest) -> None:
        """Takes what a request bought from its premises, once; does nothing for other services.
        Raises UpstreamFailed."""
        for purchase in self._purchases(report):
            take_back(purchase, self._ports())

    def subscription_of(self, report: ServiceRequest) -> GardenSubscription | None:
        """The subscription that a request bought, wherever it has moved; None if it bought none.
        Raises UpstreamFailed."""
        if not self.fulfils(report.service_code):
            return None
        try:
            return subscription_of_request(
                report.service_request_id, report.premises_id or "", self._ports()
            )
        except NotFound:
            return None

    def _purchases(self, report: ServiceRequest) -> Iterator[Purchase]:
        if report.order is None or not self.fulfils(report.service_code):
            return
        kinds = {each.code: each.count for each in report.order.items}
        day = report.requested_datetime.astimezone(self._ports().zone).date()
        for kind in GARDEN_ITEMS:
            if kind in kinds and report.premises_id:
                yield Purchase(
                    service_request_id=report.service_request_id,
                    premises_id=report.premises_id,
                    kind=kind,
                    containers=kinds[kind],
                    day=day,
                )

    def fulfils(self, service_code: str) -> bool:
        """True for the service that sells garden waste subscriptions."""
        return self._rules is not None and self._rules.service == service_code
