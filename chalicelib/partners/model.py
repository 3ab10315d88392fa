"""Partners: other systems that write through Open311 and read the feed of changes, each with an API
key."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.kernel.field_types import LINE

PER_MINUTE = 60
READS_A_WRITE = 10
"""A key may read this many times as often as it may write: a read costs more to answer, and a
faulty partner keeps asking."""

Name = Annotated[
    str,
    Meta(min_length=1, max_length=100),
    LINE,
]
Code = Annotated[str, Meta(max_length=200)]
FirstVisibility = Literal["public", "waiting", "private"]
"""How visible a partner's reports are at first: as their service says, waiting for an officer's
review, or never public."""


class ApiKey(Struct, frozen=True, kw_only=True):
    """A partner's stored key, as a digest only. `service_codes` are those that it may report, None
    for all; with `sets_state` its updates change a report's state; `reports` is the first
    visibility of its reports; `per_minute` is the limit of writes, and READS_A_WRITE times that of
    reads; `last_used_at` is written once an hour at most."""

    key_id: str
    name: str
    hashed: str
    service_codes: tuple[str, ...] | None
    sets_state: bool
    per_minute: int
    created_at: datetime
    reports: FirstVisibility = "public"
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def may_report(self, service_code: str) -> bool:
        return self.service_codes is None or service_code in self.service_codes


class NewKey(Struct, frozen=True, kw_only=True):
    """An administrator's request for a new key."""

    name: Name
    service_codes: Annotated[list[Code], Meta(min_length=1, max_length=100)] | None = None
    sets_state: bool = False
    reports: FirstVisibility = "public"
    per_minute: Annotated[int, Meta(ge=1, le=6000)] = PER_MINUTE
