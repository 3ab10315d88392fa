"""Imports a council's file of facilities of one kind, and publishes them with their index. Every
row is accounted for: accepted, left out by the kind's own rule, or refused with the reason. The
previous list stays until the new one is complete; facilities are compared with it by their
facility_id, which is stable, and counted as added, updated or retired.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from textwrap import shorten
from typing import TypeVar

import msgspec

from chalicelib.catalogue.facility_kinds import FacilityKind, fill_text
from chalicelib.catalogue.model import Council
from chalicelib.errors import ConfigurationError, Invalid, UpstreamFailed
from chalicelib.facilities.model import (
    KINDS,
    Facility,
    FacilityList,
    KindEntry,
    KindList,
    digest,
    index_key,
    index_of,
    list_key,
)
from chalicelib.gazetteer.facility_names import FACILITY_NAMES, FacilityNames, NamedPoint
from chalicelib.geo.point import Point
from chalicelib.geo.polygon import MultiPolygon
from chalicelib.geo.rounding import round_shape
from chalicelib.kernel.fields import copy_fields
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.document_targets import put_document
from chalicelib.publishing.model import JSON
from chalicelib.publishing.ports import Document, Ports
from infra.opening_hours import parse_hours
from infra.rows import RefusedRow, Row, Table, read_rows

INDEX_TYPE = "application/octet-stream"
ATTEMPTS = 5
LONGEST_LABEL = 100
T = TypeVar("T")
YES, NO = ("true", "yes", "y"), ("false", "no", "n")


@dataclass
class Summary:
    """The result for the rows, and for the previously published ones. `left_out`: not of the
    kind."""

    taken: int = 0
    left_out: int = 0
    refused: list[str] = field(default_factory=list)
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    retired: int = 0


def kind_named(name: str, council: Council) -> FacilityKind:
    """The council's kind of that name. Raises ConfigurationError that lists them."""
    known = {kind.kind: kind for kind in council.facility_kinds}
    if name not in known:
        there = ", ".join(known) or "none"
        raise ConfigurationError(f"{name} is not a kind of {council.name}; its kinds: {there}.")
    return known[name]


def import_facilities(
    kind: FacilityKind,
    table: Table,
    council: Council,
    ports: Ports,
    *,
    allow_rejects: bool = False,
    progress: Callable[[int], None] = lambda rows: None,
) -> Summary:
    """Publishes the table's facilities; nothing, if any row is refused and that is not allowed.
    `progress` is called with 1 for each row. Raises ConfigurationError if no row is valid,
    UpstreamFailed.
    """
    items, summary = read_facility_rows(kind, table, progress)
    if summary.refused and not allow_rejects:
        return summary
    if not items:
        why = summary.refused[0] if summary.refused else "each was left out by the kind's rule"
        raise ConfigurationError(f"No row can be imported: {why}. The published file is unchanged.")
    publish(kind, items, council, ports, summary)
    return summary


def read_facilities(file: Path, kind: FacilityKind, council: Council) -> Table:
    """The rows of the file that are in the council. Raises ConfigurationError."""
    return read_rows(file, needs=kind.required_columns, inside=council)


def read_facility_rows(
    kind: FacilityKind, table: Table, progress: Callable[[int], None]
) -> tuple[list[Facility], Summary]:
    """The facilities of the table, in its order, each facility_id once."""
    items: dict[str, tuple[Facility, int]] = {}
    summary = Summary()
    for row in table.rows:
        progress(1)
        if any(row.values[column] != value for column, value in kind.only.items()):
            summary.left_out += 1
            continue
        try:
            item = facility_of(row, kind)
        except Invalid as error:
            table.refused.append(RefusedRow(row.number, error.detail))
            continue
        if twin := items.get(item.facility_id):
            reason = f"is the same as {table.unit} {twin[1]}: both are {item.facility_id}"
            table.refused.append(RefusedRow(row.number, reason))
        else:
            items[item.facility_id] = item, row.number
    summary.taken, summary.refused = len(items), table.refusals()
    return [item for item, _ in items.values()], summary


def facility_of(row: Row, kind: FacilityKind) -> Facility:
    """The facility of a row. Raises Invalid."""
    texts = {name: fill_text(text, row.values) for name, text in kind.columns.texts.items()}
    name = texts.pop("name") or kind.label
    own_id, place = texts.pop("id", ""), row.point
    given: Mapping[str, str] = {key: text for key, text in texts.items() if text}
    return Facility(
        facility_id=_facility_id(kind.kind, own_id, name, place),
        kind=kind.kind,
        name=name,
        lat=round(place.lat, 6),
        long=round(place.long, 6),
        address=given.get("address"),
        opening_hours=given.get("opening_hours"),
        opens=parse_hours(given.get("opening_hours", "")),
        accessible=_yes_or_no(given.get("accessible")),
        phone=given.get("phone"),
        url=_web_address(given.get("url")),
        notes=given.get("notes"),
        polygon=round_shape(row.shape) if isinstance(row.shape, MultiPolygon) else None,
    )


def _facility_id(kind: str, own_id: str, name: str, place: Point) -> str:
    """Its own id if it has one that can be part of an address, else a hash of its identity."""
    if re.fullmatch(r"[A-Za-z0-9._-]{1,60}", own_id):
        return f"{kind}-{own_id}"
    known_by = own_id or f"{name}\n{place.lat:.5f}\n{place.long:.5f}"
    return f"{kind}-{sha256(known_by.encode()).hexdigest()[:12]}"


def _yes_or_no(text: str | None) -> bool | str | None:
    plain = (text or "").lower()
    return True if plain in YES else False if plain in NO else text


def _web_address(text: str | None) -> str | None:
    if text is None or re.match(r"https?://", text, re.IGNORECASE):
        return text
    if text.startswith("www."):
        return f"http://{text}"
    raise Invalid.field("url", f"{text!r} must begin with https:// or http://")


def publish(
    kind: FacilityKind,
    items: list[Facility],
    council: Council,
    ports: Ports,
    summary: Summary | None = None,
) -> None:
    """Publishes the facilities in place of the previous ones, and records the changes in `summary`.
    Raises UpstreamFailed."""
    index = index_of(items)
    _read_published(KINDS, KindList, ports)
    _read_published(FACILITY_NAMES, FacilityNames, ports)
    before = ports.documents.read(list_key(kind.kind))
    if summary:
        _compare(_items_in(before.body) if before else {}, items, summary)
    _put_list(kind, items, index, before, ports)
    _publish_kind(_entry(kind, len(items)), council, ports)
    _publish_names(kind.kind, searchable_names(kind, items) if kind.found_by_name else [], ports)


def _put_list(
    kind: FacilityKind,
    items: Sequence[Facility],
    index: bytes,
    before: StoredDocument | None,
    ports: Ports,
) -> None:
    """Replaces the index and the list. Raises UpstreamFailed."""
    listed = copy_fields(FacilityList, kind, index=digest(index), items=tuple(items))
    try:
        # A reader detects a new index beside the old list by the digest.
        key = index_key(kind.kind)
        put_document(key, Document(index, INDEX_TYPE), ports.documents.read(key), ports.documents)
        put_document(
            list_key(kind.kind),
            Document(msgspec.json.encode(listed), JSON),
            before,
            ports.documents,
        )
    except VersionConflict as error:
        raise UpstreamFailed(
            f"Somebody else published {error} at the same time. Try again."
        ) from error


def _items_in(document: bytes) -> dict[str, Facility]:
    try:
        items = msgspec.json.decode(document, type=FacilityList).items
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return {item.facility_id: item for item in items}


def _compare(before: Mapping[str, Facility], items: list[Facility], summary: Summary) -> None:
    now = {item.facility_id: item for item in items}
    stayed = [each for each in now if each in before]
    summary.added = len(now) - len(stayed)
    summary.updated = sum(now[each] != before[each] for each in stayed)
    summary.unchanged = len(stayed) - summary.updated
    summary.retired = len(before) - len(stayed)


def _entry(kind: FacilityKind, count: int) -> KindEntry:
    return KindEntry(
        kind=kind.kind,
        label=kind.label,
        plural=kind.plural,
        icon=kind.icon,
        count=count,
        service_code=kind.service_code,
    )


def searchable_names(kind: FacilityKind, items: Sequence[Facility]) -> list[NamedPoint]:
    """The facilities that have a name, as people search them: with their kind, if the name does not
    say it, and with their address, if several have the same name."""
    shared = Counter(item.name for item in items)
    what = kind.label if kind.label[1:2].isupper() else kind.label.lower()
    found = []
    for item in items:
        says_kind = kind.label.lower() in item.name.lower()
        where = item.address if shared[item.name] > 1 else None
        parts = (item.name, None if says_kind else what, where)
        label = shorten(", ".join(filter(None, parts)), LONGEST_LABEL, placeholder="")
        if item.name != kind.label:
            found.append((label, round(item.lat, 5), round(item.long, 5)))
    return found


def _publish_names(kind: str, names: Sequence[NamedPoint], ports: Ports) -> None:
    """Puts the names in the place of the previous ones of the kind. Raises UpstreamFailed."""
    for _ in range(ATTEMPTS):
        held, before = _read_published(FACILITY_NAMES, FacilityNames, ports)
        document = before.with_kind(kind, names)
        try:
            put_document(
                FACILITY_NAMES, Document(msgspec.json.encode(document), JSON), held, ports.documents
            )
            return
        except VersionConflict:
            continue
    raise UpstreamFailed(f"{FACILITY_NAMES} kept changing while it was published; try again.")


def _read_published(key: str, kind: type[T], ports: Ports) -> tuple[StoredDocument | None, T]:
    """The published document, an empty one if there is none. Raises ConfigurationError if it cannot
    be read."""
    held = ports.documents.read(key)
    try:
        return held, msgspec.json.decode(held.body, type=kind) if held else kind()
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The published {key} cannot be read ({error}): remove the file, and import every "
            "kind again."
        ) from error


def _publish_kind(entry: KindEntry, council: Council, ports: Ports) -> None:
    """Adds the kind to the published ones, in the council's order."""
    for _ in range(ATTEMPTS):
        held, listed = _read_published(KINDS, KindList, ports)
        entries = {each.kind: each for each in (*listed.items, entry)}
        ordered = (entries[each.kind] for each in council.facility_kinds if each.kind in entries)
        document = Document(msgspec.json.encode(KindList(items=tuple(ordered))), JSON)
        try:
            put_document(KINDS, document, held, ports.documents)
            return
        except VersionConflict:
            continue
    raise UpstreamFailed(f"{KINDS} kept changing while it was published; try again.")
