"""Builds the slice of facilities."""

from time import monotonic

from chalicelib.bootstrap import container
from chalicelib.facilities.ports import Ports
from chalicelib.facilities.published import PublishedFacilities
from chalicelib.kernel.time import utc_now


@container.once
def facilities_ports() -> Ports:
    from chalicelib.publishing.assets import ReportedAssets

    here = container.council()
    return Ports(
        facilities=PublishedFacilities(container.read_published, monotonic),
        open_reports=ReportedAssets(container.read_published, monotonic).reports_by_asset,
        now=utc_now,
        zone=here.zone,
        holidays=here.calendar.holidays,
    )
