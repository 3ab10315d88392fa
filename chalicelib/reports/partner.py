"""What another system sends through Open311, and how far its word goes."""

from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.reports.model import Draft, FirstSeen, ServiceRequest, UpdateText
from chalicelib.reports.states import OPEN_STATES, SAID_TO_BE_DONE, State, moves_from

MOST_PHOTOS = 5


class Partner(Protocol):
    """The system that sends, as its API key says."""

    @property
    def key_id(self) -> str: ...
    @property
    def sets_state(self) -> bool: ...
    @property
    def reports(self) -> FirstSeen: ...
    def may_report(self, service_code: str) -> bool:
        """True for a service that it may send reports and updates of."""


@dataclass(frozen=True, kw_only=True)
class PartnerReport:
    """A report from another system: its draft, where its photos can be fetched, and those that
    came along as files. `whole` is the whole text where the draft has it cut, for officers."""

    draft: Draft
    whole: str | None = field(default=None, repr=False)
    media_urls: tuple[str, ...] = ()
    files: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True)
class PartnerUpdate:
    """An update from another system; `state` is the one that it says the report has there, and
    photos are to be fetched, or came along as files. `whole` as above."""

    text: UpdateText
    whole: str | None = field(default=None, repr=False)
    state: State | None = None
    media_urls: tuple[str, ...] = ()
    files: tuple[bytes, ...] = field(default=(), repr=False)


def state_for_partner(report: ServiceRequest, said: State | None, *, sets_state: bool) -> State:
    """The state after a partner's update. What it may not say, or what cannot follow, leaves the
    state: a refusal would make it send the update for ever."""
    if said in ("open", "reopen"):
        if report.state in SAID_TO_BE_DONE:
            return "reopen"
        said = report.state if report.state in OPEN_STATES else "reopen"
    if said is None or not sets_state or said not in moves_from(report.state):
        return report.state
    return said
