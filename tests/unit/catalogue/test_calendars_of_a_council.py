"""The calendars of a council's document: what is refused, and their texts in another language."""

import json
from typing import Any

import pytest

from chalicelib.catalogue.load import parse
from chalicelib.errors import ConfigurationError
from tests.support.councils import council_named
from tests.unit.catalogue.test_load import demo_document

DEMO = council_named("demo")


def with_calendar(**changes: Any) -> bytes:
    document = demo_document()
    document["calendars"].append(document["calendars"][1] | {"calendar": "extra"} | changes)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("changes", "fix"),
    [
        ({"calendar": "bulky"}, "`$.calendars[3].calendar`: 'bulky' is used twice"),
        ({"slots": []}, "$.calendars[3].slots"),
        (
            {"slots": [{"slot": "am", "name": "Morning"}] * 2},
            "`$.calendars[3].slots[1].slot`: 'am' is used twice",
        ),
        (
            {"slots": [{"slot": "day", "name": "All day", "minutes": 60}]},
            "`$.calendars[3].slots[0].minutes`: only a slot that begins at a time",
        ),
        ({"team": "nobody"}, "`$.calendars[3].team`: 'nobody' is not in `$.teams`"),
        ({"weekdays": [0, 0]}, "`$.calendars[3].weekdays`: a day is named twice"),
        ({"weekdays": [7]}, "$.calendars[3].weekdays[0]"),
        ({"capacity": 0}, "$.calendars[3].capacity"),
        ({"closed": ["25 December"]}, "$.calendars[3].closed[0]"),
        ({"closed_each_year": ["25-12"]}, "$.calendars[3].closed_each_year[0]"),
        ({"remind_days_before": [0]}, "$.calendars[3].remind_days_before[0]"),
        (
            {"place": {"name": "Hall", "address": "1 High Street", "lat": 51.5, "long": -0.1}},
            "`$.calendars[3].place`: it is outside `$.bounds`",
        ),
    ],
)
def test_a_calendar_that_would_not_work_is_refused_by_its_field(
    changes: dict[str, Any], fix: str
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        parse(with_calendar(**changes), "mine.json")
    assert fix in str(refusal.value)


def test_texts_of_an_unknown_slot_are_refused() -> None:
    document = demo_document()
    document["translations"]["cy"]["calendars"]["bulky"]["slots"]["night"] = "Nos"
    with pytest.raises(ConfigurationError, match="'night' is not in the calendar"):
        parse(json.dumps(document).encode(), "mine.json")


def test_every_text_of_the_demo_calendars_is_in_welsh() -> None:
    welsh = DEMO.in_language("cy")
    for english, said in zip(DEMO.calendars, welsh.calendars, strict=True):
        assert said.name != english.name
        assert english.place is None or (said.place and said.place.name != english.place.name)
        names = zip(english.slots, said.slots, strict=True)
        assert all(one.name != other.name for one, other in names)


def test_the_demo_council_has_the_usual_kinds_of_calendar() -> None:
    assert {code: each.slots[0].minutes for code, each in DEMO.by_calendar.items()} == {
        "bulky": None,
        "counter": 20,
        "hall": 60,
    }
