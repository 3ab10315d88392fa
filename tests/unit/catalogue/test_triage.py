"""What a council's rules decide, why, and which rules are refused."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.catalogue.decisions import Decision, Priority, ReportFacts
from chalicelib.catalogue.load import COUNCILS, parse
from chalicelib.catalogue.model import Council
from chalicelib.errors import ConfigurationError
from chalicelib.geo.point import Point
from tests.support.builders import MARKET_PLACE, NOON
from tests.support.councils import council_named

ROOT = Path(__file__).resolve().parents[3]
FACTS = ReportFacts(
    service_code="pothole",
    point=Point(**MARKET_PLACE),
    ward_code="centre",
    title=None,
    description="A hole in the road.",
    requested=NOON,
)


def council(*rules: dict[str, Any], **values: Any) -> Council:
    document = json.loads((COUNCILS / "demo.json").read_bytes())
    named = [{"name": f"Rule {number}", **rule} for number, rule in enumerate(rules)]
    return parse(json.dumps(document | {"triage": named} | values).encode(), "mine.json")


def rule(when: dict[str, Any] | None = None, **then: Any) -> dict[str, Any]:
    return {"when": when or {}, "then": then}


def decision(*rules: dict[str, Any], **facts: Any) -> Decision:
    return council(*rules).decide(replace(FACTS, **facts))


def reasons(decided: Decision) -> list[str]:
    return [reason.text for reason in decided.because]


def test_decision_is_the_default_when_no_rule_matches() -> None:
    decided = decision()
    assert (decided.team, decided.priority, decided.opens) == ("highways", "normal", "officer")
    assert (decided.kind, decided.minutes, decided.because) == ("repair", 30, ())
    assert decided.expected_datetime == council().promise_date("pothole", NOON)


def test_decision_keeps_the_places_team_when_no_rule_names_one() -> None:
    assert decision(rule(opens="job"), service_code="litter").team == "town-centre"


def test_each_value_is_decided_by_the_first_rule_that_sets_it() -> None:
    decided = decision(
        rule(priority="high", materials=["Tarmac"]),
        rule(priority="low", kind="inspect", materials=[]),
        rule(kind="collect", minutes=45, opens="job", team="parks", hazards=["Traffic"]),
    )
    assert (decided.priority, decided.kind, decided.minutes) == ("high", "inspect", 45)
    assert (decided.opens, decided.team, decided.hazards) == ("job", "parks", ("Traffic",))
    assert decided.materials == ("Tarmac",)
    assert [reason.about for reason in decided.because] == ["priority", "kind", "team", "opens"]


@pytest.mark.parametrize(
    ("when", "facts", "fits"),
    [
        ({"services": ["litter", "pothole"]}, {}, True),
        ({"services": ["litter"]}, {}, False),
        ({"groups": ["Roads and pavements"]}, {}, True),
        ({"groups": ["Lights and signals"]}, {}, False),
        ({"wards": ["east", "centre"]}, {}, True),
        ({"wards": ["east"]}, {}, False),
        ({"wards": ["east"]}, {"ward_code": None}, False),
        ({"attributes": {"size": ["medium", "large"]}}, {"attributes": {"size": ("large",)}}, True),
        ({"attributes": {"size": ["large"]}}, {"attributes": {"size": ("small",)}}, False),
        ({"attributes": {"size": ["large"]}}, {}, False),
        ({"services": ["pothole"], "wards": ["east"]}, {}, False),
        ({"services": ["pothole"], "wards": ["centre"]}, {}, True),
    ],
)
def test_rule_matches_when_all_of_its_conditions_do(
    when: dict[str, Any], facts: dict[str, Any], *, fits: bool
) -> None:
    assert (decision(rule(when, priority="high"), **facts).priority == "high") is fits


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("It is DEEP.", True),
        ("(deep)", True),
        ("deeper than it was", False),
        ("knee-deepish or undeep", False),
        ("A sink\n hole opened", True),
        ("sinkhole", False),
        ("the cover can’t be closed", True),
        ("c++ is not a word that ends", True),
        ("Ein Loch in der Straße", True),
        ("nothing of that", False),
    ],
)
def test_rule_matches_whole_words_and_phrases_in_any_case(text: str, *, fits: bool) -> None:
    words = {"words": ["deep", "sink hole", "Can't be closed", "c++", "STRASSE"]}
    decided = decision(rule(words, priority="high"), description=text)
    assert (decided.priority == "high") is fits


def test_phrase_does_not_span_title_and_description() -> None:
    words = rule({"words": ["sink hole"]}, priority="high")
    assert decision(words, title="By the sink", description="hole").priority == "normal"


def test_rule_sees_the_priority_of_earlier_rules() -> None:
    when_high = rule({"priorities": ["high"]}, service_level={"working_hours": 4})
    decided = decision(rule(priority="high"), when_high)
    assert decided.expected_datetime < council().promise_date("pothole", NOON)
    too_early = decision(when_high, rule(priority="high"))
    assert too_early.expected_datetime == council().promise_date("pothole", NOON)


def test_priority_stays_and_rules_use_it_when_an_officer_chose_it() -> None:
    decided = decision(
        rule(priority="low"), rule({"priorities": ["urgent"]}, opens="job"), priority="urgent"
    )
    assert (decided.priority, decided.opens) == ("urgent", "job")
    assert [reason.about for reason in decided.because] == ["opens"]


@pytest.mark.parametrize(
    ("when", "facts", "reason"),
    [
        (
            {"words": ["deep"]},
            {"description": "VERY Deep"},
            "The priority is high because the description says “deep”.",
        ),
        (
            {"words": ["deep"]},
            {"title": "So deep"},
            "The priority is high because the title says “deep”.",
        ),
        (
            {"services": ["pothole"], "wards": ["centre"], "attributes": {"size": ["large"]}},
            {"attributes": {"size": ("large",)}},
            "The priority is high because it is in the ward centre and the answer to “How big is "
            "it?” is “Larger than a car wheel”.",
        ),
        ({"services": ["pothole"]}, {}, "The priority is high because the service is “Pothole”."),
        ({}, {}, "The priority is high because the rule is “Rule 0”."),
    ],
)
def test_reason_names_the_matching_condition(
    when: dict[str, Any], facts: dict[str, Any], reason: str
) -> None:
    assert reasons(decision(rule(when, priority="high"), **facts)) == [reason]


def test_reason_is_the_rules_own_text_when_there_is_one() -> None:
    decided = decision(
        {
            **rule(
                team="parks",
                service_level={"working_days": 1},
                opens="officer",
                kind="make_safe",
                minutes=5,
            ),
            "because": "a branch may fall",
        }
    )
    assert reasons(decided) == [
        "The team is Parks and trees because a branch may fall.",
        "The target is 1 working day because a branch may fall.",
        "An officer looks at it first because a branch may fall.",
        "The job is to make it safe because a branch may fall.",
    ]


@pytest.mark.parametrize(
    ("mistake", "place", "fix"),
    [
        (rule({"services": ["dragon"]}, opens="job"), "when.services", "dragon: not in"),
        (rule({"groups": ["Dragons"]}, opens="job"), "when.groups", "Dragons: not in"),
        (rule({"wards": ["moon"]}, opens="job"), "when.wards", "moon: not in"),
        (rule({"words": [" "]}, opens="job"), "when.words", "blank"),
        (rule({"words": []}, opens="job"), "when.words", "length >= 1"),
        (
            rule({"attributes": {"colour": ["red"]}}, opens="job"),
            "when.attributes.colour",
            "none of",
        ),
        (rule({"attributes": {"size": ["tiny"]}}, opens="job"), "when.attributes.size", "tiny"),
        (
            rule({"services": ["litter"], "attributes": {"size": ["large"]}}, opens="job"),
            "when.attributes.size",
            "none of the rule's services asks it",
        ),
        (
            rule({"attributes": {"vehicle": ["car"]}}, opens="job"),
            "when.attributes.vehicle",
            "no list",
        ),
        (
            rule({"attributes": {"what": ["wires"]}}, opens="job"),
            "when.attributes.what",
            "told to call",
        ),
        (
            rule({"services": ["pothole"], "groups": ["Lights and signals"]}, opens="job"),
            "when",
            "none of `services`",
        ),
        (rule(), "then", "is empty"),
        (rule(team="nobody"), "then.team", "nobody: not in `$.teams`"),
        (rule(service_level={"days": 1, "working_days": 1}), "then.service_level", "give one of"),
        (rule(skills=["magic"]), "then.skills", "magic: not in the skills of `$.crews`"),
        (rule(priority="soon"), "then.priority", "Invalid enum value"),
        (rule(minutes=0), "then.minutes", ">= 1"),
        (rule({"service": ["pothole"]}, opens="job"), "when", "unknown field"),
    ],
)
def test_rule_is_refused_with_place_and_fix_when_it_has_a_mistake(
    mistake: dict[str, Any], place: str, fix: str
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        council(mistake)
    assert f"$.triage[0].{place}" in str(refusal.value)
    assert fix in str(refusal.value)


def test_rules_are_refused_when_two_have_one_name() -> None:
    with pytest.raises(ConfigurationError, match=r"triage\[1\]\.name`: 'Twin' is used twice"):
        council({"name": "Twin", **rule(opens="job")}, {"name": "Twin", **rule(minutes=5)})


def test_wards_are_not_checked_when_the_document_names_none() -> None:
    assert council(rule({"wards": ["moon"]}, opens="job"), councillors={}).triage


def test_costs_of_channels_are_refused_when_one_is_missing() -> None:
    with pytest.raises(ConfigurationError, match="add what counter, letter, social costs"):
        council(channel_costs={"online": 8, "phone": 339.5})


def test_channels_have_the_studys_costs_by_default() -> None:
    pence = {"online": 8, "phone": 339, "counter": 1053, "letter": 1210, "social": 8}
    assert council().channel_costs == pence


def test_three_quarters_of_the_reports_of_bath_open_a_job(shared_data: Path) -> None:
    bath = council_named("bath")
    mapping = json.loads((ROOT / "infra" / "mappings" / "bath.json").read_bytes())
    path = shared_data / "reports" / "bath_fixmystreet_2007_2017.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = [
            (mapping["categories"][row["category"]], row["title"]) for row in csv.DictReader(file)
        ]
    decided = [
        bath.decide(replace(FACTS, service_code=service_code, title=title, description=title))
        for service_code, title in rows
    ]
    opened = sum(each.opens == "job" for each in decided)
    assert 0.7 < opened / len(decided) < 0.8
    assert sum(each.priority == "urgent" for each in decided) < 0.03 * len(decided)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({}, ("job", "repair", "normal", "highways")),
        ({"attributes": {"size": ("large",)}}, ("job", "repair", "high", "highways")),
        ({"description": "The road has collapsed."}, ("job", "make_safe", "urgent", "highways")),
        (
            {"service_code": "noise-nuisance", "description": "It is collapsed."},
            ("officer", "repair", "normal", "protection"),
        ),
        ({"service_code": "something-else"}, ("officer", "repair", "normal", "contact")),
        ({"service_code": "abandoned-vehicle"}, ("job", "inspect", "normal", "cleansing")),
        (
            {"service_code": "litter", "description": "Syringes!"},
            ("job", "collect", "urgent", "town-centre"),
        ),
        (
            {"service_code": "fallen-tree", "attributes": {"blocking": ("path",)}},
            ("job", "make_safe", "urgent", "highways"),
        ),
    ],
)
def test_demo_council_decides_by_service_answers_and_words(
    facts: dict[str, Any], outcome: tuple[str, ...]
) -> None:
    decided = council_named("demo").decide(replace(FACTS, **facts))
    assert (decided.opens, decided.kind, decided.priority, decided.team) == outcome


PRIORITIES: tuple[Priority, ...] = get_args(Priority)
UNITS = ("days", "working_days", "working_hours")
PROMISES = st.builds(lambda unit, count: {unit: count}, st.sampled_from(UNITS), st.integers(1, 15))
WHENS = st.fixed_dictionaries(
    {},
    optional={
        "priorities": st.lists(st.sampled_from(PRIORITIES), min_size=1, unique=True),
        "services": st.just(["pothole"]),
        "words": st.sampled_from([["deep"], ["hole"], ["deep", "hole"]]),
        "wards": st.sampled_from([["centre"], ["east"]]),
    },
)
PROMISE_RULES = st.builds(lambda when, level: rule(when, service_level=level), WHENS, PROMISES)
PRIORITY_RULES = st.builds(
    lambda when, priority: rule(when, priority=priority), WHENS, st.sampled_from(PRIORITIES)
)


@given(
    st.lists(st.one_of(PROMISE_RULES, PRIORITY_RULES), max_size=5),
    st.sampled_from(["A deep hole.", "A hole.", "Deep.", "Something."]),
    st.datetimes(datetime(2026, 6, 1), datetime(2027, 1, 31)),
)
def test_higher_priority_is_never_promised_later(
    rules: list[dict[str, Any]], said: str, requested: datetime
) -> None:
    try:
        here = council(*rules)
    except ConfigurationError:
        assume(False)
    facts = replace(FACTS, description=said, requested=requested.replace(tzinfo=UTC))
    by_hand = [here.decide(replace(facts, priority=each)) for each in PRIORITIES]
    dues = [each.expected_datetime for each in by_hand]
    assert dues == sorted(dues, reverse=True)
    by_rule = here.decide(facts)
    higher = PRIORITIES.index(by_rule.priority) + 1
    assert all(due <= by_rule.expected_datetime for due in dues[higher:])


def test_promise_for_a_priority_is_for_higher_ones_as_well() -> None:
    high = rule(
        {"services": ["pothole"], "priorities": ["high"]}, service_level={"working_days": 2}
    )
    dues = [decision(high, priority=each).expected_datetime for each in PRIORITIES]
    assert dues[0] == dues[1] > dues[2] == dues[3]


def test_rules_without_a_promise_apply_only_to_their_named_priorities() -> None:
    low = rule({"priorities": ["low"]}, opens="job")
    assert [decision(low, priority=each).opens for each in PRIORITIES] == ["job", *["officer"] * 3]


@pytest.mark.parametrize(
    ("rules", "at"),
    [
        ([rule({"priorities": ["high"]}, service_level={"days": 200})], 0),
        (
            [
                rule({"priorities": ["urgent"]}, service_level={"working_days": 3}),
                rule({"priorities": ["high"]}, service_level={"working_days": 2}),
            ],
            0,
        ),
        (
            [
                rule({"priorities": ["high"]}, service_level={"working_hours": 1}),
                rule({"priorities": ["urgent"]}, service_level={"working_days": 2}),
                rule(service_level={"days": 2}),
            ],
            1,
        ),
    ],
)
def test_rules_are_refused_when_a_higher_priority_could_wait_longer(
    rules: list[dict[str, Any]], at: int
) -> None:
    with pytest.raises(ConfigurationError, match=rf"triage\[{at}\].then.service_level"):
        council(*rules)


def test_rules_for_different_wards_are_not_compared() -> None:
    at_a_pothole, slow, quick = {"services": ["pothole"]}, {"days": 3}, {"days": 2}
    taken = council(
        rule(at_a_pothole | {"priorities": ["urgent"], "wards": ["east"]}, service_level=slow),
        rule(at_a_pothole | {"priorities": ["high"], "wards": ["centre"]}, service_level=quick),
    )
    assert len(taken.triage) == 2


def test_new_bin_opens_a_delivery_that_says_which_bin() -> None:
    asked = {"container": ("garden",), "reason": ("none",)}
    decided = council_named("demo").decide(
        replace(FACTS, service_code="new-container", attributes=asked)
    )
    assert (decided.opens, decided.kind, decided.team) == ("job", "deliver", "waste")
    assert decided.materials == ("Brown bin",)
