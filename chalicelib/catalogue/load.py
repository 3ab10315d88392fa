"""Reads a council's configuration document and refuses one that would not work."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from chalicelib.catalogue.model import Council
from chalicelib.errors import ConfigurationError

COUNCILS = Path(__file__).parent / "councils"


def load(council: str) -> Council:
    """The council of that name: `councils/<name>.json`, or a path that ends in .json.

    Raises ConfigurationError naming the document, the place in it and the fix.
    """
    path = Path(council) if council.endswith(".json") else COUNCILS / f"{council}.json"
    try:
        raw = path.read_bytes()
    except OSError as error:
        known = ", ".join(sorted(document.stem for document in COUNCILS.glob("*.json")))
        raise ConfigurationError(
            f"COUNCIL={council}: there is no document {path}. Known councils: {known}."
        ) from error
    return parse(raw, path.name)


def parse(raw: bytes, name: str) -> Council:
    """The council that the document `raw` describes; `name` is what errors call it.

    Raises ConfigurationError naming the place and the fix.
    """
    try:
        council = msgspec.json.decode(raw, type=Council)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{name}: {error}") from error
    faults = [*_box_faults(council), *_zone_faults(council), *_service_faults(council)]
    if faults:
        raise ConfigurationError(f"{name}: " + "; ".join(faults))
    return council


def _box_faults(council: Council) -> Iterable[str]:
    west, south, east, north = council.bounds
    if not (west < east and south < north):
        yield "`$.bounds` must be west, south, east, north, with west < east and south < north"


def _zone_faults(council: Council) -> Iterable[str]:
    try:
        ZoneInfo(council.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield f"`$.time_zone`: {council.time_zone!r} is no IANA time zone such as Europe/London"


def _service_faults(council: Council) -> Iterable[str]:
    if not council.services:
        yield "`$.services` must name at least one service"
    codes = Counter(service.service_code for service in council.services)
    teams = {team.team for team in council.teams}
    for at, service in enumerate(council.services):
        place = f"`$.services[{at}]"
        if codes[service.service_code] > 1:
            yield f"{place}.service_code`: {service.service_code!r} is used twice; rename one"
        if service.team not in teams:
            yield f"{place}.team`: {service.team!r} is not in `$.teams`; add it or name one of them"
