"""The steps of CONTRIBUTING.md can be followed."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue.decisions import ReportFacts
from chalicelib.catalogue.load import COUNCILS, load, parse
from chalicelib.errors import ConfigurationError
from tests.conftest import ROOT

NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]*)`")
"""Files and folders from the root, of any kind."""


def steps(text: str, title: str) -> dict[int, str]:
    """The numbered steps of a section, by number."""
    section = text.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0]
    numbered = re.split(r"^(\d+)\. ", section, flags=re.MULTILINE)[1:]
    return {int(number): step for number, step in zip(numbered[::2], numbered[1::2], strict=True)}


def example(step: str) -> Any:
    """The JSON document of a step."""
    (found,) = re.findall(r"```json\n(.*?)```", step, flags=re.DOTALL)
    return json.loads(found)


TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SERVICE = steps(TEXT, "Add a service")


def with_service(folder: Path, **changes: str) -> Path:
    """The demo council's document after steps 2 and 3."""
    document = json.loads((COUNCILS / "demo.json").read_bytes())
    document["services"].append(example(SERVICE[2]) | changes)
    document["triage"].insert(0, example(SERVICE[3]))
    path = folder / "council.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_service_and_its_rule_work_when_the_steps_were_followed(tmp_path: Path) -> None:
    council = load(str(with_service(tmp_path)))
    added, rule = example(SERVICE[2]), example(SERVICE[3])
    (question,) = added["attributes"]
    assert council.by_code[added["service_code"]].service_name == added["service_name"]
    requested = datetime(2026, 6, 1, 9, tzinfo=UTC)
    decided = {
        answer: council.decide(
            ReportFacts(
                service_code=added["service_code"],
                point=None,
                ward_code=None,
                title=None,
                description="",
                requested=requested,
                attributes={question["code"]: (answer,)},
            )
        )
        for answer in ("no", "yes")
    }
    assert decided["yes"].priority == rule["then"]["priority"] != decided["no"].priority
    assert requested < decided["yes"].expected_datetime < decided["no"].expected_datetime


def test_service_is_refused_when_its_team_is_not_the_councils(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"add it or name one of them"):
        load(str(with_service(tmp_path, team="benches")))


def test_council_has_the_look_of_the_example() -> None:
    document = json.loads((COUNCILS / "demo.json").read_bytes())
    look = example(steps(TEXT, "Give a council its look")[2])
    here = parse(json.dumps(document | look).encode(), "council.json")
    assert here.theme.brand.ground == look["theme"]["brand"]["ground"]


@pytest.mark.parametrize(
    "title",
    [
        "Add a service",
        "Give a council its look",
        "Add a page",
        "Add a reaction",
        "Add a kind of message",
    ],
)
def test_steps_are_numbered_in_order_and_name_existing_files(title: str) -> None:
    found = steps(TEXT, title)
    assert [*found] == [*range(1, len(found) + 1)]
    named = {name for step in found.values() for name in NAMED.findall(step)}
    assert named and {name for name in named if not (ROOT / name).exists()} == set()
