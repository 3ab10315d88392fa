"""Residents flag reports that should not be public as they are; an officer looks at each."""

from msgspec.structs import replace

from chalicelib.errors import Conflict
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.drafts import FlagDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Flag
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import (
    UNKNOWN,
    Admit,
    Author,
    Client,
    author_digest,
    entry_key_conflict,
    get_visible_report,
    update_report,
)
from chalicelib.texts import Text

MOST_SENDERS = 10
"""The most senders who may flag a report for the same reason; each reason has its own limit."""
MOST_WORDS = 1000
"""The most characters that one sender may write about a report for one reason."""


def flag_report(
    service_request_id: str,
    draft: FlagDraft,
    key: str,
    author: Author,
    ports: Ports,
    *,
    client: Client = UNKNOWN,
    admit: Admit | None = None,
) -> ServiceRequest:
    """Stores a flag for officers: a report should not be public as it is. One sender has one flag
    for each reason, to which later words are added. Raises NotFound, Conflict (something else was
    flagged under this key, or there is no room to keep it), and as `admit` does."""
    sender = _sender_of(service_request_id, key, author, client, ports)
    flag_id = ports.ids.update_id(f"flag:{author.scope}", service_request_id, key)
    new = _new_flag(flag_id, draft, sender, ports)

    def change(report: ServiceRequest) -> ServiceRequest:
        if earlier := _find_flag(new.flag_id, report):
            if not _is_repeat(earlier, new):
                raise entry_key_conflict(report, ports)
            return report
        after = _with_flag(report, new, ports)
        if after is not report and admit:
            admit()
        if after is not report and author.account:
            ports.repository.add_author(report.service_request_id, sender)
        return after

    return update_report(
        lambda: get_visible_report(service_request_id, author, ports), change, ports
    )


def _new_flag(flag_id: str, draft: FlagDraft, sender: str, ports: Ports) -> Flag:
    return Flag(
        flag_id=flag_id,
        reason=draft.reason,
        text=draft.text or "",
        datetime=truncate_to_second(ports.now()),
        sender=sender,
    )


def _sender_of(
    service_request_id: str, key: str, author: Author, client: Client, ports: Ports
) -> str:
    """The id of the sender: from the account, else from the network, because a device can call
    itself anything. If only the key is known, each key is another sender. Without an account, a
    sender's flags on different reports cannot be linked."""
    if author.account:
        return author_digest(author.account, ports)
    client_name = client.network or client.device or key
    return ports.ids.person_id(f"flag:{service_request_id}", client_name)


def _find_flag(flag_id: str, report: ServiceRequest) -> Flag | None:
    return next((f for f in report.flags if flag_id == f.flag_id or flag_id in f.merged), None)


def _is_repeat(earlier: Flag, new: Flag) -> bool:
    same = new.text in earlier.text if earlier.merged else new.text == earlier.text
    return same and new.reason == earlier.reason


def _with_flag(report: ServiceRequest, new: Flag, ports: Ports) -> ServiceRequest:
    """The report with the flag, or the same object if the sender has said that before. Raises
    Conflict if there is no room."""
    of_reason = [flag for flag in report.flags if flag.reason == new.reason]
    own = next((flag for flag in of_reason if flag.sender == new.sender), None)
    if own is None:
        if len(of_reason) >= MOST_SENDERS:
            raise _no_room_error(
                Text("Many people have already flagged this report for this reason"), report, ports
            )
        return replace(report, flags=(*report.flags, new))
    if new.text in own.text:
        return report
    text = f"{own.text}\n{new.text}" if own.text else new.text
    if len(text) > MOST_WORDS:
        raise _no_room_error(
            Text("You have already told us a lot about this report"), report, ports
        )
    more = replace(own, text=text, merged=(*own.merged, new.flag_id))
    return replace(report, flags=tuple(more if flag is own else flag for flag in report.flags))


def _no_room_error(why: str, report: ServiceRequest, ports: Ports) -> Conflict:
    return Conflict(
        Text(
            "{why}, and an officer will look at it. We could not store what you sent. If it is "
            "something new, call us on {phone}.",
            why=why,
            phone=ports.council.phone,
        ),
        version=report.version,
    )
