"""Nobody works out a small number from what is shown: two who try are let loose on the tables. One
solves the equations of the totals, the other narrows down what each number can be."""

from collections.abc import Collection, Mapping
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.publishing.figures import ALL, Counts, Line, sums_by_line, with_totals
from chalicelib.publishing.small_numbers import (
    MEASURES,
    SMALL,
    HiddenFigure,
    figures_to_hide,
    is_consistent,
)
from chalicelib.reports.published import ReportOutcome

Table = Mapping[Line, Counts]
Equation = list[tuple[Line, int]]
"""Lines with their signs, whose numbers add up to 0."""
Bounds = dict[tuple[Line, str], list[int]]
MANY = 10**6


def outcome(service: str = "pothole", ward: str = "A", **values: object) -> ReportOutcome:
    ordinary: dict[str, object] = {
        "month": "2026-06",
        "service_code": service,
        "ward_code": ward,
        "done_s": None,
        "is_open": True,
        "had_target": False,
        "in_target": False,
        "was_reopened": False,
        "failed_repairs": 0,
    }
    return ReportOutcome(**ordinary | values)  # type: ignore[arg-type]


def table_of(outcomes: Collection[ReportOutcome]) -> Table:
    return {line: each.counts for line, each in with_totals(sums_by_line(outcomes)).items()}


def whole(table: Table) -> dict[Line, Counts]:
    """The table with the lines that have nothing."""
    services = sorted({service for service, _ in table} | {ALL})
    wards = sorted({ward for _, ward in table} | {ALL})
    return {(s, w): table.get((s, w), Counts()) for s in services for w in wards}


def equations(table: Table) -> list[Equation]:
    """What everybody knows of the lines of a whole table: totals are totals."""
    services = sorted({service for service, _ in table})
    wards = sorted({ward for _, ward in table})
    by_ward = [[((s, w), -1 if s == ALL else 1) for s in services] for w in wards]
    return by_ward + [[((s, w), -1 if w == ALL else 1) for w in wards] for s in services]


def small(table: Table) -> set[HiddenFigure]:
    return {
        HiddenFigure(line, name)
        for line, counts in table.items()
        for name, number in counts._asdict().items()
        if number in SMALL
    }


def solved(table: Table, hidden: Collection[HiddenFigure]) -> set[HiddenFigure]:
    """What somebody finds out who solves the equations of each figure."""
    found = set()
    for name in MEASURES:
        unknown = sorted(line for line, each in hidden if each == name)
        rows = []
        for equation in equations(table):
            signs = {line: sign for line, sign in equation if line in unknown}
            if signs:
                rows.append([Fraction(signs.get(line, 0)) for line in unknown])
        found |= {HiddenFigure(unknown[at], name) for at in determined(rows, len(unknown))}
    return found


def determined(rows: list[list[Fraction]], width: int) -> list[int]:
    """Which unknowns a system of equations leaves no choice: by Gauss and Jordan."""
    done = 0
    for column in range(width):
        pivot = next((at for at in range(done, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [each / rows[done][column] for each in rows[done]]
        for at, row in enumerate(rows):
            if at != done and row[column]:
                factor = row[column]
                rows[at] = [a - factor * b for a, b in zip(row, rows[done], strict=True)]
        done += 1
    only = [[at for at, each in enumerate(row) if each] for row in rows[:done]]
    return [at[0] for at in only if len(at) == 1]


def narrowed(table: Table, hidden: Collection[HiddenFigure]) -> set[HiddenFigure]:
    """What somebody finds out who narrows down each hidden number by the totals, and by what the
    figures of a line mean."""
    bounds: Bounds = {
        (line, name): [0, MANY] if HiddenFigure(line, name) in hidden else [number, number]
        for line, counts in table.items()
        for name, number in counts._asdict().items()
    }
    known = equations(table)
    for _ in range(40):
        before = {key: tuple(each) for key, each in bounds.items()}
        for name in MEASURES:
            for equation in known:
                add_up(equation, name, bounds)
        for line in table:
            mean(line, bounds)
        if before == {key: tuple(each) for key, each in bounds.items()}:
            break
    return {HiddenFigure(*key) for key, (low, high) in bounds.items() if low == high} & set(hidden)


def add_up(equation: Equation, name: str, bounds: Bounds) -> None:
    """One of the numbers is what the others leave."""
    for line, sign in equation:
        low = high = 0
        for other, its in equation:
            if other != line:
                ends = [-sign * its * end for end in bounds[other, name]]
                low, high = low + min(ends), high + max(ends)
        tighten(bounds[line, name], low, high)


def mean(line: Line, bounds: Bounds) -> None:
    """The rules of `is_consistent`, as bounds."""
    at = {name: bounds[line, name] for name in MEASURES}
    reported, fixed, open_now = at["reported"], at["fixed"], at["open_now"]
    tighten(reported, fixed[0] + open_now[0], MANY)
    tighten(fixed, at["in_target"][0], reported[1] - open_now[0])
    tighten(open_now, at["with_target"][0] - fixed[1], reported[1] - fixed[0])
    tighten(fixed, at["with_target"][0] - open_now[1], MANY)
    tighten(at["with_target"], at["in_target"][0], fixed[1] + open_now[1])
    tighten(at["in_target"], 0, min(fixed[1], at["with_target"][1]))
    tighten(at["reopened"], min(1, at["failed_repairs"][0]), reported[1])
    if at["reopened"][1] == 0:
        tighten(at["failed_repairs"], 0, 0)


def tighten(ends: list[int], low: int, high: int) -> None:
    ends[:] = max(ends[0], low), min(ends[1], high)
    assert ends[0] <= ends[1]


@st.composite
def outcomes(draw: st.DrawFn) -> ReportOutcome:
    state = draw(st.sampled_from(("open", "done", "done", "else")))
    had_target = state != "else" and draw(st.booleans())
    reopened = draw(st.sampled_from((False, False, False, True)))
    return outcome(
        draw(st.sampled_from(("bin", "hole", "lamp", "tree"))),
        draw(st.sampled_from(("A", "B", "C"))),
        done_s=1.0 if state == "done" else None,
        is_open=state == "open",
        had_target=had_target,
        in_target=had_target and state == "done" and draw(st.booleans()),
        was_reopened=reopened,
        failed_repairs=draw(st.integers(0, 2)) if reopened else 0,
    )


crowds = st.lists(
    st.tuples(outcomes(), st.sampled_from((1, 1, 1, 2, 3, 5, 6, 20))), min_size=1, max_size=14
).map(lambda drawn: [each for each, times in drawn for _ in range(times)])


@given(crowds)
@example([outcome()])
@example([outcome("bin", ward) for ward in "ABC"] + [outcome("hole", "A")] * 9)
@example([outcome("bin")] * 3 + [outcome("bin", "B")] * 7 + [outcome("hole")] * 8)
def test_no_small_number_is_shown_or_can_be_computed(crowd: list[ReportOutcome]) -> None:
    table = whole(table_of(crowd))
    hidden, secret = figures_to_hide(table_of(crowd)), small(table)
    assert secret <= hidden
    assert not solved(table, hidden) & secret
    assert not narrowed(table, hidden) & secret


@given(crowds)
def test_simulated_figures_are_always_consistent(crowd: list[ReportOutcome]) -> None:
    assert all(is_consistent(counts) for counts in table_of(crowd).values())


LARGE = [outcome(s, w) for s in ("bin", "hole", "lamp") for w in "ABC" for _ in range(20)]


@pytest.mark.parametrize("find", [solved, narrowed])
def test_both_attackers_succeed_when_nothing_else_is_hidden(find: object) -> None:
    crowd = [each for each in LARGE if each[1:3] != ("bin", "A")] + [outcome("bin", "A")] * 3
    table = whole(table_of(crowd))
    assert callable(find)
    assert HiddenFigure(("bin", "A"), "reported") in find(table, small(table))


def test_second_attacker_succeeds_when_the_hidden_figures_leave_no_choice() -> None:
    crowd = [outcome(s, w) for s in ("bin", "hole") for w in "AB"]
    table = whole(table_of(crowd + LARGE))
    alone = {HiddenFigure((s, w), "failed_repairs") for s in ("bin", "hole") for w in "AB"}
    assert solved(table, alone) == set()
    assert narrowed(table, alone) == alone


def test_no_more_than_three_others_are_hidden_when_one_is_small() -> None:
    crowd = [each for each in LARGE if each[1:3] != ("bin", "A")] + [outcome("bin", "A")] * 3
    hidden = figures_to_hide(table_of(crowd))
    lines = {line for line, name in hidden if name == "reported"}
    assert len(lines) == 4
    assert not any(ALL in line for line in lines)


def test_nothing_is_hidden_when_nothing_is_small() -> None:
    assert figures_to_hide(table_of(LARGE)) == frozenset()


def test_few_reports_are_hidden_completely() -> None:
    hidden = figures_to_hide(table_of([*LARGE, *[outcome("tree", "A")] * 2]))
    assert {name for line, name in hidden if line == ("tree", "A")} == set(MEASURES)
    assert {name for line, name in hidden if line == ("tree", ALL)} == set(MEASURES)


def test_figure_is_hidden_alone_when_its_line_has_many_reports() -> None:
    crowd = [*LARGE, *[outcome("bin", "A", was_reopened=True)] * 2]
    hidden = figures_to_hide(table_of(crowd))
    assert {name for _, name in hidden} == {"reopened"}
