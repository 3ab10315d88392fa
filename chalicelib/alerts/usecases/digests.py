"""Collects events for digests, and decides which of them a digest contains."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from chalicelib.alerts.delivery import Alert, digest_alert, subject_of
from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.messages import Notice, ReportNews
from chalicelib.alerts.model import AlertRequested, Subscription
from chalicelib.alerts.times import next_digest
from chalicelib.alerts.usecases.last_alerts import Subject, record_alert
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.site import Site
from chalicelib.kernel.time import truncate_to_second


def add_to_digest(event: AlertRequested, subscription: Subscription, ports: Ports) -> None:
    """Stores the event for the next digest, and creates that digest. Raises UpstreamFailed.

    If that digest is no longer waiting, its sender may have read the events before this one was
    stored. Then the event is stored for the following digest as well, which sends nothing twice.
    """
    now = truncate_to_second(ports.now())
    due = next_digest(subscription.frequency, max(now, event.not_before or now), ports.council.zone)
    ports.alerts.add_to_digest(due, event)
    if _open_digest(digest_alert(subscription, due, now), ports).state != "waiting":
        following = next_digest(subscription.frequency, due, ports.council.zone)
        ports.alerts.add_to_digest(following, event)
        _open_digest(digest_alert(subscription, following, now), ports)


def digest_contents(
    alert: Alert, subscription: Subscription, site: Site, ports: Ports
) -> Sequence[ReportNews | Notice]:
    """The reports and notices in the digest, for the subscriber's site: each once, as it is now,
    reports with their new entries alone, and none that the subscriber was notified of before.
    Raises UpstreamFailed."""
    events = ports.alerts.events_of_digest(alert.subscription_id, alert.occurred_at)
    by_id = _load_subjects(events, subscription, site, ports)
    events = _without_undoable(events, by_id, subscription, ports)
    newest: dict[str, int] = {}
    for event in sorted(events, key=lambda each: each.occurred_at):
        about = subject_of(event)
        if _is_still_true(event, by_id.get(about)):
            newest[about] = max(event.version, newest.get(about, 0))
    subjects = [
        Subject(about, version, by_id[about].version, isinstance(by_id[about], Notice))
        for about, version in newest.items()
    ]
    recorded = ((each, record_alert(alert, subscription, each, ports)) for each in subjects)
    return [
        _with_new_entries(by_id[subject.about], alert, subscription, before)
        for subject, before in recorded
        if before is not None
    ]


def _with_new_entries(
    subject: ReportNews | Notice, alert: Alert, subscription: Subscription, version_before: int
) -> ReportNews | Notice:
    if isinstance(subject, Notice):
        return subject
    return replace(subject, entries=subject.new_entries(alert, subscription, version_before))


def _without_undoable(
    events: Sequence[AlertRequested],
    by_id: Mapping[str, ReportNews | Notice],
    subscription: Subscription,
    ports: Ports,
) -> Sequence[AlertRequested]:
    """The events without those of reports whose last change an officer can still undo. Those are
    stored for the next digest."""
    now = ports.now()
    final = []
    for event in events:
        subject = by_id.get(subject_of(event))
        if isinstance(subject, ReportNews) and not subject.is_final(now):
            add_to_digest(event, subscription, ports)
        else:
            final.append(event)
    return final


def _is_still_true(event: AlertRequested, subject: ReportNews | Notice | None) -> bool:
    if isinstance(subject, ReportNews):
        return subject.is_still_true(event.what, event.version)
    return subject is not None


def _load_subjects(
    events: Iterable[AlertRequested], subscription: Subscription, site: Site, ports: Ports
) -> Mapping[str, ReportNews | Notice]:
    """The reports and notices of the events that this subscriber may see now, by id."""
    reports = {event.service_request_id for event in events if event.service_request_id}
    notices = {event.notice_id for event in events if event.notice_id}
    visible = {
        key: report
        for key, report in (ports.reports(sorted(reports), site) if reports else {}).items()
        if report.may_be_shown_to(subscription)
    }
    return {**visible, **(ports.notices(sorted(notices), site) if notices else {})}


def _open_digest(alert: Alert, ports: Ports) -> Alert:
    """Creates the digest unless it is stored. Returns the stored one."""
    try:
        return ports.alerts.save(alert)
    except VersionConflict:
        return ports.alerts.get(alert.subscription_id, alert.alert_id) or alert
