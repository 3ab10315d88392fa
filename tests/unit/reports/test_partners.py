"""Reports and updates of other systems: once each, with their photos, and as far as they may."""

import pytest
from msgspec.structs import replace

from chalicelib.errors import Forbidden, Invalid, NotFound
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.partner import Partner, PartnerReport, PartnerUpdate
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.exchange.partners import (
    batch_token_of,
    find_id_of_token,
    submit_for_partner,
    update_for_partner,
)
from chalicelib.reports.usecases.reading import view_report
from tests.support import builders
from tests.support.fakes import MemoryPhotos, MemoryRepository

PARTNER = Partner(key_id="k1", service_codes=("pothole", "graffiti"))
URLS = ("https://photos.example/1.jpg", "https://photos.example/2.jpg")


class LateRepository(MemoryRepository):
    """Another call stores its report after this one has looked for it."""

    def __init__(self) -> None:
        super().__init__()
        self.looked = False

    def get(self, service_request_id: str) -> ServiceRequest | None:
        found = super().get(service_request_id) if self.looked else None
        self.looked = True
        return found


@pytest.fixture
def photos(ports: Ports) -> MemoryPhotos:
    assert isinstance(ports.photos, MemoryPhotos)
    return ports.photos


def sent(**values: object) -> PartnerReport:
    return PartnerReport(draft=builders.draft(), **values)  # type: ignore[arg-type]


def test_photos_are_stored_and_fetched_once_when_a_report_is_repeated(
    ports: Ports, photos: MemoryPhotos
) -> None:
    report = sent(media_urls=URLS, files=(b"a", b"b"))
    first = submit_for_partner(report, "1", PARTNER, ports)
    assert submit_for_partner(report, "1", PARTNER, ports) == first
    assert photos.taken == [b"a", b"b"]
    assert len(first.photos) == 4
    assert list(photos.wanted.values()) == list(URLS)
    assert set(photos.wanted) <= {photo.photo_id for photo in first.photos}


def test_report_is_stored_without_the_files_that_are_not_photos(
    ports: Ports, photos: MemoryPhotos, capsys: pytest.CaptureFixture[str]
) -> None:
    photos.refused = {b"pdf"}
    report = sent(media_urls=URLS, files=(b"pdf", b"a", b"pdf", b"b", b"c", b"d"))
    assert len(submit_for_partner(report, "1", PARTNER, ports).photos) == 5
    assert photos.taken == [b"a", b"b", b"c"]
    assert '"failed":3' in capsys.readouterr().out


def test_files_of_a_refused_or_repeated_update_are_not_stored(
    ports: Ports, photos: MemoryPhotos
) -> None:
    report = submit_for_partner(sent(), "1", PARTNER, ports).service_request_id
    update = PartnerUpdate(text="x", files=(b"a",))
    with pytest.raises(Forbidden):
        update_for_partner(report, update, "u", Partner(key_id="k1", service_codes=()), ports)
    with pytest.raises(NotFound):
        update_for_partner("R00000000009", update, "u", PARTNER, ports)
    assert photos.taken == []
    for _ in range(2):
        update_for_partner(report, update, "u", PARTNER, ports)
    assert photos.taken == [b"a"]


def test_photos_are_noted_again_after_an_interruption(ports: Ports, photos: MemoryPhotos) -> None:
    submit_for_partner(sent(media_urls=URLS), "1", PARTNER, ports)
    photos.wanted.clear()
    submit_for_partner(sent(media_urls=URLS), "1", PARTNER, ports)
    assert list(photos.wanted.values()) == list(URLS)


def test_only_the_reports_own_photos_are_fetched(ports: Ports, photos: MemoryPhotos) -> None:
    submit_for_partner(sent(), "1", PARTNER, ports)
    submit_for_partner(sent(media_urls=URLS), "1", PARTNER, ports)
    assert photos.wanted == {}


def test_first_of_two_concurrent_reports_is_stored(ports: Ports) -> None:
    late = LateRepository()
    first = submit_for_partner(sent(), "1", PARTNER, replace(ports, repository=late))
    late.looked = False
    other = PartnerReport(draft=builders.draft(description="Put otherwise"))
    assert submit_for_partner(other, "1", PARTNER, replace(ports, repository=late)) == first


def test_partners_report_is_validated_like_others(ports: Ports) -> None:
    with pytest.raises(Invalid):
        submit_for_partner(PartnerReport(draft=builders.draft(lat=10.0)), "1", PARTNER, ports)


def test_private_report_is_visible_only_to_the_partner_that_sent_it(ports: Ports) -> None:
    draft = builders.draft(service_code="graffiti")
    report = submit_for_partner(PartnerReport(draft=draft), "1", PARTNER, ports)
    request_id = report.service_request_id
    assert view_report(request_id, Author(partner="k1"), ports).service_request_id == request_id
    for other in (Author(partner="k2"), Author(account="k1"), Author()):
        with pytest.raises(NotFound):
            view_report(request_id, other, ports)


def test_update_is_refused_when_the_key_lacks_the_service(ports: Ports) -> None:
    report = submit_for_partner(sent(), "1", PARTNER, ports)
    narrow = Partner(key_id="k1", service_codes=("litter",))
    with pytest.raises(Forbidden):
        update_for_partner(report.service_request_id, PartnerUpdate(text="x"), "u", narrow, ports)


def test_token_is_valid_only_for_its_report(ports: Ports) -> None:
    one, two = (submit_for_partner(sent(), key, PARTNER, ports) for key in "12")
    token = batch_token_of(one, ports)
    assert find_id_of_token(token, ports) == one.service_request_id
    # The link to a report is for who reported it: a token of its own opens nothing.
    assert ports.ids.link_token(one.service_request_id) not in token
    forged = token.replace(one.service_request_id, two.service_request_id)
    for wrong in (forged, one.service_request_id, "", "-", token[:-1]):
        with pytest.raises(NotFound, match="There is no such token"):
            find_id_of_token(wrong, ports)
