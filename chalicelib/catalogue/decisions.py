"""The decisions about a new report, their inputs and their reasons.

The council's rules decide (`catalogue/triage.py`); reports keep the outcome and jobs follow it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from chalicelib.geo.point import Point

Priority = Literal["low", "normal", "high", "urgent"]
Opens = Literal["job", "officer"]
"""What a new report opens: a crew's job at once, or an officer's case."""
JobKind = Literal["inspect", "make_safe", "repair", "collect", "deliver", "revisit"]
DecisionTopic = Literal["team", "priority", "target", "opens", "kind"]
"""The decisions that have a reason; `target` is when the report should be done."""


class ReportFacts(Struct, frozen=True, kw_only=True):
    """The inputs of a decision. `attributes` are the answers to its service's questions;
    `priority` is an officer's choice, which no rule changes."""

    service_code: str
    point: Point | None
    ward_code: str | None
    title: str | None
    description: str
    requested: datetime
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    priority: Priority | None = None


class Reason(Struct, frozen=True, kw_only=True):
    """The reason for a decision: a plain sentence in the council's own words, never in words that
    a resident typed."""

    about: DecisionTopic
    text: str


class Decision(Struct, frozen=True, kw_only=True):
    """The team for a report, how soon it should be done, and the job that it opens, if any.
    `minutes` is the job's duration; `because` has a reason for each decision made by a rule."""

    team: str
    priority: Priority
    expected_datetime: datetime
    opens: Opens
    kind: JobKind
    minutes: int
    skills: tuple[str, ...]
    hazards: tuple[str, ...]
    materials: tuple[str, ...]
    because: tuple[Reason, ...]
