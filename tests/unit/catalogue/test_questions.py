from typing import Any

import pytest

from chalicelib.catalogue.questions import Attribute, Value, check_answers
from tests.support.builders import NOON
from tests.support.councils import council_named

CALL = "call us now on 01904 960123"
ATTRIBUTES = (
    Attribute(code="line", datatype="string", description="Say it in a line"),
    Attribute(code="count", datatype="number", description="How many?"),
    Attribute(code="since", datatype="datetime", description="Since when?"),
    Attribute(code="story", datatype="text", description="What happened?"),
    Attribute(
        code="one",
        datatype="singlevaluelist",
        description="Which?",
        required=True,
        values=(
            Value(key="a", name="A"),
            Value(key="b", name="B"),
            Value(key="fire", name="It burns", dangerous=True),
        ),
    ),
    Attribute(
        code="some",
        datatype="multivaluelist",
        description="Which ones?",
        values=(Value(key="x", name="X"), Value(key="y", name="Y")),
    ),
)


@pytest.mark.parametrize(
    ("sent", "answers"),
    [
        ({"one": "a"}, {"one": ("a",)}),
        ({"one": ["b"]}, {"one": ("b",)}),
        ({"one": "a", "line": "  blue van "}, {"line": ("blue van",), "one": ("a",)}),
        ({"one": "a", "line": "", "some": []}, {"one": ("a",)}),
        ({"one": "a", "count": 3}, {"count": ("3",), "one": ("a",)}),
        ({"one": "a", "count": "2.5"}, {"count": ("2.5",), "one": ("a",)}),
        (
            {"one": "a", "since": "2026-05-01T14:30"},
            {"since": ("2026-05-01T14:30",), "one": ("a",)},
        ),
        ({"one": "a", "story": "First.\nThen."}, {"story": ("First.\nThen.",), "one": ("a",)}),
        ({"one": "a", "some": ["y", "x", "y"]}, {"one": ("a",), "some": ("y", "x")}),
        ({"one": "a", "some": "x"}, {"one": ("a",), "some": ("x",)}),
    ],
)
def test_valid_answers_are_returned_as_texts(sent: dict[str, Any], answers: dict[str, Any]) -> None:
    assert check_answers(ATTRIBUTES, sent, emergency_line=lambda: CALL) == (answers, [])


@pytest.mark.parametrize(
    ("sent", "field", "fix"),
    [
        ({}, "one", "answer this question: Which?"),
        ({"one": "  "}, "one", "answer this question"),
        ({"one": "z"}, "one", "choose from: a, b"),
        ({"one": ["a", "b"]}, "one", "choose one answer"),
        ({"one": True}, "one", "must be text, a number, or a list"),
        ({"one": "a", "some": ["x", "z"]}, "some", "choose from: x, y"),
        ({"one": "a", "count": "many"}, "count", "must be a number"),
        ({"one": "a", "count": "nan"}, "count", "must be a number"),
        ({"one": "a", "count": "1e999"}, "count", "must be a number"),
        ({"one": "a", "count": "1_000"}, "count", "must be a number"),
        ({"one": "a", "count": "٣"}, "count", "must be a number"),
        ({"one": {"a": 1}}, "one", "must be text, a number, or a list"),
        ({"one": "a", "since": "last week"}, "since", "2026-05-01T14:30"),
        ({"one": "a", "line": "x" * 201}, "line", "at most 200"),
        ({"one": "a", "story": "x" * 2001}, "story", "at most 2000"),
        ({"one": "a", "dragon": "yes"}, "dragon", "this service does not ask it"),
        ({"one": "fire"}, "one", "needs an immediate response: call us now on 01904 960123"),
    ],
)
def test_fault_names_its_question_and_the_fix(sent: dict[str, Any], field: str, fix: str) -> None:
    _, faults = check_answers(ATTRIBUTES, sent, emergency_line=lambda: CALL)
    assert [fault.field for fault in faults] == [f"attributes.{field}"]
    assert fix in faults[0].message


def test_every_fault_is_named_when_there_are_several() -> None:
    _, faults = check_answers(
        ATTRIBUTES, {"count": "x", "since": "x", "dragon": 1}, emergency_line=lambda: CALL
    )
    assert [fault.field.removeprefix("attributes.") for fault in faults] == [
        "dragon",
        "count",
        "since",
        "one",
    ]


def test_every_list_of_the_demo_council_has_an_accepted_answer() -> None:
    council = council_named("demo")
    for service in council.services:
        safe = {
            attribute.code: next((v.key for v in attribute.values if not v.dangerous), "3")
            for attribute in service.attributes
            if attribute.datatype != "datetime" and not attribute.pattern
        }
        references = [f"attributes.{each.code}" for each in service.attributes if each.pattern]
        faults = council.check_answers(service.service_code, safe, NOON)[1]
        assert [fault.field for fault in faults] == references
