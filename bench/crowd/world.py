"""An invented council: its subscriptions, and its reports with their changes. For the same sizes it
is the same each time. The wider a subscription, the fewer services it has: otherwise thousands
would match each report.
"""

from random import Random
from typing import NamedTuple

from bench.crowd.model import (
    MODERATED,
    Channel,
    Interest,
    Person,
    Phase,
    PlannedReport,
    ReportAct,
    World,
)
from bench.crowd.places import circle_at, place, radius

WARDS = ("centre", "east", "north", "north-east", "north-west", "south", "south-east", "west")
SERVICES = {
    "pothole": 48,
    "pavement": 16,
    "fly-posting": 12,
    "dog-fouling": 8,
    "graffiti": 6,
    "noise-nuisance": 4,
    "street-name-plate": 3,
    "dead-animal": 2,
    "something-else": 1,
}
"""The services, weighted by their reports in a hundred."""
RARE = tuple(SERVICES)[4:]
ENDS = ("fixed", "closed", "no_further_action")
STEPS = ("investigating", "in_progress", "action_scheduled", *ENDS)
KINDS, WEIGHTS = ("edge", "near", "wide", "ward", "council", "report"), (40, 26, 6, 6, 0.6, 22)
OF_PLACES = ((), (), ("new",), ("state_changed",), ("fixed",), ("new", "fixed"))
OF_REPORTS = ((), (), ("state_changed",), ("fixed", "repair_question"), ("updated",))


class _Reports(NamedTuple):
    """All reports, and those that exist when people subscribe."""

    cases: list[PlannedReport]
    followed: list[PlannedReport]


def world(reports: int, subscriptions: int) -> World:
    """That many reports, some dozens at least, and subscriptions; a few people have two."""
    random = Random(8)
    cases = [_case(number, random) for number in range(reports)]
    _merge(cases, random)
    followed = [each for each in cases if "before" in each.acts and each.is_plain]
    about = _Reports(cases, followed)
    people: list[Person] = []
    while (left := subscriptions - sum(len(each.wishes) for each in people)) > 0:
        people.append(_person(len(people), left, about, random))
    ready = [p.address for p in people if p.channel == "email" and _is_told_at_once(p)]
    for case in cases:
        if random.random() < 0.3:
            is_known = ready and random.random() < 0.5
            case.reporter = random.choice(ready) if is_known else f"case{case.number}@example.org"
            case.wants_alerts = random.random() < 0.8
    return World(cases, people)


def _case(number: int, random: Random) -> PlannedReport:
    (service,) = random.choices(list(SERVICES), list(SERVICES.values()))
    lat, long = place(random)
    begins: Phase = "before" if random.random() < 0.3 else "new"
    is_lost = begins == "new" and random.random() < 0.04
    acts = {begins: ReportAct("lose" if is_lost else "submit")}
    case = PlannedReport(number, service, lat, long, acts)
    if not is_lost:
        _add_acts(case, random)
    return case


def _add_acts(case: PlannedReport, random: Random) -> None:
    """Its events after it was sent."""
    state, is_kept_back = "open", case.service == MODERATED
    phases: tuple[Phase, ...] = ("first", "second", "next day")
    for phase in phases:
        if random.random() < 0.3:
            what = "show" if is_kept_back else _next(state, random)
            case.acts[phase] = ReportAct(what)
            is_kept_back = what == "hide"
            state = what if what in (*STEPS, "reopen") else state


def _next(state: str, random: Random) -> str:
    chance = random.random()
    if chance < 0.3:
        return "say" if chance < 0.2 else "hide"
    onward = ("reopen", *ENDS) if state in ENDS else STEPS
    return random.choice([each for each in onward if each != state])


def _merge(cases: list[PlannedReport], random: Random) -> None:
    """Merges some reports without other events into some with events."""
    idle = [each for each in cases if each.is_plain and len(each.acts) == 1]
    busy = [each for each in cases if each.is_plain and len(each.acts) > 1]
    for case in idle[:: max(1, 20 * len(idle) // max(1, len(cases)))] if busy else ():
        case.acts["first"] = ReportAct("merge", random.choice(busy).number)


def _person(number: int, left: int, about: _Reports, random: Random) -> Person:
    standing = random.choices(("active", "stopped", "suppressed"), (90, 5, 5))[0]
    frequency = random.choices(("now", "daily", "weekly"), (70, 20, 10))[0]
    channel: Channel = random.choice(("email", "sms", "push"))
    person = Person(
        number=number,
        channel=channel,
        wishes=(_random_interest(about, random),),
        frequency=frequency,  # type: ignore[arg-type]
        is_quiet=frequency == "now" and random.random() < 0.2,
        standing=standing,  # type: ignore[arg-type]
    )
    if left > 1 and channel != "push" and _is_told_at_once(person) and random.random() < 0.15:
        case = random.choice(about.cases)
        both = (_edge_circle(case, random), Interest(circle=(case.lat, case.long, 100.0)))
        return Person(**{**vars(person), "wishes": both})
    return person


def _is_told_at_once(person: Person) -> bool:
    return person.frequency == "now" and not person.is_quiet and person.standing == "active"


def _random_interest(about: _Reports, random: Random) -> Interest:
    """Most circles are small, and end at a report."""
    event_types = random.choice(OF_PLACES)
    match random.choices(KINDS, WEIGHTS)[0]:
        case "edge":
            return _edge_circle(random.choice(about.cases), random)
        case "report":
            case = random.choice(about.followed)
            return Interest(case=case.number, event_types=random.choice(OF_REPORTS))
        case "near":
            return Interest(
                circle=(*place(random), radius(100, 300, random)), event_types=event_types
            )
        case "wide":
            circle = (*place(random), radius(300, 10_000, random))
            return Interest(circle=circle, services=_few_services(random), event_types=event_types)
        case kind:
            ward = random.choice(WARDS) if kind == "ward" else None
            return Interest(ward=ward, services=_few_services(random), event_types=event_types)


def _edge_circle(case: PlannedReport, random: Random) -> Interest:
    """A circle that ends at a report."""
    is_rare = case.service in RARE
    radius_m = radius(100, 10_000 if is_rare else 250, random)
    is_narrow = is_rare or random.random() < 0.3
    return Interest(
        circle=circle_at(case.lat, case.long, radius_m, random),
        services=(case.service,) if is_narrow else (),
        event_types=random.choice(OF_PLACES),
    )


def _few_services(random: Random) -> tuple[str, ...]:
    return tuple(random.sample(RARE, random.choice((1, 2))))
