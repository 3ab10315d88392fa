"""A published report's page: its photos, following it, saying that something is wrong with it."""

import io
import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.photos.dynamo import DynamoRecords
from chalicelib.photos.model import Photo as TakenIn
from chalicelib.publishing.model import photo_keys
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Photo
from infra.local.stack import LocalStack
from tests.browser.conftest import NARROW, NewPage
from tests.browser.following import follower, give_email
from tests.browser.test_accessibility import overflow, violations
from tests.browser.test_kept_on_the_phone import lose_the_next_reply
from tests.support import builders


def store_report(stack: LocalStack, number: int, **values: Any) -> ServiceRequest:
    report = reports_ports().repository.create(builders.report(number, **values))
    stack.cloud.pump.wait_until_idle()
    return report


def stored_report(report: ServiceRequest) -> ServiceRequest:
    found = reports_ports().repository.get(report.service_request_id)
    assert found
    return found


def open_page(new_page: NewPage, report: ServiceRequest, **options: Any) -> Page:
    page = new_page(**options)
    page.goto(f"/reports/{report.service_request_id}")
    return page


def publish_photo_files(service_request_id: str, photo_id: str) -> None:
    """What is there once a photo has been looked at."""
    settings = container.settings()
    picture = io.BytesIO()
    Image.new("RGB", (320, 240), "teal").save(picture, "JPEG")
    for key in photo_keys(service_request_id, [photo_id]):
        boto3.client("s3").put_object(
            Bucket=settings.photos_bucket,
            Key=key.removeprefix("photos/"),
            Body=picture.getvalue(),
            ContentType="image/jpeg",
        )
    DynamoRecords(settings.reports_table).add(
        TakenIn(service_request_id=service_request_id, photo_id=photo_id, state="ready")
    )


def test_photos_are_shown_small_and_link_to_the_full_picture(
    new_page: NewPage, stack: LocalStack
) -> None:
    photo_id = "P" * 26
    publish_photo_files(builders.report(9010).service_request_id, photo_id)
    report = store_report(stack, 9010, photos=(Photo(photo_id=photo_id, state="shown"),))
    page = open_page(new_page, report)
    thumbnail = page.get_by_role("img", name="Photo 1 of the report")
    expect(thumbnail).to_be_visible()
    page.wait_for_function("image => image.naturalWidth > 0", arg=thumbnail.element_handle())
    thumbnail.click()
    expect(page).to_have_url(re.compile(rf"/photos/{report.service_request_id}/{photo_id}/page"))


def test_report_is_followed_once_from_one_browser_and_it_remembers(
    new_page: NewPage, stack: LocalStack
) -> None:
    report = store_report(stack, 9020)
    page = open_page(new_page, report)
    follow = page.get_by_role("button", name="Follow this report")
    lose_the_next_reply(page, "**/api/reports/*/follow")
    address = follower()
    follow.click()
    give_email(page, address)
    expect(page.get_by_text("You are not following the report yet")).to_be_visible()
    give_email(page, address)
    expect(page.get_by_text(f"We've sent an email to {address}")).to_be_visible()
    expect(page.locator("#followers")).to_have_text("1 person")
    stack.cloud.pump.wait_until_idle()
    page.reload()
    expect(page.get_by_text("You are following this report.")).to_be_visible()
    expect(follow).to_be_hidden()
    expect(page.locator("#followers")).to_have_text("1 person")
    assert stored_report(report).followers == 1


def test_photo_of_an_update_is_in_the_timeline_when_it_was_checked(
    new_page: NewPage, stack: LocalStack, shared_data: Path
) -> None:
    report = store_report(stack, 9025)
    page = open_page(new_page, report, viewport=NARROW)
    page.get_by_label("Your update").fill("It has grown.")
    photos = page.get_by_label("Add photos (optional)")
    photos.set_input_files([shared_data / "photos" / "bath_photo.JPG"] * 4)
    expect(page.get_by_role("alert")).to_contain_text("You can add up to 3 photos")
    assert violations(page) == []
    assert overflow(page) <= 0
    page.reload()
    chosen = page.locator("#update-form li")
    for left in (2, 1):
        chosen.first.get_by_role("button", name="Remove").click()
        expect(chosen).to_have_count(left)
    page.get_by_role("button", name="Send update").click()
    expect(page.locator("#update-status")).to_contain_text("Your photos follow")
    expect(chosen).to_have_count(0)
    stack.cloud.pump.wait_until_idle()
    after = stored_report(report)
    [update], [photo] = after.updates, after.photos
    assert photo.update_id == update.update_id
    page.reload()
    expect(page.locator("#timeline").get_by_role("img")).to_be_visible()


def follow_and_reload(page: Page) -> None:
    """Follows, then shows the page as it was published before that."""
    published = page.request.get(page.url).text()
    page.get_by_role("button", name="Follow this report").click()
    give_email(page, follower())
    expect(page.get_by_text("We've sent an email to")).to_be_visible()
    expect(page.locator("#followers")).to_have_text("1 person")
    answer = {"body": published, "content_type": "text/html"}
    page.route(page.url, lambda route: route.fulfill(**answer))


@pytest.mark.exhaustive
def test_new_follower_is_counted_at_once_when_the_published_page_is_older(
    new_page: NewPage, stack: LocalStack
) -> None:
    page = open_page(new_page, store_report(stack, 9021))
    follow_and_reload(page)
    page.reload()
    expect(page.get_by_text("You are following this report.")).to_be_visible()
    expect(page.locator("#followers")).to_have_text("1 person")


def test_surviving_report_is_followed_when_this_one_is_a_duplicate(
    new_page: NewPage, stack: LocalStack
) -> None:
    first = store_report(stack, 9030)
    merged = store_report(stack, 9031, state="duplicate", duplicate_of=first.service_request_id)
    page = open_page(new_page, merged)
    notice = page.get_by_text("This is the same as report")
    expect(notice.get_by_role("link")).to_have_attribute(
        "href", f"/reports/{first.service_request_id}"
    )
    page.get_by_role("button", name="Follow this report").click()
    give_email(page, follower())
    expect(page.get_by_text("This report was merged into")).to_contain_text(
        "We've sent an email to"
    )
    assert stored_report(first).followers == 1


def test_content_is_reported_once_with_a_reason_when_its_reply_was_lost(
    new_page: NewPage, stack: LocalStack
) -> None:
    report = store_report(stack, 9040)
    page = open_page(new_page, report, viewport=NARROW)
    page.get_by_role("link", name="Report this page").click()
    send = page.get_by_role("button", name="Send to the council")
    send.click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_role("alert")).to_contain_text("Choose what is wrong with it")
    assert violations(page) == []
    assert overflow(page) <= 0
    page.get_by_role("radio", name="personal information").check()
    page.get_by_label("Tell us more").fill("My neighbour's number is in it.")
    lose_the_next_reply(page, "**/api/reports/*/flags")
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("We have not received this")
    send.click()
    expect(page.get_by_text("We'll look at it.")).to_be_visible()
    expect(page).not_to_have_title(re.compile("^Error: "))
    [flag] = stored_report(report).flags
    assert (flag.reason, flag.text) == ("personal_data", "My neighbour's number is in it.")


def test_page_leads_to_forms_when_there_is_no_javascript(
    new_page: NewPage, stack: LocalStack
) -> None:
    report = store_report(stack, 9050)
    page = open_page(new_page, report, java_script_enabled=False)
    forms = f"/forms/reports/{report.service_request_id}"
    for name, path in (("Add an update", "update"), ("Report this page", "flag")):
        link = page.get_by_role("link", name=name)
        expect(link).to_have_attribute("href", f"{forms}/{path}")
    expect(page.get_by_role("button")).to_have_count(0)


def test_track_says_that_a_non_public_report_needs_its_link(
    new_page: NewPage, stack: LocalStack
) -> None:
    report = store_report(stack, 9060, visibility="private")
    page = new_page()
    page.goto(f"/track/?ref={report.service_request_id}")
    expect(page.get_by_role("heading", name="We can't find a report")).to_be_focused()
    expect(page.get_by_text("use the link we gave you when you sent it")).to_be_visible()
    assert violations(page) == []
