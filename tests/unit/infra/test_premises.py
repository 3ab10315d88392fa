"""The premises of a council's file: which rows are taken, and how they are stored and found."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest

from chalicelib.collections.model import Round, Rounds
from chalicelib.collections.premises import (
    CURRENT,
    CurrentVersion,
    Premises,
    address_sort_key,
    street_of,
)
from chalicelib.collections.stored_premises import StoredPremises
from infra.premises import Summary, documents_of, premises_of
from tests.support.councils import council_named

DEMO = council_named("demo")
HEADER = "uprn,address,postcode,lat,long,rounds"
PLACE = "53.959,-1.0815"
ROUNDS = Rounds(
    known_until=date(2027, 1, 1),
    items=tuple(
        Round(round=code, container=container, name="", colour="", dates=(), moved=())
        for code, container in (("R1", "rubbish"), ("R2", "rubbish"), ("G1", "garden"))
    ),
)
GOOD = f"100,2 Dial Row,YO1 7HH,{PLACE},R1 G1"

Read = Callable[..., tuple[list[Premises], Summary]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(*rows: str, header: str = HEADER) -> tuple[list[Premises], Summary]:
        file = tmp_path / "premises.csv"
        file.write_text("\n".join((header, *rows)), encoding="utf-8")
        return premises_of(file, DEMO, ROUNDS)

    return read


def test_row_becomes_a_premises_with_its_rounds(read: Read) -> None:
    (home,), summary = read(GOOD)
    assert (home.premises_id, home.address, home.postcode) == ("100", "2 Dial Row", "YO1 7HH")
    assert (home.lat, home.long, home.rounds) == (53.959, -1.0815, ("G1", "R1"))
    assert (summary.taken, summary.without_rounds, summary.refused) == (1, 0, [])


def test_place_may_be_in_the_british_national_grid(read: Read) -> None:
    (home,), _ = read(
        "100,2 Dial Row,yo17hh,460360,452140,R1",
        header="uprn,address,postcode,easting,northing,rounds",
    )
    assert home.postcode == "YO1 7HH"
    assert (round(home.lat, 3), round(home.long, 3)) == (53.962, -1.082)


def test_premises_without_rounds_is_taken_and_counted(read: Read) -> None:
    (home,), summary = read(f"100,2 Dial Row,YO1 7HH,{PLACE},")
    assert (home.rounds, summary.without_rounds) == ((), 1)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (f"X1,3 Dial Row,YO1 7HH,{PLACE},R1", "uprn: 'X1' is not a number of up to 12 digits"),
        (f"0,3 Dial Row,YO1 7HH,{PLACE},R1", "uprn: '0' is not a number of up to 12 digits"),
        (f"100,3 Dial Row,YO1 7HH,{PLACE},R1", "uprn: 100 appeared before"),
        (f"101,,YO1 7HH,{PLACE},R1", "address: give 1 to 200 characters"),
        (f"101,3 Dial Row,YO1,{PLACE},R1", "postcode: 'YO1' is none, such as ZZ1 1AA"),
        (f"101,3 Dial Row,YO1 7HH,{PLACE},R9", "rounds: 'R9' is no published round: import"),
        (
            f"101,3 Dial Row,YO1 7HH,{PLACE},R1;R2",
            "rounds: R1 and R2 both collect rubbish: name one",
        ),
        ("101,3 Dial Row,YO1 7HH,51.4,-2.4,R1", "is outside Eskerby Council"),
    ],
)
def test_row_is_refused_with_its_line_the_column_and_the_fix(
    read: Read, bad: str, said: str
) -> None:
    found, summary = read(GOOD, bad)
    (refused,) = summary.refused
    assert refused.startswith("line 3: ") and said in refused, refused
    assert len(found) == 1


def stored(premises: list[Premises]) -> StoredPremises:
    current = CurrentVersion(version="v1", parts=3)
    documents = documents_of(premises, current) | {CURRENT: msgspec.json.encode(current)}
    return StoredPremises(documents.get, lambda: 0.0)


def test_stored_premises_are_found_by_id_and_by_postcode(read: Read) -> None:
    flats = [f"{200 + n},FLAT {n} SCARCROFT LODGE 10,YO1 7HH,{PLACE},R1" for n in range(90, 0, -1)]
    found, _ = read(GOOD, *flats, f"300,1 Mill Lane,YO24 1AA,{PLACE},G1")
    store = stored(found)
    assert [store.get(each.premises_id) for each in found] == found
    assert store.get("999") is None
    assert [each.address for each in store.at_postcode("YO1 7HH")] == [
        "2 Dial Row",
        *(f"FLAT {n} SCARCROFT LODGE 10" for n in range(1, 91)),
    ]
    assert store.at_postcode("YO1 7HG") == ()
    assert store.at_postcode("LS1 1AA") == ()


def test_nothing_is_found_before_premises_are_imported() -> None:
    store = StoredPremises(lambda key: None, lambda: 0.0)
    assert store.get("100") is None
    assert store.at_postcode("YO1 7HH") == ()


def test_addresses_are_ordered_by_the_value_of_their_numbers() -> None:
    addresses = [
        "2a High Street",
        "10 High Street",
        "2 High Street",
        "Abbey House",
        "ABBEY COTTAGE",
    ]
    assert sorted(addresses, key=address_sort_key) == [
        *("2 High Street", "2a High Street", "10 High Street", "ABBEY COTTAGE", "Abbey House"),
    ]


@pytest.mark.parametrize(
    ("address", "street"),
    [
        ("2 Dial Row", "Dial Row"),
        ("2A Dial Row", "Dial Row"),
        ("2-4 Dial Row, Eskerby", "Dial Row"),
        ("Rose Cottage, Dial Row", "Dial Row"),
        ("Flat 3, Weavers Court, Dial Row", "Dial Row"),
        ("Flat 3, 12 Dial Row", "Dial Row"),
        ("FLAT 1 SCARCROFT LODGE, 10", "FLAT 1 SCARCROFT LODGE"),
        ("10", "10"),
    ],
)
def test_street_is_read_from_the_address(address: str, street: str) -> None:
    assert street_of(address) == street


def test_street_is_that_of_its_column_where_there_is_one(read: Read) -> None:
    header = f"{HEADER},street"
    homes, _ = read(f"{GOOD},  Dial  Lane", f"101,4 Dial Row,YO1 7HH,{PLACE},R1,", header=header)
    assert [home.street for home in homes] == ["Dial Lane", "Dial Row"]


def test_round_lists_its_streets_with_their_premises_in_order(read: Read) -> None:
    rows = (
        ("100", "10 Dial Row", "R1"),
        ("101", "2 Dial Row", "R1 G1"),
        ("102", "1 Ash Way", "R1"),
    )
    homes, _ = read(*(f"{uprn},{at},YO1 7HH,{PLACE},{rounds}" for uprn, at, rounds in rows))
    current = CurrentVersion(version="1", parts=1)
    documents = {CURRENT: msgspec.json.encode(current)} | documents_of(homes, current)
    stored = StoredPremises(documents.get, lambda: 0.0)
    found = {
        of.street: [each.address for each in of.premises] for of in stored.streets_of_round("R1")
    }
    assert found == {"Ash Way": ["1 Ash Way"], "Dial Row": ["2 Dial Row", "10 Dial Row"]}
    assert list(found) == ["Ash Way", "Dial Row"]
    assert [of.street for of in stored.streets_of_round("G1")] == ["Dial Row"]
    assert stored.streets_of_round("R2") == ()
