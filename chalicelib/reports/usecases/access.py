"""Who may see which report, and how a stored report is rewritten."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.errors import Conflict, Forbidden, NotFound
from chalicelib.kernel.optimistic import update
from chalicelib.reports.drafts import Draft, FlagDraft, UpdateDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import ContactKind, InitialVisibility
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import Visibility
from chalicelib.reports.queries import PersonKeys
from chalicelib.reports.usecases.reviews import with_review_date
from chalicelib.reports.views import case_url, tracking_url
from chalicelib.texts import Text

PARTNER = "partner:"
"""The prefix of another system's scope, and so of the `reporter` of its reports."""


class Remit(msgspec.Struct, frozen=True):
    """The reports of these teams in these wards; an empty list means all. A report whose ward is
    not known is in no remit that names wards."""

    teams: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()

    def covers(self, report: ServiceRequest) -> bool:
        in_team = not self.teams or report.team in self.teams
        return in_team and (not self.wards or report.ward_code in self.wards)


EVERYWHERE = (Remit(),)
Admit = Callable[[], None]
"""Called before something new is stored; its exceptions are passed on. It is not called for a
repeat of what is stored, which always gets an answer."""
MayWrite = Callable[[], bool]
"""Called before a new report is stored whose reporter wants alerts at addresses that were typed but
not confirmed: the addresses may be another person's. False if these were written to often
enough."""
WITHDRAWN = Text("The reporter has withdrawn this report.")
SHOWN_TO_SENDER: frozenset[Visibility] = frozenset(("public", "waiting", "held", "private"))
"""The visibilities in which another system hears of its own reports: those not taken back."""
PUBLICITY: Sequence[Visibility] = ("private", "waiting", "held", "public")
"""The visibilities of a report that nobody took back, from the least to the most public."""
MOST_PUBLIC: Mapping[str, Visibility] = {
    "private": "private",
    "moderated": "waiting",
    "public": "public",
}
"""How public a report is before an officer looks at it, by the visibility of its service."""
ASSURANCE_LEVELS = ("anonymous", "contact", "proven", "staff")
"""How sure it is who a person is, from the least to the most."""


class Author(msgspec.Struct, frozen=True):
    """The caller. `scope` keeps one caller's Idempotency-Keys apart from another's. `account` is
    None if the caller is not signed in. `token` came with the link to a report. `partner` is the
    key of another system, and `reports` says how visible its reports are at first. The caller
    speaks for the council in the remits of `staff_in`, sees everything and decides in those of
    `officer_in`, and lowers prices in those of `waives_in`; elsewhere the caller is a resident like
    any other. `email_keys` and `phone_keys`
    are the keys of the caller's confirmed addresses, where they matter. `assurance` says how sure
    it is who the caller is."""

    account: str | None = None
    staff_in: tuple[Remit, ...] = ()
    officer_in: tuple[Remit, ...] = ()
    waives_in: tuple[Remit, ...] = ()
    token: str | None = None
    partner: str | None = None
    reports: InitialVisibility = "public"
    email_keys: tuple[str, ...] = ()
    phone_keys: tuple[str, ...] = ()
    assurance: str | None = None

    @property
    def scope(self) -> str:
        if self.partner:
            return partner_scope(self.partner)
        return f"account:{self.account}" if self.account else "anonymous"

    @property
    def person(self) -> PersonKeys:
        assert self.account, "An anonymous caller has no own reports."
        return PersonKeys(self.account, self.email_keys, self.phone_keys)

    def is_contact_of(self, report: ServiceRequest) -> bool:
        """True if the report names an address that the author confirmed."""
        return bool(self.addresses_in(report))

    def addresses_in(self, report: ServiceRequest) -> Sequence[ContactKind]:
        """The kinds of the contact's addresses that the author confirmed."""
        is_own: dict[ContactKind, bool] = {
            "email": report.email_key in self.email_keys,
            "phone": report.phone_key in self.phone_keys,
        }
        return [kind for kind in is_own if is_own[kind]]

    def owns(self, report: ServiceRequest) -> bool:
        """True if the author sent the report from their account, or if no account sent it and it
        names an address that the author confirmed."""
        if report.reporter is not None and not is_from_partner(report):
            return report.reporter == self.account
        return self.is_contact_of(report)

    def is_staff_for(self, report: ServiceRequest) -> bool:
        return any(remit.covers(report) for remit in self.staff_in)

    def is_officer_for(self, report: ServiceRequest) -> bool:
        return any(remit.covers(report) for remit in self.officer_in)

    def may_waive(self, report: ServiceRequest) -> bool:
        """True if the author may decide that less is paid for the report."""
        return any(remit.covers(report) for remit in self.waives_in)

    def acts_for_the_council(self, report: ServiceRequest) -> bool:
        """True if the author is an officer for somebody else's report."""
        return self.is_officer_for(report) and not self.owns(report)

    @property
    def reporter(self) -> str | None:
        """The owner of the reports that this author sends: the owner may see and add to them."""
        return self.scope if self.partner else self.account


class Client(NamedTuple):
    """Tells callers apart who are not signed in: a digest of the network, which changes every half
    a day, and a random text that the device sends. A value that is not known is None."""

    network: str | None = None
    device: str | None = None


UNKNOWN = Client()


def author_digest(account: str, ports: Ports) -> str:
    """The digest under which an account's updates and flags are kept: it finds them, and does not
    reveal who the person is."""
    return ports.ids.person_id("author", account)


def is_from_partner(report: ServiceRequest) -> bool:
    """True if another system sent the report through Open311."""
    return (report.reporter or "").startswith(PARTNER)


def partner_scope(key_id: str) -> str:
    """The scope of another system, which is also the `reporter` of what it sends."""
    return f"{PARTNER}{key_id}"


def is_shown_to_sender(report: ServiceRequest, sender: str | None) -> bool:
    """True if the partner with that scope sent the report and may hear of it."""
    is_own = sender is not None and report.reporter == sender
    return is_own and report.visibility in SHOWN_TO_SENDER


def has_assurance(assurance: str | None, needed: str) -> bool:
    """True if `assurance` is at least as sure as `needed`."""
    return ASSURANCE_LEVELS.index(assurance or "anonymous") >= ASSURANCE_LEVELS.index(needed)


def is_private_service(service_code: str, ports: Ports) -> bool:
    """True if the service is private; False if it is no longer offered."""
    service = ports.council.by_code.get(service_code)
    return service is not None and service.visibility == "private"


def limit_to_service(visibility: Visibility, service_code: str, ports: Ports) -> Visibility:
    """The stricter of this visibility and the service's own. An unconfirmed, hidden or withdrawn
    report stays so; a service that is no longer offered allows every visibility."""
    service = ports.council.by_code.get(service_code)
    if service is None or visibility not in PUBLICITY:
        return visibility
    return min(visibility, MOST_PUBLIC[service.visibility], key=PUBLICITY.index)


def get_visible_report(service_request_id: str, author: Author, ports: Ports) -> ServiceRequest:
    """The report as it is stored. Raises NotFound if there is none, or this author may not see
    it."""
    report = get_report(service_request_id, ports)
    if not _may_see(report, author, ports):
        raise report_not_found(service_request_id)
    return report


def report_not_found(service_request_id: str) -> NotFound:
    """The refusal that does not reveal whether the report exists."""
    return NotFound(Text("There is no report {reference}.", reference=service_request_id))


def get_report(service_request_id: str, ports: Ports) -> ServiceRequest:
    """The report as it is stored, for every caller. Raises NotFound."""
    report = ports.repository.get(service_request_id)
    if report is None:
        raise report_not_found(service_request_id)
    return report


def update_report(
    read: Callable[[], ServiceRequest],
    change: Callable[[ServiceRequest], ServiceRequest],
    ports: Ports,
) -> ServiceRequest:
    """Stores the report after `change` and returns it; reads and changes it again if somebody else
    wrote in between. A change that returns the same object stores nothing.

    Raises UpstreamFailed when others keep writing.
    """
    return update(read, change, lambda after: save(after, ports), what=Text("this report"))


def save(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """Saves the report; a public report of a private service is saved as private, and what was
    granted gets the date of its review. Updates that no
    longer fit are archived before the timeline is trimmed, so that nothing is lost in between.
    Raises VersionConflict."""
    if report.visibility == "public" and is_private_service(report.service_code, ports):
        report = report.with_visibility("private", ports.now())
    kept, oldest = with_review_date(report, ports).split_timeline()
    if oldest:
        ports.repository.archive_updates(
            report.service_request_id, oldest, first=report.archived, version=report.version
        )
    return ports.repository.save(kept)


def canonical_bytes(draft: Draft | UpdateDraft | FlagDraft) -> bytes:
    """The same bytes for equal drafts."""
    values = msgspec.to_builtins(draft)
    # A page in another language may repeat the request.
    values.pop("language", None)
    if values.get("alerts"):
        # Phones repeat requests that they first sent before alerts existed.
        del values["alerts"]
    return msgspec.json.encode(values, order="sorted")


def is_sender_of(report: ServiceRequest, key: str, author: Author, ports: Ports) -> bool:
    """True if the author sent the report under this key. A report that was sent before by somebody
    else, which the author follows instead, has another id."""
    return report.service_request_id == ports.ids.service_request_id(author.scope, key)


def key_conflict(report: ServiceRequest, ports: Ports) -> Conflict:
    """The refusal of another body under a key that was used. It tells the link of the report, as
    the caller is its sender."""
    return _key_conflict(tracking_url(report, ports))


def entry_key_conflict(report: ServiceRequest, ports: Ports) -> Conflict:
    """The same for an entry of a report, which the caller may have seen without being its sender:
    it tells no link that opens more than what the caller has."""
    return _key_conflict(case_url(report, ports))


def _key_conflict(link: str) -> Conflict:
    return Conflict(
        "Something else was stored with this Idempotency-Key, and is unchanged. To send this as "
        "well, use a new key.",
        link=link,
    )


def is_withdrawn(report: ServiceRequest) -> bool:
    """True if the reporter has withdrawn the report: nothing may follow that."""
    return report.visibility == "withdrawn"


def refuse_if_withdrawn(report: ServiceRequest) -> None:
    """Raises Conflict if the reporter has withdrawn the report."""
    if is_withdrawn(report):
        raise Conflict(WITHDRAWN, version=report.version)


def require_team_access(report: ServiceRequest, author: Author) -> None:
    """Raises Forbidden if another team, or another ward's officer, decides about the report."""
    if not author.is_officer_for(report):
        raise Forbidden(Text("This report is in another team or ward: ask an officer there."))


def select_in_remits(
    service_request_ids: Collection[str], remits: Collection[Remit], ports: Ports
) -> Collection[str]:
    """The ids of the reports that a remit covers. Reads no report if a remit covers everything.
    Raises UpstreamFailed."""
    if set(EVERYWHERE) & set(remits):
        return service_request_ids
    found = ports.repository.get_many(sorted(set(service_request_ids)))
    return {key for key, each in found.items() if any(remit.covers(each) for remit in remits)}


def _may_see(report: ServiceRequest, author: Author, ports: Ports) -> bool:
    if report.visibility == "public" or author.is_officer_for(report):
        return True
    if report.visibility == "withdrawn":
        return False
    sent_it = author.reporter is not None and report.reporter == author.reporter
    return sent_it or author.owns(report) or _has_link(report, author, ports)


def _has_link(report: ServiceRequest, author: Author, ports: Ports) -> bool:
    if author.token is None:
        return False
    return ports.ids.is_link_token(report.service_request_id, author.token)
