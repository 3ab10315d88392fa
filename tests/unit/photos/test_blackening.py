"""Parts of a picture are taken out for good."""

from io import BytesIO

import pytest
from PIL import Image

from chalicelib.errors import NotFound, UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.photos.model import PictureArea, Pictures, StoredPicture
from chalicelib.photos.picture import blacken_picture, rebuild
from chalicelib.photos.ports import PhotoKey
from chalicelib.photos.usecases.blackening import blacken
from tests.support.fakes import Clock
from tests.support.fakes_photos import PhotosWorld, photos_in_memory

PHOTO = PhotoKey("R00000000001", "0" * 26)
PLATE = PictureArea(x=0.25, y=0.5, width=0.25, height=0.25)


@pytest.fixture
def here(clock: Clock) -> PhotosWorld:
    made = photos_in_memory(clock)
    made.gallery.pages[PHOTO] = b"page of one"
    made.gallery.thumbnails[PHOTO] = b"thumbnail of one"
    return made


def test_both_pictures_are_replaced(here: PhotosWorld) -> None:
    blacken(PHOTO, [PLATE], here.ports)
    assert here.gallery.pages[PHOTO] == b"page of one less 1"
    assert here.gallery.thumbnails[PHOTO] == b"thumbnail of one less 1"


def test_areas_blackened_concurrently_stay_black(
    here: PhotosWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, calls = here.gallery.replace, list[PhotoKey]()

    def overtaken(photo: PhotoKey, pictures: Pictures, held: StoredPicture) -> None:
        if not calls:
            calls.append(photo)
            here.gallery.pages[PHOTO] += b" less 9"
        replace(photo, pictures, held)

    monkeypatch.setattr(here.gallery, "replace", overtaken)
    blacken(PHOTO, [PLATE], here.ports)
    assert here.gallery.pages[PHOTO] == b"page of one less 9 less 1"


def test_blackening_gives_up_when_others_never_stop(
    here: PhotosWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def moved(photo: PhotoKey, pictures: Pictures, held: StoredPicture) -> None:
        raise VersionConflict

    monkeypatch.setattr(here.gallery, "replace", moved)
    with pytest.raises(UpstreamFailed):
        blacken(PHOTO, [PLATE], here.ports)


def test_photo_without_a_picture_is_not_found(here: PhotosWorld) -> None:
    with pytest.raises(NotFound):
        blacken(PhotoKey("R00000000001", "1" * 26), [PLATE], here.ports)


def page_with(colour: str) -> bytes:
    """A picture whose middle, and nothing else, has that colour."""
    stripes = Image.new("RGB", (800, 400), "white")
    for x in range(0, 800, 20):
        stripes.paste((200, 30, 30), (x, 0, x + 10, 400))
    stripes.paste(colour, (200, 200, 400, 300))
    raw = BytesIO()
    stripes.save(raw, "PNG")
    return rebuild(raw.getvalue()).page


def test_nothing_of_the_area_remains() -> None:
    pages = [page_with(colour) for colour in ("yellow", "black", "blue")]
    assert len(set(pages)) == 3
    (made,) = {blacken_picture(page, [PLATE]) for page in pages}
    image = Image.open(BytesIO(made.page))
    assert image.getpixel((300, 250)) == (0, 0, 0)
    assert image.getpixel((5, 5)) != (0, 0, 0)
    assert Image.open(BytesIO(made.thumbnail)).size == (400, 200)


def test_area_can_touch_the_edge_and_be_repeated() -> None:
    corner = PictureArea(x=0.9, y=0.9, width=0.1, height=0.1)
    once = blacken_picture(page_with("blue"), [corner, PictureArea(x=0, y=0, width=1, height=0.01)])
    image = Image.open(BytesIO(blacken_picture(once.page, [corner]).page))
    assert image.getpixel((799, 399)) == image.getpixel((0, 0)) == (0, 0, 0)
