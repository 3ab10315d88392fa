"""The demo council's invented collections: some 9,000 addresses in the town's streets, and 24
rounds with an irregular Christmas and a season for garden waste.

The addresses are a committed file in the format of `import-premises`, because placing the houses
takes seconds. The rounds are made for the day on which the stack starts.
"""

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from zlib import crc32

from chalicelib.catalogue.containers import Container
from chalicelib.catalogue.model import Council
from chalicelib.collections.model import Move, Pattern, Round, Rounds, with_moves
from infra.demo.gazetteer import postcodes_by_street
from infra.demo.houses import House, houses
from infra.premises import COLUMNS

PREMISES = Path(__file__).with_name("premises.csv.gz")
PLACE = ("lat", "long")
FIRST_UPRN = 990_000_000_001
"""Far above those that are in use."""
HIGHEST_NUMBER = 11
"""Of each street the houses up to this number are listed."""
FLATS = 90
BLOCK = "Weavers Court"
NAMES = ("Rose Cottage", "The Laurels", "Orchard House")
A_QUARTER = 4
AREAS = 10
"""The town is collected in ten parts: five weekdays in two weeks."""
GARDEN_AREAS = 4
SEASON = ((3, 1), (11, 30))
"""The first and last month and day of garden collections."""
CHRISTMAS = {(12, 25): -2, (12, 26): 2, (12, 28): 1, (12, 29): 1, (12, 30): 1, (12, 31): 2}
"""By how many days collections move around Christmas, by month and day; New Year's Day has none."""
HORIZON = timedelta(days=365)


def address_rows() -> Iterator[Sequence[object]]:
    """The rows of the file of addresses, with its header, the same each time."""
    yield (*COLUMNS[:3], *PLACE, COLUMNS[3])
    postcodes = postcodes_by_street()
    by_street: dict[str, list[House]] = defaultdict(list)
    for house in houses():
        if house.street in postcodes and house.number <= HIGHEST_NUMBER:
            by_street[house.street].append(house)
    uprn = FIRST_UPRN
    block = max(by_street, key=lambda street: crc32(street.encode()))
    for street, found in by_street.items():
        addresses = [(_address(house, place), house) for place, house in enumerate(found)]
        if street == block:
            addresses += [(f"Flat {n}, {BLOCK}, {street}", found[0]) for n in range(1, FLATS + 1)]
        for address, house in addresses:
            long, lat = house.middle
            yield uprn, address, postcodes[street], lat, long, " ".join(_rounds_of(street))
            uprn += 1


def write_addresses() -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(address_rows())
    PREMISES.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


def demo_rounds(council: Council, today: date) -> Rounds:
    """The rounds of a year from that day."""
    containers = {each.container: each for each in council.containers}
    monday, last = today - timedelta(days=today.weekday() + 7), today + HORIZON
    days = [_every_two_weeks(area, monday, last) for area in range(AREAS)]
    # Where rubbish is collected in one week, recycling is in the other.
    other = days[AREAS // 2 :] + days[: AREAS // 2]
    garden = [{day for day in each if _in_season(day)} for each in days[:GARDEN_AREAS]]
    items = [
        _round(f"{letter}{number}", containers[container], planned)
        for letter, container, areas in (
            ("R", "rubbish", days),
            ("Y", "recycling", other),
            ("G", "garden", garden),
        )
        for number, planned in enumerate(areas, 1)
    ]
    return Rounds(known_until=last, items=tuple(items))


def _every_two_weeks(area: int, monday: date, last: date) -> set[date]:
    """Areas 0 to 4 are collected from Monday to Friday of one week, 5 to 9 in the next."""
    week, weekday = divmod(area, AREAS // 2)
    first = monday + timedelta(weeks=week)
    return {*Pattern(weekday=weekday, every_weeks=2, first=first, last=last).dates()}


def _round(code: str, container: Container, planned: set[date]) -> Round:
    moves = [move for day in sorted(planned) if (move := _move(day))]
    return Round(
        round=code,
        container=container.container,
        name=container.name,
        colour=container.colour,
        dates=with_moves(planned, moves),
        moved=tuple(moves),
    )


def _move(day: date) -> Move | None:
    if (day.month, day.day) == (1, 1):
        return Move(day, None, "New Year's Day")
    by = CHRISTMAS.get((day.month, day.day))
    return Move(day, day + timedelta(days=by), "Christmas") if by else None


def _in_season(day: date) -> bool:
    first, last = SEASON
    return first <= (day.month, day.day) <= last


def _address(house: House, place: int) -> str:
    """The address of a street's house at that place in its order: a quarter have names."""
    named, is_number = divmod(place, A_QUARTER)
    name = f"{house.number}" if is_number else f"{NAMES[named]},"
    return f"{name} {house.street}"


def _rounds_of(street: str) -> Iterator[str]:
    """A third of the streets have no garden collections."""
    number = crc32(street.encode())
    yield f"R{number % AREAS + 1}"
    yield f"Y{number % AREAS + 1}"
    if number % 3:
        yield f"G{number % GARDEN_AREAS + 1}"
