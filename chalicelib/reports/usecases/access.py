"""Who may see which report, and how a stored report is rewritten."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from chalicelib.errors import Conflict, NotFound, UpstreamFailed
from chalicelib.reports.model import Draft, FirstSeen, FlagDraft, ServiceRequest, UpdateDraft
from chalicelib.reports.ports import Ports, Stale
from chalicelib.reports.views import tracking_url

PARTNER = "partner:"
"""What the scope of another system begins with."""
ATTEMPTS = 10
"""How often a change is tried again when somebody else wrote in between."""
PARTNER = "partner:"
"""What the scope of another system begins with, and so who sent its reports."""


@dataclass(frozen=True)
class Author:
    """Who acts. `scope` keeps one caller's Idempotency-Keys apart from another's; `account` is
    None for somebody who is not signed in; staff speak for the council, officers see every
    report; `token` came with the link to one; `partner` is the key of another system,
    and `reports` how visible what it sends is at first."""

    account: str | None = None
    is_staff: bool = False
    is_officer: bool = False
    token: str | None = None
    partner: str | None = None
    reports: FirstSeen = "public"

    @property
    def scope(self) -> str:
        if self.partner:
            return f"{PARTNER}{self.partner}"
        return f"account:{self.account}" if self.account else "anonymous"

    @property
    def reporter(self) -> str | None:
        """Who a report of this author's belongs to: it may be seen and added to by its own."""
        return self.scope if self.partner else self.account


def visible(service_request_id: str, author: Author, ports: Ports) -> ServiceRequest:
    """The report as it is stored. Raises NotFound where there is none, or not for this author."""
    report = stored(service_request_id, ports)
    if not _may_see(report, author, ports):
        raise NotFound(f"There is no report {service_request_id}.")
    return report


def stored(service_request_id: str, ports: Ports) -> ServiceRequest:
    """The report as it is stored, whoever asks. Raises NotFound."""
    report = ports.repository.get(service_request_id)
    if report is None:
        raise NotFound(f"There is no report {service_request_id}.")
    return report


def rewritten(
    read: Callable[[], ServiceRequest],
    change: Callable[[ServiceRequest], ServiceRequest],
    ports: Ports,
) -> ServiceRequest:
    """The report after `change`, stored; read and changed again when somebody else wrote in
    between. A change that answers the very same report stores nothing.

    Raises UpstreamFailed when others keep writing.
    """
    for _ in range(ATTEMPTS):
        report = read()
        after = change(report)
        if after is report:
            return report
        try:
            return save(after, ports)
        except Stale:
            continue
    raise UpstreamFailed("Many people are writing to this report just now; send it again.")


def save(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """Saves the report. What no longer fits of its timeline is archived before it is trimmed, so
    that nothing is lost in between. Raises Stale."""
    kept, oldest = report.trimmed()
    if oldest:
        ports.repository.archive(
            report.service_request_id, oldest, first=report.archived, version=report.version
        )
    return ports.repository.save(kept)


def canonical(draft: Draft | UpdateDraft | FlagDraft) -> bytes:
    """The same bytes for equal drafts."""
    return msgspec.json.encode(draft, order="sorted")


def other_body(report: ServiceRequest, ports: Ports) -> Conflict:
    """The refusal of another body under a key that was used. The key, or having seen the report,
    is what its link may be told for."""
    return Conflict(
        "Something else was stored under this Idempotency-Key. It is kept as it was; "
        "to send this as well, use a new key.",
        link=tracking_url(report, ports),
    )


def refuse_if_withdrawn(report: ServiceRequest) -> None:
    """Raises Conflict where the reporter has taken the report back: nothing may follow that."""
    if report.visibility == "withdrawn":
        raise Conflict("The reporter has withdrawn this report.", version=report.version)


def _may_see(report: ServiceRequest, author: Author, ports: Ports) -> bool:
    if report.visibility == "public" or author.is_officer:
        return True
    if report.visibility == "withdrawn":
        return False
    own = author.reporter is not None and report.reporter == author.reporter
    return own or _has_link(report, author, ports)


def _has_link(report: ServiceRequest, author: Author, ports: Ports) -> bool:
    if author.token is None:
        return False
    return ports.ids.holds_link_token(report.service_request_id, author.token)
