"""The id of a hold names its place, and only our own ids are taken."""

from datetime import date

import pytest

from chalicelib.bookings.hold_ids import HoldIds, place_of
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.errors import Invalid
from chalicelib.kernel.signing import hmac_hex

PLACE = SlotOfDay("bulky", date(2026, 6, 8), "day")


def ids_under(secret: str) -> HoldIds:
    return HoldIds(lambda *parts: hmac_hex(secret, *parts))


IDS = ids_under("secret")
MINE = IDS.make("ann", "key", PLACE, 3)


def test_an_id_gives_its_place_and_units() -> None:
    assert IDS.read(MINE) == (PLACE, 3)
    assert place_of(MINE) == PLACE
    assert MINE.startswith("bulky.2026-06-08.day.3.")


def test_the_same_request_gets_the_same_id_and_any_other_another() -> None:
    assert IDS.make("ann", "key", PLACE, 3) == MINE
    others = [
        IDS.make("bob", "key", PLACE, 3),
        IDS.make("ann", "another key", PLACE, 3),
        IDS.make("ann", "key", PLACE, 4),
        IDS.make("ann", "key", SlotOfDay("bulky", date(2026, 6, 9), "day"), 3),
    ]
    assert len({MINE, *others}) == 5


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "....",
        MINE[:-1],
        MINE.replace(".3.", ".1."),
        MINE.replace("06-08", "06-09"),
        MINE.replace("bulky", "hall"),
        MINE.upper(),
        f"{MINE}.",
        ids_under("another secret").make("ann", "key", PLACE, 3),
    ],
)
def test_an_id_that_was_not_made_here_is_refused(sent: str) -> None:
    with pytest.raises(Invalid) as refused:
        IDS.read(sent)
    assert [each.field for each in refused.value.errors] == ["hold_id"]
