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
MAX_PARTNERS = 5
"""The number of partners tried on either side, the cheapest first."""
MAX_RECTANGLES = 24
"""The number of rectangles of already hidden figures that are tried."""
TOTAL_FACTOR = 1_000
"""A total costs as much to hide as this many counts of one."""
MEASURES = Counts._fields
WEIGHTS = Counts(20, 5, 1, 1, 1, 1, 3)
"""The cost of hiding it."""
ALL_MEASURES = (1 << len(MEASURES)) - 1
NO_COUNTS = Counts()
BY_KIND: Sequence[Counts] = (
    Counts(reported=1),
    Counts(reported=1, open_now=1),
    Counts(reported=1, open_now=1, with_target=1),
    Counts(reported=1, fixed=1),
    Counts(reported=1, fixed=1, with_target=1),
    Counts(reported=1, fixed=1, with_target=1, in_target=1),
)
"""The figures of a line that one report of each kind increases."""
REOPENED_KINDS = (
    Counts(reopened=1),
    Counts(reopened=1, failed_repairs=1),
    Counts(failed_repairs=1),
)


class HiddenFigure(NamedTuple):
    """A figure of a line."""

    line: Line
    measure: str


class Change(NamedTuple):
    """An amount added to or subtracted from figures: `mask` has a bit for each changed one."""

    number: int
    by: tuple[int, ...]
    mask: int


def figures_to_hide(table: Mapping[Line, Counts]) -> frozenset[HiddenFigure]:
    """The figures to hide in a table with all of its totals; missing lines count as 0
    throughout."""
    return _TableProtection(table).all()


def is_consistent(counts: Sequence[int]) -> bool:
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
    yield from map(list, (*BY_KIND, *REOPENED_KINDS))
    yield from (_sum(x, y) for x, y in product(BY_KIND, REOPENED_KINDS[:2]))
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
CHANGES_BY_MEASURE = [
    [each for each in CHANGES if each.mask >> at & 1] for at in range(len(MEASURES))
]
"""Those that change each figure."""


class _TableProtection:
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

    def all(self) -> frozenset[HiddenFigure]:
        small = {
            line: mask for line, counts in self._table.items() if (mask := _small_mask(counts))
        }
        for line, mask in small.items():
            # A line with so few reports is hidden completely.
            self._hide(line, ALL_MEASURES if self._table[line].reported in SMALL else mask)
        self._small = [line for line in small if ALL not in line]
        for line, mask in small.items():
            for at in range(len(MEASURES)):
                if mask >> at & 1 and not self._safe[line] >> at & 1:
                    self._protect(line, at)
        return frozenset(
            HiddenFigure((service, ward), name)
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
        change, corners = self._hidden_rectangle(line, at) or self._cheapest_rectangle(line, at)
        for corner in corners:
            self._hide(corner, change.mask)
            self._safe[corner] |= change.mask

    def _hidden_rectangle(self, line: Line, at: int) -> tuple[Change, list[Line]] | None:
        (service, ward), hidden = line, self._mask(line)
        for change in CHANGES_BY_MEASURE[at]:
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
            for other in islice(lines, MAX_RECTANGLES):
                if corners := self._corners_if_possible(line, other, change):
                    return change, corners
        return None

    def _cheapest_rectangle(self, line: Line, at: int) -> tuple[Change, list[Line]]:
        best: tuple[int, Change, list[Line]] | None = None
        tried: dict[int, list[tuple[int, Line]]] = {}
        for change in CHANGES_BY_MEASURE[at]:
            if change.mask not in tried:
                tried[change.mask] = self._rank_far_corners(line, change.mask)
            for cost, other in tried[change.mask]:
                if best and cost >= best[0]:
                    break
                if corners := self._corners_if_possible(line, other, change):
                    best = cost, change, corners
        assert best, "One report more can always be added to everything."
        return best[1], best[2]

    def _far_corners(self, line: Line, mask: int) -> Iterator[Line]:
        """Candidates for the far corner of a rectangle: small figures, cheap ones, or the total."""
        service, ward = line
        far = (each for each in self._small if each[0] != service and each[1] != ward)
        yield from islice(far, MAX_PARTNERS)
        wards = [each for each in self._wards if each != ward]
        others = [each for each in self._services if each != service]
        wards.sort(key=lambda each: self._cost((service, each), mask))
        others.sort(key=lambda each: self._cost((each, ward), mask))
        for found in (wards, others):
            found[MAX_PARTNERS:] = [each for each in found[MAX_PARTNERS:] if each == ALL]
        yield from product(others, wards)

    def _rank_far_corners(self, line: Line, mask: int) -> list[tuple[int, Line]]:
        """The far corners, by the cost of hiding those figures at all four."""
        ranked = []
        for other in self._far_corners(line, mask):
            corners = line, (line[0], other[1]), (other[0], line[1]), other
            ranked.append((sum(self._cost(each, mask) for each in corners), other))
        return sorted(ranked)

    def _cost(self, line: Line, mask: int) -> int:
        """The cost of hiding those figures there, too."""
        missing = mask & ~self._mask(line)
        if not missing:
            return 0
        counts = self._table.get(line, NO_COUNTS)
        found = sum(
            (counts[at] + 1) * weight for at, weight in enumerate(WEIGHTS) if missing >> at & 1
        )
        return found * int(TOTAL_FACTOR ** line.count(ALL))

    def _corners_if_possible(self, line: Line, other: Line, change: Change) -> list[Line] | None:
        """The corners of the rectangle between two lines, if the change leads along it to another
        table: one is added and subtracted in turn, and a total changes with its parts."""
        beside, below = (line[0], other[1]), (other[0], line[1])
        along = ALL in (line[1], other[1])
        down = ALL in (line[0], other[0])
        steps = ((line, True), (beside, along), (below, down), (other, along == down))
        for way in (True, False):
            if all(self._may_change(corner, change, step == way) for corner, step in steps):
                return [line, beside, below, other]
        return None

    def _may_change(self, line: Line, change: Change, is_added: bool) -> bool:
        """True if the figures of the line may change by that amount, up or down."""
        found = self._ways.get(line)
        if found is None:
            counts = self._table.get(line, NO_COUNTS)
            found = self._ways[line] = _possible_changes(counts, 1), _possible_changes(counts, -1)
        return found[not is_added] >> change.number & 1 == 1


def _small_mask(counts: Counts) -> int:
    return sum(1 << at for at, number in enumerate(counts) if number in SMALL)


def _possible_changes(counts: Counts, step: int) -> int:
    """A bit for each change after which the figures of a line are still consistent."""
    return sum(
        1 << change.number
        for change in CHANGES
        if is_consistent([a + step * b for a, b in zip(counts, change.by, strict=True)])
    )
