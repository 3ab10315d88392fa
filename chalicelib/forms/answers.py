"""What somebody has answered so far. It travels with the pages; the server keeps nothing.

Fields are called as the API calls them (`contact.email`, `attributes.<code>`), so that a fault of
the API's rules belongs to the field that carries its name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from chalicelib.geo.point import Point
from chalicelib.kernel.posted_form import Posted

ATTRIBUTE = "attributes."
ITEM = "items."
CONTACT = ("contact.name", "contact.email", "contact.phone")
DISPUTED = "disputed"
CONCESSION = "is_concession"
FOR_CALLER = "for_caller"
"""The ticket of an officer who fills in the form for somebody else."""
KEPT = frozenset(
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
    def of(cls, posted: Posted) -> "Answers":
        """Those of the posted fields that are answers."""
        kept = {
            name: values
            for name, values in posted.fields.items()
            if name in KEPT or name.startswith((ATTRIBUTE, ITEM))
        }
        return cls(kept)

    def one(self, name: str) -> str:
        """The answer to a field, empty if there is none."""
        return next(iter(self.values.get(name, ())), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every answer to a field."""
        return self.values.get(name, ())

    def with_(self, name: str, *values: str) -> "Answers":
        """The answers with another one to this field, or with none."""
        others = {each: kept for each, kept in self.values.items() if each != name}
        return Answers(others | {name: values} if any(values) else others)

    def after(self, *steps: str) -> "Answers":
        """The answers once these steps are done."""
        return self.with_("done", *dict.fromkeys((*self.all("done"), *steps)))

    def before(self, *steps: str) -> "Answers":
        """The answers with these steps still to do."""
        return self.with_("done", *(step for step in self.all("done") if step not in steps))

    def hidden(self, asked: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The fields that a page carries along: all but those that it asks itself."""
        own = frozenset(asked)
        for name, values in self.values.items():
            if name not in own:
                yield from ((name, value) for value in values)

    @property
    def place_label(self) -> str:
        """The name of the place that was chosen, empty where it was described in words."""
        return _place(self.one("place"))[1]

    @property
    def point(self) -> Point | None:
        """The place that was chosen, None where it was described in words."""
        return _place(self.one("place"))[0]

    @property
    def where(self) -> str:
        """The place in words: what was typed, and the name of the place that was chosen."""
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
    """A chosen place as a form's field holds it."""
    return f"{lat},{long},{label}"


def premises_value(*, premises_id: str, address: str) -> str:
    """A chosen address as a form's field holds it."""
    return f"{premises_id},{address}"


def collection_value(*, container: str, date: date, disputes: bool, title: str) -> str:
    """A chosen collection as a form's field holds it."""
    return f"{container},{date},{DISPUTED if disputes else 'missed'},{title}"


def collection_parts(collection: str) -> Sequence[str]:
    """Its container, date, kind and title, empty if they are missing."""
    found = collection.split(",", 3)
    return [*found, *("" for _ in range(4 - len(found)))]


def _place(value: str) -> tuple[Point | None, str]:
    lat, _, rest = value.partition(",")
    long, _, label = rest.partition(",")
    try:
        point = Point(lat=float(lat), long=float(long))
    except ValueError:
        return None, ""
    if not (abs(point.lat) <= 90 and abs(point.long) <= 180):
        return None, ""
    return point, label
