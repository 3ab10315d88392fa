"""The ports of administrators' changes, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.accounts import audit
from chalicelib.accounts.ports import PeoplePorts
from chalicelib.accounts.ports import Ports as AccountsPorts
from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.audit_entry import Entry


@dataclass
class MemoryTrail:
    """The audit log in a list; it refuses entries while it is `down`."""

    entries: list[Entry] = field(default_factory=list)
    down: bool = False

    def add(self, entry: Entry) -> None:
        if self.down:
            raise UpstreamFailed("Down.")
        if entry.place not in {each.place for each in self.entries}:
            self.entries.append(entry)

    def entries_about(self, subject: str, *, limit: int) -> Sequence[Entry]:
        found = [each for each in self.entries if each.subject == subject]
        return sorted(found, key=lambda each: each.place, reverse=True)[:limit]

    def newest(self, *, limit: int, before: str | None) -> Sequence[Entry]:
        found = sorted(self.entries, key=lambda each: each.place, reverse=True)
        return [each for each in found if before is None or each.place < before][:limit]


def people_ports(accounts: AccountsPorts, trail: MemoryTrail) -> PeoplePorts:
    log = audit.Ports(trail=trail, new_id=accounts.new_id, now=accounts.now)
    return PeoplePorts(
        accounts=accounts.accounts,
        sessions=accounts.sessions,
        log=log,
        team_codes=frozenset(("highways", "parks")),
    )
