"""The number to call about a danger, by the council's clock and its bank holidays."""

from datetime import datetime

import msgspec
import pytest

from chalicelib.catalogue.model import Council
from tests.support.councils import council_named

DEMO = council_named("demo")
USUAL, OTHER = "01904 960123", "01904 960199"


@pytest.mark.parametrize(
    ("moment", "phone"),
    [
        ("2026-06-05T11:00:00+01:00", USUAL),
        ("2026-06-05T08:30:00+01:00", USUAL),
        ("2026-06-05T08:29:59+01:00", OTHER),
        ("2026-06-05T16:59:59+01:00", USUAL),
        ("2026-06-05T17:00:00+01:00", OTHER),
        ("2026-06-06T11:00:00+01:00", OTHER),
        ("2026-06-07T11:00:00+01:00", OTHER),
        ("2026-06-08T00:00:00+01:00", OTHER),
        # The clock of the council, not that of UTC: both are 8:45 and 7:45 there.
        ("2026-06-05T07:45:00+00:00", USUAL),
        ("2026-01-05T07:45:00+00:00", OTHER),
        # Good Friday, Easter Monday and Christmas Day are on working days.
        ("2026-04-03T11:00:00+01:00", OTHER),
        ("2026-04-06T11:00:00+01:00", OTHER),
        ("2026-04-07T11:00:00+01:00", USUAL),
        ("2026-12-25T11:00:00+00:00", OTHER),
    ],
)
def test_number_is_that_of_the_hour(moment: str, phone: str) -> None:
    line = DEMO.phone_line_at(datetime.fromisoformat(moment))
    assert (line.phone, line.is_usual) == (phone, phone == USUAL)
    assert phone in line.words and "999" in line.words
    assert ("call us now" in line.words) == (phone == USUAL)


def without_other_number() -> Council:
    return msgspec.structs.replace(DEMO, out_of_hours_phone=None)


def test_closed_line_is_not_given_when_there_is_no_other_number() -> None:
    line = without_other_number().phone_line_at(datetime.fromisoformat("2026-06-07T11:00:00+01:00"))
    assert line.phone is None
    assert line.words == (
        "our line is closed now (Monday to Friday, 8:30 to 17:00): call 999 if it cannot wait"
    )


def test_line_can_have_its_own_hours() -> None:
    always = {"days": ["sunday"], "opens": "00:00", "closes": "23:59"}
    document = msgspec.to_builtins(DEMO) | {"phone_hours": always}
    here = msgspec.convert(document, Council)
    assert here.phone_line_at(datetime.fromisoformat("2026-06-07T11:00:00+01:00")).phone == USUAL


def test_dangerous_answer_names_the_number_to_call_at_that_hour() -> None:
    sunday = datetime.fromisoformat("2026-06-07T11:00:00+01:00")
    refused = DEMO.check_answers("flooding", {"homes-at-risk": "yes"}, sunday)[1]
    (fault,) = [each for each in refused if each.field == "attributes.homes-at-risk"]
    assert OTHER in fault.message and "call us now" not in fault.message
