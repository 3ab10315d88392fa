"""Reports and their jobs, as photos see them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from chalicelib.reports import ports as reports
from chalicelib.reports.usecases import reading

if TYPE_CHECKING:
    from chalicelib.jobs.dynamo.jobs import DynamoJobs


class ReportsForPhotos:
    """Builds the reports slice only when a photo is swept."""

    def __init__(
        self, ports: Callable[[], reports.Ports], jobs: "Callable[[], DynamoJobs]"
    ) -> None:
        self._ports = ports
        self._jobs = jobs

    def has_photo(self, service_request_id: str, photo_id: str) -> bool:
        if reading.has_photo(service_request_id, photo_id, self._ports()):
            return True
        return self._is_of_a_job(service_request_id, photo_id)

    def _is_of_a_job(self, service_request_id: str, photo_id: str) -> bool:
        """True where a crew or contractor sent the photo with a job of this report: not all of
        those go into the report's timeline. What was forgotten with its sender goes."""
        return any(
            photo_id in event.photo_ids
            for job in self._jobs().of_report_or_merged(service_request_id)
            for event in job.events
            if not event.is_emptied
        )
