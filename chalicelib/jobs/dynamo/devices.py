"""The phones of crews in DynamoDB, beside their jobs. TTL removes only later what is over."""

from collections.abc import Sequence

from chalicelib.jobs.crew_ports import Device, PushTo
from chalicelib.jobs.dynamo.items import CrewDeviceItem, translated
from chalicelib.jobs.keys import device_id_in, of_crew, record_of_device


class DynamoDevices:
    """The Devices port on the table of jobs."""

    def __init__(self, table_name: str) -> None:
        CrewDeviceItem.Meta.table_name = table_name

    def add(self, device: Device) -> None:
        with translated():
            CrewDeviceItem(
                of_crew(device.crew),
                record_of_device(device.device_id),
                endpoint=device.push.endpoint,
                p256dh=device.push.p256dh,
                auth=device.push.auth,
                expires_at=device.expires_at,
            ).save()

    def remove(self, crew: str, device_id: str) -> None:
        with translated():
            CrewDeviceItem(of_crew(crew), record_of_device(device_id)).delete()

    def of(self, crew: str) -> Sequence[Device]:
        with translated():
            found = list(CrewDeviceItem.query(of_crew(crew), consistent_read=True))
        return [
            Device(
                crew=crew,
                device_id=device_id_in(item.record),
                push=PushTo(endpoint=item.endpoint, p256dh=item.p256dh, auth=item.auth),
                expires_at=item.expires_at,
            )
            for item in found
        ]
