"""Reports and updates that another system sends through Open311, and what these may change."""

from msgspec import Struct

from chalicelib.kernel.private_fields import HidesPrivate, Private
from chalicelib.reports.drafts import Draft
from chalicelib.reports.field_types import UpdateText
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import InitialVisibility
from chalicelib.reports.states import DONE_STATES, OPEN_STATES, State, moves_from

MOST_PHOTOS = 5


class Partner(Struct, frozen=True, kw_only=True):
    """The system that sends, as its API key says. `service_codes` are those that it may send
    reports and updates of, None for all; with `sets_state` its updates change a report's state;
    `reports` is the first visibility of its reports."""

    key_id: str
    service_codes: tuple[str, ...] | None = None
    sets_state: bool = False
    reports: InitialVisibility = "public"

    def may_report(self, service_code: str) -> bool:
        return self.service_codes is None or service_code in self.service_codes


class PartnerReport(HidesPrivate, frozen=True, kw_only=True):
    """A report from another system: its draft, the addresses of photos to fetch, and the photos
    that came as files. `whole` is the whole text for officers if the draft has it cut."""

    draft: Draft
    full_text: Private[str | None] = None
    media_urls: tuple[str, ...] = ()
    files: Private[tuple[bytes, ...]] = ()


class PartnerUpdate(HidesPrivate, frozen=True, kw_only=True):
    """An update from another system; `state` is the report's state in that system. Photos are to be
    fetched, or came as files. `whole` is the same as for PartnerReport."""

    text: UpdateText
    full_text: Private[str | None] = None
    state: State | None = None
    media_urls: tuple[str, ...] = ()
    files: Private[tuple[bytes, ...]] = ()


def state_for_partner(report: ServiceRequest, said: State | None, *, sets_state: bool) -> State:
    """The state after a partner's update. A state that the partner may not set, or that cannot
    follow, is ignored: a refusal would make the partner send the update for ever."""
    if said in ("open", "reopen"):
        if report.state in DONE_STATES:
            return "reopen"
        said = report.state if report.state in OPEN_STATES else "reopen"
    if said is None or not sets_state or said not in moves_from(report.state):
        return report.state
    return said
