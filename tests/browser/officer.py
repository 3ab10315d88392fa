"""Helpers for tests of the desk: an officer in a browser, and reports."""

from itertools import count
from typing import Any

import boto3
from playwright.sync_api import Page, expect

from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Contact
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.submission import submit
from infra.local.stack import LocalStack
from tests.browser.conftest import DESK, NewPage
from tests.browser.signing_in import new_account, sign_in
from tests.support.attack_photos import draw_picture, save_image
from tests.support.builders import draft, long_key

NUMBERS = count(1)
QUICKER = Author("quicker", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
"""Another officer."""
SOMEBODY = Contact(name="Alex Ash", email="alex.ash@example.org")


def open_desk_page(new_page: NewPage, path: str, viewport: dict[str, int] = DESK) -> Page:
    """Open a page of the desk as an officer and wait until it has loaded."""
    page = new_page(viewport=viewport)
    sign_in(page, new_account("officer"))
    return wait_for_page(page, path)


def wait_for_page(page: Page, path: str) -> Page:
    page.goto(path)
    expect(page.locator("#staff-page")).to_be_visible()
    return page


def submit_report(stack: LocalStack, **values: Any) -> ServiceRequest:
    """Submit a report and process all events that follow."""
    number = next(NUMBERS)
    apart = {"lat": 53.92 + number % 40 / 500, "long": -1.16 + number // 40 / 200}
    there = {**apart, "address": f"{number} Rose Lane"}
    key, ports = f"desk-{number}", reports_ports()
    report = submit(draft(**{**there, "contact": SOMEBODY, **values}), key, Author(), ports)
    stack.cloud.pump.wait_until_idle()
    return stored_report(report)


def stored_report(report: ServiceRequest) -> ServiceRequest:
    found = reports_ports().repository.get(report.service_request_id)
    assert found is not None
    return found


def submit_report_with_photo(page: Page, stack: LocalStack) -> tuple[str, str]:
    """Submit a report with a photo that has been processed. Returns the ids of both."""
    key = long_key(f"desk-photo-{next(NUMBERS)}")
    asked = {"content_type": "image/jpeg", "size": 1000}
    photo = page.request.post("/api/photos", data=asked, headers={"Idempotency-Key": f"{key}/0"})
    raw = save_image("JPEG", draw_picture(size=(400, 200)))
    uploads = container.settings().uploads_bucket
    boto3.client("s3").put_object(Bucket=uploads, Key=photo.json()["fields"]["key"], Body=raw)
    photo_id = photo.json()["photo_id"]
    body = {"service_code": "pothole", "description": "A hole.", "lat": 53.951, "long": -1.09}
    sent = page.request.post(
        "/api/reports", data={**body, "photo_ids": [photo_id]}, headers={"Idempotency-Key": key}
    )
    stack.cloud.pump.wait_until_idle()
    return str(sent.json()["service_request_id"]), photo_id


def case_address(report: ServiceRequest) -> str:
    return f"/desk/case/?id={report.service_request_id}"


def change_as_other_officer(report: ServiceRequest, **changes: Any) -> None:
    """Change the report as another officer."""
    now, ports = stored_report(report), reports_ports()
    change_report(now.service_request_id, ReportChanges(**changes), now.version, QUICKER, ports)


def tick(page: Page, *reports: ServiceRequest) -> None:
    for each in reports:
        page.locator(f"input[value='{each.service_request_id}']").check()
