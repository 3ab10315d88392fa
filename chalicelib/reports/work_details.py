"""Says what work a case is, for the people who do it."""

from collections.abc import Iterator

from chalicelib.catalogue.model import Council
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.kernel.fields import copy_fields
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import Order
from chalicelib.reports.published import (
    AnsweredQuestion,
    BookedTime,
    MissedContainer,
    WorkDetails,
    WorkItem,
)


def work_details_of(report: ServiceRequest, council: Council) -> WorkDetails:
    """What has to be done, where and when; names are the council's in English. Codes stand for
    what it no longer offers."""
    service, order = council.by_code.get(report.service_code), report.order
    return copy_fields(
        WorkDetails,
        report,
        uprn=report.premises_id,
        items=tuple(_items(order, service)) if order else (),
        booked=_booked_time(order, council) if order else None,
        missed_collection=_missed_container(report, council),
        answers=tuple(_answers(report, service)),
    )


def _items(order: Order, service: ServiceDefinition | None) -> Iterator[WorkItem]:
    offered = service.price.items if service and service.price else ()
    names = {each.code: each.name for each in offered}
    for each in order.items:
        yield WorkItem(code=each.code, name=names.get(each.code, each.code), count=each.count)


def _booked_time(order: Order, council: Council) -> BookedTime | None:
    """The slot that is booked, or was until the order was cancelled."""
    if order.booking is None or order.state not in ("settled", "cancelled"):
        return None
    place = order.booking.place
    calendar = council.by_calendar.get(place.calendar)
    slots = {each.slot: each for each in calendar.slots} if calendar else {}
    slot = slots.get(place.slot)
    return BookedTime(
        day=place.day,
        slot=place.slot,
        slot_name=council.slot_name(place),
        begins=slot.begins if slot else None,
        minutes=slot.minutes if slot else None,
    )


def _missed_container(report: ServiceRequest, council: Council) -> MissedContainer | None:
    missed = report.collection
    if missed is None:
        return None
    names = {each.container: each.name for each in council.containers}
    return copy_fields(MissedContainer, missed, name=names.get(missed.container, missed.container))


def _answers(
    report: ServiceRequest, service: ServiceDefinition | None
) -> Iterator[AnsweredQuestion]:
    asked = {each.code: each for each in service.attributes} if service else {}
    for code, values in report.attributes.items():
        question = asked.get(code)
        names = {each.key: each.name for each in question.values} if question else {}
        yield AnsweredQuestion(
            code=code,
            question=question.description if question else code,
            values=values,
            texts=tuple(names.get(each, each) for each in values),
        )
