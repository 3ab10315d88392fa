"""Reads reports for messages to subscribers."""

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import asdict

from chalicelib.alerts.messages import BookedSlot, Fact, Picture, ReportNews, TimelineEntry
from chalicelib.catalogue.model import Council
from chalicelib.integrations.receipts_for_messages import order_facts
from chalicelib.kernel.languages import Language
from chalicelib.kernel.money import format_pounds
from chalicelib.kernel.site import Site
from chalicelib.reports import ports as reports
from chalicelib.reports.automatic_texts import aspect_of, title_of, translate_text
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import open_needs
from chalicelib.reports.order_lines import translate_order
from chalicelib.reports.orders import booking_of, is_order_act
from chalicelib.reports.parts import Update
from chalicelib.reports.usecases.find_published import published_report_of
from chalicelib.reports.views import photo_address, tracking_url


class ReportsForMessages:
    """Reads reports for messages. `reply_address` makes the address for replies about a report;
    None if no mail is sent."""

    def __init__(
        self,
        ports: Callable[[], reports.Ports],
        council: Council,
        reply_address: Callable[[str], str] | None,
    ) -> None:
        self._ports = ports
        self._council = council
        self._reply_address = reply_address

    def news_of(self, service_request_ids: Sequence[str], site: Site) -> Mapping[str, ReportNews]:
        """The stored ones of these reports, for messages of that site, by id. Raises
        UpstreamFailed."""
        found = self._ports().repository.get_many(service_request_ids)
        return {key: self._news(report, site) for key, report in found.items()}

    def _news(self, report: ServiceRequest, site: Site) -> ReportNews:
        council = self._council.in_language(site.language.code)
        service = council.by_code.get(report.service_code)
        report_id, ports = report.service_request_id, self._ports()
        return ReportNews(
            **asdict(published_report_of(report)),
            service_name=service.service_name if service else report.service_code,
            street=ports.address_lookup.street(report.point) if report.point else None,
            entries=tuple(entry_of(each, site.language) for each in report.updates),
            picture=_picture_of(report, site.language, ports),
            page_url=tracking_url(report, ports, site.language),
            receipt=self._receipt(report, site.language),
            reply_to=self._reply_address(report_id) if self._reply_address else None,
            booked=_booked_slot_of(report, council),
            is_request=service is not None and service.is_request,
            is_paid=report.order is not None and report.order.paid_at is not None,
            paid_amount=_paid_amount_of(report),
        )

    def _receipt(self, report: ServiceRequest, language: Language) -> tuple[Fact, ...]:
        if report.order is None:
            return ()
        order = translate_order(language, report.order, report.service_code, self._council)
        return order_facts(
            order,
            self._council.in_language(language.code),
            language,
            has_failed_refund=any(
                each.reason == "refund_failed" for each in open_needs(report.needs)
            ),
        )


def _picture_of(report: ServiceRequest, language: Language, ports: reports.Ports) -> Picture | None:
    """A public photo of the council's last update, else of the report; None if there is none."""
    if report.visibility != "public":
        return None
    last = report.updates[-1] if report.updates else None
    of_work = report.photos_of(last.update_id) if last and last.by != "resident" else ()
    found = [(report.service_request_id, each) for each in (*of_work, *report.photos_of(None))]
    ready = ports.photos.select_ready(found) if found else ()
    shown = next((photo_id for key, photo_id in found if (key, photo_id) in ready), None)
    if shown is None:
        return None
    if shown in of_work:
        alt = language.say("Photo from the council's update")
    else:
        alt = language.say("Photo of the problem")
    return Picture(photo_address(report, shown, "page", ports), alt)


def _paid_amount_of(report: ServiceRequest) -> str | None:
    order = report.order
    return format_pounds(order.amount_pence) if order and order.paid_at else None


def _booked_slot_of(report: ServiceRequest, council: Council) -> BookedSlot | None:
    booking = booking_of(report.order)
    if booking is None:
        return None
    calendar, place = council.by_calendar.get(booking.place.calendar), booking.place
    where = calendar.place if calendar else None
    slot = council.slot_name(place)
    return BookedSlot(place.day, slot, f"{where.name}, {where.address}" if where else "")


def entry_of(update: Update, language: Language) -> TimelineEntry:
    """The entry of a timeline for messages in the language: without words that a resident typed,
    but with the service's own about what the sender did."""
    by_sender = is_order_act(update) and update.by == "resident"
    words = update.text or None if update.by == "council" or by_sender else None
    said = translate_text(words or "", language)
    return TimelineEntry(
        version=update.version,
        at=update.datetime,
        state=update.state,
        words=said or words,
        is_translated=said is not None,
        title=title_of(words or "", language, by_sender=by_sender),
        aspect=aspect_of(words or ""),
    )
