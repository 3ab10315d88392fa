"""Writes the files of a council's collections, generated from Bath's real streets and postcodes to
the proportions of a real city: the same files for the same seed.

The proportions are those of `bins/shape.json` beside the other real data.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, islice, pairwise
from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace

from chalicelib.catalogue.model import Council
from tests.support import generated_rounds
from tests.support.bath_places import Place, places
from tests.support.councils import council_named
from tests.support.generated_rounds import RoundRows, Row, codes_for

COLUMNS = ("uprn", "address", "postcode", "easting", "northing", "rounds")
FIRST_UPRN = 10_001_000_001
IN_40_LISTS = {"B": 0.913, "G": 0.952, "R": 0.998}
NOT_A_NUMBER = 0.255
LARGE_STREET = 37
ALIKE = {"small": 0.9, "large": 0.38}
"""The share of streets in which all premises have the same rounds."""
WITH_SCHEDULE = 0.947
WITH_BIN = {"B": 0.997, "G": 0.961, "R": 0.579}
"""Of the premises with a schedule, the share that has the bin."""
TREES = ("Scarcroft", "Rose", "Elm", "Orchard", "St Mary's", "Hillview", "Ashgrove")
HOUSES = ("Lodge", "House", "Court", "Villa", "Mews", "Cottage")
PREFIXES = ("", "Upper ", "Lower ", "Old ", "New ", "Little ")
FLATS = 90


@dataclass(frozen=True)
class City:
    """The council, its two files, and the day on which they are imported."""

    council: Council
    rounds: Path
    premises: Path
    today: date


def write_city(
    data: Path, folder: Path, premises: int, rounds: int, *, short_lists: bool, seed: int = 1
) -> City:
    """The files of a city. `data`: the folder of real data. `short_lists`: see RoundRows."""
    random, today = Random(seed), date(2026, 11, 23)
    council = replace(council_named("bath"), containers=council_named("demo").containers)
    shape = json.loads((data / "bins" / "shape.json").read_text(encoding="utf-8"))
    codes = codes_for(rounds, shape["distinct_date_lists"])
    city = City(council, folder / "rounds.csv", folder / "premises.csv", today)
    of_round = RoundRows(random, today, short_lists=short_lists)
    every_round = (row for each in codes.values() for code in each for row in of_round.rows(code))
    _write(city.rounds, generated_rounds.COLUMNS, every_round)
    rows = PremisesRows(random, places(data, council, random), codes, shape).rows()
    _write(city.premises, COLUMNS, islice(rows, premises))
    return city


class PremisesRows:
    """`codes`: of the rounds, by kind of bin. `shape`: the proportions."""

    def __init__(
        self,
        random: Random,
        everywhere: Sequence[Place],
        codes: dict[str, list[str]],
        shape: dict[str, Any],
    ) -> None:
        self._random = random
        self._everywhere = everywhere
        sizes: dict[str, int] = shape["premises_per_street"]
        self._sizes = [(0.0, 1), *((float(share), size) for share, size in sizes.items())]
        number = shape["distinct_whole_schedules"]
        chosen = [
            random.choices(each, _weights(kind, len(each)), k=number)
            for kind, each in codes.items()
        ]
        self._schedules = list(zip(*chosen, strict=True))
        self._weights = list(accumulate(1 / (at + 20) for at in range(len(self._schedules))))

    def rows(self) -> Iterator[Row]:
        """Rows for as many premises as the places have under six names each."""
        uprn = FIRST_UPRN
        for prefix in PREFIXES:
            for at, place in enumerate(self._everywhere):
                for row in self._street(prefix + place.street, at):
                    yield {"uprn": uprn, **row}
                    uprn += self._random.randrange(1, 9)

    def _street(self, street: str, first: int) -> Iterator[Row]:
        """The premises of a street: each postcode has up to 90."""
        size = self._size()
        alike = self._random.random() < ALIKE["small" if size <= LARGE_STREET else "large"]
        usual = self._schedule()
        for number in range(1, size + 1):
            rounds = usual if alike or self._random.random() < 0.7 else self._schedule()
            place = self._everywhere[(first + number // FLATS) % len(self._everywhere)]
            yield {
                "address": self._address(street, number),
                "postcode": place.postcode,
                "easting": place.easting + number % 40,
                "northing": place.northing + number // 40,
                "rounds": " ".join(self._of_premises(rounds)),
            }

    def _size(self) -> int:
        """A number of premises, with the quantiles of the real city's streets."""
        at = self._random.random()
        (low, fewer), (high, more) = next(
            pair for pair in pairwise(self._sizes) if at <= pair[1][0]
        )
        return round(fewer + (more - fewer) * (at - low) / (high - low))

    def _schedule(self) -> tuple[str, ...]:
        (chosen,) = self._random.choices(self._schedules, cum_weights=self._weights)
        return chosen

    def _of_premises(self, rounds: Sequence[str]) -> list[str]:
        """Garden waste is by choice, and some premises have no collections."""
        if self._random.random() >= WITH_SCHEDULE:
            return []
        return [code for code in rounds if self._random.random() < WITH_BIN[code[0]]]

    def _address(self, street: str, number: int) -> str:
        if self._random.random() >= NOT_A_NUMBER:
            return f"{number} {street}"
        name = f"{self._random.choice(TREES)} {self._random.choice(HOUSES)}"
        if self._random.random() < 0.6:
            return f"FLAT {number} {name}, {number // 12 + 1} {street}"
        return f"{name}, {street}"


def _weights(kind: str, count: int) -> list[float]:
    """40 rounds share what the real city's 40 most usual lists have; the others share the rest."""
    most = IN_40_LISTS[kind]
    return [most / 40 if at < 40 else (1 - most) / (count - 40) for at in range(count)]


def _write(file: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
