"""Ratios, goals and how the table shows them."""

from typing import Any

import pytest

from bench.__main__ import PARTS, marks_of
from bench.table import RED, Row, as_markdown, as_text, figure
from tests.conftest import ROOT


def row(**values: Any) -> Row:
    return Row(**{"group": "Group", "name": "a read", "unit": "requests", "ours": 2.0, **values})


def test_ratio_is_ours_to_the_peers() -> None:
    assert row(peer=8.0).ratio == 0.25
    assert row().ratio is None


@pytest.mark.parametrize(
    ("values", "goal", "holds"),
    [
        ({}, "", None),
        ({"most": 2}, "≤ 2", True),
        ({"most": 1.9}, "≤ 1.9", False),
        ({"peer": 8.0, "most_ratio": 0.25}, "≤ 0.25 ×", True),
        ({"peer": 4.0, "most_ratio": 0.25}, "≤ 0.25 ×", False),
        ({"peer": 4.0, "most": 2, "most_ratio": 0.25}, "≤ 2, ≤ 0.25 ×", False),
        ({"most_ratio": 0.25}, "≤ 0.25 ×", False),
    ],
)
def test_goal_is_met_when_every_part_of_it_is(
    values: dict[str, Any], goal: str, holds: bool | None
) -> None:
    assert (row(**values).goal, row(**values).holds) == (goal, holds)


@pytest.mark.parametrize(
    ("value", "shown"), [(0.01234, "0.0123"), (2.0, "2"), (99.96, "100"), (1234.5, "1,234")]
)
def test_figure_has_three_significant_digits(value: float, shown: str) -> None:
    assert figure(value) == shown


def test_row_is_red_only_on_a_terminal_when_its_goal_is_missed() -> None:
    rows = [row(most=1), row(name="a write", most=2)]
    coloured = as_text(rows, in_colour=True).splitlines()
    assert [line.startswith(RED) for line in coloured[-2:]] == [True, False]
    assert RED not in as_text(rows, in_colour=False)


def test_markdown_has_a_table_for_each_group_and_marks_missed_goals() -> None:
    text = as_markdown([row(most=1, peer=4.0, peer_name="somebody"), row(group="Other")])
    assert text.count("| ours |") == 2
    assert "| a read | 2 requests | 4 somebody | 0.5 | ≤ 1 | **NO** |" in text


def test_row_as_json_has_all_columns_of_the_table() -> None:
    shown = row(peer=4.0, peer_name="somebody", most=2).as_json()
    assert shown == {
        "group": "Group",
        "name": "a read",
        "unit": "requests",
        "ours": 2.0,
        "peer": 4.0,
        "peer_name": "somebody",
        "ratio": 0.5,
        "goal": "≤ 2",
        "holds": True,
    }


@pytest.mark.parametrize("part", PARTS)
def test_document_has_the_marks_between_which_tables_are_written(part: str) -> None:
    text = (ROOT / "docs" / "BENCHMARKS.md").read_text(encoding="utf-8")
    begin, end = marks_of(part)
    assert text.count(begin) == text.count(end) == 1
    assert text.index(begin) < text.index(end)
