"""The demo council's invented road works, on the town's streets, around a day."""

from datetime import date, timedelta
from random import Random

from chalicelib.areas.model import RoadWork, RoadWorks
from infra.demo.town import load_town, point_on_street

SEED = 50
COUNT = 24
KINDS = (
    ("Resurfacing", "Road closure", "Eskerby Council Highways"),
    ("New water main", "Two-way signals", "Wold Water"),
    ("Gas leak repair", "Give and take", "Demo Gas Networks"),
    ("Broadband cable", "Signing only", "Demo Fibre"),
)


def demo_roadworks(today: date) -> RoadWorks:
    """Some current works, and some planned ones."""
    rng = Random(SEED)
    town = load_town()
    works = []
    for number in range(COUNT):
        description, traffic, organisation = rng.choice(KINDS)
        street, lat, long = point_on_street(town, rng)
        starts = today + timedelta(days=rng.randint(-7, 40))
        works.append(
            RoadWork(
                ref=f"DEMO{number:04}",
                description=description,
                location=street.name,
                status="In progress" if starts <= today else "Planned",
                starts=starts,
                ends=max(today, starts) + timedelta(days=rng.randint(2, 20)),
                organisation=organisation,
                traffic=traffic,
                lat=lat,
                long=long,
            )
        )
    return RoadWorks(items=tuple(sorted(works, key=lambda work: (work.starts, work.ref))))
