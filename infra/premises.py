"""Reads the premises of a council from CSV or GeoJSON, and makes their documents.

A row has `uprn`, `address`, `postcode`, `rounds` (codes with spaces or semicolons in between) and a
place: `lat` and `long`, or `easting` and `northing`. It may have a `street`, which otherwise is
read from the address.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from chalicelib.catalogue.model import Council
from chalicelib.collections.model import Rounds
from chalicelib.collections.premises import (
    CurrentVersion,
    ListedPremises,
    Listing,
    Part,
    Premises,
    RoundStreet,
    RoundStreets,
    address_sort_key,
    listing_key,
    part_key,
    round_key,
    street_of,
)
from chalicelib.errors import Invalid
from chalicelib.geo.postcode import full_postcode
from infra.rows import RefusedRow, Row, read_rows

COLUMNS = ("uprn", "address", "postcode", "rounds")
LONGEST_ADDRESS = 200
PremisesGroups = dict[str, list[Premises]]
"""Premises by postcode or street."""
_UPRN = re.compile("[1-9][0-9]{0,11}")


@dataclass
class Summary:
    """The result for the rows. `without_rounds` are imported, too. `refused` are sentences."""

    taken: int = 0
    without_rounds: int = 0
    refused: list[str] = field(default_factory=list)


def premises_of(
    file: Path,
    council: Council,
    rounds: Rounds,
    progress: Callable[[int], None] = lambda rows: None,
) -> tuple[list[Premises], Summary]:
    """The premises of a file; `progress` is called with 1 for each row. Raises ConfigurationError
    for the file as a whole."""
    table = read_rows(file, needs=COLUMNS, inside=council)
    containers = {each.round: each.container for each in rounds.items}
    summary = Summary()
    found: dict[str, Premises] = {}
    for row in table.rows:
        progress(1)
        try:
            premises = _premises(row, containers)
            if premises.premises_id in found:
                raise Invalid.field("uprn", f"{premises.premises_id} appeared before")
        except Invalid as error:
            table.refused.append(RefusedRow(row.number, error.detail))
            continue
        found[premises.premises_id] = premises
        summary.without_rounds += not premises.rounds
    summary.taken, summary.refused = len(found), table.refusals()
    return list(found.values()), summary


def documents_of(premises: Iterable[Premises], current: CurrentVersion) -> dict[str, bytes]:
    """The documents of all premises in that version, by key."""
    parts: dict[str, Part] = defaultdict(dict)
    listings: dict[str, PremisesGroups] = defaultdict(lambda: defaultdict(list))
    rounds: dict[str, PremisesGroups] = defaultdict(lambda: defaultdict(list))
    for each in premises:
        parts[part_key(current, each.premises_id)][each.premises_id] = each
        listings[listing_key(current, each.postcode)][each.postcode].append(each)
        for code in each.rounds:
            rounds[round_key(current, code)][each.street].append(each)
    documents: dict[str, Part | Listing | RoundStreets] = {
        **parts,
        **{key: _listing(postcodes) for key, postcodes in listings.items()},
        **{key: _streets(streets) for key, streets in rounds.items()},
    }
    return {key: msgspec.json.encode(document) for key, document in documents.items()}


def _listing(postcodes: PremisesGroups) -> Listing:
    return {postcode: _list_premises(premises) for postcode, premises in postcodes.items()}


def _streets(streets: PremisesGroups) -> RoundStreets:
    return tuple(
        RoundStreet(street=street, premises=_list_premises(streets[street]))
        for street in sorted(streets)
    )


def _list_premises(premises: Iterable[Premises]) -> tuple[ListedPremises, ...]:
    return tuple(
        ListedPremises(premises_id=each.premises_id, address=each.address)
        for each in sorted(premises, key=lambda each: address_sort_key(each.address))
    )


def _premises(row: Row, containers: Mapping[str, str]) -> Premises:
    """Raises Invalid, naming the column."""
    values = row.values
    if not _UPRN.fullmatch(values["uprn"]):
        raise Invalid.field("uprn", f"{values['uprn']!r} is not a number of up to 12 digits")
    address = " ".join(values["address"].split())
    if not 0 < len(address) <= LONGEST_ADDRESS:
        raise Invalid.field("address", f"give 1 to {LONGEST_ADDRESS} characters")
    postcode = full_postcode(values["postcode"])
    if postcode is None:
        raise Invalid.field("postcode", f"{values['postcode']!r} is none, such as ZZ1 1AA")
    return Premises(
        premises_id=values["uprn"],
        address=address,
        postcode=postcode,
        lat=round(row.point.lat, 6),
        long=round(row.point.long, 6),
        rounds=_rounds(values["rounds"], containers),
        street=" ".join(values.get("street", "").split()) or street_of(address),
    )


def _rounds(text: str, containers: Mapping[str, str]) -> tuple[str, ...]:
    """The codes of the rounds, one for each container. Raises Invalid."""
    found: dict[str, str] = {}
    for code in dict.fromkeys(re.split(r"[\s;]+", text.strip())):
        if not code:
            continue
        container = containers.get(code)
        if container is None:
            raise Invalid.field("rounds", f"{code!r} is no published round: import rounds first")
        if container in found:
            raise Invalid.field(
                "rounds", f"{found[container]} and {code} both collect {container}: name one"
            )
        found[container] = code
    return tuple(sorted(found.values()))
