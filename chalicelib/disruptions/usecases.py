"""Lets officers post, change and withdraw disruptions. Other functions publish the stored
disruptions and send them to subscribers."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

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
    apply_changes,
    mark_withdrawn,
)
from chalicelib.disruptions.ports import Ports
from chalicelib.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from chalicelib.geo.point import Point
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.observability import trace
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.time import truncate_to_second

EVERYWHERE: tuple[tuple[()], tuple[()]] = ((), ())
"""The remit of all teams and wards."""


class Officer(NamedTuple):
    """The officer's account, and the teams and wards of each grant that lets the officer post: an
    empty list of teams or wards means all."""

    account_id: str
    remits: Sequence[tuple[Collection[str], Collection[str]]] = (EVERYWHERE,)


def post_disruption(draft: DisruptionDraft, key: str, officer: Officer, ports: Ports) -> Disruption:
    """Posts a disruption; the same draft under the same key is posted once. Raises Invalid with
    every fault, Forbidden (beyond the officer's remit), Conflict (another draft under this key),
    UpstreamFailed."""
    actor = officer.account_id
    now = _now(ports)
    new = Disruption(
        disruption_id=derived_id("disruption", actor, key),
        posted_at=now,
        updated_at=now,
        fingerprint=sha256(msgspec.json.encode(draft)).hexdigest(),
        request_id=trace.current_id(),
        **msgspec.structs.asdict(draft),
    )
    _check(new, now, ports)
    _require_remit(new, officer, ports)
    ports.record_action(actor, "disruptions.post", new.disruption_id, "")
    stored = ports.disruptions.add(new)
    if stored.fingerprint != new.fingerprint:
        raise Conflict(
            "Another disruption was posted with this Idempotency-Key, and is unchanged. To post "
            "this one as well, use a new key.",
            version=stored.version,
        )
    return stored


def change_disruption(
    disruption_id: str, changes: DisruptionChanges, version: int, officer: Officer, ports: Ports
) -> Disruption:
    """Changes a current or upcoming disruption that still has this version. Raises NotFound,
    Invalid, Forbidden (it is or would be beyond the officer's remit), Conflict (another version,
    which the error carries), UpstreamFailed."""
    actor = officer.account_id
    stored = _load_version(disruption_id, version, ports)
    _require_remit(stored, officer, ports)
    after = apply_changes(stored, changes, _now(ports))
    _check(after, _now(ports), ports)
    _require_remit(after, officer, ports)
    changed = sorted(
        name for name, value in msgspec.structs.asdict(changes).items() if value is not None
    )
    ports.record_action(actor, "disruptions.change", disruption_id, " ".join(changed))
    return _save(after, ports)


def withdraw_disruption(
    disruption_id: str, version: int, officer: Officer, ports: Ports
) -> Disruption:
    """Withdraws a disruption that still has this version. Raises NotFound, Forbidden (beyond the
    officer's remit), Conflict, UpstreamFailed."""
    stored = _load_version(disruption_id, version, ports)
    _require_remit(stored, officer, ports)
    ports.record_action(officer.account_id, "disruptions.withdraw", disruption_id, "")
    return _save(mark_withdrawn(stored, _now(ports)), ports)


def list_current(ports: Ports) -> Sequence[Disruption]:
    """The current and upcoming disruptions, by start. Raises UpstreamFailed."""
    return select_current(ports.disruptions.all(), ports.now())


def select_current(stored: Sequence[Disruption], now: datetime) -> Sequence[Disruption]:
    """The current and upcoming ones of these disruptions, by start."""
    current = [each for each in stored if each.is_current(now)]
    return sorted(current, key=lambda each: (each.begins, each.disruption_id))


def check_area(area: DisruptionArea, ports: Ports) -> None:
    """Raises Invalid if the area is inconsistent or outside the council's, UpstreamFailed."""
    if faults := list(_area_faults(area, ports)):
        raise Invalid.fields(faults)


def _require_remit(disruption: Disruption, officer: Officer, ports: Ports) -> None:
    """Raises Forbidden if no grant of the officer covers the services and the area."""
    if not any(_covers(teams, wards, disruption, ports) for teams, wards in officer.remits):
        raise Forbidden(
            "Your role is for some teams or wards: name services of your teams, and an area in "
            "your wards."
        )


def _covers(
    teams: Collection[str], wards: Collection[str], disruption: Disruption, ports: Ports
) -> bool:
    services = [ports.council.by_code.get(code) for code in disruption.service_codes]
    in_teams = not teams or (
        bool(services) and all(each is not None and each.team in teams for each in services)
    )
    return in_teams and (not wards or ports.wards_of(disruption.area) <= set(wards))


def _load_version(disruption_id: str, version: int, ports: Ports) -> Disruption:
    """Loads the disruption if it has that version and is current or upcoming. Raises NotFound,
    Conflict, UpstreamFailed."""
    stored = ports.disruptions.get(disruption_id)
    if stored is None:
        raise NotFound(f"There is no disruption {disruption_id}.")
    if stored.version != version:
        raise _version_conflict(stored)
    if not stored.is_current(ports.now()):
        was = "was withdrawn" if stored.withdrawn_at else "is over"
        raise Conflict(f"This disruption {was}. Post a new one.", version=stored.version)
    return stored


def _save(after: Disruption, ports: Ports) -> Disruption:
    """Saves the changed disruption. Raises Conflict if it was changed meanwhile."""
    after = replace(after, request_id=trace.current_id())
    try:
        return ports.disruptions.save(after)
    except VersionConflict as error:
        present = ports.disruptions.get(after.disruption_id)
        # If only the reply was lost, the stored disruption is already the intended one.
        if present is None or replace(present, version=after.version) == after:
            return present or after
        raise _version_conflict(present) from error


def _version_conflict(present: Disruption) -> Conflict:
    return Conflict(
        f"The disruption has changed since you read it (version {present.version}). Reload it and "
        "try again.",
        version=present.version,
    )


def _check(disruption: Disruption, now: datetime, ports: Ports) -> None:
    """Raises Invalid with every fault of the disruption."""
    faults = [
        *_time_faults(disruption, now),
        *_area_faults(disruption.area, ports),
        *_service_faults(disruption, ports),
    ]
    if faults:
        raise Invalid.fields(faults)


def _time_faults(disruption: Disruption, now: datetime) -> Iterator[FieldError]:
    if disruption.ends <= disruption.begins:
        yield FieldError("ends", "must be after it begins")
    elif disruption.ends <= now:
        yield FieldError("ends", "must be in the future")
    elif disruption.ends - disruption.begins > LONGEST:
        yield FieldError("ends", f"must be at most {LONGEST.days} days after it begins")


def _area_faults(area: DisruptionArea, ports: Ports) -> Iterator[FieldError]:
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


def _service_faults(disruption: Disruption, ports: Ports) -> Iterator[FieldError]:
    known = ports.council.by_code
    if unknown := [each for each in disruption.service_codes if each not in known]:
        names = ", ".join(known)
        yield FieldError(
            "service_codes", f"{unknown[0]} is not a service here; choose from: {names}"
        )


def _now(ports: Ports) -> datetime:
    return truncate_to_second(ports.now())
