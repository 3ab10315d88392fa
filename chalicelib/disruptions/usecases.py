"""Use cases of officers: post, change and withdraw disruptions. Publishing and sending are
separate, from the stored disruptions."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from chalicelib.disruptions.model import (
    LEAST_RADIUS_M,
    LONGEST,
    MOST_RADIUS_M,
    Disruption,
    DisruptionArea,
    DisruptionChanges,
    DisruptionDraft,
    changed,
    withdrawn,
)
from chalicelib.disruptions.ports import Ports
from chalicelib.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.geo.point import Point
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.observability import trace
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.time import to_the_second


def post(draft: DisruptionDraft, key: str, actor: str, ports: Ports) -> Disruption:
    """Posts a disruption; the same draft under the same key is posted once. Raises Invalid with
    every fault, Conflict (another draft under this key), UpstreamFailed."""
    now = _now(ports)
    wanted = Disruption(
        disruption_id=derived_id("disruption", actor, key),
        posted_at=now,
        updated_at=now,
        fingerprint=sha256(msgspec.json.encode(draft)).hexdigest(),
        request_id=trace.current(),
        **msgspec.structs.asdict(draft),
    )
    _refuse(wanted, now, ports)
    ports.note(actor, "disruptions.post", wanted.disruption_id, "")
    stored = ports.disruptions.add(wanted)
    if stored.fingerprint != wanted.fingerprint:
        raise Conflict(
            "Another disruption was posted with this Idempotency-Key, and is unchanged. To post "
            "this one as well, use a new key.",
            version=stored.version,
        )
    return stored


def change(
    disruption_id: str, changes: DisruptionChanges, version: int, actor: str, ports: Ports
) -> Disruption:
    """Changes a disruption that still has this version, while it is current or upcoming. Raises
    NotFound, Invalid, Conflict (another version; it carries the present one), UpstreamFailed."""
    stored = _held(disruption_id, version, ports)
    after = changed(stored, changes, _now(ports))
    _refuse(after, _now(ports), ports)
    named = sorted(
        name for name, value in msgspec.structs.asdict(changes).items() if value is not None
    )
    ports.note(actor, "disruptions.change", disruption_id, " ".join(named))
    return _saved(after, ports)


def withdraw(disruption_id: str, version: int, actor: str, ports: Ports) -> Disruption:
    """Withdraws a disruption that still has this version. Raises NotFound, Conflict,
    UpstreamFailed."""
    stored = _held(disruption_id, version, ports)
    ports.note(actor, "disruptions.withdraw", disruption_id, "")
    return _saved(withdrawn(stored, _now(ports)), ports)


def current(ports: Ports) -> Sequence[Disruption]:
    """The current and upcoming disruptions, by start. Raises UpstreamFailed."""
    return in_order(ports.disruptions.all(), ports.now())


def in_order(found: Sequence[Disruption], now: datetime) -> Sequence[Disruption]:
    """The current and upcoming ones of these disruptions, by start."""
    held = [each for each in found if each.holds(now)]
    return sorted(held, key=lambda each: (each.begins, each.disruption_id))


def refuse_area(area: DisruptionArea, ports: Ports) -> None:
    """Raises Invalid if there can be no disruption of that area, UpstreamFailed."""
    if faults := list(_area(area, ports)):
        raise Invalid.fields(faults)


def _held(disruption_id: str, version: int, ports: Ports) -> Disruption:
    """The disruption with that version, if it is current or upcoming. Raises NotFound, Conflict."""
    stored = ports.disruptions.get(disruption_id)
    if stored is None:
        raise NotFound(f"There is no disruption {disruption_id}.")
    if stored.version != version:
        raise _stale(stored)
    if not stored.holds(ports.now()):
        was = "was withdrawn" if stored.withdrawn_at else "is over"
        raise Conflict(f"This disruption {was}. Post a new one.", version=stored.version)
    return stored


def _saved(after: Disruption, ports: Ports) -> Disruption:
    after = replace(after, request_id=trace.current())
    try:
        return ports.disruptions.save(after)
    except VersionConflict as error:
        present = ports.disruptions.get(after.disruption_id)
        # If only the reply was lost, the stored disruption is already the intended one.
        if present is None or replace(present, version=after.version) == after:
            return present or after
        raise _stale(present) from error


def _stale(present: Disruption) -> Conflict:
    return Conflict(
        f"The disruption has changed since you read it (version {present.version}). Reload it and "
        "try again.",
        version=present.version,
    )


def _refuse(wanted: Disruption, now: datetime, ports: Ports) -> None:
    """Raises Invalid if the draft is inconsistent."""
    faults = [*_times(wanted, now), *_area(wanted.area, ports), *_services(wanted, ports)]
    if faults:
        raise Invalid.fields(faults)


def _times(wanted: Disruption, now: datetime) -> Iterator[FieldError]:
    if wanted.ends <= wanted.begins:
        yield FieldError("ends", "must be after it begins")
    elif wanted.ends <= now:
        yield FieldError("ends", "must be in the future")
    elif wanted.ends - wanted.begins > LONGEST:
        yield FieldError("ends", f"must be at most {LONGEST.days} days after it begins")


def _area(area: DisruptionArea, ports: Ports) -> Iterator[FieldError]:
    circle = {"lat": area.lat, "long": area.long, "radius_m": area.radius_m}
    given = {name for name, value in circle.items() if value is not None}
    if area.ward_code is not None:
        if given:
            yield FieldError("area.ward_code", "give a ward or a circle, not both")
        elif area.ward_code not in ports.ward_codes():
            yield FieldError(
                "area.ward_code", "we do not know this ward; see wards in /data/index.json"
            )
        return
    for name in sorted(circle.keys() - given if given else ()):
        yield FieldError(f"area.{name}", "is required: a circle needs lat, long and radius_m")
    if area.radius_m is not None and not LEAST_RADIUS_M <= area.radius_m <= MOST_RADIUS_M:
        yield FieldError(
            "area.radius_m",
            f"must be a number of metres from {LEAST_RADIUS_M} to {MOST_RADIUS_M:,}; for the "
            "whole council, leave out the area",
        )
    elif given == circle.keys() and not ports.council.box.contains(_centre(area)):
        yield FieldError("area.lat", "the location is outside the council's area")


def _centre(area: DisruptionArea) -> Point:
    return Point(lat=area.lat or 0.0, long=area.long or 0.0)


def _services(wanted: Disruption, ports: Ports) -> Iterator[FieldError]:
    known = ports.council.by_code
    if unknown := [each for each in wanted.service_codes if each not in known]:
        names = ", ".join(known)
        yield FieldError(
            "service_codes", f"{unknown[0]} is not a service here; choose from: {names}"
        )


def _now(ports: Ports) -> datetime:
    return to_the_second(ports.now())
