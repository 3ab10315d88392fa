"""The list of all days of a premises says what the headline says of a round that is called off."""

from datetime import UTC, date, datetime

from chalicelib.collections.round_days import RoundStatus
from chalicelib.handlers.forms.bin_days import BinWords, PremisesRounds
from chalicelib.kernel.languages import ENGLISH
from tests.support.fakes_collections import KNOWN_UNTIL, round_of

TODAY, TOMORROW, LATER = date(2026, 12, 21), date(2026, 12, 22), date(2026, 12, 29)
NOW = datetime(2026, 12, 21, 9, tzinfo=UTC)


def test_day_of_a_round_that_is_off_is_cancelled_in_the_list_of_days() -> None:
    closes = datetime(2026, 12, 22, 16, tzinfo=UTC)
    off = RoundStatus(round="R1", day=TOMORROW, state="off", closes_at=closes, reason="weather")
    known = PremisesRounds([round_of("R1", TOMORROW, LATER)], [off], KNOWN_UNTIL, TODAY, NOW)
    words = BinWords(known, {"rubbish": "Black bin"}, "Quay", ENGLISH)
    assert words.bins()[0].date == LATER
    assert [(each.day, each.bins) for each in words.collection_days()] == [
        (TOMORROW, ["Black bin (cancelled)"]),
        (LATER, ["Black bin"]),
    ]
