"""The phones of crews in DynamoDB, in the jobs' table. TTL removes expired ones with a delay."""

from collections.abc import Sequence

from chalicelib.jobs.crew_ports import Device
from chalicelib.jobs.dynamo.items import CrewDeviceItem
from chalicelib.jobs.keys import crew_owner, device_id_in, device_record
from chalicelib.kernel.push_address import PushAddress


class DynamoDevices:
    """The Devices port with the jobs' table."""

    def __init__(self, table_name: str) -> None:
        CrewDeviceItem.Meta.table_name = table_name

    def add(self, device: Device) -> None:
        CrewDeviceItem.of(
            device.push,
            crew_owner(device.crew),
            device_record(device.device_id),
            expires_at=device.expires_at,
        ).put()

    def remove(self, crew: str, device_id: str) -> None:
        CrewDeviceItem(crew_owner(crew), device_record(device_id)).remove()

    def of_crew(self, crew: str) -> Sequence[Device]:
        return [
            Device(
                crew=crew,
                device_id=device_id_in(item.record),
                push=item.read_as(PushAddress),
                expires_at=item.expires_at,
            )
            for item in CrewDeviceItem.all_under(crew_owner(crew))
        ]
