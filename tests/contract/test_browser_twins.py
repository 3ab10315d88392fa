"""The web client answers about places as the API does: the same ids and order, as far off."""

import json
import shutil
import subprocess
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest

from chalicelib.catalogue.load import load
from chalicelib.catalogue.published_services import services_document
from chalicelib.catalogue.service_search import suggest_services
from chalicelib.collections.model import (
    Move,
    Pattern,
    Round,
    cancelled_before,
    next_collection,
    with_moves,
)
from chalicelib.collections.round_days import (
    ROUND_REASONS,
    MissedStreet,
    RoundState,
    RoundStatus,
)
from chalicelib.facilities.model import (
    Facility,
    FacilityList,
    digest,
    index_key,
    index_of,
)
from chalicelib.facilities.open_now import state_at
from chalicelib.facilities.ports import Ports
from chalicelib.facilities.usecases import nearest_of_kind
from chalicelib.gazetteer.model import Gazetteer, PlaceList
from chalicelib.gazetteer.postcodes import Postcode, postcodes_document
from chalicelib.gazetteer.streets import STREETS, StreetMap, Streets
from chalicelib.gazetteer.usecases import search_places
from chalicelib.gazetteer.wards import Wards, WardSet
from chalicelib.geo.place import Place
from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import MAP_ZOOM, tiles_in
from chalicelib.geo.ward import Ward
from chalicelib.handlers.forms.bin_days import BinWords, PremisesRounds
from chalicelib.kernel.languages import ENGLISH
from chalicelib.kernel.money import format_pounds
from tests.conftest import ROOT
from tests.support.fakes_facilities import FacilitiesWorld

NODE = shutil.which("node")
VITE = ROOT / "web" / "node_modules" / "vite" / "bin" / "vite.js"
BUILT = ROOT / "build" / "twins"
WEST, SOUTH, EAST, NORTH = -1.2, 53.89, -0.963, 54.028
QUERIES = 1000
DAY = date(2026, 6, 1)
LONDON = ZoneInfo("Europe/London")
Query = tuple[float, float, int]
"""Lat, long, and how many."""


def node(*arguments: str | Path, **options: Any) -> "subprocess.CompletedProcess[bytes]":
    assert NODE, "There is no node: run `make setup`."
    done = subprocess.run([NODE, *arguments], capture_output=True, check=False, **options)
    assert done.returncode == 0, done.stderr.decode()
    return done


@cache
def twins() -> Path:
    """`twins.mts` as the client's build makes it, in English."""
    node(VITE, "build", "--config", "twins.config.ts", "--outDir", BUILT, cwd=ROOT / "web")
    (built,) = BUILT.glob("twins.*")
    return built


def browser(about: str, **asked: Any) -> Any:
    """What the client's own code answers."""
    done = node(twins(), input=msgspec.json.encode({"about": about, **asked}))
    return json.loads(done.stdout)


def api(ports: Ports, lat: float, long: float, most: int) -> list[tuple[str, float]]:
    found = nearest_of_kind("bins", Point(lat=lat, long=long), most, ports)
    return [(each.facility_id, each.distance_m) for each in found]


def facilities(random: Random, count: int, share_of_areas: float = 0.0) -> FacilityList:
    """Somewhere in the town; every tenth where another one is."""
    items: list[Facility] = []
    for number in range(count):
        lat, long = random.uniform(SOUTH, NORTH), random.uniform(WEST, EAST)
        if number % 10 == 9:
            lat, long = items[number - 5].lat, items[number - 5].long
        polygon = area(random, lat, long) if random.random() < share_of_areas else None
        items.append(
            Facility(
                facility_id=f"bins-{number}",
                kind="bins",
                name="",
                lat=round(lat, 6),
                long=round(long, 6),
                polygon=polygon,
            )
        )
    return FacilityList(
        kind="bins",
        label="Bin",
        plural="Bins",
        service_code=None,
        attribution="",
        index=digest(index_of(items)),
        items=tuple(items),
    )


def area(random: Random, lat: float, long: float) -> Any:
    """A park with a pond in it."""
    wide, high = random.uniform(0.001, 0.01), random.uniform(0.001, 0.01)

    def ring(scale: float) -> tuple[tuple[float, float], ...]:
        steps = ((-1, -1), (1, -0.8), (1.2, 1), (-0.9, 1.1))
        return tuple((long + x * wide * scale, lat + y * high * scale) for x, y in steps)

    return ((ring(1.0), ring(0.3)),)


def queries(random: Random, listed: FacilityList) -> list[Query]:
    """In the town, round it, far away, and where a facility stands."""
    asked = []
    for number in range(QUERIES):
        margin = (0.0, 0.05, 5.0)[number % 3]
        lat = random.uniform(SOUTH - margin, NORTH + margin)
        long = random.uniform(WEST - margin, EAST + margin)
        if number % 20 == 0:
            lat, long = listed.items[number % len(listed.items)].lat, listed.items[0].long
        asked.append((lat, long, random.choice((1, 5, 20))))
    return asked


def differences(told: FacilityList, listed: FacilityList, index: bytes | None) -> list[Query]:
    """The queries that the client answers otherwise of `told` than the API of `listed`."""
    asked = queries(Random(1), listed)
    packed = b64encode(index).decode() if index else None
    theirs = browser("nearest", listed=told, index=packed, queries=asked)
    shelf = FacilitiesWorld(listed)
    shelf.documents[index_key(listed.kind)] = index or b""
    ports = shelf.ports()
    rounded = [[(id_, round(metres, 1)) for id_, metres in answer] for answer in theirs]
    return [
        each for each, answer in zip(asked, rounded, strict=True) if api(ports, *each) != answer
    ]


@pytest.mark.parametrize("count", [1, 30, 1300])
def test_nearest_is_the_same_in_the_browser(count: int) -> None:
    listed = facilities(Random(count), count)
    assert differences(listed, listed, index_of(listed.items)) == []


def test_nearest_is_the_same_when_the_index_is_not_the_lists_own() -> None:
    listed = facilities(Random(2), 60)
    assert differences(listed, listed, None) == []


def test_nearest_is_the_same_when_some_are_areas() -> None:
    listed = facilities(Random(3), 60, share_of_areas=0.5)
    assert differences(listed, listed, index_of(listed.items)) == []


def test_nearest_is_found_to_differ_when_two_have_changed_places() -> None:
    listed = facilities(Random(4), 30)
    first, second, *others = listed.items
    other = msgspec.structs.replace(listed, items=(second, first, *others))
    assert differences(other, listed, index_of(listed.items))


def test_ward_is_the_same_in_the_browser_on_every_edge_and_corner() -> None:
    """Squares that tile the town, and places on their edges."""
    steps = [(x, y) for x in range(4) for y in range(4)]
    wards = tuple(
        Ward(
            code=f"W{x}{y}",
            name="",
            box=(x / 10, y / 10, (x + 1) / 10, (y + 1) / 10),
            polygons=(
                (
                    (
                        (x / 10, y / 10),
                        ((x + 1) / 10, y / 10),
                        ((x + 1) / 10, (y + 1) / 10),
                        (x / 10, (y + 1) / 10),
                    ),
                ),
            ),
        )
        for x, y in steps
    )
    points = [(lat / 20, long / 20) for lat in range(-1, 10) for long in range(-1, 10)]
    points += [(each.box[1], each.box[0] + 1e-12) for each in wards]
    known = WardSet(items=wards)
    ours = [
        ward.code if (ward := known.ward_at(Point(lat=lat, long=long))) else None
        for lat, long in points
    ]
    assert browser("wards", items=wards, points=points) == ours
    assert len(set(ours)) == len(wards) + 1


def real_wards(shared_data: Path) -> tuple[Ward, ...]:
    raw = json.loads((shared_data / "boundaries" / "york_wards_2024.geojson").read_bytes())
    return msgspec.convert(
        [
            {
                "code": str(number),
                "name": "",
                "box": (-180, -90, 180, 90),
                "polygons": geometry["coordinates"]
                if geometry["type"] == "MultiPolygon"
                else [geometry["coordinates"]],
            }
            for number, geometry in enumerate(each["geometry"] for each in raw["features"])
        ],
        tuple[Ward, ...],
    )


def test_ward_is_the_same_in_the_browser_when_boundaries_are_real(shared_data: Path) -> None:
    wards = real_wards(shared_data)
    corners = [corner for ward in wards for ring in ward.polygons[0] for corner in ring]
    random = Random(5)
    points = [(lat, long) for long, lat in random.sample(corners, 300)]
    points += [(random.uniform(53.87, 54.06), random.uniform(-1.22, -0.92)) for _ in range(QUERIES)]
    known = WardSet(items=wards)
    ours = [
        ward.code if (ward := known.ward_at(Point(lat=lat, long=long))) else None
        for lat, long in points
    ]
    assert browser("wards", items=wards, points=points) == ours


def test_place_is_outside_all_wards_in_the_browser_as_on_the_server(shared_data: Path) -> None:
    wards, random = real_wards(shared_data), Random(7)
    points = [(random.uniform(53.87, 54.06), random.uniform(-1.22, -0.92)) for _ in range(100)]
    for ward in wards:
        # Round a corner, up to 100 m from it: some of those are on the town's own edge.
        for long, lat in random.sample(ward.polygons[0][0], 5):
            points.append((lat + random.uniform(-9e-4, 9e-4), long + random.uniform(-15e-4, 15e-4)))
    known = Wards(items=wards)
    ours = [known.is_outside(Point(lat=lat, long=long), DAY) for lat, long in points]
    assert browser("outside", items=wards, points=points) == ours
    assert {True, False} == set(ours)
    assert not any(browser("outside", items=[], points=points))


def test_tiles_of_a_box_are_the_same_in_the_browser() -> None:
    random, boxes = Random(6), []
    for _ in range(QUERIES):
        west, south = random.uniform(WEST, EAST), random.uniform(SOUTH, NORTH)
        wide, high = random.uniform(0, 0.06), random.uniform(0, 0.04)
        boxes.append(Box(west=west, south=south, east=west + wide, north=south + high))
    ours = [[f"{z}/{x}/{y}" for z, x, y in tiles_in(box, MAP_ZOOM)] for box in boxes]
    assert browser("tiles", boxes=[box._asdict() for box in boxes]) == ours


def test_money_is_written_the_same_in_the_browser() -> None:
    said = {
        0: "£0",
        5: "£0.05",
        2400: "£24",
        2450: "£24.50",
        -4250: "-£42.50",
        -4200: "-£42",
        120_000: "£1,200",
        10_000_001: "£100,000.01",
    }
    assert [format_pounds(each) for each in said] == list(said.values())
    assert browser("money", amounts=list(said)) == list(said.values())


def mistyped(random: Random, label: str) -> str:
    """As people type: in part, in another case, with a slip."""
    at = random.randrange(1, len(label))
    slips = (
        label[:at] + label[at + 1 :],
        label[: at - 1] + label[at] + label[at - 1] + label[at + 1 :],
        label[:at] + "x" + label[at:],
        label[: max(2, at)],
        label.upper(),
        f"12 {label}",
        f"{label} 12a",
        f"Flat 2, 4-6 {label}, Nowhere, ZZ1 1AA",
        label,
    )
    return random.choice(slips)


def test_search_is_the_same_in_the_browser() -> None:
    listed = msgspec.json.decode(
        (ROOT / "infra" / "demo" / "places.json").read_bytes(), type=PlaceList
    )
    random = Random(6)
    facilities = [
        Place(label=f"{each.label}, library", kind="facility", lat=each.lat, long=each.long)
        for each in random.sample(listed.items, 200)
    ]
    places = [*listed.items, *facilities]
    postcodes = postcodes_document(
        (
            Postcode(f"ZZ{area} {sector}{unit}", Point(lat=53.9, long=-1.0))
            for area in (1, 10, 2)
            for sector in range(1, 5)
            for unit in ("AA", "BQ", "LO", "XY")
        ),
        "",
    )
    typed = [mistyped(random, random.choice(places).label) for _ in range(150)]
    typed += ["zz1", "ZZ1 1AA", "zz11aa", "zz10 1lo", "zz1o 110", "zz", "z", "", "!", "st", "Saint"]
    gazetteer = Gazetteer(places, postcodes)
    theirs = browser("search", places=places, postcodes=postcodes, typed=typed)
    for words, labels in zip(typed, theirs, strict=True):
        assert [place.label for place in search_places(words, gazetteer)] == labels, words


def test_street_at_a_place_is_the_same_in_the_browser() -> None:
    random = Random(7)
    raw = (ROOT / "infra" / "demo" / Path(STREETS).name).read_bytes()
    streets = msgspec.json.decode(raw, type=Streets).streets
    points = [(random.uniform(SOUTH, NORTH), random.uniform(WEST, EAST)) for _ in range(QUERIES)]
    known = StreetMap(streets)
    named = [known.name_at(Point(lat=lat, long=long)) or "" for lat, long in points]
    assert "" in named
    assert len(set(named)) > QUERIES / 100
    assert browser("streets", streets=streets, points=points) == named


def test_search_finds_in_the_browser_what_its_cases_say() -> None:
    raw = (ROOT / "tests" / "unit" / "gazetteer" / "search_cases.json").read_bytes()
    told = json.loads(raw)
    typed = [case["q"] for case in told["cases"]]
    theirs = browser("search", places=told["places"], postcodes=told["postcodes"], typed=typed)
    assert theirs == [case["labels"] for case in told["cases"]]


def test_search_is_the_same_in_the_browser_when_names_are_strange() -> None:
    labels = [
        "St Mary's Close",
        "Saint Marys Road",
        "Château Lane",
        "Q&A Street",
        "Straße",
        "3rd Avenue",
    ]
    places = [Place(label=label, kind="street", lat=53.9, long=-1.0) for label in labels]
    typed = [
        "st marys",
        "chateau",
        "q and a",
        "q&a",
        "strasse",
        "3rd",
        "mary rd",
        "marys rd",
        "avenue 3",
    ]
    theirs = browser("search", places=places, postcodes=None, typed=typed)
    gazetteer = Gazetteer(places)
    assert theirs == [[place.label for place in search_places(each, gazetteer)] for each in typed]


@pytest.mark.parametrize("name", ["demo", "bath"])
def test_services_are_suggested_in_the_same_order_in_the_browser(name: str) -> None:
    council, random = load(name), Random(7)
    words = (ROOT / "tests" / "unit" / "catalogue" / "everyday_words.json").read_bytes()
    everyday = [each["typed"] for each in json.loads(words)]
    typed = [*everyday, *(mistyped(random, each) for each in everyday)]
    typed += ["", "!", "the", "pot hole", "Builder’s rubble", "graffití", "a dog's mess on 12"]
    theirs = browser("suggest", services=services_document(council)["items"], typed=typed)
    for each, codes in zip(typed, theirs, strict=True):
        assert [
            found.service_code for found in suggest_services(each, council.services)
        ] == codes, each


@pytest.mark.parametrize(
    "opens",
    [
        ((0, 540, 1020), (2, 540, 720), (2, 840, 1080)),
        ((4, 1200, 1560), (5, 1200, 1560)),
        ((5, 600, 1440), (6, 0, 300)),
        tuple((day, 0, 1440) for day in range(7)),
    ],
    ids=["by day", "past midnight", "on into the next day", "always"],
)
def test_opening_is_the_same_in_the_browser(opens: tuple[tuple[int, int, int], ...]) -> None:
    start = datetime(2026, 5, 4, tzinfo=UTC)
    moments = [start + timedelta(minutes=37 * step) for step in range(280)]
    theirs = browser("open", opens=opens, moments=moments, zone=str(LONDON))
    for moment, answer in zip(moments, theirs, strict=True):
        state = state_at(opens, moment, LONDON, ())
        assert state
        assert state.open_now == answer["isOpen"], moment
        said = state.closes_at or state.opens_at
        assert said is None or answer["until"].startswith(said), moment


KNOWN_UNTIL = date(2027, 1, 31)
NAMES = {"rubbish": "Black bin", "garden": "Brown bin"}


def collection_round(random: Random, number: int) -> Round:
    """Every one or two weeks for a while, with moves and cancellations, and perhaps a date on which
    it resumes."""
    first = date(2026, 11, 1) + timedelta(days=random.randrange(30))
    pattern = Pattern(
        weekday=random.randrange(7),
        every_weeks=random.choice((1, 2)),
        first=first,
        last=first + timedelta(days=random.randrange(80)),
    )
    planned = set(pattern.dates())
    moved = [
        Move(day, random.choice((None, day + timedelta(days=random.randrange(-2, 3)))), "Christmas")
        for day in sorted(planned)
        if random.random() < 0.3
    ]
    return Round(
        round=f"R{number}",
        container=random.choice(("rubbish", "garden", "recycling")),
        name="Bin",
        colour="#1d1d1d",
        dates=with_moves(planned, moved),
        moved=tuple(moved),
        resumes=random.choice((None, date(2027, 1, 20), date(2027, 3, 1))),
    )


def test_next_collection_is_the_same_in_the_browser() -> None:
    random = Random(8)
    rounds = [collection_round(random, number) for number in range(60)]
    days = [date(2026, 11, 1) + timedelta(days=step) for step in range(120)]
    ours = [
        [
            {"next": coming, "cancelled": cancelled_before(of, day, coming.date)}
            for of in rounds
            for coming in [next_collection(of, day, KNOWN_UNTIL)]
        ]
        for day in days
    ]
    theirs = browser("collections", rounds=rounds, days=days, knownUntil=KNOWN_UNTIL)
    assert theirs == json.loads(msgspec.json.encode(ours))


def status(random: Random, of: Round, day: date) -> RoundStatus:
    """A round on a day, as anything that can be said of it."""
    streets = random.sample(("Dial Row", "Mill Lane", "Quay"), random.randrange(3))
    state: RoundState = random.choice(get_args(RoundState))
    closes_at = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
    return RoundStatus(
        round=of.round,
        day=day,
        state=state,
        closes_at=closes_at,
        finished_at=closes_at if state == "finished" else None,
        reason=random.choice(ROUND_REASONS) if state == "off" else None,
        streets=tuple(MissedStreet(each, random.choice(ROUND_REASONS)) for each in streets),
    )


def test_days_of_bins_are_said_in_the_same_words_in_the_browser() -> None:
    random = Random(9)
    rounds = [collection_round(random, number) for number in range(20)]
    days = [date(2026, 11, 20) + timedelta(days=3 * step) for step in range(35)]
    moments = [datetime(day.year, day.month, day.day, 7, tzinfo=UTC) for day in days]
    moments += [each.replace(hour=21) for each in moments]
    statuses = [
        status(random, of, day + timedelta(days=step))
        for day in days
        for step in (-1, 0, 1)
        for of in rounds
    ]
    theirs = browser(
        "bins",
        rounds=rounds,
        statuses=statuses,
        known_until=KNOWN_UNTIL,
        names=NAMES,
        street="Quay",
        moments=[{"today": each.date(), "now": each} for each in moments],
    )
    for now, answer in zip(moments, theirs, strict=True):
        known = PremisesRounds(rounds, statuses, KNOWN_UNTIL, now.date(), now)
        words = BinWords(known, NAMES, "Quay", ENGLISH)
        said = [(each["name"], each["headline"], each["notes"]) for each in answer["bins"]]
        assert said == [(each.name, each.headline, each.notes) for each in words.bins()], now
        assert answer["missed"] == [each._asdict() for each in words.missed_streets()], now
        known_days = [(f"{day}", text, bins) for day, text, bins in words.collection_days()]
        assert [tuple(each.values()) for each in answer["all"]] == known_days, now
