"""Words text messages about one report, in several lengths. What a shorter one leaves out is never
the fact that the message is about: a state, a day, a slot, an amount."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from chalicelib.alerts.date_ranges import day_words, short_day_words
from chalicelib.alerts.delivery import Alert
from chalicelib.alerts.messages import BookedSlot, ReportNews, TimelineEntry
from chalicelib.alerts.model import Subscription
from chalicelib.alerts.order_words import (
    is_acknowledgement,
    is_booked,
    is_cancelled_order,
    money_of,
    order_title,
)
from chalicelib.alerts.report_words import ReportWords, change_of, name_of
from chalicelib.kernel.languages import Language


def wordings_of_report(
    words: ReportWords,
    alert: Alert,
    subscription: Subscription,
    report: ReportNews,
    new: Sequence[TimelineEntry],
) -> tuple[str, ...]:
    """The wordings of the message about the report and its new entries, longest first."""
    of_order = tuple(_order_wordings(words, alert, subscription, report, new))
    if of_order:
        return (f"{of_order[0]}. {report.reference}", *of_order)
    titles = tuple(_title_wordings(words, alert, subscription, report, new))
    if subscription.is_own and is_cancelled_order(report):
        titles = tuple(". ".join([each, *money_of(report)]) for each in titles)
    return (f"{titles[0]}. {report.reference}", *titles)


def short_slot_words(booked: BookedSlot, language: Language) -> str:
    """Such as "1 June, from 7am"."""
    return f"{short_day_words(booked.day, language)}, {booked.slot}"


def _order_wordings(
    words: ReportWords,
    alert: Alert,
    subscription: Subscription,
    report: ReportNews,
    new: Sequence[TimelineEntry],
) -> Iterator[str]:
    """The wordings if the message is about what the reporter ordered."""
    title = order_title(subscription, new)
    fact: str | None = None
    if title:
        fact = _fact_of_entry(title, report, new[-1])
    elif is_acknowledgement(alert, subscription):
        fact = _fact_of_acknowledgement(words, report)
    if fact:
        yield f"{fact}. {name_of(report)}"
        yield fact
        if report.booked and is_booked(report):
            slot = short_slot_words(report.booked, words.language)
            if not title:
                yield words.language.say("Booked: {slot}", slot=slot)
            elif new[-1].aspect == "order":
                yield words.language.say("Moved: {slot}", slot=slot)


def _fact_of_entry(title: str, report: ReportNews, entry: TimelineEntry) -> str:
    """What happened to the order, with the slot, refund or amount that its title does not name."""
    if report.booked and is_booked(report) and entry.aspect == "order":
        return f"{title}, {report.booked.slot}"
    if any(each.isdigit() for each in title):
        return title
    if is_cancelled_order(report):
        return ". ".join([title, *money_of(report)])
    return f"{title}: {report.paid_amount}" if report.paid_amount else title


def _fact_of_acknowledgement(words: ReportWords, report: ReportNews) -> str | None:
    say = words.language.say
    if report.booked and is_booked(report):
        slot = f"{day_words(report.booked.day, words.language)}, {report.booked.slot}"
        return say("Your booking is confirmed: {report}", report=slot)
    if report.paid_amount and report.state != "cancelled":
        return say("We have your payment: {report}", report=report.paid_amount)
    return None


def _title_wordings(
    words: ReportWords,
    alert: Alert,
    subscription: Subscription,
    report: ReportNews,
    new: Sequence[TimelineEntry],
) -> Iterator[str]:
    """The title, with the new date if it is about one, and shorter names of the state and of the
    report. Only who subscribed to the very report can do without its street."""
    nameless = replace(report, street=None)
    is_of_report = subscription.topic.kind == "report"
    for each in (report, nameless) if is_of_report else (report,):
        match change_of(alert, report, new):
            case "date":
                yield words.new_date(each)
            case "words":
                yield words.introduce(alert, subscription, each, new)[0]
            case "state":
                title, _ = words.introduce(alert, subscription, each, new)
                yield words.first_line(each) if each.planned_day else title
                yield f"{name_of(each)}: {words.short_state(each)}"
