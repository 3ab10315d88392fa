"""The answers to a form so far. The pages carry them in hidden fields; the server stores nothing.

Fields have the API's names (`contact.email`, `attributes.<code>`), so that a fault found by the
API's rules belongs to the field with its name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from chalicelib.geo.point import Point
from chalicelib.kernel.posted_form import PostedForm

ATTRIBUTE = "attributes."
ITEM = "items."
CONTACT = ("contact.name", "contact.email", "contact.phone")
DISPUTED = "disputed"
CONCESSION = "is_concession"
FOR_CALLER = "for_caller"
"""The ticket of an officer who fills in the form for somebody else."""
ANSWER_FIELDS = frozenset(
    (
        "key",
        "done",
        "q",
        "place",
        "address",
        "asset_id",
        "postcode",
        "premises",
        "collection",
        "amount",
        "day",
        "slot",
        "hold_id",
        "held_until",
        "shown_pence",
        "find",
        "service_code",
        "photo_ids",
        "description",
        "title",
        "anonymous",
        "no_alerts",
        *CONTACT,
        FOR_CALLER,
        CONCESSION,
    )
)


class Answers(Struct, frozen=True):
    """The answers by field; a field without one is absent."""

    values: Mapping[str, tuple[str, ...]]

    @classmethod
    def from_posted(cls, posted: PostedForm) -> "Answers":
        """The answers among the posted fields."""
        answers = {
            name: values
            for name, values in posted.fields.items()
            if name in ANSWER_FIELDS or name.startswith((ATTRIBUTE, ITEM))
        }
        return cls(answers)

    def one(self, name: str) -> str:
        """The answer to a field, empty if there is none."""
        return next(iter(self.values.get(name, ())), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every answer to a field."""
        return self.values.get(name, ())

    def with_(self, name: str, *values: str) -> "Answers":
        """The answers with new values of this field, or without it."""
        others = {each: old for each, old in self.values.items() if each != name}
        return Answers(others | {name: values} if any(values) else others)

    def with_done(self, *steps: str) -> "Answers":
        """The answers with these steps marked as done."""
        return self.with_("done", *dict.fromkeys((*self.all("done"), *steps)))

    def with_todo(self, *steps: str) -> "Answers":
        """The answers with these steps marked as still to do."""
        return self.with_("done", *(step for step in self.all("done") if step not in steps))

    def carried_fields(self, asked: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The fields for a page's hidden inputs: all but the fields that the page asks."""
        own = frozenset(asked)
        for name, values in self.values.items():
            if name not in own:
                yield from ((name, value) for value in values)

    @property
    def place_label(self) -> str:
        """The name of the place that was chosen, empty if it was described in words."""
        return _parse_place(self.one("place"))[1]

    @property
    def point(self) -> Point | None:
        """The place that was chosen, None if it was described in words."""
        return _parse_place(self.one("place"))[0]

    @property
    def location_text(self) -> str:
        """The place in words: the typed text, and the name of the chosen place."""
        typed, label = self.one("address"), self.place_label
        if label and label.casefold() not in typed.casefold():
            return ", ".join(filter(None, (typed, label)))
        return typed

    @property
    def premises_id(self) -> str:
        """The id of the address that was chosen, empty before."""
        return self.one("premises").partition(",")[0]

    @property
    def premises_address(self) -> str:
        """The address that was chosen, empty before."""
        return self.one("premises").partition(",")[2]

    @property
    def collection_title(self) -> str:
        """The collection that was chosen in words, empty before."""
        return collection_parts(self.one("collection"))[3]


def place_value(*, label: str, lat: float, long: float) -> str:
    """A chosen place as the value of a form's field."""
    return f"{lat},{long},{label}"


def premises_value(*, premises_id: str, address: str) -> str:
    """A chosen address as the value of a form's field."""
    return f"{premises_id},{address}"


def collection_value(*, container: str, date: date, disputes: bool, title: str) -> str:
    """A chosen collection as the value of a form's field."""
    return f"{container},{date},{DISPUTED if disputes else 'missed'},{title}"


def collection_parts(collection: str) -> Sequence[str]:
    """The container, date, kind and title of a field's value; empty texts for missing parts."""
    found = collection.split(",", 3)
    return [*found, *("" for _ in range(4 - len(found)))]


def _parse_place(value: str) -> tuple[Point | None, str]:
    lat, _, rest = value.partition(",")
    long, _, label = rest.partition(",")
    try:
        point = Point(lat=float(lat), long=float(long))
    except ValueError:
        return None, ""
    if not (abs(point.lat) <= 90 and abs(point.long) <= 180):
        return None, ""
    return point, label
