"""What is public: residents flag, officers look, a reporter withdraws, and time releases."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from chalicelib.errors import Conflict, NotFound
from chalicelib.reports.model import (
    Attention,
    Flag,
    FlagDraft,
    ServiceRequest,
    Waiting,
    to_the_second,
)
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import (
    Admit,
    Author,
    Remit,
    as_service_allows,
    other_body,
    rewritten,
    stored,
    visible,
)

WITHDRAW_WITHIN = timedelta(minutes=5)
MOST_FLAGS = 20
"""A report keeps so many flags; what comes after them would tell an officer nothing new."""


def flag(
    service_request_id: str,
    draft: FlagDraft,
    key: str,
    author: Author,
    ports: Ports,
    *,
    admit: Admit | None = None,
) -> ServiceRequest:
    """Notes for an officer that a report should not be public as it is. Raises NotFound,
    Conflict (something else was flagged under this key), and as `admit` does."""
    flag_id = ports.ids.update_id(f"flag:{author.scope}", service_request_id, key)
    new = Flag(
        flag_id=flag_id,
        reason=draft.reason,
        text=draft.text or "",
        datetime=to_the_second(ports.now()),
    )

    def change(report: ServiceRequest) -> ServiceRequest:
        earlier = next((each for each in report.flags if each.flag_id == flag_id), None)
        if earlier and (earlier.reason, earlier.text) != (new.reason, new.text):
            raise other_body(report, ports)
        if earlier or len(report.flags) >= MOST_FLAGS:
            return report
        if admit:
            admit()
        return replace(report, flags=(*report.flags, new))

    return rewritten(lambda: visible(service_request_id, author, ports), change, ports)


def withdraw(service_request_id: str, key: str, author: Author, ports: Ports) -> ServiceRequest:
    """Takes a report back and forgets what it said. The key it was sent under proves the sender.

    Raises NotFound (another key, too), Conflict (too late).
    """
    if ports.ids.service_request_id(author.scope, key) != service_request_id:
        raise NotFound("There is no report that you sent under this Idempotency-Key.")

    def change(report: ServiceRequest) -> ServiceRequest:
        if report.visibility == "withdrawn":
            return report
        refuse_if_others_joined(report, ports)
        if ports.now() - report.requested_datetime > WITHDRAW_WITHIN:
            minutes = WITHDRAW_WITHIN // timedelta(minutes=1)
            raise Conflict(
                f"A report can be withdrawn for {minutes} minutes. Ring us on "
                f"{ports.council.phone} if it should not be public."
            )
        return emptied(report, ports)

    return taken_back(service_request_id, change, ports)


def taken_back(
    service_request_id: str,
    change: Callable[[ServiceRequest], ServiceRequest],
    ports: Ports,
) -> ServiceRequest:
    """The report after `change`, which empties it or refuses to. What stands beside it goes first,
    as an empty report does not know its photos any more and nobody would ask again; and what came
    meanwhile at the end. Raises as `change` does."""
    before = stored(service_request_id, ports)
    if change(before) is not before:
        ports.photos.let_go(service_request_id, [photo.photo_id for photo in before.photos])
        drop_beside(service_request_id, ports)
    withdrawn = rewritten(lambda: stored(service_request_id, ports), change, ports)
    drop_beside(service_request_id, ports)
    return withdrawn


def refuse_if_others_joined(report: ServiceRequest, ports: Ports) -> None:
    """Raises Conflict where other reports were merged into this one."""
    if report.duplicates:
        raise Conflict(
            "Other reports of the same were merged into this one, so it cannot be withdrawn. "
            f"Ring us on {ports.council.phone} if it should not be public."
        )


def drop_beside(service_request_id: str, ports: Ports) -> None:
    """Forgets the updates and notes that are kept beside a report which was taken back."""
    ports.repository.drop_archived(service_request_id)
    ports.repository.drop_notes(service_request_id)


def publish_held(ports: Ports) -> int:
    """Makes those reports public whose time of being held is over. Answers how many."""
    count = 0
    while due := ports.repository.needing("held", until=ports.now(), limit=100, after=None):
        released = [_release(each.service_request_id, ports) for each in due]
        count += sum(released)
        if not any(released):
            return count
    return count


class Waiters(NamedTuple):
    """Some of those that wait; `next` is where to go on, None at the end of the list."""

    reports: Sequence[Waiting]
    next: str | None


def needing_attention(
    attention: Attention, author: Author, *, limit: int, after: str | None, ports: Ports
) -> Waiters:
    """Reports in her remit that somebody has to look at, those that wait longest first. It looks
    at `limit` of all, so where her remit is small a page may be short, or empty."""
    found = ports.repository.needing(attention, until=None, limit=limit, after=after)
    following = found[-1].place if len(found) == limit else None
    return Waiters(_in_her_remit(found, author, ports), following)


def _in_her_remit(found: Sequence[Waiting], author: Author, ports: Ports) -> Sequence[Waiting]:
    """The index does not tell teams and wards apart, so those with a narrow remit read again."""
    if Remit() in author.officer_in:
        return found
    stored = ports.repository.many([each.service_request_id for each in found])
    hers = {key for key, report in stored.items() if author.is_officer_for(report)}
    return [each for each in found if each.service_request_id in hers]


def emptied(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """The report after it was taken back: nothing that it said is left."""
    return replace(
        report.without_contact().with_visibility("withdrawn", ports.now()),
        state="cancelled",
        title=None,
        description="",
        lat=None,
        long=None,
        address=None,
        asset_id=None,
        attributes={},
        because=(),
        photos=(),
        reporter=None,
        flags=(),
        questions=(),
        needs=(),
        updates=(),
        archived=0,
    )


def _release(service_request_id: str, ports: Ports) -> bool:
    def change(report: ServiceRequest) -> ServiceRequest:
        due = report.publish_at is not None and report.publish_at <= ports.now()
        if report.visibility != "held" or not due:
            return report
        seen = as_service_allows("public", report.service_code, ports)
        return report.with_visibility(seen, ports.now())

    before = stored(service_request_id, ports)
    return rewritten(lambda: stored(service_request_id, ports), change, ports) != before
