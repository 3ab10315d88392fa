"""Answers of the API use views, not stored types. A new stored field stays out of the answers until
a view names it."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args, get_type_hints

import msgspec

import chalicelib
from chalicelib.accounts.model import Grant, SavedPlace
from chalicelib.alerts.model import QuietHours, Topic
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.catalogue.decisions import Reason
from chalicelib.catalogue.prices import OrderItem, PriceLine
from chalicelib.disruptions.model import DisruptionArea
from chalicelib.garden.model import Year
from chalicelib.handlers.http.route_facts import RouteFacts
from chalicelib.handlers.registry import ROUTES
from chalicelib.kernel.dynamo.attributes import JsonAttribute
from chalicelib.payments.ledger import Difference
from chalicelib.reports.orders import Order
from chalicelib.reports.parts import Contact, MissedCollection
from chalicelib.reports.published import Delay

Struct = type[msgspec.Struct]
SHOWN_AS_STORED: Mapping[Struct, tuple[str, ...]] = {
    Contact: ("name", "email", "phone"),
    Delay: ("promised_datetime", "reason", "given_at"),
    Difference: (
        "entry_id",
        "ledger_pence",
        "provider_pence",
        "reference",
        "refused_pence",
        "unchecked_pence",
    ),
    DisruptionArea: ("lat", "long", "radius_m", "ward_code"),
    Grant: ("role", "teams", "wards"),
    MissedCollection: ("container", "date", "disputes"),
    OrderItem: ("code", "count"),
    PriceLine: ("text", "amount_pence", "vat_pence", "vat_percent"),
    QuietHours: ("begin", "end"),
    Reason: ("about", "text"),
    SavedPlace: ("label", "lat", "long"),
    SlotOfDay: ("calendar", "day", "slot"),
    Topic: (
        *("kind", "service_request_id", "lat", "long", "radius_m", "ward_code", "premises_id"),
        "service_codes",
    ),
    Year: ("first", "last", "containers"),
}
"""Values that are stored in the same form as they are sent, with every field that they have."""


def structs_in(kind: Any) -> Iterator[Struct]:
    """The structs in a type, and those in their fields."""
    seen: set[Struct] = set()
    waiting = [kind]
    while waiting:
        each = waiting.pop()
        waiting += get_args(each)
        if isinstance(each, type) and issubclass(each, msgspec.Struct) and each not in seen:
            seen.add(each)
            yield each
            waiting += get_type_hints(each).values()


def answers_of(fact: RouteFacts) -> Iterable[Any]:
    given = fact.answer if isinstance(fact.answer, tuple) else (fact.answer,)
    return [each for each in given if each is not None]


def stored_types() -> set[Struct]:
    """The structs in the attributes of all items."""
    modules = [
        importlib.import_module(module.name)
        for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib.")
        if ".dynamo" in module.name
    ]
    items = {each for module in modules for each in vars(module).values() if isinstance(each, type)}
    attributes = [each for item in items for each in vars(item).values()]
    return {
        struct
        for each in attributes
        if isinstance(each, JsonAttribute)
        for struct in structs_in(each.kind)
    }


def sent_as_stored(facts: Iterable[RouteFacts]) -> dict[str, set[str]]:
    """The routes whose answers have a stored type, with the types; values are left out."""
    stored = stored_types() - SHOWN_AS_STORED.keys()
    found = {
        f"{fact.method} {fact.path}": {
            struct.__name__
            for answer in answers_of(fact)
            for struct in structs_in(answer)
            if struct in stored
        }
        for fact in facts
    }
    return {route: names for route, names in found.items() if names}


def test_no_answer_has_a_stored_type() -> None:
    assert len(stored_types()) > 30
    assert sent_as_stored(fact for routes in ROUTES for fact in routes.facts) == {}


def test_value_that_is_sent_as_it_is_stored_has_only_known_fields() -> None:
    assert {kind: kind.__struct_fields__ for kind in SHOWN_AS_STORED} == dict(SHOWN_AS_STORED)
    assert set(SHOWN_AS_STORED) <= stored_types()


def test_answer_is_detected_when_it_has_a_stored_type() -> None:
    fact = ROUTES[0].facts[0]
    planted = msgspec.structs.replace(fact, answer=tuple[Order, ...])
    assert sent_as_stored([planted]) == {f"{fact.method} {fact.path}": {"Order", "BookedSlot"}}
