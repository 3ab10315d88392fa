"""Photos: from the phone to the published page, what they say of themselves, and those refused."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.test_report_path import (
    choose_service,
    go_to,
    leave,
    leave_contact,
    place,
    reporter,
    sent_reference,
)

GPS, EXIF = 0x8825, 0x8769
TAKEN = 0x9003


def photo_taken_at(
    original: Path, *, north: tuple[float, float, float], west: tuple[float, float, float]
) -> FilePayload:
    """The photo as if it had been taken there; degrees, minutes and seconds."""
    image = Image.open(original)
    exif = image.getexif()
    exif.get_ifd(GPS).update({1: "N", 2: north, 3: "W", 4: west})
    exif.get_ifd(EXIF)[TAKEN] = "2026:05:03 14:10:07"
    made = BytesIO()
    image.save(made, "JPEG", exif=exif)
    return {"name": "here.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


def heic_taken_at(
    original: Path, *, north: tuple[float, float, float], west: tuple[float, float, float]
) -> FilePayload:
    """As phones store photos that the browser cannot show."""
    exif = Image.Exif()
    exif.get_ifd(GPS).update({1: "N", 2: north, 3: "W", 4: west})
    made = BytesIO()
    heif = pillow_heif.from_pillow(Image.open(original).resize((640, 480)))
    heif.save(made, exif=exif.tobytes())
    return {"name": "IMG_1.HEIC", "mimeType": "", "buffer": made.getvalue()}


def open_photos(new_page: NewPage) -> Page:
    page = reporter(new_page)
    place(page)
    choose_service(page)
    go_to(page, "details")
    return page


def choose(page: Page, files: Any) -> None:
    page.locator("#photo-files").set_input_files(files)


def chosen_photos(page: Page) -> Any:
    return page.locator("#photo-list > li")


def describe_and_check(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Describe the problem").fill(words)
    leave(page)
    leave_contact(page)


def test_photos_reach_the_published_page_upright_and_without_their_place(
    new_page: NewPage, stack: LocalStack, shared_data: Path
) -> None:
    page = open_photos(new_page)
    choose(page, sorted((shared_data / "photos").glob("*.JPG")))
    expect(chosen_photos(page)).to_have_count(2)
    expect(chosen_photos(page).get_by_role("img")).to_have_count(2)
    describe_and_check(page, "The edge of the road has broken away")
    expect(page.locator("#preview").get_by_role("img")).to_have_count(2)
    page.get_by_role("button", name="Send report").click()
    request_id = sent_reference(page).replace("-", "")

    stack.cloud.pump.wait_until_idle()
    theirs = new_page()
    theirs.goto(f"/reports/{request_id}")
    shown = theirs.locator("main img")
    expect(shown).to_have_count(2)
    for image in shown.all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", value=True)
        assert image.evaluate("image => image.naturalWidth") > 0
    whole = theirs.request.get(f"{theirs.locator('main a:has(img)').last.get_attribute('href')}")
    picture = Image.open(BytesIO(whole.body()))
    assert picture.height > picture.width, "photo_1 is a portrait that its camera stored lying"
    assert not picture.getexif()


def test_photos_place_and_time_are_offered_and_used_only_on_request(
    new_page: NewPage, shared_data: Path
) -> None:
    page = open_photos(new_page)
    original = shared_data / "photos" / "photo_1.JPG"
    choose(page, photo_taken_at(original, north=(53, 57, 36), west=(1, 4, 52.32)))
    expect(page.get_by_text("This photo was taken 100 m from your pin.")).to_be_visible()
    expect(page.get_by_text("Taken on 3 May 2026, 14:10.")).to_be_visible()
    page.get_by_role("button", name="Move the pin there").click()
    expect(page.get_by_text("Taken at your pin.")).to_be_visible()
    page.get_by_role("button", name="Add this to the description").click()
    expect(page.get_by_role("textbox", name="Describe the problem")).to_have_value(
        "Photo taken on 3 May 2026, 14:10."
    )
    leave(page)
    expect(page.locator("#answers")).to_contain_text("Outside 12 Market Place")


@pytest.mark.exhaustive
def test_photo_chosen_first_offers_its_place(new_page: NewPage, shared_data: Path) -> None:
    page = new_page()
    page.goto("/report/")
    original = shared_data / "photos" / "bath_photo.JPG"
    offer = page.get_by_role("heading", name="Use this photo's location?")
    photo = photo_taken_at(original, north=(53, 57, 36), west=(1, 4, 52.32))
    page.locator("#place-photo").set_input_files(photo)
    expect(offer).to_be_visible()
    expect(page.locator("#place-map .app-pin")).to_have_count(0)
    page.get_by_role("button", name="Yes, use this location").click()
    expect(page.locator("#place-words")).to_contain_text("Near ")
    leave(page)
    choose_service(page)
    go_to(page, "details")
    expect(chosen_photos(page)).to_have_count(1)


@pytest.mark.exhaustive
def test_heic_photo_offers_its_place_and_is_published_as_a_picture(
    new_page: NewPage, stack: LocalStack, shared_data: Path
) -> None:
    page = open_photos(new_page)
    original = shared_data / "photos" / "bath_photo.JPG"
    choose(page, heic_taken_at(original, north=(53, 57, 36), west=(1, 4, 52.32)))
    expect(page.get_by_text("This photo was taken 100 m from your pin.")).to_be_visible()
    expect(page.get_by_text("IMG_1.HEIC (no preview)")).to_be_visible()
    describe_and_check(page, "The lines have worn away")
    page.get_by_role("button", name="Send report").click()
    request_id = sent_reference(page).replace("-", "")
    stack.cloud.pump.wait_until_idle()
    theirs = new_page()
    theirs.goto(f"/reports/{request_id}")
    expect(theirs.locator("main img")).to_have_js_property("complete", value=True)
    assert theirs.locator("main img").evaluate("image => image.naturalWidth") > 0


@pytest.mark.exhaustive
def test_photo_from_elsewhere_is_kept_and_its_place_is_not_offered(
    new_page: NewPage, shared_data: Path
) -> None:
    page = new_page()
    page.goto("/report/")
    page.locator("#place-photo").set_input_files(shared_data / "photos" / "bath_photo.JPG")
    expect(page.get_by_text("taken outside Eskerby Council")).to_be_visible()
    expect(page.get_by_text("Use this photo's location?")).to_be_hidden()


def test_refused_photo_is_reported_before_sending(new_page: NewPage) -> None:
    page = open_photos(new_page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method + request.url))
    choose(page, {"name": "broken.heic", "mimeType": "image/heic", "buffer": b"no picture" * 40})
    expect(page.get_by_text("broken.heic (no preview)")).to_be_visible()
    describe_and_check(page, "A slab has sunk")
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("We cannot use this photo")).to_be_visible()
    assert not [each for each in sent if each.endswith("/api/reports")]
    page.get_by_role("link", name="Choose another photo").click()
    leave_button = page.get_by_role("button", name="Continue", exact=True)
    leave_button.click()
    expect(page.get_by_role("alert")).to_contain_text("Remove the photo that cannot be used")
    page.get_by_role("button", name="Remove photo 1").click()
    expect(chosen_photos(page)).to_have_count(0)
    leave(page)
    page.get_by_role("button", name="Send report").click()
    sent_reference(page)


def test_file_that_is_not_a_photo_is_refused(new_page: NewPage) -> None:
    page = open_photos(new_page)
    choose(page, {"name": "email.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    expect(page.get_by_role("alert")).to_contain_text("email.pdf is not a photo that we can use")
    expect(chosen_photos(page)).to_have_count(0)


def test_at_most_five_photos_are_accepted(new_page: NewPage, shared_data: Path) -> None:
    page = open_photos(new_page)
    choose(page, [shared_data / "photos" / "bath_photo.JPG"] * 6)
    expect(chosen_photos(page)).to_have_count(5)
    expect(page.get_by_role("alert")).to_contain_text("You can add up to 5 photos")


@pytest.mark.exhaustive
def test_photos_and_answers_are_kept_when_the_page_is_reloaded(
    new_page: NewPage, shared_data: Path
) -> None:
    page = open_photos(new_page)
    choose(page, sorted((shared_data / "photos").glob("*.JPG")))
    expect(chosen_photos(page)).to_have_count(2)
    page.reload()
    expect(chosen_photos(page).get_by_role("img")).to_have_count(2)
    page.get_by_role("button", name="Remove photo 1").click()
    expect(chosen_photos(page)).to_have_count(1)
    page.reload()
    expect(chosen_photos(page)).to_have_count(1)


@pytest.mark.exhaustive
def test_photos_are_sent_once_when_the_connection_was_lost_after_the_first(
    new_page: NewPage, shared_data: Path
) -> None:
    page = open_photos(new_page)
    choose(page, sorted((shared_data / "photos").glob("*.JPG")))
    expect(chosen_photos(page)).to_have_count(2)
    describe_and_check(page, "Two holes, one beside the other")
    keys: list[str] = []
    page.route("**/api/photos", lambda route: route.abort() if keys else route.continue_())
    page.on(
        "requestfinished",
        lambda request: (
            keys.append(request.headers["idempotency-key"])
            if request.url.endswith("/api/photos")
            else None
        ),
    )
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("heading", name="Waiting to be sent")).to_be_visible()
    page.unroute("**/api/photos")
    page.get_by_role("button", name="Try now").click()
    sent_reference(page)
    assert [key[-2:] for key in keys] == ["/0", "/1"]
    assert re.sub(".$", "", keys[0]) == re.sub(".$", "", keys[1])
