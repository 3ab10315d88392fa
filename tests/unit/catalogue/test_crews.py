"""A council's crews, and which are refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.catalogue.load import COUNCILS, load, parse
from chalicelib.errors import ConfigurationError

SHIPPED = sorted(path.stem for path in COUNCILS.glob("*.json"))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_council_has_crews_for_its_busiest_teams(name: str) -> None:
    council = load(name)
    assert [council.by_crew[each.crew] for each in council.crews] == list(council.crews)
    assert len({crew.team for crew in council.crews}) >= 2
    assert all(crew.shift.minutes == 480 for crew in council.crews)


@pytest.mark.parametrize("name", SHIPPED)
def test_skills_of_a_shipped_rule_exist_in_its_team(name: str) -> None:
    council = load(name)
    skilled = {(crew.team, skill) for crew in council.crews for skill in crew.skills}
    named = [each.then for each in council.triage if each.then.team]
    assert all((then.team, skill) in skilled for then in named for skill in then.skills or ())


def put(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def apply(crew: dict[str, Any]) -> None:
        crew[name] = value

    return apply


@pytest.mark.parametrize(
    ("mistake", "place", "fix"),
    [
        (put("team", "nobody"), "$.crews[0].team", "'nobody' is not in `$.teams`"),
        (put("crew", "cleansing"), "$.crews[0].crew", "used twice"),
        (
            put("depot", {"name": "Depot", "lat": -1.0815, "long": 53.959}),
            "$.crews[0].depot",
            "outside `$.bounds`; lat and long may be swapped",
        ),
        (put("depot", {"name": "Depot", "lat": 91, "long": 0}), "$.crews[0].depot.lat", "<= 90"),
        (put("shift", {"starts": "15:30", "ends": "15:30"}), "$.crews[0].shift", "before it"),
        (put("shift", {"starts": "7:30", "ends": "15:30"}), "$.crews[0].shift.starts", "regex"),
        (put("skill", []), "$.crews[0]", "unknown field `skill`"),
    ],
)
def test_crew_is_refused_with_place_and_fix_when_it_has_a_mistake(
    mistake: Callable[[dict[str, Any]], None], place: str, fix: str
) -> None:
    document = json.loads((COUNCILS / "demo.json").read_bytes())
    mistake(document["crews"][0])
    with pytest.raises(ConfigurationError) as refusal:
        parse(json.dumps(document).encode(), "mine.json")
    assert place in str(refusal.value)
    assert fix in str(refusal.value)
