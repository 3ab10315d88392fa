"""Pictures made again: upright, on white, in the right size, of nothing but pixels."""

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from subprocess import run

import pytest
from PIL import Image

from chalicelib.photos.model import PhotoRefused
from chalicelib.photos.picture import (
    BROKEN,
    MOST_PIXELS,
    TOO_HEAVY,
    TOO_LONG,
    TOO_SMALL,
    UNKNOWN,
    rebuild,
)
from tests.conftest import ROOT
from tests.support.attack_photos import (
    CANARY,
    claim_jpeg_size,
    draw_picture,
    exif,
    exif_orientation,
    heic,
    jpeg,
    lossless_of,
    many_scans,
    png,
    save_image,
    tiff,
    zeros,
)

DARK, BRIGHT = 60, 150


def opened(raw: bytes) -> Image.Image:
    image = Image.open(BytesIO(raw))
    image.load()
    return image


def page_of(raw: bytes) -> Image.Image:
    return opened(rebuild(raw).page)


def grey(image: Image.Image, across: float, down: float) -> int:
    """How bright it is there, 0 to 255; places from 0 to 1."""
    value = image.convert("L").getpixel((int(across * image.width), int(down * image.height)))
    assert isinstance(value, int)
    return value


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """The pixels as a camera stores them that has to be turned by this orientation."""
    way = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    return image.transpose(way[orientation]) if orientation in way else image


def marked() -> Image.Image:
    """White, with a dark corner at the top left."""
    image = Image.new("RGB", (320, 240), "white")
    image.paste((0, 0, 0), (0, 0, 80, 60))
    return image


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photo_is_turned_upright_by_its_exif(kind: str, orientation: int) -> None:
    block = tiff((0x0112, 3, 1, orientation << 16))
    raw = save_image(kind, turned(marked(), orientation), exif=b"Exif\0\0" + block)
    page = page_of(raw)
    assert page.size == (320, 240)
    assert grey(page, 0.1, 0.1) < DARK
    assert all(grey(page, *corner) > BRIGHT for corner in ((0.9, 0.1), (0.1, 0.9), (0.9, 0.9)))


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_heic_is_turned_once_by_container_and_exif(
    orientation: int,
) -> None:
    block = b"Exif\0\0" + tiff((0x0112, 3, 1, orientation << 16))
    page = page_of(heic(turned(marked(), orientation), exif=block))
    assert page.size == (320, 240)
    assert grey(page, 0.1, 0.1) < DARK and grey(page, 0.9, 0.9) > BRIGHT


@pytest.mark.parametrize(("name", "orientation"), [("bath_photo.JPG", 1), ("photo_1.JPG", 6)])
def test_real_photo_keeps_no_place_and_stands_upright(
    name: str, orientation: int, shared_data: Path
) -> None:
    raw = (shared_data / "photos" / name).read_bytes()
    before = opened(raw)
    assert before.getexif().get(0x0112) == orientation
    assert before.getexif().get_ifd(0x8825), "the photo should have a place to lose"
    for made in rebuild(raw):
        after = opened(made)
        assert dict(after.getexif()) == {}
        assert set(after.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
            "dpi",
        }
        assert (after.width < after.height) == (orientation == 6)
        assert difference(after, turned_upright(before, orientation)) < 12
        assert difference(after, turned_upright(before, orientation).rotate(180)) > 20


def turned_upright(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(Image.Transpose.ROTATE_270) if orientation == 6 else image


def difference(one: Image.Image, other: Image.Image) -> float:
    """How far apart the pictures are on average, 0 to 255."""
    size = (32, 32)
    pairs = zip(
        one.convert("L").resize(size).tobytes(),
        other.convert("L").resize(size).tobytes(),
        strict=True,
    )
    return sum(abs(a - b) for a, b in pairs) / (size[0] * size[1])


@pytest.mark.parametrize(
    ("size", "page", "thumbnail"),
    [
        ((4000, 3000), (1600, 1200), (400, 300)),
        ((3000, 4000), (1200, 1600), (300, 400)),
        ((1600, 1200), (1600, 1200), (400, 300)),
        ((300, 200), (300, 200), (300, 200)),
        ((16, 16), (16, 16), (16, 16)),
        ((6400, 320), (1600, 80), (400, 20)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_pictures_fit_their_boxes_and_are_never_made_larger(
    kind: str, size: tuple[int, int], page: tuple[int, int], thumbnail: tuple[int, int]
) -> None:
    made = rebuild(save_image(kind, draw_picture(size=size)))
    assert opened(made.page).size == page
    assert opened(made.thumbnail).size == thumbnail


@pytest.mark.parametrize(
    "make",
    [
        lambda: save_image("JPEG", quality=90),
        lambda: save_image("JPEG", progressive=True),
        lambda: save_image("JPEG", subsampling=0),
        lambda: save_image("JPEG", draw_picture("L")),
        lambda: save_image("PNG"),
        lambda: save_image("PNG", draw_picture("L")),
        lambda: save_image("PNG", draw_picture("P")),
        lambda: save_image("PNG", draw_picture("RGBA")),
        lambda: save_image("PNG", draw_picture("LA")),
        lambda: save_image("WEBP", quality=90),
        lambda: save_image("WEBP", lossless=True),
        lambda: save_image("WEBP", draw_picture("RGBA"), lossless=True),
        heic,
    ],
)
def test_picture_equals_the_photo_for_every_format(make: Callable[[], bytes]) -> None:
    assert difference(page_of(make()), draw_picture()) < 4


def test_deep_grey_is_not_cut_off() -> None:
    deep = Image.new("I;16", (64, 64), 32768)
    assert abs(grey(page_of(save_image("PNG", deep)), 0.5, 0.5) - 128) <= 2


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparent_parts_are_white(kind: str) -> None:
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 32, 64))
    page = page_of(
        save_image(kind, image, lossless=True) if kind == "WEBP" else save_image(kind, image)
    )
    assert grey(page, 0.2, 0.5) < DARK
    assert grey(page, 0.9, 0.5) > 245


def test_transparent_colours_of_a_palette_are_white() -> None:
    image = Image.new("P", (64, 64), 7)
    image.putpalette([0, 0, 0] * 256)
    assert grey(page_of(save_image("PNG", image, transparency=7)), 0.5, 0.5) > 245


def test_colours_are_converted_to_srgb_when_a_small_profile_is_present() -> None:
    from PIL import ImageCms

    image = Image.new("RGB", (64, 64), (200, 30, 30))
    same = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain = page_of(save_image("JPEG", image, quality=95))
    with_profile = page_of(save_image("JPEG", image, quality=95, icc_profile=same))
    assert difference(plain, with_profile) < 2
    assert "icc_profile" not in with_profile.info


def test_animation_shows_its_first_frame() -> None:
    first, second = Image.new("RGB", (64, 64), "black"), Image.new("RGB", (64, 64), "white")
    for kind in ("WEBP", "PNG"):
        raw = save_image(kind, first, save_all=True, append_images=[second], duration=100)
        assert grey(page_of(raw), 0.5, 0.5) < DARK


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: b"", UNKNOWN),
        (lambda: b"<svg/>", UNKNOWN),
        (lambda: save_image("GIF"), UNKNOWN),
        (lambda: save_image("JPEG")[:-3000], BROKEN),
        (lambda: save_image("PNG")[:-300], BROKEN),
        (lambda: save_image("JPEG", draw_picture(size=(15, 200))), TOO_SMALL.format(least=16)),
        (lambda: save_image("PNG", draw_picture(size=(400, 16))), TOO_LONG.format(most=20)),
        (lambda: many_scans(40), TOO_HEAVY),
        (
            lambda: claim_jpeg_size(
                save_image("JPEG", progressive=True, subsampling=0), 6000, 6000
            ),
            TOO_HEAVY,
        ),
    ],
)
def test_photo_is_refused_with_its_reason(make: Callable[[], bytes], reason: str) -> None:
    with pytest.raises(PhotoRefused) as refused:
        rebuild(make())
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("JPEG", lambda w, h: claim_jpeg_size(save_image("JPEG"), w, h)),
        ("PNG", lambda w, h: png(width=w, height=h, pixels=zeros(10))),
        ("WebP", lossless_of),
    ],
)
def test_photo_is_refused_with_its_size_when_it_has_a_pixel_too_many(
    kind: str, make: Callable[[int, int], bytes]
) -> None:
    most = MOST_PIXELS[kind]  # type: ignore[index]
    height = int(most**0.5)
    with pytest.raises(PhotoRefused) as refused:
        rebuild(make(most // height + 1, height))
    assert f"we can only read {most // 1_000_000} of this kind" in refused.value.reason


def test_comment_does_not_survive() -> None:
    raw = jpeg(exif(tiff(more=CANARY)), exif_orientation(1))
    assert all(CANARY not in made for made in rebuild(raw))


def test_decoders_are_loaded_only_when_they_are_used() -> None:
    program = (
        "import app, chalicelib.photos.usecases, chalicelib.photos.picture, sys;"
        "print([name for name in ('PIL', 'pi_heif') if name in sys.modules])"
    )
    done = run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
