"""Hides small numbers in published tables, so that totals do not reveal them. A table has a count
for each service, each ward, each service in each ward, and for all; readers can subtract. So other
counts are hidden with each small count (1 to 4), until a reader of all shown figures cannot compute
it: another table must exist, with whole numbers and the same rules between the figures of a line,
that shows the same figures and has a different number there.

Such a table is found along a rectangle: two services (or all) by two wards (or all). Some kind of
report is added at two of its corners and subtracted at the others, so that every total still adds
up. All figures are hidden at all four corners. The cost is kept low: small counts are hidden rather
than large ones, and totals last of all. A rectangle with the totals of the service, of the ward and
of everything always works, because one more report can be added to them.

A count that is hidden beside a small count may be 0, or more than 4: nobody can tell which.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice, product
from typing import NamedTuple

from chalicelib.publishing.figures import ALL, Counts, Line

SMALL = range(1, 5)
LOOKED_AT = 5
"""The number of partners tried on either side, the cheapest first."""
MOST_TRIED = 24
"""The number of rectangles of already hidden figures that are tried."""
LAST = 1_000
"""A total costs as much to hide as this many counts of one."""
MEASURES = Counts._fields
MATTERS = Counts(20, 5, 1, 1, 1, 1, 3)
"""The cost of hiding it."""
EVERY = (1 << len(MEASURES)) - 1
NOTHING = Counts()
BY_KIND: Sequence[Counts] = (
    Counts(reported=1),
    Counts(reported=1, open_now=1),
    Counts(reported=1, open_now=1, with_target=1),
    Counts(reported=1, fixed=1),
    Counts(reported=1, fixed=1, with_target=1),
    Counts(reported=1, fixed=1, with_target=1, in_target=1),
)
"""The figures of a line that one report of each kind increases."""
PUT_BACK = (Counts(reopened=1), Counts(reopened=1, failed_repairs=1), Counts(failed_repairs=1))


class Hidden(NamedTuple):
    """A figure of a line."""

    line: Line
    measure: str


class Change(NamedTuple):
    """An amount added to or subtracted from figures: `mask` has a bit for each changed one."""

    number: int
    by: tuple[int, ...]
    mask: int


def hidden_in(table: Mapping[Line, Counts]) -> frozenset[Hidden]:
    """The figures to hide in a table with all of its totals; missing lines count as 0
    throughout."""
    return _Hiding(table).all()


def fits(counts: Sequence[int]) -> bool:
    """True if the figures of a line are consistent with their meanings."""
    reported, fixed, with_target, in_target, reopened, failed_repairs, open_now = counts
    return (
        in_target >= 0
        and open_now >= 0
        and failed_repairs >= 0
        and in_target <= fixed
        and in_target <= with_target <= fixed + open_now <= reported >= reopened >= 0
        and (reopened > 0 or failed_repairs == 0)
    )


def _changes() -> Iterator[list[int]]:
    """One more report of any kind; one of another kind; and one that was reopened."""
    yield from map(list, (*BY_KIND, *PUT_BACK))
    yield from (_sum(x, y) for x, y in product(BY_KIND, PUT_BACK[:2]))
    yield from (_sum(x, [-number for number in y]) for x, y in combinations(BY_KIND, 2))


def _sum(x: Sequence[int], y: Sequence[int]) -> list[int]:
    return [a + b for a, b in zip(x, y, strict=True)]


def _mask(by: Sequence[int]) -> int:
    return sum(1 << at for at, number in enumerate(by) if number)


CHANGES = [
    Change(number, tuple(by), _mask(by))
    for number, by in enumerate(sorted(_changes(), key=lambda by: _mask(by).bit_count()))
]
"""Changes to the fewest figures first."""
CHANGING = [[each for each in CHANGES if each.mask >> at & 1] for at in range(len(MEASURES))]
"""Those that change each figure."""


class _Hiding:
    """The hidden figures of a table, a bit for each, and the small ones that are already
    protected."""

    def __init__(self, table: Mapping[Line, Counts]) -> None:
        self._table = table
        self._services = [*sorted({service for service, _ in table} - {ALL}), ALL]
        self._wards = [*sorted({ward for _, ward in table} - {ALL}), ALL]
        self._by_service: dict[str, dict[str, int]] = defaultdict(dict)
        self._by_ward: dict[str, dict[str, int]] = defaultdict(dict)
        self._safe: dict[Line, int] = defaultdict(int)
        self._small: list[Line] = []
        self._ways: dict[Line, tuple[int, int]] = {}

    def all(self) -> frozenset[Hidden]:
        small = {line: mask for line, counts in self._table.items() if (mask := _small(counts))}
        for line, mask in small.items():
            # A line with so few reports is hidden completely.
            self._hide(line, EVERY if self._table[line].reported in SMALL else mask)
        self._small = [line for line in small if ALL not in line]
        for line, mask in small.items():
            for at in range(len(MEASURES)):
                if mask >> at & 1 and not self._safe[line] >> at & 1:
                    self._protect(line, at)
        return frozenset(
            Hidden((service, ward), name)
            for service, found in self._by_service.items()
            for ward, mask in found.items()
            for at, name in enumerate(MEASURES)
            if mask >> at & 1
        )

    def _hide(self, line: Line, mask: int) -> None:
        after = self._mask(line) | mask
        self._by_service[line[0]][line[1]] = self._by_ward[line[1]][line[0]] = after

    def _mask(self, line: Line) -> int:
        return self._by_service[line[0]].get(line[1], 0)

    def _protect(self, line: Line, at: int) -> None:
        """Hides the other figures needed to protect a small one; nothing if that was done."""
        change, corners = self._with_what_is_hidden(line, at) or self._cheapest(line, at)
        for corner in corners:
            self._hide(corner, change.mask)
            self._safe[corner] |= change.mask

    def _with_what_is_hidden(self, line: Line, at: int) -> tuple[Change, list[Line]] | None:
        (service, ward), hidden = line, self._mask(line)
        for change in CHANGING[at]:
            mask = change.mask
            if hidden & mask != mask:
                continue
            wards = [each for each, had in self._by_service[service].items() if had & mask == mask]
            others = [each for each, had in self._by_ward[ward].items() if had & mask == mask]
            lines = (
                other
                for other in product(others, wards)
                if other[0] != service
                and other[1] != ward
                and self._by_service[other[0]].get(other[1], 0) & mask == mask
            )
            for other in islice(lines, MOST_TRIED):
                if corners := self._possible(line, other, change):
                    return change, corners
        return None

    def _cheapest(self, line: Line, at: int) -> tuple[Change, list[Line]]:
        best: tuple[int, Change, list[Line]] | None = None
        tried: dict[int, list[tuple[int, Line]]] = {}
        for change in CHANGING[at]:
            if change.mask not in tried:
                tried[change.mask] = self._ranked(line, change.mask)
            for cost, other in tried[change.mask]:
                if best and cost >= best[0]:
                    break
                if corners := self._possible(line, other, change):
                    best = cost, change, corners
        assert best, "One report more can always be added to everything."
        return best[1], best[2]

    def _others(self, line: Line, mask: int) -> Iterator[Line]:
        """Candidates for the far corner of a rectangle: small figures, cheap ones, or the total."""
        service, ward = line
        far = (each for each in self._small if each[0] != service and each[1] != ward)
        yield from islice(far, LOOKED_AT)
        wards = [each for each in self._wards if each != ward]
        others = [each for each in self._services if each != service]
        wards.sort(key=lambda each: self._cost((service, each), mask))
        others.sort(key=lambda each: self._cost((each, ward), mask))
        for found in (wards, others):
            found[LOOKED_AT:] = [each for each in found[LOOKED_AT:] if each == ALL]
        yield from product(others, wards)

    def _ranked(self, line: Line, mask: int) -> list[tuple[int, Line]]:
        """The far corners, by the cost of hiding those figures at all four."""
        ranked = []
        for other in self._others(line, mask):
            corners = line, (line[0], other[1]), (other[0], line[1]), other
            ranked.append((sum(self._cost(each, mask) for each in corners), other))
        return sorted(ranked)

    def _cost(self, line: Line, mask: int) -> int:
        """The cost of hiding those figures there, too."""
        missing = mask & ~self._mask(line)
        if not missing:
            return 0
        counts = self._table.get(line, NOTHING)
        found = sum(
            (counts[at] + 1) * weight for at, weight in enumerate(MATTERS) if missing >> at & 1
        )
        return found * int(LAST ** line.count(ALL))

    def _possible(self, line: Line, other: Line, change: Change) -> list[Line] | None:
        """The corners of the rectangle between two lines, if the change leads along it to another
        table: one is added and subtracted in turn, and a total changes with its parts."""
        beside, below = (line[0], other[1]), (other[0], line[1])
        along = ALL in (line[1], other[1])
        down = ALL in (line[0], other[0])
        steps = ((line, True), (beside, along), (below, down), (other, along == down))
        for way in (True, False):
            if all(self._can(corner, change, step == way) for corner, step in steps):
                return [line, beside, below, other]
        return None

    def _can(self, line: Line, change: Change, is_added: bool) -> bool:
        """True if the figures of the line may change by that amount, up or down."""
        found = self._ways.get(line)
        if found is None:
            counts = self._table.get(line, NOTHING)
            found = self._ways[line] = _ways(counts, 1), _ways(counts, -1)
        return found[not is_added] >> change.number & 1 == 1


def _small(counts: Counts) -> int:
    return sum(1 << at for at, number in enumerate(counts) if number in SMALL)


def _ways(counts: Counts, step: int) -> int:
    """A bit for each change after which the figures of a line are still consistent."""
    return sum(
        1 << change.number
        for change in CHANGES
        if fits([a + step * b for a, b in zip(counts, change.by, strict=True)])
    )
