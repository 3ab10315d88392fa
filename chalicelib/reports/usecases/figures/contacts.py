"""How people got in touch in a month, for officers: by which channel, and how much of the contact
was avoidable. The figures count the reports that were requested in the month and are in the
officer's remit, as they are now; unconfirmed reports do not count.

Avoidable contact is:

- *Follow-ups*: entries that a resident added to an open report, which neither reopened it nor
  brought a photo: the resident asks what becomes of the report, or repeats it. The timeline does
  not say which resident it was (nothing there leads to a person), so neighbours' entries count too.
- *Repeated reports*: reports that were merged as duplicates of a report by the same person: from
  the same account, or with the same email address or phone number. Staff type many of them for
  somebody who rings again. Once a sender is forgotten, their repeats can no longer be counted.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Channel
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import OPEN_STATES, State
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.figures.outcomes import list_requested_in
from chalicelib.reports.usecases.reading import read_timeline

BATCH_SIZE = 100
"""How many reports are read together."""


class Contacts(NamedTuple):
    """How many reports came by each channel, how many of these were repeated reports, and how many
    follow-ups there were."""

    reports: Mapping[Channel, int]
    repeated: Mapping[Channel, int]
    follow_ups: int


def contacts_of_month(month: str, author: Author, ports: Ports) -> Contacts:
    """The contacts of the month (YYYY-MM in UTC) in the officer's remit. Raises UpstreamFailed."""
    reports: Counter[Channel] = Counter()
    duplicates: list[ServiceRequest] = []
    follow_ups = 0
    for report in list_requested_in(month, ports):
        if report.visibility == "unconfirmed" or not author.is_officer_for(report):
            continue
        reports[report.channel] += 1
        follow_ups += _count_follow_ups(report, ports)
        if report.duplicate_of:
            duplicates.append(report)
    repeated = Counter(report.channel for report in _find_repeats(duplicates, ports))
    return Contacts(reports, repeated, follow_ups)


def _count_follow_ups(report: ServiceRequest, ports: Ports) -> int:
    with_photo = {photo.update_id for photo in report.photos}
    before: State = "open"
    found = 0
    for update in read_timeline(report, ports):
        is_put_back = update.state == "reopen" and before != "reopen"
        before = update.state
        is_own = update.by == "resident" and update.update_id not in with_photo
        found += is_own and update.state in OPEN_STATES and not is_put_back
    return found


def _find_repeats(duplicates: list[ServiceRequest], ports: Ports) -> Iterator[ServiceRequest]:
    for start in range(0, len(duplicates), BATCH_SIZE):
        some = duplicates[start : start + BATCH_SIZE]
        others = ports.repository.get_many([str(report.duplicate_of) for report in some])
        for report in some:
            other = others.get(str(report.duplicate_of))
            if other and _sender_keys(report) & _sender_keys(other):
                yield report


def _sender_keys(report: ServiceRequest) -> set[tuple[str, str]]:
    """The keys that identify the sender of the report."""
    keys = ("reporter", "email_key", "phone_key")
    return {(key, value) for key in keys if (value := getattr(report, key))}
