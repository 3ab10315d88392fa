"""A stranger's geocoder helps where it can, and never stands in the way."""

from dataclasses import dataclass
from threading import Event

import pytest

from chalicelib.gazetteer.geocoder import FallbackGeocoder, call_with_timeout
from chalicelib.geo.point import Box

BOX = Box(west=-1.2, south=53.89, east=-0.963, north=54.028)


@dataclass
class Found:
    """A place as geopy gives it."""

    address: str
    latitude: float = 53.96
    longitude: float = -1.08


class Stranger:
    """Answers what it is told to, or fails; counts its questions."""

    def __init__(self, *found: Found) -> None:
        self.found = found
        self.asked: list[str] = []
        self.fails = False
        self.seconds = 0.0
        self.geocoder = FallbackGeocoder(self, BOX, lambda: self.seconds)

    def __call__(self, typed: str) -> tuple[Found, ...]:
        self.asked.append(typed)
        if self.fails:
            raise TimeoutError
        return self.found

    def labels(self, typed: str) -> list[str]:
        return [place.label for place in self.geocoder.find(typed)]


def test_geocoder_returns_only_places_of_the_council() -> None:
    stranger = Stranger(Found("Mint Yard, York"), Found("Mint Yard, Leeds", latitude=53.8))
    assert stranger.labels("mint yard") == ["Mint Yard, York"]


def test_geocoder_is_asked_once_for_a_repeated_query() -> None:
    stranger = Stranger(Found("Mint Yard"))
    assert stranger.labels("Mint  Yard") == stranger.labels("mint yard") == ["Mint Yard"]
    assert stranger.asked == ["mint yard"]


def test_geocoder_is_not_asked_for_a_minute_after_a_failure() -> None:
    stranger = Stranger(Found("Mint Yard"))
    stranger.fails = True
    assert stranger.labels("mint yard") == stranger.labels("another") == []
    assert stranger.asked == ["mint yard"]
    stranger.fails, stranger.seconds = False, 60.0
    assert stranger.labels("mint yard") == ["Mint Yard"]


def test_geocoder_returns_nothing_when_its_reply_is_invalid() -> None:
    stranger = Stranger(Found("Nowhere", latitude="north"))  # type: ignore[arg-type]
    assert stranger.labels("nowhere") == []


def test_late_reply_is_not_awaited() -> None:
    answers = Event()
    with pytest.raises(TimeoutError):
        call_with_timeout(answers.wait, timeout_s=0.01)
    answers.set()
    assert call_with_timeout(answers.wait, timeout_s=60)


def test_geocoders_error_is_raised_when_it_fails_in_time() -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        call_with_timeout(fail, timeout_s=60)
