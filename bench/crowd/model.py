"""The model of an invented council, without the product's code."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Phase = Literal["before", "new", "first", "second", "next day"]
Channel = Literal["email", "sms", "push"]

MODERATED, PRIVATE = "graffiti", "noise-nuisance"


class ReportAct(NamedTuple):
    """An event of a report. `what`: submit, lose (submitted and withdrawn at once), show, hide,
    say, merge, or its new state; it is merged `into` the report of that number."""

    what: str
    into: int = -1


@dataclass
class PlannedReport:
    """A report and its changes. `reporter` is the reporter's address."""

    number: int
    service: str
    lat: float
    long: float
    acts: dict[Phase, ReportAct] = field(default_factory=dict)
    reporter: str | None = None
    wants_alerts: bool = True

    @property
    def is_plain(self) -> bool:
        """True if it is public and stays so."""
        whats = {act.what for act in self.acts.values()}
        return self.service not in (MODERATED, PRIVATE) and whats.isdisjoint({"lose", "hide"})


@dataclass(frozen=True, kw_only=True)
class Interest:
    """The topic of a subscription: the report of that number, a circle, a ward, or else the whole
    council."""

    case: int | None = None
    circle: tuple[float, float, float] | None = None
    ward: str | None = None
    services: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Person:
    """A subscriber with an address of their own; `is_quiet` from 9:00 to 20:00."""

    number: int
    channel: Channel
    wishes: tuple[Interest, ...]
    frequency: Literal["now", "daily", "weekly"]
    is_quiet: bool
    standing: Literal["active", "stopped", "suppressed"]

    @property
    def address(self) -> str:
        """The address, or for a browser a name that represents it."""
        match self.channel:
            case "email":
                return f"resident{self.number}@example.org"
            case "sms":
                return f"+4479{self.number:08}"
            case "push":
                return f"browser {self.number}"


class World(NamedTuple):
    """The whole invented council."""

    cases: list[PlannedReport]
    people: list[Person]


def acts_in_order(world: World, phase: Phase) -> list[tuple[int, ReportAct]]:
    """The events of a phase, by the reports' numbers; merging comes first."""
    acts = [(case.number, case.acts[phase]) for case in world.cases if phase in case.acts]
    return sorted(acts, key=lambda each: each[1].what != "merge")
