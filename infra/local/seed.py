"""The demo council's invented reports (of some weeks), jobs, facilities and collections, on
the town's streets."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import msgspec
from msgspec.structs import replace

from chalicelib.accounts.audit import OPERATOR
from chalicelib.areas.model import ROADWORKS
from chalicelib.bootstrap.collections import garden_subscriptions, premises_bucket
from chalicelib.catalogue.model import Council
from chalicelib.collections.model import ROUNDS
from chalicelib.disruptions.model import DisruptionArea, DisruptionDraft
from chalicelib.disruptions.ports import Ports as DisruptionsPorts
from chalicelib.disruptions.usecases import Officer, post_disruption
from chalicelib.jobs.people import EVERYWHERE as ALL_TEAMS
from chalicelib.jobs.people import Staff
from chalicelib.jobs.usecases.day_planning import plan_days
from chalicelib.jobs.usecases.day_stops import DayPorts
from chalicelib.publishing.ports import Ports as Publishing
from chalicelib.reports.drafts import Draft, ReportChanges, UpdateDraft
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import State
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update
from infra.demo import collections, roadworks
from infra.demo.facilities import demo_tables
from infra.demo.garden import demo_garden
from infra.demo.town import load_town, point_on_street
from infra.facilities import import_facilities, kind_named
from infra.import_places import replace_document
from infra.premises import premises_of
from infra.premises_store import store_premises

COUNT = 80
WEEKS = 6
SEED = 311
OFFICER = Author("demo-officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
LOOKED_AT_SHARE = 0.7
"""The share of waiting reports that an officer has decided; the others still wait."""

# Descriptions of reports, by the demo council's services.
WORDS: dict[str, tuple[str, ...]] = {
    "pothole": (
        "Deep hole near the kerb, cyclists swerve round it.",
        "The old patch has come loose and there is a hole again.",
        "Two holes side by side, full of water after rain.",
    ),
    "pavement": (
        "A slab rocks when you step on it.",
        "Tree roots have lifted the footpath, a pram cannot pass.",
    ),
    "blocked-drain": ("The gully is full of leaves and the corner floods.",),
    "street-light": (
        "The light has been off all week.",
        "It flickers all night and shines into the bedrooms.",
    ),
    "fly-tipping": (
        "A mattress and bags left by the wall.",
        "Builder's rubble dumped at the end of the lane.",
    ),
    "litter": ("The bin overflows every weekend.", "Broken glass by the bench."),
    "graffiti": ("Tags all over the bus shelter.", "Paint on the bridge wall."),
    "dog-fouling": ("Along the whole path to the school.",),
    "overgrown-hedge": (
        "The hedge covers half of the pavement.",
        "A branch hides the give way sign.",
    ),
    "bus-stop": ("The timetable is gone.",),
    "something-else": ("The bench has lost a plank.", "A bollard was knocked over."),
}
ANSWERS: dict[str, dict[str, str]] = {
    "street-light": {"what": "out"},
    "blocked-drain": {"cover-missing": "no"},
}
STORIES: tuple[tuple[tuple[State, str], ...], ...] = (
    (),
    (),
    (("investigating", "Thank you. An inspector will look at this this week."),),
    (
        ("investigating", "Thank you. An inspector will look at this this week."),
        ("action_scheduled", "We have inspected this and booked a crew."),
    ),
    (
        ("action_scheduled", "We have booked a crew."),
        ("fixed", "This is done. Thank you for telling us."),
    ),
    (
        (
            "no_further_action",
            "We have inspected this and found nothing that needs work at the moment.",
        ),
    ),
)


def demo_reports(ports: Ports, now: datetime) -> None:
    """Stores the demo reports, spread over the weeks before `now`."""
    rng = Random(SEED)
    town = load_town()
    for number in range(COUNT):
        service_code = rng.choice(sorted(WORDS))
        street, lat, long = point_on_street(town, rng)
        draft = Draft(
            service_code=service_code,
            lat=round(lat, 6),
            long=round(long, 6),
            description=rng.choice(WORDS[service_code]),
            address=street.name,
            attributes=ANSWERS.get(service_code),
        )
        requested = now - timedelta(weeks=WEEKS) * rng.random()
        report = submit(draft, f"demo-{number}", Author(), _at(ports, requested))
        if report.visibility == "waiting" and rng.random() < LOOKED_AT_SHARE:
            looked_at = _at(ports, requested + timedelta(hours=1))
            shown = ReportChanges(visibility="public")
            change_report(report.service_request_id, shown, report.version, OFFICER, looked_at)
        for step, (update, at) in enumerate(_story(rng, requested, now)):
            key = f"demo-{number}-{step}"
            add_update(report.service_request_id, update, key, OFFICER, _at(ports, at))


def _story(
    rng: Random, requested: datetime, now: datetime
) -> Iterator[tuple[UpdateDraft, datetime]]:
    at = requested
    for state, text in rng.choice(STORIES):
        at += timedelta(hours=rng.uniform(3, 60))
        if at > now:
            return
        yield UpdateDraft(text=text, state=state), at


def _at(ports: Ports, moment: datetime) -> Ports:
    return replace(ports, now=lambda: moment)


def demo_jobs(ports: DayPorts, now: datetime) -> None:
    """Plans today for all crews, as in the morning: the reports' jobs, as far as they fit."""
    zone = ports.jobs.council.zone
    day = now.astimezone(zone).date()
    morning = datetime.combine(day, time(6), zone).astimezone(UTC)
    then = replace(ports, jobs=replace(ports.jobs, now=lambda: morning))
    plan_days(day, (), None, Staff(actor="demo-officer", remits=ALL_TEAMS), then)


def demo_disruption(ports: DisruptionsPorts, now: datetime) -> None:
    """Posts a disruption for the rest of the day and the next."""
    draft = DisruptionDraft(
        title="No bin collections on the east side",
        text="A lorry has broken down. Please leave your bins out: we will come tomorrow.",
        area=DisruptionArea(lat=53.965, long=-1.055, radius_m=1_500),
        begins=now - timedelta(hours=2),
        ends=now + timedelta(days=1),
    )
    post_disruption(draft, "demo", Officer(OPERATOR), ports)


def demo_facilities(council: Council, ports: Publishing) -> None:
    """Publishes the demo facilities of every kind."""
    for name, table in demo_tables().items():
        import_facilities(kind_named(name, council), table, council, ports)


def demo_roadworks(ports: Publishing, today: date) -> None:
    """Publishes road works around that day."""
    replace_document(ROADWORKS, msgspec.json.encode(roadworks.demo_roadworks(today)), ports)


def demo_collections(council: Council, ports: Publishing, now: datetime) -> None:
    """Publishes the demo rounds around that moment, and stores the addresses that they serve."""
    rounds = collections.demo_rounds(council, now.astimezone(council.zone).date())
    replace_document(ROUNDS, msgspec.json.encode(rounds), ports)
    premises, _ = premises_of(collections.PREMISES, council, rounds)
    store_premises(premises, premises_bucket(), now)


def demo_subscribers(council: Council, now: datetime) -> None:
    """Stores the demo garden waste subscriptions."""
    rounds = collections.demo_rounds(council, now.astimezone(council.zone).date())
    premises, _ = premises_of(collections.PREMISES, council, rounds)
    demo_garden(premises, garden_subscriptions(), council, now)
