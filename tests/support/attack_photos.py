"""Files made to harm the program that opens them, by name; they are generated, not stored in the
repository.

Files that may be accepted contain CANARY wherever a format has room for more than pixels.
"""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image

CANARY = b"CANARY-7f3a-GPS-51.4013N"
SIZE = (320, 240)

Maker = Callable[[], bytes]


def draw_picture(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    """A test picture: brighter to the right, with a dark corner at the top left."""
    image = Image.linear_gradient("L").rotate(90).resize(size).convert("RGB")
    image.paste((10, 20, 30), (0, 0, size[0] // 4, size[1] // 4))
    return image.convert(mode)


def save_image(kind: str, image: Image.Image | None = None, **options: Any) -> bytes:
    out = BytesIO()
    (image or draw_picture()).save(out, kind, **options)
    return out.getvalue()


# JPEG


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def jpeg(*segments: bytes, **options: Any) -> bytes:
    """A JPEG with these segments after its start marker."""
    raw = save_image("JPEG", **options)
    return raw[:2] + b"".join(segments) + raw[2:]


def tiff(
    *entries: tuple[int, int, int, int], more: bytes = b"", claimed: int | None = None
) -> bytes:
    """An Exif block with one directory of (tag, type, count, value) entries, which claims to have
    `claimed` entries."""
    count = len(entries) if claimed is None else claimed
    packed = b"".join(struct.pack(">HHII", *entry) for entry in entries)
    return b"MM\0*" + struct.pack(">IH", 8, count) + packed + b"\0\0\0\0" + more


def exif(block: bytes) -> bytes:
    return segment(0xE1, b"Exif\0\0" + block)


def exif_orientation(value: int) -> bytes:
    return exif(tiff((0x0112, 3, 1, value << 16), more=CANARY))


def claim_jpeg_size(raw: bytes, width: int, height: int) -> bytes:
    """A JPEG that claims another size."""
    at = next(at for at in range(2, len(raw)) if raw[at] == 0xFF and raw[at + 1] in (0xC0, 0xC2))
    return raw[: at + 5] + struct.pack(">HH", height, width) + raw[at + 9 :]


def many_scans(count: int) -> bytes:
    """A progressive JPEG that repeats its last scan `count` times."""
    raw = save_image("JPEG", progressive=True)
    last = raw.rindex(b"\xff\xda")
    return raw[:-2] + raw[last:-2] * count + raw[-2:]


def split_icc(profile: bytes) -> bytes:
    return segment(0xE2, b"ICC_PROFILE\0\x01\x01" + profile)


def two_frames() -> bytes:
    raw = save_image("JPEG")
    at = raw.index(b"\xff\xc0")
    frame = raw[at : at + 2 + int.from_bytes(raw[at + 2 : at + 4], "big")]
    return raw[:at] + frame + raw[at:]


JPEGS: dict[str, Maker] = {
    "JPEG cut off": lambda: save_image("JPEG")[:-2000],
    "JPEG without its end": lambda: save_image("JPEG")[:-2],
    "JPEG with a ZIP behind it": lambda: save_image("JPEG") + b"PK\x03\x04" + CANARY * 50,
    "JPEG with a page behind it": lambda: save_image("JPEG") + b"<script>" + CANARY + b"</script>",
    "JPEG with PHP in its comment": lambda: jpeg(segment(0xFE, b"<?php " + CANARY + b"?>")),
    "JPEG with a comment": lambda: jpeg(segment(0xFE, CANARY)),
    "JPEG with XMP": lambda: jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + CANARY)),
    "JPEG with IPTC": lambda: jpeg(segment(0xED, b"Photoshop 3.0\0" + CANARY)),
    "JPEG with a place in Exif": lambda: jpeg(
        exif(tiff((0x8825, 4, 1, 26), (0x010E, 2, len(CANARY), 38), more=CANARY))
    ),
    "JPEG with Exif that loops": lambda: jpeg(
        exif(tiff((0x8769, 4, 1, 8), (0x8825, 4, 1, 8), more=b"\0\0\0\x08" + CANARY))
    ),
    "JPEG with a directory of 65535 entries": lambda: jpeg(
        exif(tiff(*[(0x010E, 2, 60_000, 8)] * 5000, claimed=65535))
    ),
    "JPEG with ten megabytes of Exif": lambda: jpeg(
        *[exif(tiff(*[(0x010E, 2, 60_000, 8)] * 5000))] * 150
    ),
    "JPEG with a large profile": lambda: jpeg(split_icc(CANARY * 2000)),
    "JPEG with a small profile of noise": lambda: jpeg(
        split_icc(CANARY + Random(1).randbytes(900))
    ),
    "JPEG with a broken profile": lambda: jpeg(split_icc(srgb()[:300] + CANARY)),
    "JPEG with its own profile": lambda: jpeg(split_icc(srgb())),
    "JPEG with a second picture": lambda: (
        jpeg(segment(0xE2, b"MPF\0" + CANARY)) + jpeg(segment(0xFE, CANARY))
    ),
    "JPEG with a preview": lambda: jpeg(
        segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x08\x08" + CANARY * 8)
    ),
    "JPEG of a million segments": lambda: jpeg(segment(0xFE, b"") * 1_000_000),
    "JPEG that says it is vast": lambda: claim_jpeg_size(save_image("JPEG"), 65_500, 65_500),
    "JPEG as vast as is taken": lambda: claim_jpeg_size(save_image("JPEG"), 10_300, 7_700),
    "JPEG of no height": lambda: claim_jpeg_size(save_image("JPEG"), 320, 0),
    "progressive JPEG that says it is vast": lambda: claim_jpeg_size(
        save_image("JPEG", progressive=True), 20_000, 20_000
    ),
    "progressive JPEG as vast as is taken": lambda: claim_jpeg_size(
        save_image("JPEG", progressive=True, subsampling=0), 4990, 4990
    ),
    "progressive JPEG as vast as is taken, with many scans": lambda: claim_jpeg_size(
        many_scans(20), 8000, 6000
    ),
    "vast progressive JPEG of 900 scans": lambda: claim_jpeg_size(many_scans(900), 8000, 6000),
    "JPEG in arithmetic code": lambda: save_image("JPEG").replace(b"\xff\xc0", b"\xff\xc9", 1),
    "JPEG of two frames": two_frames,
    "JPEG in CMYK": lambda: save_image("JPEG", draw_picture("CMYK")),
    "JPEG in grey": lambda: save_image("JPEG", draw_picture("L")),
    **{f"JPEG in orientation {n}": lambda n=n: jpeg(exif_orientation(n)) for n in range(1, 10)},  # type: ignore[misc]
}


def srgb() -> bytes:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


# PNG


def chunk(name: bytes, content: bytes) -> bytes:
    crc = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", crc)


def png(
    *chunks: bytes,
    width: int = 320,
    height: int = 240,
    depth: int = 8,
    colours: int = 2,
    interlaced: int = 0,
    pixels: bytes | None = None,
) -> bytes:
    """A PNG with these chunks after its header; `pixels` are its compressed pixels."""
    if pixels is None:
        pixels = zeros(height * (1 + width * {0: 1, 2: 3, 3: 1, 6: 4}[colours] * depth // 8))
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, interlaced)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            *chunks,
            chunk(b"IDAT", pixels),
            chunk(b"IEND", b""),
        )
    )


def zeros(count: int) -> bytes:
    """So many zero bytes, compressed."""
    packer = zlib.compressobj(9)
    block = bytes(1_000_000)
    parts = [packer.compress(block) for _ in range(count // len(block))]
    return b"".join((*parts, packer.compress(bytes(count % len(block))), packer.flush()))


def animated_png(count: int) -> bytes:
    frame = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 320, 240, 0, 0, 1, 10, 0, 0))
    return png(chunk(b"acTL", struct.pack(">II", count, 0)), *[frame] * count)


def png_with_wrong_checksum() -> bytes:
    raw = png()
    return raw[:-20] + bytes([raw[-20] ^ 1]) + raw[-19:]


PNGS: dict[str, Maker] = {
    "PNG that says it is vast": lambda: png(width=30_000, height=30_000, pixels=zeros(10)),
    "PNG bomb of 17 kB": lambda: png(
        width=13_000, height=13_000, depth=1, colours=0, pixels=zeros(13_000 * 1626)
    ),
    "PNG with the most pixels accepted": lambda: png(width=6320, height=6320, colours=6),
    "PNG with the most deep pixels accepted": lambda: png(
        width=6320, height=6320, depth=16, colours=6
    ),
    "interlaced PNG with the most pixels accepted": lambda: png(
        width=6320, height=6320, colours=6, interlaced=1, pixels=zeros(6320 * 6320 * 4 + 6320 * 3)
    ),
    "interlaced PNG that says it is vast": lambda: png(
        width=20_000, height=20_000, colours=6, interlaced=1, pixels=zeros(10_000_000)
    ),
    "PNG with a text that unfolds": lambda: png(chunk(b"zTXt", b"k\0\0" + zeros(200_000_000))),
    "PNG with fifty texts that unfold": lambda: png(
        *[chunk(b"zTXt", b"k\0\0" + zeros(60_000_000))] * 50
    ),
    "PNG with a profile that unfolds": lambda: png(chunk(b"iCCP", b"k\0\0" + zeros(200_000_000))),
    "PNG with a long text": lambda: png(chunk(b"tEXt", b"k\0" + CANARY * 200_000)),
    "PNG with texts and XMP": lambda: png(
        chunk(b"tEXt", b"Comment\0" + CANARY),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + CANARY),
    ),
    "PNG with Exif": lambda: png(chunk(b"eXIf", tiff((0x0112, 3, 1, 6 << 16), more=CANARY))),
    "PNG with something behind it": lambda: png() + CANARY,
    "PNG of a hundred thousand chunks": lambda: png(*[chunk(b"tEXt", b"k\0v")] * 100_000),
    "PNG in deep grey": lambda: png(depth=16, colours=0, pixels=zeros(240 * 641)),
    "PNG with a palette that is clear": lambda: save_image(
        "PNG", draw_picture("P"), transparency=bytes(range(256))
    ),
    "PNG with a palette of one colour": lambda: png(
        chunk(b"PLTE", b"\1\2\3"), colours=3, pixels=zlib.compress(b"\0" + b"\xff" * 320) * 1
    ),
    "animated PNG of ten thousand frames": lambda: animated_png(9000),
    "PNG cut off": lambda: save_image("PNG")[:-600],
    "PNG with a wrong sum": png_with_wrong_checksum,
    "PNG of one pixel": lambda: png(width=1, height=1),
    "PNG one pixel wide": lambda: png(width=1, height=60_000),
    "PNG of sixteen pixels by sixty thousand": lambda: png(width=60_000, height=16),
    "PNG of no size": lambda: png(width=0, height=0, pixels=zeros(1)),
}


# WebP and HEIC


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        for name, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def canvas(width: int, height: int, flags: int) -> tuple[bytes, bytes]:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X", struct.pack("<I", flags) + sides


def lossy_webp() -> bytes:
    return save_image("WEBP", quality=50)[20:]


def animated_webp(count: int, width: int, height: int) -> bytes:
    frame = bytes(6) + (319).to_bytes(3, "little") + (239).to_bytes(3, "little") + bytes(4)
    inner = riff((b"VP8 ", lossy_webp()))[12:]
    return riff(
        canvas(width, height, 0x02), (b"ANIM", bytes(6)), *[(b"ANMF", frame + inner)] * count
    )


def lossless_of(width: int, height: int) -> bytes:
    """A lossless WebP of one colour, which has a few bytes at any size."""
    raw = save_image("WEBP", Image.new("RGBA", (16, 16), (9, 9, 9, 99)), lossless=True)
    bits = int.from_bytes(raw[21:25], "little") & 0xF0000000 | (height - 1) << 14 | (width - 1)
    return raw[:21] + struct.pack("<I", bits) + raw[25:]


WEBPS: dict[str, Maker] = {
    "WebP with Exif and XMP": lambda: riff(
        canvas(*SIZE, 0x0C),
        (b"VP8 ", lossy_webp()),
        (b"EXIF", tiff((0x0112, 3, 1, 6 << 16), more=CANARY)),
        (b"XMP ", CANARY),
    ),
    "animated WebP": lambda: animated_webp(3, *SIZE),
    "animated WebP of thousands of frames": lambda: animated_webp(9000, *SIZE),
    "animated WebP on a vast canvas": lambda: animated_webp(2, 16_384, 16_384),
    "WebP on a canvas that is not its own": lambda: riff(
        canvas(16_384, 16_384, 0), (b"VP8 ", lossy_webp())
    ),
    "lossless WebP that is vast": lambda: lossless_of(16_384, 16_384),
    "lossless WebP of 36 megapixels": lambda: lossless_of(6000, 6000),
    "lossless WebP with the most pixels accepted": lambda: lossless_of(3600, 3600),
    "WebP with clear parts": lambda: save_image("WEBP", draw_picture("RGBA"), quality=50),
    "WebP cut off": lambda: save_image("WEBP")[:-200],
    "WebP of no picture": lambda: riff(canvas(*SIZE, 0), (b"XMP ", CANARY)),
}


def heic(image: Image.Image | None = None, **options: Any) -> bytes:
    from pillow_heif import from_pillow

    out = BytesIO()
    from_pillow(image or draw_picture()).save(out, quality=40, **options)
    return out.getvalue()


def claim_heic_size(raw: bytes, width: int, height: int) -> bytes:
    """A HEIC whose container claims another size of its picture."""
    at = raw.index(b"ispe")
    return raw[: at + 8] + struct.pack(">II", width, height) + raw[at + 16 :]


def heic_of_many() -> bytes:
    from pillow_heif import HeifFile, from_pillow

    file: HeifFile = from_pillow(draw_picture(size=(64, 64)))
    for _ in range(99):
        file.add_from_pillow(draw_picture(size=(64, 64)))
    out = BytesIO()
    file.save(out, quality=40)
    return out.getvalue()


HEICS: dict[str, Maker] = {
    "HEIC with Exif and XMP": lambda: heic(
        exif=b"Exif\0\0" + tiff((0x0112, 3, 1, 1 << 16), more=CANARY), xmp=CANARY
    ),
    "HEIC cut off": lambda: heic()[:-500],
    "HEIC cut off in its head": lambda: heic()[:200],
    "HEIC of a hundred pictures": heic_of_many,
    "HEIC that says it is small": lambda: claim_heic_size(
        heic(draw_picture(size=(1200, 900))), 64, 64
    ),
    "HEIC that is too large": lambda: claim_heic_size(heic(), 5200, 5200),
    "HEIC of noise": lambda: heic()[:600] + Random(2).randbytes(5000),
}


# Files that are not photos


OTHERS: dict[str, Maker] = {
    "nothing": lambda: b"",
    "one byte": lambda: b"\xff",
    "noise": lambda: Random(3).randbytes(100_000),
    "noise that begins as JPEG": lambda: b"\xff\xd8\xff" + Random(4).randbytes(100_000),
    "noise that begins as PNG": lambda: b"\x89PNG\r\n\x1a\n" + Random(5).randbytes(100_000),
    "noise that begins as WebP": lambda: b"RIFF\0\0\1\0WEBPVP8 " + Random(6).randbytes(100_000),
    "noise that begins as HEIC": lambda: b"\0\0\0\x18ftypheic" + Random(7).randbytes(100_000),
    "SVG": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    "GIF": lambda: save_image("GIF"),
    "TIFF": lambda: save_image("TIFF"),
    "PDF": lambda: save_image("PDF"),
    "EPS": lambda: save_image("EPS"),
    "ICO": lambda: save_image("ICO", draw_picture(size=(64, 64))),
    "BMP": lambda: save_image("BMP"),
    "PSD": lambda: b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 240, 320, 8, 3) + bytes(900),
    "AVIF": lambda: save_image("AVIF"),
    "JPEG 2000": lambda: save_image("JPEG2000"),
    "an empty file of ten megabytes and one byte": lambda: bytes(10 * 1024 * 1024 + 1),
    "JPEG of more than ten megabytes": lambda: save_image("JPEG") + bytes(10 * 1024 * 1024),
}

ATTACKS: dict[str, Maker] = JPEGS | PNGS | WEBPS | HEICS | OTHERS
