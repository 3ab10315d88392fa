"""Builders of test objects: each takes values by name and has defaults for the others."""

from datetime import UTC, datetime
from typing import Any

from chalicelib.geo.point import Point
from chalicelib.kernel.idempotency import SHORTEST_UNSIGNED
from chalicelib.reports.drafts import Draft, ImportedReport, UpdateDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Update
from chalicelib.reports.published import Report

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MARKET_PLACE = {"lat": 53.959, "long": -1.0815}
"""The middle of the demo council."""


def long_key(key: str) -> str:
    """The key, lengthened as callers who are not signed in need it; the key of a photo keeps its
    number. Text that is not a key stays as it is."""
    own, slash, number = key.rpartition("/")
    if not slash or not number.isdigit():
        own, slash, number = key, "", ""
    if not own.strip() or not own.isprintable() or len(own) >= SHORTEST_UNSIGNED:
        return key
    return f"{own}-{'0' * SHORTEST_UNSIGNED}{slash}{number}"


def draft(**values: Any) -> Draft:
    return Draft(
        **{"service_code": "pothole", "description": "A deep hole.", **MARKET_PLACE, **values}
    )


def draft_body(**values: Any) -> dict[str, Any]:
    """The JSON body of a draft."""
    return {"service_code": "pothole", "description": "A deep hole.", **MARKET_PLACE, **values}


def update_draft(**values: Any) -> UpdateDraft:
    return UpdateDraft(**{"text": "Still there.", **values})


def update(number: int = 1, **values: Any) -> Update:
    return Update(
        **{
            "update_id": f"U{number:011}",
            "datetime": NOON.replace(second=number % 60, minute=number // 60 % 60),
            "state": "open",
            "text": f"Update {number}",
            "by": "resident",
            "fingerprint": f"fingerprint-{number}",
            **values,
        }
    )


def report(number: int = 1, **values: Any) -> ServiceRequest:
    return ServiceRequest(
        **{
            "service_request_id": f"R{number:011}",
            "fingerprint": f"fingerprint-{number}",
            "service_code": "pothole",
            "team": "highways",
            "state": "open",
            "visibility": "public",
            "description": "A deep hole.",
            **MARKET_PLACE,
            "requested_datetime": NOON,
            "updated_datetime": NOON,
            "expected_datetime": None,
            **values,
        }
    )


def known_report(**values: Any) -> Report:
    """A report as other slices know it."""
    return Report(
        **{
            "service_request_id": "7K3M2QXV9HTD",
            "service_code": "pothole",
            "state": "open",
            "visibility": "public",
            "version": 1,
            "team": "highways",
            "priority": "normal",
            "opens": "job",
            **MARKET_PLACE,
            "is_settled": True,
            "may_be_passed_on": True,
            **values,
        }
    )


def imported_report(**values: Any) -> ImportedReport:
    return ImportedReport(
        **{
            "draft": draft(),
            "external_reference": "https://example.org/report/1",
            "state": "open",
            "visibility": "public",
            "requested_datetime": NOON,
            "updated_datetime": NOON,
            **values,
        }
    )


def place_of(report: ServiceRequest) -> Point:
    """The location of a report that has one."""
    assert report.point
    return report.point
