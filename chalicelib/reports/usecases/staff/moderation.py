"""Decides what is public: residents flag, officers look, reporters withdraw, held reports end."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from msgspec.structs import replace

from chalicelib.errors import Conflict, NotFound
from chalicelib.kernel.time import to_the_second
from chalicelib.reports.drafts import FlagDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Attention, Flag
from chalicelib.reports.ports import Ports
from chalicelib.reports.queries import Waiting
from chalicelib.reports.usecases.access import (
    UNKNOWN,
    Admit,
    Author,
    Client,
    Remit,
    as_service_allows,
    other_body,
    stored,
    update_report,
    visible,
    written_as,
)
from chalicelib.texts import Text

WITHDRAW_WITHIN = timedelta(minutes=5)
MOST_SENDERS = 10
"""The most senders who may flag a report for the same reason; each reason has its own limit."""
MOST_WORDS = 1000
"""The most characters that one sender may write about a report for one reason."""


def flag(
    service_request_id: str,
    draft: FlagDraft,
    key: str,
    author: Author,
    ports: Ports,
    *,
    client: Client = UNKNOWN,
    admit: Admit | None = None,
) -> ServiceRequest:
    """Notes for an officer that a report should not be public as it is. One sender has one flag for
    each reason, to which later words are added. Raises NotFound, Conflict (something else was
    flagged under this key, or there is no room to keep it), and as `admit` does."""
    sender = _sender_of(service_request_id, key, author, client, ports)
    flag_id = ports.ids.update_id(f"flag:{author.scope}", service_request_id, key)
    new = _new_flag(flag_id, draft, sender, ports)

    def change(report: ServiceRequest) -> ServiceRequest:
        if earlier := _sent_as(new.flag_id, report):
            if not _has_said(earlier, new):
                raise other_body(report, ports)
            return report
        after = _with_flag(report, new, ports)
        if after is report:
            return report
        if admit:
            admit()
        if author.account:
            ports.repository.add_author(report.service_request_id, sender)
        return after

    return update_report(lambda: visible(service_request_id, author, ports), change, ports)


def _new_flag(flag_id: str, draft: FlagDraft, sender: str, ports: Ports) -> Flag:
    return Flag(
        flag_id=flag_id,
        reason=draft.reason,
        text=draft.text or "",
        datetime=to_the_second(ports.now()),
        sender=sender,
    )


def _sender_of(
    service_request_id: str, key: str, author: Author, client: Client, ports: Ports
) -> str:
    """The id of the sender: from the account, else from the network, because a device can call
    itself anything. If only the key is known, each key is another sender. Without an account, a
    sender's flags on different reports cannot be linked."""
    if author.account:
        return written_as(author.account, ports)
    told = client.network or client.device or key
    return ports.ids.person(f"flag:{service_request_id}", told)


def _sent_as(flag_id: str, report: ServiceRequest) -> Flag | None:
    return next((f for f in report.flags if flag_id == f.flag_id or flag_id in f.merged), None)


def _has_said(earlier: Flag, new: Flag) -> bool:
    same = new.text in earlier.text if earlier.merged else new.text == earlier.text
    return same and new.reason == earlier.reason


def _with_flag(report: ServiceRequest, new: Flag, ports: Ports) -> ServiceRequest:
    """The report with the flag, or the same object if the sender has said that before. Raises
    Conflict if there is no room."""
    of_reason = [flag for flag in report.flags if flag.reason == new.reason]
    own = next((flag for flag in of_reason if flag.sender == new.sender), None)
    if own is None:
        if len(of_reason) >= MOST_SENDERS:
            raise _no_room(
                Text("Many people have already flagged this report for this reason"), report, ports
            )
        return replace(report, flags=(*report.flags, new))
    if new.text in own.text:
        return report
    text = f"{own.text}\n{new.text}" if own.text else new.text
    if len(text) > MOST_WORDS:
        raise _no_room(Text("You have already told us a lot about this report"), report, ports)
    more = replace(own, text=text, merged=(*own.merged, new.flag_id))
    return replace(report, flags=tuple(more if flag is own else flag for flag in report.flags))


def _no_room(why: str, report: ServiceRequest, ports: Ports) -> Conflict:
    return Conflict(
        Text(
            "{why}, and an officer will look at it. We could not store what you sent. If it is "
            "something new, call us on {phone}.",
            why=why,
            phone=ports.council.phone,
        ),
        version=report.version,
    )


def withdraw(service_request_id: str, key: str, author: Author, ports: Ports) -> ServiceRequest:
    """Withdraws a report and forgets what it said. The key it was sent under proves the sender.

    Raises NotFound (another key, too), Conflict (too late).
    """
    if ports.ids.service_request_id(author.scope, key) != service_request_id:
        raise NotFound("You did not send a report with this Idempotency-Key.")

    def change(report: ServiceRequest) -> ServiceRequest:
        if report.visibility == "withdrawn":
            return report
        refuse_if_others_joined(report, ports)
        if ports.now() - report.requested_datetime > WITHDRAW_WITHIN:
            minutes = WITHDRAW_WITHIN // timedelta(minutes=1)
            raise Conflict(
                Text(
                    "You can only withdraw a report for {minutes} minutes. Call us on {phone} if "
                    "it should not be public.",
                    minutes=minutes,
                    phone=ports.council.phone,
                )
            )
        return emptied(report, ports)

    return taken_back(service_request_id, change, ports)


def taken_back(
    service_request_id: str,
    change: Callable[[ServiceRequest], ServiceRequest],
    ports: Ports,
) -> ServiceRequest:
    """The report after `change`, which empties it or refuses to. Items beside the report are
    dropped first, because an empty report no longer knows its photos and nobody would ask again;
    items that came meanwhile are dropped at the end. Raises as `change` does."""
    before = stored(service_request_id, ports)
    if change(before) is not before:
        ports.photos.let_go(service_request_id, [photo.photo_id for photo in before.photos])
        drop_beside(service_request_id, ports)
    withdrawn = update_report(lambda: stored(service_request_id, ports), change, ports)
    drop_beside(service_request_id, ports)
    return withdrawn


def refuse_if_others_joined(report: ServiceRequest, ports: Ports) -> None:
    """Raises Conflict if other reports were merged into this one."""
    if report.duplicates:
        raise Conflict(
            Text(
                "Other reports of the same problem were merged into this one, so you cannot "
                "withdraw it. Call us on {phone} if it should not be public.",
                phone=ports.council.phone,
            )
        )


def drop_beside(service_request_id: str, ports: Ports) -> None:
    """Forgets the updates and notes that are kept beside a withdrawn report, and who wrote on
    it."""
    ports.repository.drop_archived(service_request_id)
    ports.repository.drop_authors(service_request_id)
    ports.repository.drop_notes(service_request_id)


def publish_held(ports: Ports) -> int:
    """Makes the reports public whose holding time is over. Returns how many."""
    count = 0
    while due := ports.repository.needing("held", until=ports.now(), limit=100, after=None):
        released = [_release(each.service_request_id, ports) for each in due]
        count += sum(released)
        if not any(released):
            return count
    return count


class Waiters(NamedTuple):
    """Some of the waiting reports; the list continues at `next`, which is None at the end."""

    reports: Sequence[Waiting]
    next: str | None


def needing_attention(
    attention: Attention, author: Author, *, limit: int, after: str | None, ports: Ports
) -> Waiters:
    """Reports in the officer's remit that somebody has to look at, those that wait longest first.
    Reads `limit` of all reports, so a page may be short, or empty, if the remit is small."""
    found = ports.repository.needing(attention, until=None, limit=limit, after=after)
    following = found[-1].place if len(found) == limit else None
    return Waiters(_in_remit(found, author, ports), following)


def _in_remit(found: Sequence[Waiting], author: Author, ports: Ports) -> Sequence[Waiting]:
    """The reports in the officer's remit. The index does not tell teams and wards apart, so a
    narrow remit reads the reports again."""
    if Remit() in author.officer_in:
        return found
    stored = ports.repository.many([each.service_request_id for each in found])
    visible = {key for key, report in stored.items() if author.is_officer_for(report)}
    return [each for each in found if each.service_request_id in visible]


def emptied(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """The report after it was withdrawn: nothing that it said is left."""
    return replace(
        report.without_contact().with_visibility("withdrawn", ports.now()),
        state="cancelled",
        title=None,
        description="",
        lat=None,
        long=None,
        address=None,
        premises_id=None,
        review_on=None,
        collection=None,
        asset_id=None,
        attributes={},
        because=(),
        photos=(),
        reporter=None,
        flags=(),
        questions=(),
        needs=(),
        updates=(),
        held_updates=(),
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
    return update_report(lambda: stored(service_request_id, ports), change, ports) != before
