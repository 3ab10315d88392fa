"""DynamoDB's units, held against examples that were worked out by hand."""

from typing import Any

import pytest

from bench.capacity import Index, indexes_of, item_bytes, read_units, write_units
from infra.resources import template

BY_STATE = Index(keys=frozenset(("state", "when")), attributes=frozenset(("id", "state", "when")))


def item(**values: Any) -> dict[str, Any]:
    return {name: {"S": value} for name, value in values.items()}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "York"}, 4 + 4),
        ({"S": "né"}, 4 + 3),
        ({"N": "7"}, 4 + 2),
        ({"N": "53.959"}, 4 + 4),
        ({"N": "1000"}, 4 + 2),
        ({"BOOL": True}, 4 + 1),
        ({"B": "AAAA"}, 4 + 3),
        ({"SS": ["a", "bc"]}, 4 + 3),
        ({"L": [{"S": "a"}, {"BOOL": True}]}, 4 + 3 + 2 + 2),
        ({"M": {"id": {"S": "a"}}}, 4 + 3 + 1 + 3),
    ],
)
def test_size_of_an_item_is_that_of_its_names_and_values(value: Any, size: int) -> None:
    assert item_bytes({"name": value}) == size


def test_size_of_a_value_is_refused_when_its_type_is_not_known() -> None:
    with pytest.raises(ValueError, match="type X"):
        item_bytes({"name": {"X": {}}})


@pytest.mark.parametrize(
    ("size", "consistent", "units"),
    [
        (0, False, 0.5),
        (4096, False, 0.5),
        (4097, False, 1),
        (12_288, False, 1.5),
        (1, True, 1),
        (4097, True, 2),
    ],
)
def test_read_is_rounded_up_to_4_kb_and_halved_when_it_is_eventual(
    size: int, consistent: bool, units: float
) -> None:
    assert read_units(size, consistent=consistent) == units


@pytest.mark.parametrize(
    ("old", "new", "units"),
    [
        # The table's 1 KB and a new entry of the index.
        (None, item(id="1", state="open", when="1"), 1 + 1),
        # No entry without both keys.
        (None, item(id="1", state="open"), 1),
        # What the index does not project costs it nothing.
        (
            item(id="1", state="open", when="1", text="a"),
            item(id="1", state="open", when="1", text="b"),
            1,
        ),
        # Another key: one entry goes, another comes.
        (item(id="1", state="open", when="1"), item(id="1", state="closed", when="1"), 1 + 2),
        (item(id="1", state="open", when="1"), None, 1 + 1),
        # 1,025 bytes and more are two units; the larger of before and after counts.
        (item(id="1", text="a" * 1024), item(id="1", text="b"), 2),
    ],
)
def test_write_is_charged_to_the_table_and_each_changed_entry(
    old: Any, new: Any, units: float
) -> None:
    assert write_units(old, new, [BY_STATE]) == units


def test_entry_is_charged_once_when_only_its_projection_changes() -> None:
    index = Index(BY_STATE.keys, BY_STATE.attributes | {"title"})
    old = item(id="1", state="open", when="1", title="a")
    assert write_units(old, old | item(title="b"), [index]) == 1 + 1


def test_indexes_are_those_of_the_template() -> None:
    found = indexes_of(template()["Resources"]["ReportsTable"]["Properties"])
    by_tile = found[0]
    assert len(found) == 12
    assert by_tile.keys == {"cell", "place"}
    assert {"service_request_id", "record", "cell", "place", "title"} <= by_tile.attributes
