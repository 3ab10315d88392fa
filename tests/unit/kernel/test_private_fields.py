"""Private fields are in no representation, which is what logs and tracebacks show."""

from typing import Annotated

from msgspec import Meta

from chalicelib.kernel.private_fields import HidesPrivate, Private, private_fields


class Subscriber(HidesPrivate, frozen=True, kw_only=True):
    number: int
    address: Private[str | None] = None
    key: Private[Annotated[str, Meta(max_length=9)]]


class Officer(Subscriber, frozen=True, kw_only=True):
    team: str
    pin: Private[str]


def test_representation_has_all_fields_but_the_private_ones() -> None:
    seen = repr([Subscriber(number=1, address="jo@example.org", key="secret")])
    assert seen == "[Subscriber(number=1)]"


def test_class_built_on_another_one_hides_the_private_fields_of_both() -> None:
    officer = Officer(number=2, key="secret", team="roads", pin="1234")
    assert f"{officer}" == "Officer(number=2, team='roads')"
    assert private_fields(Officer) == {"address", "key", "pin"}


def test_private_field_counts_when_values_are_compared() -> None:
    assert Subscriber(number=1, key="a") != Subscriber(number=1, key="b")
