"""The keys of the jobs' table, without any dependency on DynamoDB."""

JOB = "job"
_OF_JOB = "job#"
_OF_REPORT = "report#"
_OF_CREW = "crew#"
_DEVICE = "device#"


def job_owner(job_id: str) -> str:
    """The `owner` key of a job."""
    return f"{_OF_JOB}{job_id}"


def report_owner(service_request_id: str) -> str:
    """The `owner` key of the items that point to a report's jobs."""
    return f"{_OF_REPORT}{service_request_id}"


def pointer_record(job_id: str) -> str:
    """The `record` key of an item that points to a job."""
    return f"{_OF_JOB}{job_id}"


def job_id_in(key: str) -> str:
    """The job's id in either key."""
    return key.removeprefix(_OF_JOB)


def crew_owner(crew: str) -> str:
    """The `owner` key of a crew's phones."""
    return f"{_OF_CREW}{crew}"


def device_record(device_id: str) -> str:
    """The `record` key of a phone."""
    return f"{_DEVICE}{device_id}"


def device_id_in(record: str) -> str:
    """The phone's id in its `record` key."""
    return record.removeprefix(_DEVICE)
