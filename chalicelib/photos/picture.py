"""Makes new pictures from a photo's pixels only. Bytes in, bytes out. The cost of decoding is
limited before it begins: the maximum number of pixels of each format comes from measurements, and
keeps a process that loads nothing else below 300 MB and 3 seconds. The decoders are imported when
they are used.
"""

from collections.abc import Callable, Sequence
from io import BytesIO
from math import ceil, floor
from typing import TYPE_CHECKING

from chalicelib.kernel.languages import translatable
from chalicelib.photos.containers import (
    MOST_ICC_BYTES,
    Kind,
    PlainFile,
    kind_of,
    plain_jpeg,
    plain_png,
    plain_webp,
)
from chalicelib.photos.model import MOST_BYTES, TOO_LARGE, PhotoRefused, PictureArea, Pictures

if TYPE_CHECKING:
    from PIL.Image import Image

PAGE_PX, THUMBNAIL_PX = 1600, 400
"""The longest side of each picture."""
PAGE_QUALITY, THUMBNAIL_QUALITY = 75, 70
LEAST_SIDE_PX = 16
MOST_TIMES_AS_LONG = 20
MOST_PIXELS: dict[Kind, int] = {
    "JPEG": 80_000_000,
    "PNG": 40_000_000,
    "WebP": 13_000_000,
    "HEIC": 26_000_000,
}
MOST_HELD_SAMPLES = 75_000_000
"""For a JPEG that has to be in memory completely: 50 megapixels with halved colours, 25 without."""
MOST_SCANS = 32
MOST_PADDING_BYTES = 64
"""Padding of a decoded row; with more, the picture is wider than its container says."""
LEAST_LEFT_TO_SCALE = 1.25
"""A picture is first reduced by a whole factor, which is cheap, then by the rest."""
BAND_PIXELS = 1_000_000
"""The number of pixels converted to plain colours at a time."""

EDGE_PX = 17
"""JPEG smears the colours of a pixel over its block of 16, and a decoder over 2 pixels more."""

UNKNOWN = translatable("We cannot read this file. Send a JPEG, PNG, WebP or HEIC photo.")
BROKEN = translatable("This photo is damaged or incomplete. Send it again, or send another one.")
TOO_SMALL = translatable("This picture is smaller than {least} pixels. Send the original photo.")
TOO_LONG = translatable(
    "This picture is more than {most} times as long as it is wide. Send another photo."
)
TOO_MANY_PIXELS = translatable(
    "This photo has {has} megapixels, but we can only read {most} of this kind. Send a smaller "
    "version."
)
TOO_HEAVY = translatable("This photo is too complex to open. Send a smaller version, as a JPEG.")
WITH_VALUES = (TOO_SMALL, TOO_LONG, TOO_MANY_PIXELS)
"""The reasons that are stored with their values filled in."""


Rows = Callable[[int, int], "Image"]
"""Returns the rows of a decoded picture from the first number up to the second."""


def rebuild(raw: bytes) -> Pictures:
    """The pictures of a photo: upright, on white, with nothing but pixels. Raises PhotoRefused."""
    if len(raw) > MOST_BYTES:
        raise PhotoRefused(TOO_LARGE)
    kind = kind_of(raw)
    if kind is None:
        raise PhotoRefused(UNKNOWN)
    try:
        page = _DECODERS[kind](raw)
        thumbnail = _fit(page, THUMBNAIL_PX)
        return Pictures(
            _encode_jpeg(page, PAGE_QUALITY), _encode_jpeg(thumbnail, THUMBNAIL_QUALITY)
        )
    except PhotoRefused:
        raise
    except MemoryError:
        raise PhotoRefused(TOO_HEAVY) from None
    except Exception as error:
        # A decoder may raise anything; there is no picture in any case.
        raise PhotoRefused(BROKEN) from error


def blacken_picture(page: bytes, areas: Sequence[PictureArea]) -> Pictures:
    """The pictures made from a page of `rebuild`, with the areas blackened: they are filled before
    any other processing. An area includes every pixel that it touches."""
    from PIL import ImageDraw
    from PIL.JpegImagePlugin import JpegImageFile

    with JpegImageFile(BytesIO(page)) as file:
        picture = file.convert("RGB")
    draw = ImageDraw.Draw(picture)
    for area in areas:
        draw.rectangle(_area_in_pixels(area, *picture.size), fill=0)
    thumbnail = _fit(picture, THUMBNAIL_PX)
    return Pictures(_encode_jpeg(picture, PAGE_QUALITY), _encode_jpeg(thumbnail, THUMBNAIL_QUALITY))


def _area_in_pixels(area: PictureArea, width: int, height: int) -> tuple[int, int, int, int]:
    """The first and last pixels of an area, with the surrounding ones that may still contain traces
    of it."""
    left, top = floor(area.x * width) - EDGE_PX, floor(area.y * height) - EDGE_PX
    right = ceil((area.x + area.width) * width) + EDGE_PX
    bottom = ceil((area.y + area.height) * height) + EDGE_PX
    return max(0, left), max(0, top), min(width, right), min(height, bottom)


def _from_jpeg(raw: bytes) -> "Image":
    from PIL.JpegImagePlugin import JpegImageFile

    plain = plain_jpeg(raw)
    _check_size("JPEG", plain.width, plain.height)
    if plain.samples > MOST_HELD_SAMPLES or plain.scans > MOST_SCANS:
        raise PhotoRefused(TOO_HEAVY)
    image = JpegImageFile(BytesIO(plain.file))
    # Decodes at a half, a quarter or an eighth where that is enough.
    image.draft("RGB", _target_size(plain.width, plain.height))
    return _make_page(image, plain)


def _from_png(raw: bytes) -> "Image":
    from PIL.PngImagePlugin import PngImageFile

    plain = plain_png(raw)
    _check_size("PNG", plain.width, plain.height)
    return _make_page(PngImageFile(BytesIO(plain.file)), plain)


def _from_webp(raw: bytes) -> "Image":
    from PIL.WebPImagePlugin import WebPImageFile

    plain = plain_webp(raw)
    _check_size("WebP", plain.width, plain.height)
    return _make_page(WebPImageFile(BytesIO(plain.file)), plain)


def _from_heic(raw: bytes) -> "Image":
    """libheif turns the picture upright by the container's data; Exif's orientation repeats that
    and is ignored."""
    from pi_heif import open_heif, options
    from PIL.Image import frombuffer

    options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False
    options.DECODE_THREADS = 1
    file = open_heif(raw, remove_stride=False)
    picture = file[file.primary_index]
    _check_size("HEIC", *picture.size)
    pixels = memoryview(picture.data)
    # Its size may differ from that in its container.
    _check_size("HEIC", *picture.size)
    (width, height), stride, mode = picture.size, picture.stride, picture.mode
    if stride - width * len(mode) > MOST_PADDING_BYTES:
        raise PhotoRefused(BROKEN)

    def rows(top: int, bottom: int) -> "Image":
        part, size = bytes(pixels[top * stride : bottom * stride]), (width, bottom - top)
        return frombuffer(mode, size, part, "raw", mode, stride, 1)

    icc = picture.info.get("icc_profile")
    return _convert_to_srgb(_shrink(width, height, rows), icc if isinstance(icc, bytes) else b"")


_DECODERS: dict[Kind, Callable[[bytes], "Image"]] = {
    "JPEG": _from_jpeg,
    "PNG": _from_png,
    "WebP": _from_webp,
    "HEIC": _from_heic,
}


def _check_size(kind: Kind, width: int, height: int) -> None:
    """Raises PhotoRefused if there are too few or too many pixels."""
    if min(width, height) < LEAST_SIDE_PX:
        raise PhotoRefused(TOO_SMALL.format(least=LEAST_SIDE_PX))
    if max(width, height) > MOST_TIMES_AS_LONG * min(width, height):
        raise PhotoRefused(TOO_LONG.format(most=MOST_TIMES_AS_LONG))
    if width * height > MOST_PIXELS[kind]:
        has, most = -(-width * height // 1_000_000), MOST_PIXELS[kind] // 1_000_000
        raise PhotoRefused(TOO_MANY_PIXELS.format(has=has, most=most))


def _make_page(image: "Image", plain: PlainFile) -> "Image":
    from PIL.Image import Transpose

    upright = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    image.load()
    was_rgb = image.mode in ("RGB", "RGBA")
    width, height = image.size
    page = _shrink(width, height, lambda top, bottom: image.crop((0, top, width, bottom)))
    if plain.orientation in upright:
        page = page.transpose(upright[plain.orientation])
    return _convert_to_srgb(page, plain.icc) if was_rgb else page


def _shrink(width: int, height: int, rows: Rows) -> "Image":
    """The picture on white at the size of a page. Works band by band, to avoid a second complete
    picture in memory."""
    from PIL import Image
    from PIL.Image import Resampling

    target = _target_size(width, height)
    factor = max(1, int(min(width / target[0], height / target[1]) / LEAST_LEFT_TO_SCALE))
    small = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    step = factor * max(1, BAND_PIXELS // (width * factor))
    for top in range(0, height, step):
        band = _flatten(rows(top, min(top + step, height)))
        small.paste(band.reduce(factor), (0, top // factor))
    return small.resize(target, Resampling.LANCZOS)


def _flatten(band: "Image") -> "Image":
    from PIL import Image

    if band.mode.startswith("I;16"):
        # The upper eight bits; as a number it would be cut off at 255.
        band = band.point(lambda value: value / 256).convert("L")
    if band.has_transparency_data:
        clear = band.convert("RGBA")
        white = Image.new("RGB", band.size, "white")
        white.paste(clear, mask=clear.getchannel("A"))
        return white
    return band.convert("RGB")


def _convert_to_srgb(page: "Image", profile: bytes) -> "Image":
    """The page in sRGB if the photo has a small, usable colour profile; otherwise unchanged."""
    if not profile or len(profile) > MOST_ICC_BYTES:
        return page
    from PIL import ImageCms

    try:
        theirs = ImageCms.ImageCmsProfile(BytesIO(profile))
        if theirs.profile.xcolor_space.strip() != "RGB":
            return page
        converted = ImageCms.profileToProfile(page, theirs, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return page
    return converted or page


def _target_size(width: int, height: int) -> tuple[int, int]:
    longest = max(width, height)
    scale = min(1.0, PAGE_PX / longest)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _fit(page: "Image", longest: int) -> "Image":
    from PIL.Image import Resampling

    smaller = page.copy()
    smaller.thumbnail((longest, longest), Resampling.LANCZOS)
    return smaller


def _encode_jpeg(picture: "Image", quality: int) -> bytes:
    from PIL import Image

    # A new picture, which has only the pixels of the old one.
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    out = BytesIO()
    bare.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
