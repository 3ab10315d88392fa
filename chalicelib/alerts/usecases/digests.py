"""A digest gathers what happens until it is due, and tells what was not told by then."""

from collections.abc import Iterable, Mapping, Sequence

from chalicelib.alerts.delivery import Alert, digest_alert, subject_of
from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.messages import Notice, ReportNews
from chalicelib.alerts.model import AlertRequested, Subscription
from chalicelib.alerts.times import next_digest
from chalicelib.alerts.usecases.telling import Thing, begin_telling
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.site import Site
from chalicelib.kernel.time import to_the_second


def gather(tell: AlertRequested, subscription: Subscription, ports: Ports) -> None:
    """Keeps the event for the next digest, and opens that digest. Raises UpstreamFailed.

    A digest that is no longer waiting may have been read before this event was kept. Then the
    event is kept for the next digest as well, which tells nothing twice.
    """
    now = to_the_second(ports.now())
    due = next_digest(subscription.frequency, max(now, tell.not_before or now), ports.council.zone)
    ports.alerts.add_to_digest(due, tell)
    if _opened(digest_alert(subscription, due, now), ports).state != "waiting":
        following = next_digest(subscription.frequency, due, ports.council.zone)
        ports.alerts.add_to_digest(following, tell)
        _opened(digest_alert(subscription, following, now), ports)


def to_tell(
    alert: Alert, subscription: Subscription, site: Site, ports: Ports
) -> Sequence[ReportNews | Notice]:
    """The things that the digest tells, for the subscriber's site: each once, as it is now, and
    none that was told before. Raises UpstreamFailed."""
    gathered = ports.alerts.events_of_digest(alert.subscription_id, alert.occurred_at)
    known = _known(gathered, subscription, site, ports)
    gathered = _told_now(gathered, known, subscription, ports)
    newest: dict[str, int] = {}
    for tell in sorted(gathered, key=lambda each: each.occurred_at):
        about = subject_of(tell)
        if _holds_still(tell, known.get(about)):
            newest[about] = max(tell.version, newest.get(about, 0))
    things = [
        Thing(about, version, known[about].version, isinstance(known[about], Notice))
        for about, version in newest.items()
    ]
    return [
        known[thing.about]
        for thing in things
        if begin_telling(alert, subscription, thing, ports) is not None
    ]


def _told_now(
    gathered: Sequence[AlertRequested],
    known: Mapping[str, ReportNews | Notice],
    subscription: Subscription,
    ports: Ports,
) -> Sequence[AlertRequested]:
    """The events without reports that an officer changed just now and can put back: those are kept
    for the next digest."""
    now = ports.now()
    found = []
    for tell in gathered:
        thing = known.get(subject_of(tell))
        if isinstance(thing, ReportNews) and not thing.is_final(now):
            gather(tell, subscription, ports)
        else:
            found.append(tell)
    return found


def _holds_still(tell: AlertRequested, thing: ReportNews | Notice | None) -> bool:
    if isinstance(thing, ReportNews):
        return thing.is_still_true(tell.what, tell.version)
    return thing is not None


def _known(
    gathered: Iterable[AlertRequested], subscription: Subscription, site: Site, ports: Ports
) -> Mapping[str, ReportNews | Notice]:
    """The reports and notices that the events are about, if this subscriber may hear of them
    now."""
    reports = {tell.service_request_id for tell in gathered if tell.service_request_id}
    notices = {tell.notice_id for tell in gathered if tell.notice_id}
    shown = {
        key: report
        for key, report in (ports.reports(sorted(reports), site) if reports else {}).items()
        if report.may_be_shown_to(subscription)
    }
    return {**shown, **(ports.notices(sorted(notices), site) if notices else {})}


def _opened(alert: Alert, ports: Ports) -> Alert:
    """The digest as it is stored; stores it if need be."""
    try:
        return ports.alerts.save(alert)
    except VersionConflict:
        return ports.alerts.get(alert.subscription_id, alert.alert_id) or alert
