"""Create, read and update jobs through the API, as officers and phones do."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from chalice.test import HTTPResponse

from chalicelib.kernel.time import utc_now
from tests.api.conftest import Api
from tests.support.builders import MARKET_PLACE, draft_body

NUMBERS = count(1)


@dataclass
class JobsApi:
    """The API for a council that has crews; `officer` and `crew` are their tokens."""

    api: Api
    officer: str = field(init=False)
    crew: str = field(init=False)

    def __post_init__(self) -> None:
        self.officer, self.crew = self.api.token("officer"), self.api.token("crew")

    def report(self, **values: Any) -> str:
        sent = self.api.post("/api/reports", draft_body(**values), key=f"report-{next(NUMBERS)}")
        assert sent.status_code == 201, sent.body
        return str(sent.json_body["service_request_id"])

    def job(self, **values: Any) -> dict[str, Any]:
        """Create a job from a new report, as an officer."""
        about = values.pop("about", MARKET_PLACE)
        draft = {"service_request_ids": [self.report(**about)], **values}
        made = self.api.post("/api/jobs", draft, key=f"job-{next(NUMBERS)}", token=self.officer)
        assert made.status_code == 201, made.body
        return dict(made.json_body)

    def look(self, job_id: str) -> dict[str, Any]:
        found = self.api.get(f"/api/jobs/{job_id}", self.officer)
        assert found.status_code == 200, found.body
        return dict(found.json_body)

    def change(self, job: dict[str, Any], **changes: Any) -> dict[str, Any]:
        path, version = f"/api/jobs/{job['job_id']}", job["version"]
        changed = self.api.patch(path, changes, version=version, token=self.officer)
        assert changed.status_code == 200, changed.body
        return dict(changed.json_body)

    def tell(self, *operations: Any, token: str | None = None) -> list[dict[str, Any]]:
        """Send these operations in one call. Returns their outcomes."""
        sent = self.send({"operations": list(operations)}, token)
        assert sent.status_code == 200, sent.body
        return list(sent.json_body["items"])

    def send(self, body: Any, token: str | None = None) -> HTTPResponse:
        return self.api.post("/api/jobs/operations", body, key=None, token=token or self.crew)


def operation(job: dict[str, Any], kind: str = "done", **values: Any) -> dict[str, Any]:
    """The JSON of an operation on a job as the phone shows it."""
    return {
        "op_id": f"operation-{next(NUMBERS)}",
        "job_id": job["job_id"],
        "kind": kind,
        "base_version": job["version"],
        "at": utc_now().isoformat(),
        **values,
    }
