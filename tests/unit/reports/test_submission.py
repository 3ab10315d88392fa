"""How a report comes in: its answers, its photos, its place, and who may see it first."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.errors import Invalid, NotFound
from chalicelib.reports.parts import Contact, Photo
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.reading import public_views, view_report
from chalicelib.reports.usecases.submission import rehearse, submit
from chalicelib.reports.views import tracking_url
from tests.support.builders import NOON, draft
from tests.support.councils import council_named
from tests.support.fakes import FakeAddressLookup, MemoryPhotos

ANYBODY = Author()
PHOTO, OTHER = "A" * 26, "B" * 26
TRUNK_ROAD = {"lat": 53.9, "long": -1.0102}


IN_THE_CORNER = {"lat": 54.02, "long": -0.99}
"""Within the bounds, and the neighbour's."""


def council_with(ports: Ports, **changes: Any) -> Ports:
    return replace(ports, council=msgspec.structs.replace(council_named("demo"), **changes))


def photos_of(ports: Ports) -> MemoryPhotos:
    assert isinstance(ports.photos, MemoryPhotos)
    return ports.photos


def fields_refused(ports: Ports, **values: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        submit(draft(**values), "key", ANYBODY, ports)
    assert list(ports.repository.list_ids()) == []
    return {error.field: error.message for error in refusal.value.errors}


def test_answers_are_stored_and_not_public(ports: Ports) -> None:
    vehicle = {"vehicle": "Blue van", "registration": "ZZ12 CAN", "days": 9}
    report = submit(
        draft(service_code="abandoned-vehicle", attributes=vehicle), "key", ANYBODY, ports
    )
    assert report.attributes == {
        "vehicle": ("Blue van",),
        "registration": ("ZZ12 CAN",),
        "days": ("9",),
    }
    assert "ZZ12" not in repr(public_views([report.service_request_id], ports))


def test_rehearsed_report_is_the_one_that_would_be_stored(ports: Ports) -> None:
    rehearsed = rehearse(draft(), "key", ANYBODY, ports, language="en")
    assert list(ports.repository.list_ids()) == []
    assert rehearsed == submit(draft(), "key", ANYBODY, ports, language="en")


def test_rehearsed_report_is_refused_for_what_a_report_is_refused(ports: Ports) -> None:
    with pytest.raises(Invalid):
        rehearse(draft(service_code="none"), "key", ANYBODY, ports)


def test_required_question_is_named_when_it_is_not_answered(ports: Ports) -> None:
    refused = fields_refused(ports, service_code="street-light")
    assert "What is wrong with the light?" in refused["attributes.what"]


def test_nothing_is_stored_and_the_phone_is_named_when_an_answer_is_dangerous(
    ports: Ports,
) -> None:
    refused = fields_refused(ports, service_code="street-light", attributes={"what": "wires"})
    assert "call us now on 01904 960123" in refused["attributes.what"]


def test_responsible_organisation_is_named_when_the_place_is_not_the_councils(ports: Ports) -> None:
    refused = fields_refused(ports, **TRUNK_ROAD)
    assert "national roads agency" in refused["lat"] and "03069 990100" in refused["lat"]
    assert submit(draft(service_code="litter", **TRUNK_ROAD), "key", ANYBODY, ports)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({}, "outside Eskerby Council: find its council at https://www.gov.uk/"),
        (IN_THE_CORNER, "It looks like it is in Wold District Council: https://wold.example"),
    ],
)
def test_report_outside_every_ward_is_refused_with_the_responsible_council(
    place: dict[str, float], said: str, ports: Ports
) -> None:
    assert isinstance(ports.address_lookup, FakeAddressLookup)
    ports.address_lookup.outside = True
    without_areas = council_with(ports, areas=())
    assert said in fields_refused(without_areas, service_code="litter", **place)["lat"]


def test_only_the_organisation_is_named_when_its_area_is_outside_every_ward_too(
    ports: Ports,
) -> None:
    assert isinstance(ports.address_lookup, FakeAddressLookup)
    ports.address_lookup.outside = True
    refused = fields_refused(ports, **TRUNK_ROAD)
    assert "national roads agency" in refused["lat"] and "Eskerby" not in refused["lat"]


def test_repeated_report_is_returned_when_its_place_is_now_outside_every_ward(
    ports: Ports,
) -> None:
    assert isinstance(ports.address_lookup, FakeAddressLookup)
    sent = submit(draft(), "key", ANYBODY, ports)
    ports.address_lookup.outside = True
    assert submit(draft(), "key", ANYBODY, ports) == sent


def test_every_fault_is_named_when_answer_place_and_photo_are_wrong(ports: Ports) -> None:
    refused = fields_refused(
        ports, service_code="street-light", photo_ids=[PHOTO, PHOTO], **TRUNK_ROAD
    )
    assert set(refused) == {"attributes.what", "lat", "photo_ids"}


def test_every_field_of_an_order_is_named_when_the_service_has_no_orders(ports: Ports) -> None:
    ordered: dict[str, Any] = {"items": [], "hold_id": "h", "amount_pence": 1}
    with pytest.raises(Invalid) as refusal:
        submit(draft(**ordered, is_concession=True), "k", Author(), ports)
    fields = [error.field for error in refusal.value.errors]
    assert fields == ["items", "hold_id", "amount_pence", "is_concession"]


def test_photos_belong_to_the_report_with_their_key(ports: Ports) -> None:
    photos_of(ports).known |= {PHOTO, OTHER}
    report = submit(draft(photo_ids=[OTHER, PHOTO]), "key", ANYBODY, ports)
    assert [photo.photo_id for photo in report.photos] == [OTHER, PHOTO]


def test_photo_is_refused_when_it_has_another_key(ports: Ports) -> None:
    photos_of(ports).known.add(PHOTO)
    assert (
        "does not belong to this report"
        in fields_refused(ports, photo_ids=[PHOTO, OTHER])["photo_ids"]
    )


def test_photo_is_visible_when_it_is_ready_and_approved(ports: Ports) -> None:
    photos_of(ports).known |= {PHOTO, OTHER}
    request_id = submit(draft(photo_ids=[PHOTO, OTHER]), "key", ANYBODY, ports).service_request_id
    assert view_report(request_id, ANYBODY, ports).photos == ()
    photos_of(ports).done.add(OTHER)
    (shown,) = view_report(request_id, ANYBODY, ports).photos
    base = f"https://council.example/photos/{request_id}/{OTHER}"
    assert (shown.url, shown.thumbnail_url) == (f"{base}/page.jpg", f"{base}/thumbnail.jpg")


def test_photo_waits_for_an_officer_when_the_council_reviews_photos(ports: Ports) -> None:
    careful = council_with(ports, photos_wait=True)
    photos_of(ports).known.add(PHOTO)
    photos_of(ports).done.add(PHOTO)
    report = submit(draft(photo_ids=[PHOTO]), "key", ANYBODY, careful)
    assert report.photos == (Photo(photo_id=PHOTO, state="waiting"),)
    assert (report.visibility, report.attention) == ("public", "waiting")
    assert view_report(report.service_request_id, ANYBODY, careful).photos == ()


def test_report_waits_for_an_officer_when_its_service_is_moderated(ports: Ports) -> None:
    report = submit(draft(service_code="graffiti"), "key", ANYBODY, ports)
    assert report.visibility == "waiting"
    assert public_views([report.service_request_id], ports) == {}


def test_report_waits_for_an_officer_when_its_place_is_only_described(ports: Ports) -> None:
    words = draft(lat=None, long=None, address="Behind the old mill")
    report = submit(words, "key", ANYBODY, ports)
    assert (report.point, report.visibility, report.attention) == (None, "waiting", "waiting")
    assert report.team == "highways"


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"lat": None, "long": None}, {"lat", "long"}),
        ({"long": None}, {"long"}),
        ({"lat": None, "address": "Behind the old mill"}, {"lat"}),
    ],
)
def test_incomplete_place_is_refused(
    values: dict[str, Any], fields: set[str], ports: Ports
) -> None:
    assert set(fields_refused(ports, **values)) == fields


def test_private_report_is_visible_only_with_its_link(ports: Ports) -> None:
    noise = draft(service_code="noise-nuisance", attributes={"kind": "noise"})
    report = submit(noise, "key", ANYBODY, ports)
    request_id, link = report.service_request_id, tracking_url(report, ports)
    assert report.visibility == "private"
    token = link.removeprefix(f"https://council.example/forms/reports/{request_id}?token=")
    assert view_report(request_id, Author(token=token), ports).description == "A deep hole."
    for wrong in (None, "", token + "x", ports.ids.link_token("R2"), "é"):
        with pytest.raises(NotFound):
            view_report(request_id, Author(token=wrong), ports)
    assert public_views([request_id], ports) == {}


def test_photos_of_a_private_report_have_signed_addresses(ports: Ports) -> None:
    photos_of(ports).known.add(PHOTO)
    photos_of(ports).done.add(PHOTO)
    noise = draft(service_code="noise-nuisance", attributes={"kind": "noise"}, photo_ids=[PHOTO])
    report = submit(noise, "key", Author("ann"), ports)
    (photo,) = view_report(report.service_request_id, Author("ann"), ports).photos
    assert photo.url.startswith("https://private.example/")


def test_report_is_held_when_the_council_publishes_later(ports: Ports) -> None:
    slow = council_with(ports, publish_after_s=600)
    report = submit(draft(), "key", ANYBODY, slow)
    assert (report.visibility, report.publish_at) == ("held", NOON + timedelta(seconds=600))
    assert public_views([report.service_request_id], slow) == {}


def test_anonymous_report_stores_no_sender(ports: Ports) -> None:
    contact = Contact(email="ann@example.org")
    report = submit(draft(anonymous=True, contact=contact), "key", Author("ann"), ports)
    assert (report.contact, report.reporter, report.anonymous) == (None, None, True)


def test_promise_and_team_come_from_service_and_place(ports: Ports) -> None:
    report = submit(draft(service_code="litter"), "key", ANYBODY, ports)
    assert report.team == "town-centre"
    assert report.expected_datetime and report.expected_datetime > NOON
