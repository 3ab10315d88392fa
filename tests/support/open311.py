"""A client of our Open311 API, in both of its formats."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from chalice.test import HTTPResponse

from chalicelib.bootstrap.partners import partners_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.georeport.reading import read_xml
from chalicelib.partners.model import NewKey
from chalicelib.partners.usecases import create_key
from chalicelib.reports.model import ServiceRequest
from tests.api.conftest import Api
from tests.support.builders import MARKET_PLACE

FORM = "application/x-www-form-urlencoded"
EDGE = "----edge"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
Values = Mapping[str, str | float | Sequence[str]]


@dataclass
class OtherSystem:
    """A partner with a key, which sends requests below /open311/v2."""

    api: Api
    key: str

    def get(
        self, path: str, query: Values | None = None, headers: Mapping[str, str] | None = None
    ) -> HTTPResponse:
        asked = f"/open311/v2/{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
        return self.api.client.http.get(asked, headers=dict(headers or {}))

    def post(
        self, path: str, sent: Values | bytes, *, content_type: str = FORM, **headers: str
    ) -> HTTPResponse:
        body = sent if isinstance(sent, bytes) else urlencode(sent, doseq=True).encode()
        return self.api.client.http.post(
            f"/open311/v2/{path}", body=body, headers={"Content-Type": content_type, **headers}
        )

    def report(self, *, form: str = "json", **values: Any) -> HTTPResponse:
        """Post a report of a pothole with these values; None leaves a field out."""
        sent = {"api_key": self.key, "service_code": "pothole", "description": "A deep hole."}
        whole = {**sent, **MARKET_PLACE, **values}
        given = {name: value for name, value in whole.items() if value is not None}
        return self.post(f"requests.{form}", given)

    def reported(self, **values: Any) -> str:
        """Post a report. Returns its id."""
        answer = self.report(**values)
        assert answer.status_code == 200, answer.body
        service_request_id: str = json.loads(answer.body)[0]["service_request_id"]
        return service_request_id

    def update(self, about: str, **values: Any) -> HTTPResponse:
        """Post an update as FixMyStreet does."""
        sent = {
            "api_key": self.key,
            "service_request_id": about,
            "update_id": "1",
            "status": "OPEN",
            "updated_datetime": "2026-06-01T12:00:00Z",
            "description": "Still there.",
            "first_name": "Jo",
            "last_name": "-",
            "email": "jo@example.org",
        }
        given = {name: value for name, value in {**sent, **values}.items() if value is not None}
        return self.post("servicerequestupdates.xml", given)


def other_system(api: Api, **values: Any) -> OtherSystem:
    """Create a partner with a new key; `values` are fields of its NewKey."""
    made = create_key(NewKey(**{"name": "FixMyStreet", **values}), partners_ports())
    return OtherSystem(api, made.text)


def stored_report(service_request_id: str) -> ServiceRequest:
    """The stored report."""
    report = reports_ports().repository.get(service_request_id)
    assert report
    return report


def multipart(values: dict[str, Any], files: dict[str, bytes]) -> tuple[bytes, str]:
    """The body and the content type of a form with files."""
    parts = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    for name, raw in files.items():
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.jpg"'
        parts.append(f"{head}\r\nContent-Type: image/jpeg\r\n\r\n".encode() + raw + b"\r\n")
    return b"".join([*parts, f"--{EDGE}--\r\n".encode()]), f"multipart/form-data; boundary={EDGE}"


def xml_of(answer: HTTPResponse, root: str) -> Any:
    """The content of an XML response."""
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8", answer.body
    assert answer.body.startswith(b"<?xml version=")
    document = read_xml(answer.body)
    assert document.root == root, answer.body
    return document.tree


def json_of(answer: HTTPResponse) -> Any:
    """The content of a JSON response."""
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8", answer.body
    return json.loads(answer.body)


def assert_errors(answer: HTTPResponse, status: int, *descriptions: str) -> None:
    """Assert that the response is an Open311 error with an entry for each description."""
    assert answer.status_code == status, answer.body
    is_xml = answer.headers["Content-Type"].startswith("text/xml")
    entries = xml_of(answer, "errors") if is_xml else json_of(answer)
    assert [str(entry["code"]) for entry in entries] == [str(status)] * len(entries)
    assert entries and all(entry["description"] for entry in entries)
    for description in descriptions:
        assert any(description in entry["description"] for entry in entries), entries
