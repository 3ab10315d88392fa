"""How the table of jobs is keyed, as far as nobody needs DynamoDB for it."""

JOB = "job"
_OF_JOB = "job#"
_OF_REPORT = "report#"
_OF_CREW = "crew#"
_DEVICE = "device#"


def of_job(job_id: str) -> str:
    """Under which a job lies."""
    return f"{_OF_JOB}{job_id}"


def of_report(service_request_id: str) -> str:
    """Under which lies which jobs a report has."""
    return f"{_OF_REPORT}{service_request_id}"


def record_of(job_id: str) -> str:
    """What names a job there."""
    return f"{_OF_JOB}{job_id}"


def job_id_in(key: str) -> str:
    """The id in either key."""
    return key.removeprefix(_OF_JOB)


def of_crew(crew: str) -> str:
    """Under which a crew's phones lie."""
    return f"{_OF_CREW}{crew}"


def record_of_device(device_id: str) -> str:
    """What names a phone there."""
    return f"{_DEVICE}{device_id}"


def device_id_in(record: str) -> str:
    """The id in that."""
    return record.removeprefix(_DEVICE)
