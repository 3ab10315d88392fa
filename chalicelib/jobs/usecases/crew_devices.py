"""The phones of crews that get a notification when the day changes."""

from datetime import datetime, timedelta

from chalicelib.errors import Conflict
from chalicelib.jobs.crew_ports import CrewPorts, Device
from chalicelib.kernel.push_address import PushAddress
from chalicelib.kernel.time import truncate_to_second

KEPT_FOR = timedelta(days=30)
"""How long a registration is valid. A phone renews it each time it opens the day."""
MOST_DEVICES = 20


def register_device(
    crew: str, device_id: str, push: PushAddress, ports: CrewPorts, *, until: datetime
) -> Device:
    """Register a phone for notifications of a crew's day, until `until` or for KEPT_FOR.

    The caller checks permission first. Other devices with the same push address are removed: they
    are earlier sign-ins of the phone. Raises AddressRefused, Conflict (the crew has too many
    phones), UpstreamFailed.
    """
    ports.check_push(push)
    now = truncate_to_second(ports.now())
    device = Device(
        crew=crew,
        device_id=device_id,
        push=push,
        expires_at=min(until, now + KEPT_FOR),
    )
    others = [each for each in ports.devices.of_crew(crew) if each.device_id != device_id]
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
