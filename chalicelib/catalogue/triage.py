"""Triage: a council's rules decide how a new report is handled.

For each property, the first rule that matches the report and sets it decides; properties that no
rule sets keep the default of the service.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, get_args

from msgspec import Meta, Struct

from chalicelib.catalogue.decisions import (
    DecisionTopic,
    JobKind,
    Opens,
    Priority,
    Reason,
    ReportFacts,
)
from chalicelib.catalogue.promise import ServiceLevel
from chalicelib.catalogue.questions import Attribute
from chalicelib.catalogue.wards import WardCode
from chalicelib.catalogue.words import Code, ShortText, Strict

NotEmpty = Meta(min_length=1)
Minutes = Annotated[int, Meta(ge=1, le=24 * 60)]

USUAL_PRIORITY: Priority = "normal"
USUAL_OPENS: Opens = "officer"
USUAL_KIND: JobKind = "repair"
USUAL_MINUTES = 30

_PRIORITIES: tuple[Priority, ...] = get_args(Priority)
"""From the lowest to the highest."""
_OPENS: Mapping[Opens, str] = {
    "job": "A crew gets a job straight away",
    "officer": "An officer looks at it first",
}
_KINDS: Mapping[JobKind, str] = {
    "inspect": "inspect it",
    "make_safe": "make it safe",
    "repair": "repair it",
    "collect": "collect it",
    "deliver": "deliver it",
    "revisit": "look at it again",
}


class When(Strict, frozen=True, kw_only=True, dict=True):
    """The conditions of a rule: all given ones must match, and any one value of a list. `words`:
    whole words or phrases in the title or description, in any case. `attributes`: answers to its
    service's questions, by the question's code. `priorities`: the priority that earlier rules, or
    an officer, gave it; in a rule with a promise they mean these and all higher ones, so that a
    more urgent report never waits longer.
    """

    services: Annotated[tuple[Code, ...], NotEmpty] | None = None
    groups: Annotated[tuple[ShortText, ...], NotEmpty] | None = None
    wards: Annotated[tuple[WardCode, ...], NotEmpty] | None = None
    attributes: Mapping[Code, Annotated[tuple[Code, ...], NotEmpty]] = {}
    words: Annotated[tuple[ShortText, ...], NotEmpty] | None = None
    priorities: Annotated[tuple[Priority, ...], NotEmpty] | None = None

    def is_for(self, service_code: str, group: str) -> bool:
        """True if the rule can match reports of this service."""
        about = self.services is None or service_code in self.services
        return about and (self.groups is None or group in self.groups)

    def word_in(self, text: str) -> str | None:
        """The first of `words` that the text contains."""
        found = self._words.search(_plain(text))
        return " ".join(found[0].split()) if found else None

    @cached_property
    def _words(self) -> re.Pattern[str]:
        phrases = [r"\s+".join(map(re.escape, _plain(each).split())) for each in self.words or ()]
        return re.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)")


class Then(Strict, frozen=True, kw_only=True):
    """The values that a rule sets; None leaves a value to other rules. `minutes` is the job's
    duration."""

    team: Code | None = None
    priority: Priority | None = None
    service_level: ServiceLevel | None = None
    opens: Opens | None = None
    kind: JobKind | None = None
    minutes: Minutes | None = None
    skills: tuple[Code, ...] | None = None
    hazards: tuple[ShortText, ...] | None = None
    materials: tuple[ShortText, ...] | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The values that it sets, by name."""
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in values.items() if value is not None}


class Rule(Strict, frozen=True, kw_only=True):
    """A rule. `because` continues the sentence of the reason: "Priority is high because …"; by
    default the sentence names what matched."""

    name: ShortText
    when: When
    then: Then
    because: ShortText | None = None


class ServiceRules(Struct, frozen=True, kw_only=True):
    """The rules that can match reports of one service, in their order, each with its values."""

    service_name: str
    questions: Mapping[str, Attribute]
    team_names: Mapping[str, str]
    rules: Sequence[tuple[Rule, Mapping[str, Any]]]

    def decide(self, facts: ReportFacts) -> tuple[Mapping[str, Any], tuple[Reason, ...]]:
        """The values that the rules set on a report, by the names in Then, and the reasons."""
        decided: dict[str, Any] = {"priority": facts.priority} if facts.priority else {}
        because: list[Reason] = []
        for rule, values in self.rules:
            new = {name: value for name, value in values.items() if name not in decided}
            priority = decided.get("priority", USUAL_PRIORITY)
            cause = self._cause(rule, facts, priority) if new else None
            if cause is not None:
                decided |= new
                because += self._reasons(new, cause)
        return decided, tuple(because)

    def _cause(self, rule: Rule, facts: ReportFacts, priority: Priority) -> str | None:
        """Why the rule matches; None if it does not."""
        causes: list[str] = []
        for causes_of in (_ward_causes, self._answer_causes, _priority_causes, _word_causes):
            found = causes_of(rule, facts, priority)
            if found is None:
                return None
            causes += found
        return rule.because or " and ".join(causes) or self._usual_cause(rule)

    def _answer_causes(self, rule: Rule, facts: ReportFacts, _: Priority) -> list[str] | None:
        causes = []
        for code, keys in rule.when.attributes.items():
            given = [key for key in facts.attributes.get(code, ()) if key in keys]
            question = self.questions.get(code)
            if not given or question is None:
                return None
            names = {value.key: value.name for value in question.values}
            answer = names.get(given[0], given[0])
            causes.append(f"the answer to “{question.description}” is “{answer}”")
        return causes

    def _usual_cause(self, rule: Rule) -> str:
        is_narrow = rule.when.services or rule.when.groups
        if is_narrow:
            return f"the service is “{self.service_name}”"
        return f"the rule is “{rule.name}”"

    def _reasons(self, new: Mapping[str, Any], cause: str) -> Iterator[Reason]:
        statements: dict[DecisionTopic, str] = {}
        if "team" in new:
            statements["team"] = f"The team is {self.team_names[new['team']]}"
        if "priority" in new:
            statements["priority"] = f"The priority is {new['priority']}"
        if "service_level" in new:
            statements["target"] = f"The target is {new['service_level']}"
        if "opens" in new:
            statements["opens"] = _OPENS[new["opens"]]
        if "kind" in new:
            statements["kind"] = f"The job is to {_KINDS[new['kind']]}"
        for about, statement in statements.items():
            yield Reason(about=about, text=f"{statement} because {cause}.")


def _ward_causes(rule: Rule, facts: ReportFacts, _: Priority) -> list[str] | None:
    when = rule.when
    if when.wards is None:
        return []
    return [f"it is in the ward {facts.ward_code}"] if facts.ward_code in when.wards else None


def _priority_causes(rule: Rule, _: ReportFacts, priority: Priority) -> list[str] | None:
    wanted = rule.when.priorities
    if wanted is None:
        return []
    is_promise = rule.then.service_level is not None
    lowest = min(map(_PRIORITIES.index, wanted))
    fits = _PRIORITIES.index(priority) >= lowest if is_promise else priority in wanted
    return [f"its priority is {priority}"] if fits else None


def _word_causes(rule: Rule, facts: ReportFacts, _: Priority) -> list[str] | None:
    when = rule.when
    if when.words is None:
        return []
    for name, text in (("description", facts.description), ("title", facts.title)):
        if text and (word := when.word_in(text)):
            return [f"the {name} says “{word}”"]
    return None


def _plain(text: str) -> str:
    """The text in small letters, with one kind of apostrophe."""
    return text.casefold().replace("’", "'")
