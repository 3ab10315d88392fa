"""The phones of crews: which of them hear that the day was changed."""

from datetime import datetime, timedelta

from chalicelib.errors import Conflict
from chalicelib.jobs.crew_ports import CrewPorts, Device, PushTo
from chalicelib.kernel.time import to_the_second

KEPT_FOR = timedelta(days=30)
"""A phone says again that it is there each time that it opens the day."""
MOST_DEVICES = 20


def register(
    crew: str, device_id: str, push: PushTo, ports: CrewPorts, *, until: datetime
) -> Device:
    """Registers a phone for notifications of a crew's day until then, or for the longest time
    allowed; the caller checks permission first. Other devices with its address are removed: they
    are earlier sign-ins. Raises AddressRefused, Conflict (the crew has too many),
    UpstreamFailed."""
    ports.bell.check(push)
    now = to_the_second(ports.now())
    device = Device(
        crew=crew,
        device_id=device_id,
        push=push,
        expires_at=min(until, now + KEPT_FOR),
    )
    others = [each for each in ports.devices.of(crew) if each.device_id != device_id]
    same = [each for each in others if each.push.endpoint == push.endpoint]
    known = [each for each in others if each not in same and each.expires_at > now]
    if len(known) >= MOST_DEVICES:
        raise Conflict(
            f"{MOST_DEVICES} phones already get notifications about this crew's day. "
            "Remove one of them first."
        )
    ports.devices.add(device)
    for each in same:
        ports.devices.remove(crew, each.device_id)
    return device


def unregister(crew: str, device_id: str, ports: CrewPorts) -> None:
    """Lets a phone hear no more of it. Raises UpstreamFailed."""
    ports.devices.remove(crew, device_id)
