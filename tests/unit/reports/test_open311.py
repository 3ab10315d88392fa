"""Any report and any update in both forms of Open311, and what never stands in them."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.georeport import moments
from chalicelib.georeport.reading import read_xml
from chalicelib.georeport.wire import write
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.open311 import extended_attributes_of, wire_request, wire_update
from chalicelib.reports.parts import Contact, Photo
from chalicelib.reports.ports import ContactPreferences, MissedCollectionCheck, Ports
from chalicelib.reports.states import STATES
from chalicelib.reports.usecases.reading import views_of
from tests.support import builders
from tests.support.councils import council_named
from tests.support.fakes import (
    IDS,
    Clock,
    FakeAddressLookup,
    MemoryPhotos,
    MemoryRepository,
    find_no_hold,
    price,
)

COUNCIL = council_named("demo")
PHOTOS = MemoryPhotos()
PORTS = Ports(
    repository=MemoryRepository(),
    ids=IDS,
    council=COUNCIL,
    photos=PHOTOS,
    address_lookup=FakeAddressLookup(),
    site_url="https://council.example",
    find_premises=lambda _: None,
    check_missed_collection=lambda premises_id, collection: MissedCollectionCheck("Rubbish"),
    read_hold=find_no_hold,
    reserve_hold=lambda *_: None,
    quote_price=price,
    preferences_of=lambda _: ContactPreferences(),
    now=Clock(),
)
lines = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1).filter(
    lambda text: not set(text) & {"\ufffe", "\uffff"}
)
texts = st.lists(lines, min_size=1, max_size=3).map("\n".join)
moments_of_ours = st.datetimes(
    datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)
).map(lambda moment: moment.replace(microsecond=0))
updates = st.builds(
    builders.update,
    st.integers(1, 999),
    text=texts,
    state=st.sampled_from(STATES),
    datetime=moments_of_ours,
    by=st.sampled_from(["council", "resident"]),
)
reports = st.builds(
    builders.report,
    st.integers(1, 999),
    description=texts,
    title=st.none() | lines,
    address=st.none() | lines,
    service_code=st.sampled_from(["pothole", "withdrawn-service"]),
    state=st.sampled_from(STATES),
    lat=st.floats(-90, 90),
    long=st.floats(-180, 180),
    requested_datetime=moments_of_ours,
    updated_datetime=moments_of_ours,
    expected_datetime=st.none() | moments_of_ours,
    updates=st.lists(updates, max_size=3, unique_by=lambda update: update.update_id).map(tuple),
    contact=st.just(Contact(name="Xanthippe", email="canary@example.org")),
    reporter=st.just("canary"),
)


def in_both_forms(name: str, rows: list[Any]) -> tuple[Any, Any]:
    """The one row as it is read from JSON, and from XML."""
    (in_json,) = json.loads(write(name, rows, "json"))
    document = read_xml(write(name, rows, "xml"))
    assert isinstance(document.tree, list)
    return in_json, document.tree[0]


@given(report=reports)
def test_report_is_the_same_in_both_formats(report: ServiceRequest) -> None:
    (view,) = views_of([report], PORTS)
    row = wire_request(view, agency=COUNCIL.name) | extended_attributes_of(view)
    in_json, in_xml = in_both_forms("service_requests", [row])
    for seen in (in_json, in_xml):
        assert seen["service_request_id"] == report.service_request_id
        assert (float(seen["lat"]), float(seen["long"])) == (report.lat, report.long)
        assert seen["description"] == report.description
        assert (seen["address"], seen.get("title")) == (report.address or "", report.title)
        assert moments.read(seen["requested_datetime"]) == report.requested_datetime
        assert moments.read(seen["updated_datetime"]) == report.updated_datetime
        expected = seen.get("expected_datetime")
        assert (moments.read(expected) if expected else None) == report.expected_datetime
        assert seen["extended_attributes"]["state"] == report.state
    assert set(in_json) - set(in_xml) <= {"expected_datetime"}
    assert "canary" not in repr((in_json, in_xml)) and "Xanthippe" not in repr((in_json, in_xml))


@given(report=reports)
def test_update_is_the_same_in_both_formats(report: ServiceRequest) -> None:
    (view,) = views_of([report], PORTS)
    for update, shown in zip(report.updates, view.updates, strict=True):
        rows = [wire_update(shown, view)]
        for seen in in_both_forms("service_request_updates", rows):
            assert seen["update_id"] == update.update_id
            assert seen["service_request_id"] == report.service_request_id
            said = "open" if update.state == "reopen" else update.state
            assert (seen["status"], seen["description"]) == (said, update.text)
            assert moments.read(seen["updated_datetime"]) == update.datetime


def test_media_url_is_the_first_photo_that_is_ready() -> None:
    photos = tuple(Photo(photo_id=letter * 26, state="shown") for letter in "ABC")
    PHOTOS.done |= {photo.photo_id for photo in photos[1:]}
    (view,) = views_of([builders.report(photos=photos)], PORTS)
    row = wire_request(view, agency=COUNCIL.name)
    assert row["media_url"] == f"https://council.example/photos/R00000000001/{'B' * 26}/page.jpg"
    assert len(extended_attributes_of(view)["extended_attributes"]["media_urls"]) == 2  # type: ignore[index, call-overload, arg-type]


def test_update_has_each_of_its_photos_under_media_url_in_both_formats() -> None:
    photos = tuple(
        Photo(photo_id=letter * 26, state="shown", update_id="U00000000001") for letter in "XYZ"
    )
    for count in range(4):
        PHOTOS.done |= {photo.photo_id for photo in photos[:count]}
        report = builders.report(photos=photos, updates=(builders.update(1),))
        (view,) = views_of([report], PORTS)
        urls = [f"{PORTS.site_url}/photos/R00000000001/{each * 26}/page.jpg" for each in "XYZ"]
        wanted = {0: "", 1: urls[0]}.get(count, urls[:count])
        rows = [wire_update(view.updates[0], view)]
        for seen in in_both_forms("service_request_updates", rows):
            assert seen["media_url"] == wanted
