"""A Receiver: another system that receives webhooks about public reports, cases or the ledger.

The secret has the format of Standard Webhooks: `whsec_` and base64 of random bytes.
Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md, read 2026-11.
"""

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import asdict, replace

from chalicelib.kernel.field_types import LINE
from chalicelib.kernel.private_fields import HidesPrivate, Private
from chalicelib.outbound.model import DeliveryEvent
from chalicelib.reports.published import Report

SECRET_PREFIX = "whsec_"
SECRET_BYTES = 32

Name = Annotated[str, Meta(min_length=1, max_length=100), LINE]
Url = Annotated[
    str,
    Meta(max_length=500, pattern=r"^https?://[!-~]+$", description="an address with https://"),
]
Codes = Annotated[tuple[Annotated[str, Meta(max_length=50)], ...], Meta(max_length=100)]
FilteredEvent = Literal["submitted", "changed", "ledger.entry"]
LEDGER_ENTRY: FilteredEvent = "ledger.entry"


class Filter(Struct, frozen=True, kw_only=True):
    """Selects the events that a receiver gets; None selects all of reports. The event `gone` is
    sent for every report: it may have had another service or ward when the receiver heard of it;
    without any kind, nothing of reports is sent.
    The ledger's entries are sent only if `kinds` has `ledger.entry`, of all services and wards."""

    service_codes: Codes | None = None
    ward_codes: Codes | None = None
    kinds: tuple[FilteredEvent, ...] | None = None

    def passes(self, report: Report, event: DeliveryEvent) -> bool:
        """True if the receiver gets this event of a report."""
        if not self._takes_reports:
            return False
        return event == "gone" or (
            (self.service_codes is None or report.service_code in self.service_codes)
            and (self.ward_codes is None or report.ward_code in self.ward_codes)
            and (self.kinds is None or event in self.kinds)
        )

    @property
    def takes_ledger(self) -> bool:
        """True if the receiver gets the ledger's entries."""
        return self.kinds is not None and LEDGER_ENTRY in self.kinds

    @property
    def _takes_reports(self) -> bool:
        return self.kinds is None or bool(set(self.kinds) - {LEDGER_ENTRY})


class Receiver(HidesPrivate, frozen=True, kw_only=True):
    """A system that receives webhooks. `case_services` are the services of which it may have every
    case with its work, private ones too, whatever its filter. `version` is 0 until it is
    stored."""

    receiver_id: str
    name: str
    url: str
    secret: Private[str]
    filter: Filter
    case_services: tuple[str, ...] = ()
    enabled: bool
    created_at: datetime
    version: int = 0

    @property
    def destination(self) -> str:
        return self.receiver_id

    @property
    def kind(self) -> Literal["webhook"]:
        return "webhook"


class ReceiverDraft(Struct, frozen=True, kw_only=True):
    """The fields that an admin sends to add a receiver."""

    name: Name
    url: Url
    filter: Filter = Filter()
    case_services: Codes = ()
    enabled: bool = True


class ReceiverChanges(Struct, frozen=True, kw_only=True):
    """The fields of a receiver that an admin changes; None leaves a field as it is."""

    name: Name | None = None
    url: Url | None = None
    filter: Filter | None = None
    case_services: Codes | None = None
    enabled: bool | None = None


def apply_changes(receiver: Receiver, changes: ReceiverChanges) -> Receiver:
    """The receiver after the changes."""
    values = {name: value for name, value in asdict(changes).items() if value is not None}
    return replace(receiver, **values)


def new_secret(random_bytes: Callable[[int], bytes]) -> str:
    """A new random secret."""
    return SECRET_PREFIX + b64encode(random_bytes(SECRET_BYTES)).decode()
