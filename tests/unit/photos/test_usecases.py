"""What becomes of photos that are sent, sent twice, replaced, or never reported."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.errors import Invalid, UpstreamFailed
from chalicelib.photos.model import (
    KEPT_WITHOUT_REPORT,
    LONGEST_MEDIA_URL,
    MOST_BYTES,
    NOT_FETCHED,
    NOT_THE_SIZE,
    TOO_LARGE,
    TOO_LATE,
    UNREAD_KEPT_FOR,
    Photo,
    UploadDraft,
)
from chalicelib.photos.picture import UNKNOWN
from chalicelib.photos.ports import PhotoKey, Upload
from chalicelib.photos.usecases.cleanup import sweep
from chalicelib.photos.usecases.fetching import fetch, request_fetch
from chalicelib.photos.usecases.process_upload import process_upload
from chalicelib.photos.usecases.uploads import (
    find_ready,
    is_own_photo,
    photo_ids_for,
    photo_state,
    private_address,
    request_upload,
    store_upload,
)
from tests.support.fakes import Clock
from tests.support.fakes_photos import BROKEN, MemoryGallery, PhotosWorld, photos_in_memory

SCOPE = "anonymous"
PHOTO = PhotoKey("R00000000001", "P" * 26)
URL = "https://photos.example.org/one.jpg"
SECOND = timedelta(seconds=1)
JPEG, PNG = b"\xff\xd8\xff one", b"\x89PNG\r\n\x1a\n other"


@pytest.fixture
def here(clock: Clock) -> PhotosWorld:
    return photos_in_memory(clock)


def draft(**values: object) -> UploadDraft:
    return UploadDraft(**{"content_type": "image/jpeg", "size": 1000, **values})  # type: ignore[arg-type]


# Asking


def test_repeated_request_for_an_upload_gives_the_same_photo(here: PhotosWorld) -> None:
    first, again = (request_upload(draft(), "key/0", SCOPE, here.ports)[0] for _ in range(2))
    assert first == again
    assert first.service_request_id == here.ports.ids.service_request_id(SCOPE, "key")


def test_other_number_key_or_caller_gives_another_photo(here: PhotosWorld) -> None:
    asked = [("key/0", SCOPE), ("key/1", SCOPE), ("other/0", SCOPE), ("key/0", "account:a")]
    ids = {request_upload(draft(), key, scope, here.ports)[0].photo_id for key, scope in asked}
    assert len(ids) == len(asked)


def test_photo_goes_to_the_report_when_it_is_of_an_update(here: PhotosWorld) -> None:
    photo, _ = request_upload(draft(service_request_id=PHOTO[0]), "update/3", SCOPE, here.ports)
    assert photo.service_request_id == PHOTO.service_request_id


@pytest.mark.parametrize("size", [0, -1, MOST_BYTES + 1])
def test_upload_is_refused_when_its_size_is_not_accepted(size: int, here: PhotosWorld) -> None:
    with pytest.raises(Invalid) as refused:
        request_upload(draft(size=size), "key/0", SCOPE, here.ports)
    assert refused.value.errors[0].field == "size"


@pytest.mark.parametrize("size", [1, MOST_BYTES])
def test_upload_is_permitted_at_both_ends_of_the_accepted_sizes(
    size: int, here: PhotosWorld
) -> None:
    assert request_upload(draft(size=size), "key/0", SCOPE, here.ports)


@pytest.mark.parametrize(
    "key", ["key", "/0", "key/", "key/100", "key/-1", "key/01", "key/x", "k/²"]
)
def test_upload_is_refused_when_the_key_does_not_number_the_photo(
    key: str, here: PhotosWorld
) -> None:
    with pytest.raises(Invalid) as refused:
        request_upload(draft(), key, SCOPE, here.ports)
    assert refused.value.errors[0].field == "Idempotency-Key"
    assert "5f0c6a/0" in refused.value.errors[0].message


def test_photo_belongs_to_the_key_and_caller_of_its_request(here: PhotosWorld) -> None:
    first, last = (
        request_upload(draft(), f"key/{n}", SCOPE, here.ports)[0].photo_id for n in (0, 99)
    )
    for photo_id in (first, last):
        assert is_own_photo(SCOPE, "key", photo_id, here.ports)
        assert not is_own_photo(SCOPE, "other", photo_id, here.ports)
        assert not is_own_photo("account:a", "key", photo_id, here.ports)


# Files that come with a form


def test_file_of_a_form_becomes_a_photo_of_its_report(here: PhotosWorld) -> None:
    photo_id = store_upload(JPEG, "key", SCOPE, [], here.ports)
    assert is_own_photo(SCOPE, "key", photo_id, here.ports)
    ((upload, _, raw),) = here.uploads.files
    assert raw == JPEG
    assert upload.photo == PhotoKey(here.ports.ids.service_request_id(SCOPE, "key"), photo_id)


def test_each_file_of_a_form_is_a_separate_photo(here: PhotosWorld) -> None:
    held: list[str] = []
    for raw in (JPEG, PNG, JPEG):
        held.append(store_upload(raw, "key", SCOPE, held, here.ports))
    assert len(set(held)) == len(here.uploads.files) == 3


@pytest.mark.parametrize("taken_in", [False, True])
def test_file_gets_a_new_id_when_the_previous_one_was_removed(
    taken_in: bool, here: PhotosWorld
) -> None:
    first = store_upload(JPEG, "key", SCOPE, [], here.ports)
    if taken_in:
        process_upload(here.uploads.files[0][0], here.ports)
    assert store_upload(PNG, "key", SCOPE, [], here.ports) != first


@pytest.mark.parametrize("raw", [b"", b"GIF89a", b"x" * (MOST_BYTES + 1)])
def test_file_of_a_form_is_refused_when_its_type_is_not_accepted(
    raw: bytes, here: PhotosWorld
) -> None:
    with pytest.raises(Invalid):
        store_upload(raw, "key", SCOPE, [], here.ports)
    assert here.uploads.files == []


# Taking in


def test_processed_photo_is_ready_and_its_file_gone(here: PhotosWorld) -> None:
    assert photo_state(PHOTO, here.ports).state == "waiting"
    process_upload(here.uploads.arrive(PHOTO, b"one"), here.ports)
    assert photo_state(PHOTO, here.ports).state == "ready"
    assert here.gallery.pages == {PHOTO: b"page of one"}
    assert here.gallery.thumbnails == {PHOTO: b"thumbnail of one"}
    assert here.uploads.files == []
    assert list(here.gallery.marks) == [PHOTO]


def test_photo_is_refused_with_its_reason_when_it_cannot_be_read(here: PhotosWorld) -> None:
    process_upload(here.uploads.arrive(PHOTO, BROKEN), here.ports)
    photo = photo_state(PHOTO, here.ports)
    assert (photo.state, photo.reason) == ("refused", "This photo is damaged. Send it again.")
    assert here.gallery.pages == here.gallery.thumbnails == {}
    assert here.uploads.files == []


def test_photo_is_refused_when_its_file_is_larger_than_its_policy_allowed(
    here: PhotosWorld,
) -> None:
    process_upload(here.uploads.arrive(PHOTO, b"x" * (MOST_BYTES + 1)), here.ports)
    assert photo_state(PHOTO, here.ports).reason == TOO_LARGE
    assert here.uploads.files == []


def test_photo_is_refused_when_its_file_has_another_size_than_was_declared(
    here: PhotosWorld,
) -> None:
    process_upload(here.uploads.arrive(PHOTO, b"one", declared=9_000_000), here.ports)
    assert photo_state(PHOTO, here.ports).reason == NOT_THE_SIZE
    assert here.uploads.files == [] and here.gallery.pages == {}


@pytest.mark.parametrize("told_of", range(6))
def test_photo_is_the_first_of_six_files_and_the_rest_is_gone(
    told_of: int, here: PhotosWorld
) -> None:
    sent = [here.uploads.arrive(PHOTO, f"file {number}".encode()) for number in range(6)]
    process_upload(sent[told_of], here.ports)
    assert here.gallery.pages == {PHOTO: b"page of file 0"}
    assert here.uploads.files == []
    for each in sent:
        process_upload(each, here.ports)
    assert here.gallery.pages == {PHOTO: b"page of file 0"}


def test_permission_is_for_the_newly_declared_size(
    here: PhotosWorld,
) -> None:
    asked = [request_upload(draft(size=size), "key/0", SCOPE, here.ports) for size in (1000, 1200)]
    assert asked[0][0] == asked[1][0]
    assert [policy.fields["size"] for _, policy in asked] == ["1000", "1200"]


def test_repeated_message_changes_nothing(here: PhotosWorld) -> None:
    upload = here.uploads.arrive(PHOTO, b"one")
    for _ in range(3):
        process_upload(upload, here.ports)
    assert here.gallery.pages == {PHOTO: b"page of one"}
    assert len(here.records.photos) == 1


@pytest.mark.parametrize("second", [b"two", BROKEN])
def test_photo_is_unchanged_when_another_file_is_sent_under_its_id(
    second: bytes, here: PhotosWorld
) -> None:
    process_upload(here.uploads.arrive(PHOTO, b"one"), here.ports)
    process_upload(here.uploads.arrive(PHOTO, second), here.ports)
    assert photo_state(PHOTO, here.ports).state == "ready"
    assert here.gallery.pages == {PHOTO: b"page of one"}
    assert here.gallery.thumbnails == {PHOTO: b"thumbnail of one"}
    assert here.uploads.files == []


def test_thumbnail_is_made_from_the_page_of_an_interrupted_file(here: PhotosWorld) -> None:
    here.gallery.keep_page(PHOTO, b"page of one")
    process_upload(here.uploads.arrive(PHOTO, b"two"), here.ports)
    assert here.gallery.pages == {PHOTO: b"page of one"}
    assert here.gallery.thumbnails == {PHOTO: b"thumbnail of one"}


def test_no_picture_remains_when_another_file_was_refused_first(here: PhotosWorld) -> None:
    upload = here.uploads.arrive(PHOTO, b"two")
    refused = Photo(service_request_id=PHOTO[0], photo_id=PHOTO[1], state="refused", reason="No.")
    here.gallery.keep_page(PHOTO, b"page of two")
    here.records.add(refused)
    process_upload(upload, here.ports)
    assert photo_state(PHOTO, here.ports) == refused
    assert here.gallery.pages == {}


def test_photo_is_ready_only_when_its_pictures_are_there(here: PhotosWorld) -> None:
    other = PhotoKey(PHOTO.service_request_id, "Q" * 26)
    process_upload(here.uploads.arrive(PHOTO, b"one"), here.ports)
    process_upload(here.uploads.arrive(other, BROKEN), here.ports)
    missing = PhotoKey(PHOTO.service_request_id, "Z" * 26)
    assert find_ready([PHOTO, other, missing], here.ports) == {tuple(PHOTO)}
    assert find_ready([], here.ports) == frozenset()


def test_non_public_picture_has_a_signed_address(here: PhotosWorld) -> None:
    assert private_address(*PHOTO, "page", here.ports).endswith("/page.jpg?signed")


# Photos that come as an address


def wanted(here: PhotosWorld, media_url: str = URL) -> None:
    """A photo of a stored report, which is to be fetched."""
    here.reports.held.add(PHOTO)
    request_fetch(*PHOTO, media_url, here.ports)


def test_first_photos_of_a_key_equal_those_of_uploads() -> None:
    here = photos_in_memory(Clock())
    asked = [request_upload(draft(), f"key/{n}", SCOPE, here.ports)[0].photo_id for n in (0, 1, 2)]
    assert photo_ids_for(SCOPE, "key", 3, here.ports) == asked


def test_wanted_photo_is_processed_when_its_file_is_available(here: PhotosWorld) -> None:
    here.elsewhere.files[URL] = JPEG
    wanted(here)
    assert photo_state(PHOTO, here.ports).state == "waiting"
    fetch(PHOTO, here.ports, is_last_try=False)
    assert here.records.photos == {}, "its address is forgotten as soon as its file is here"
    ((upload, _, raw),) = here.uploads.files
    assert (upload.photo, raw) == (PHOTO, JPEG)
    process_upload(upload, here.ports)
    assert photo_state(PHOTO, here.ports) == ready_photo()


def test_photo_is_ready_and_its_address_removed_when_it_is_processed_before_noting(
    here: PhotosWorld,
) -> None:
    wanted(here)
    process_upload(here.uploads.arrive(PHOTO, JPEG), here.ports)
    assert here.records.photos == {PHOTO: ready_photo()}
    here.records.end_fetch(PHOTO)
    assert here.records.photos == {PHOTO: ready_photo()}


def test_photo_with_a_result_is_not_fetched_again(here: PhotosWorld) -> None:
    here.elsewhere.files[URL] = JPEG
    wanted(here)
    fetch(PHOTO, here.ports, is_last_try=False)
    fetch(PHOTO, here.ports, is_last_try=False)
    process_upload(here.uploads.files[0][0], here.ports)
    wanted(here)
    fetch(PHOTO, here.ports, is_last_try=False)
    assert here.elsewhere.asked == [URL]
    assert photo_state(PHOTO, here.ports) == ready_photo()


def test_repeated_report_has_one_photo_before_it_is_processed(
    here: PhotosWorld,
) -> None:
    here.elsewhere.files[URL] = JPEG
    for _ in range(2):
        wanted(here)
        fetch(PHOTO, here.ports, is_last_try=False)
    ((upload, _, _),) = here.uploads.files
    process_upload(upload, here.ports)
    assert here.records.photos == {PHOTO: ready_photo()}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, NOT_FETCHED),
        (b"", UNKNOWN),
        (b"<html>No such page</html>", UNKNOWN),
        (JPEG + b"x" * MOST_BYTES, TOO_LARGE),
    ],
)
def test_photo_is_refused_when_its_file_type_is_not_accepted(
    raw: bytes | None, reason: str, here: PhotosWorld
) -> None:
    if raw is not None:
        here.elsewhere.files[URL] = raw
    wanted(here)
    fetch(PHOTO, here.ports, is_last_try=False)
    assert photo_state(PHOTO, here.ports) == refused_photo(reason)
    assert here.uploads.files == []


def test_photo_is_refused_when_its_address_is_too_long_to_be_kept(here: PhotosWorld) -> None:
    wanted(here, "https://" + "a" * (LONGEST_MEDIA_URL - 7))
    assert photo_state(PHOTO, here.ports) == refused_photo(NOT_FETCHED)
    assert here.elsewhere.asked == []


def test_photo_is_retried_until_the_last_try_when_the_other_system_is_down(
    here: PhotosWorld,
) -> None:
    here.elsewhere.down.add(URL)
    wanted(here)
    with pytest.raises(UpstreamFailed):
        fetch(PHOTO, here.ports, is_last_try=False)
    assert photo_state(PHOTO, here.ports).state == "waiting"
    fetch(PHOTO, here.ports, is_last_try=True)
    assert photo_state(PHOTO, here.ports) == refused_photo(NOT_FETCHED)


def test_photo_is_processed_when_the_other_system_answers_at_the_last_try(
    here: PhotosWorld,
) -> None:
    here.elsewhere.files[URL] = JPEG
    wanted(here)
    fetch(PHOTO, here.ports, is_last_try=True)
    assert here.uploads.files


@pytest.mark.parametrize(
    ("age", "given_up"),
    [(KEPT_WITHOUT_REPORT, False), (KEPT_WITHOUT_REPORT + SECOND, True)],
)
def test_address_is_removed_when_its_photo_was_not_fetched_in_a_day(
    age: timedelta, given_up: bool, here: PhotosWorld
) -> None:
    wanted(here)
    here.clock.now += age
    assert sweep(here.ports) == {}
    assert (photo_state(PHOTO, here.ports) == refused_photo(NOT_FETCHED)) == given_up
    assert (here.gallery.marks == {}) == given_up


def test_wanted_photo_without_a_report_leaves_nothing(here: PhotosWorld) -> None:
    request_fetch(*PHOTO, URL, here.ports)
    here.clock.now += KEPT_WITHOUT_REPORT + SECOND
    assert sweep(here.ports) == {}
    assert here.records.photos == here.gallery.marks == {}


def test_fetched_file_waits_like_an_upload(here: PhotosWorld) -> None:
    here.elsewhere.files[URL] = JPEG
    wanted(here)
    fetch(PHOTO, here.ports, is_last_try=False)
    here.clock.now += UNREAD_KEPT_FOR - SECOND
    assert sweep(here.ports) == {}
    assert here.uploads.files and photo_state(PHOTO, here.ports).state == "waiting"


def ready_photo() -> Photo:
    return Photo(service_request_id=PHOTO[0], photo_id=PHOTO[1], state="ready")


def refused_photo(reason: str) -> Photo:
    return Photo(service_request_id=PHOTO[0], photo_id=PHOTO[1], state="refused", reason=reason)


# Sweeping


@pytest.mark.parametrize(
    ("age", "swept"),
    [
        (KEPT_WITHOUT_REPORT - SECOND, False),
        (KEPT_WITHOUT_REPORT, False),
        (KEPT_WITHOUT_REPORT + SECOND, True),
    ],
)
@pytest.mark.parametrize("raw", [b"one", BROKEN])
def test_photo_without_a_report_is_swept(
    age: timedelta, swept: bool, raw: bytes, here: PhotosWorld
) -> None:
    process_upload(here.uploads.arrive(PHOTO, raw), here.ports)
    here.clock.now += age
    assert sweep(here.ports) == {}
    left = [*here.records.photos, *here.gallery.pages, *here.gallery.marks]
    assert (left == []) == swept


def test_photo_is_kept_for_good_when_a_report_has_it(here: PhotosWorld) -> None:
    process_upload(here.uploads.arrive(PHOTO, b"one"), here.ports)
    here.reports.held.add(PHOTO)
    here.clock.now += KEPT_WITHOUT_REPORT + SECOND
    sweep(here.ports)
    assert here.gallery.marks == {}
    assert photo_state(PHOTO, here.ports).state == "ready"
    here.reports.held.clear()
    here.clock.now += timedelta(days=400)
    sweep(here.ports)
    assert here.gallery.pages == {PHOTO: b"page of one"}


def test_unprocessed_file_without_a_report_is_swept(here: PhotosWorld) -> None:
    here.uploads.arrive(PHOTO, b"one")
    here.clock.now += KEPT_WITHOUT_REPORT + SECOND
    sweep(here.ports)
    assert here.uploads.files == []
    assert here.records.photos == {}


def test_file_stays_for_its_message_when_a_report_uses_it(here: PhotosWorld) -> None:
    upload = here.uploads.arrive(PHOTO, b"one")
    here.reports.held.add(PHOTO)
    here.clock.now += UNREAD_KEPT_FOR - SECOND
    sweep(here.ports)
    assert here.uploads.files
    process_upload(upload, here.ports)
    assert photo_state(PHOTO, here.ports).state == "ready"


def test_photo_is_refused_when_it_was_never_processed(here: PhotosWorld) -> None:
    here.uploads.arrive(PHOTO, b"one")
    here.reports.held.add(PHOTO)
    here.clock.now += UNREAD_KEPT_FOR + SECOND
    sweep(here.ports)
    assert here.uploads.files == []
    assert photo_state(PHOTO, here.ports).reason == TOO_LATE


class StuckGallery(MemoryGallery):
    """Does not remove one photo's pictures."""

    def remove(self, photo: PhotoKey) -> None:
        if photo == PHOTO:
            raise UpstreamFailed("no answer")
        super().remove(photo)


def test_others_are_swept_when_one_fails_and_is_retried(here: PhotosWorld) -> None:
    other = PhotoKey("R00000000002", "Q" * 26)
    stuck = StuckGallery(here.clock)
    broken = photos_in_memory(here.clock)
    broken.ports = replace(broken.ports, gallery=stuck)
    for photo in (PHOTO, other):
        process_upload(broken.uploads.arrive(photo, b"one"), broken.ports)
    here.clock.now += KEPT_WITHOUT_REPORT + SECOND
    assert set(sweep(broken.ports)) == {PHOTO}
    assert set(stuck.pages) == set(stuck.marks) == {PHOTO}
    mended = replace(broken.ports, gallery=here.gallery)
    here.gallery.pages, here.gallery.marks = stuck.pages, stuck.marks
    assert sweep(mended) == {}
    assert here.gallery.pages == here.gallery.marks == {}


def test_file_is_found_by_its_key_when_the_message_names_no_version(here: PhotosWorld) -> None:
    here.uploads.arrive(PHOTO, b"one")
    process_upload(Upload(PHOTO, None), here.ports)
    assert photo_state(PHOTO, here.ports).state == "ready"
    assert here.uploads.files == []
