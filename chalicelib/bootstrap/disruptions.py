"""Builds the disruptions slice."""

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import record_action
from chalicelib.bootstrap.areas import areas_ports, ward_codes
from chalicelib.disruptions import ports as disruptions
from chalicelib.disruptions.views import DISRUPTIONS
from chalicelib.kernel.time import utc_now

if TYPE_CHECKING:
    from chalicelib.disruptions.dynamo import DynamoDisruptions
    from chalicelib.disruptions.model import DisruptionArea


@container.once
def disruptions_ports() -> disruptions.Ports:
    return disruptions.Ports(
        disruptions=_store(),
        council=container.council(),
        ward_codes=ward_codes,
        wards_of=_wards_of,
        record_action=record_action,
        now=utc_now,
    )


def _wards_of(area: "DisruptionArea") -> set[str]:
    """The codes of the wards that the area touches. Raises UpstreamFailed."""
    from chalicelib.integrations.notices_for_alerts import extent_of_area

    wards = areas_ports().places.wards()
    return set(extent_of_area(area, wards, container.council()).ward_codes)


@container.once
def disruptions_publish_ports() -> disruptions.PublishPorts:
    from chalicelib.integrations.published_documents import publish_json

    return disruptions.PublishPorts(
        disruptions=_store(),
        publish=lambda body: publish_json(DISRUPTIONS, body, container.published_documents()),
        purge=lambda reference: container.cdn().invalidate([f"/{DISRUPTIONS}"], reference),
        now=utc_now,
    )


@container.once
def _store() -> "DynamoDisruptions":
    from chalicelib.disruptions.dynamo import DynamoDisruptions

    return DynamoDisruptions(container.table("alerts"))
