"""Who may write through Open311 and read the feed of changes: partners, each with an API key."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

PER_MINUTE = 60
READS_A_WRITE = 10
"""A key may read so many times as often as it may write: a read costs more to answer, and a mistake
of a partner's asks for ever."""

Name = Annotated[
    str,
    Meta(max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$", description="one line of text"),
]
Code = Annotated[str, Meta(max_length=200)]
Reports = Literal["public", "waiting", "private"]
"""How visible a partner's reports are at first: as their service has it, waiting for an officer's
look, or never public."""


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """A partner's key as it is kept: of the key itself only a digest. `service_codes` are those
    that it may report, None for all; with `sets_state` its updates move a report's state;
    `reports` is how visible its reports are at first; `per_minute` is how often it may write, and
    READS_A_WRITE times as often it may read; `last_used_at` is written once an hour at most."""

    key_id: str
    name: str
    hashed: str
    service_codes: tuple[str, ...] | None
    sets_state: bool
    per_minute: int
    created_at: datetime
    reports: Reports = "public"
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def may_report(self, service_code: str) -> bool:
        return self.service_codes is None or service_code in self.service_codes


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """What an admin says of a key to be made."""

    name: Name
    service_codes: Annotated[list[Code], Meta(min_length=1, max_length=100)] | None = None
    sets_state: bool = False
    reports: Reports = "public"
    per_minute: Annotated[int, Meta(ge=1, le=6000)] = PER_MINUTE
