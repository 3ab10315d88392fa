"""The filters between a stream and its handler, as Lambda applies them: a handler on this machine
gets the records that it would get on AWS, and no others."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

FUNCTIONS = Path(__file__).parents[1] / "functions.json"
Pattern = Mapping[str, Any]
"""Fields with patterns of their own, or with the list of values that they may have; a value is a
text, or `{"prefix": …}`."""


@cache
def patterns_of(function: str) -> Sequence[Pattern]:
    """The patterns of a function by its name in Python; empty if it gets all records."""
    resource = "".join(part.title() for part in function.split("_"))
    declared = json.loads(FUNCTIONS.read_text())["Resources"].get(resource, {})
    return [
        json.loads(each["Pattern"])
        for source in declared.get("Properties", {}).get("Events", {}).values()
        for each in source["Properties"].get("FilterCriteria", {}).get("Filters", ())
    ]


def passes(record: Mapping[str, Any], patterns: Sequence[Pattern]) -> bool:
    """True if there are no patterns, or the record has the form of one of them."""
    return not patterns or any(_has_form(record, each) for each in patterns)


def _has_form(value: Mapping[str, Any], pattern: Pattern) -> bool:
    return all(
        _has_form(value.get(name, {}), wanted)
        if isinstance(wanted, Mapping)
        else any(_is_value(value.get(name), each) for each in wanted)
        for name, wanted in pattern.items()
    )


def _is_value(value: Any, wanted: str | Mapping[str, str]) -> bool:
    """Raises KeyError for a rule that is not supported here."""
    if isinstance(wanted, str):
        return bool(value == wanted)
    return isinstance(value, str) and value.startswith(wanted["prefix"])
