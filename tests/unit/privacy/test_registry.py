import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.errors import ConfigurationError
from chalicelib.privacy.registry import REGISTRY, load_registry, parse_registry

Document = dict[str, Any]


def test_registry_loads_when_it_is_the_one_that_ships() -> None:
    registry = load_registry()
    assert {row.store for row in registry.rows} == {store.store for store in registry.stores}


def without(name: str) -> Callable[[Document], object]:
    return lambda document: document["rows"][0].pop(name)


def with_row(**values: str) -> Callable[[Document], object]:
    return lambda document: document["rows"][0].update(values)


@pytest.mark.parametrize(
    ("mistake", "fault"),
    [
        (without("why"), "missing required field `why` - at `$.rows[0]`"),
        (without("kept_for"), "missing required field `kept_for`"),
        (with_row(seen_by=" "), "`$.rows[0].seen_by`"),
        (with_row(personal="perhaps"), "Invalid enum value 'perhaps'"),
        (with_row(note="x"), "unknown field `note`"),
        (with_row(store="attic"), "`$.rows[0].store`: 'attic' is not in `$.stores`"),
        (with_row(attribute="record"), "`$.rows[0].attribute`: 'record' is there twice"),
        (with_row(personal="yes", why="To know"), "`$.rows[0].why`: what is personal needs its"),
        (lambda it: it["stores"].append({**it["stores"][0], "store": "attic"}), "'attic' has no"),
    ],
)
def test_registry_is_refused_with_place_and_fix_when_it_has_a_mistake(
    mistake: Callable[[Document], object], fault: str
) -> None:
    document = json.loads(REGISTRY.read_bytes())
    mistake(document)
    with pytest.raises(ConfigurationError) as refusal:
        parse_registry(json.dumps(document).encode())
    assert fault in str(refusal.value)
    assert "registry.json" in str(refusal.value)
