"""Reads image containers before decoding: the format by the first bytes, the size, and a reduced
file of the same format with only the parts that the pixels need. So a decoder never reads metadata,
previews, animation or trailing bytes, and the cost of decoding is known before it begins. Sources:
ITU-T T.81 Annex B (JPEG), PNG Third Edition (W3C, 2025), RFC 9649 (WebP), TIFF 6.0 and CIPA DC-008
Exif 3.0 for the orientation.
"""

import re
import struct
from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct

Kind = Literal["JPEG", "PNG", "WebP", "HEIC"]

MOST_SEGMENTS = 1000
MOST_CHUNKS = 20_000
MOST_EXIF_ENTRIES = 500
MOST_ICC_BYTES = 4096
"""Profiles of phones are below this; larger ones contain tables and are left out."""

_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif")
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_ORIENTATION = 0x0112


class BrokenFile(Exception):
    """The file does not follow its format, or is incomplete."""


class PlainFile(Struct, frozen=True, kw_only=True):
    """A file with only its pixels. `orientation` is Exif's, 1 to 8; `icc` a small colour
    profile, if any. `samples` and `scans` are those of a JPEG that has to be in memory completely
    before it can be decoded; 0 for others."""

    kind: Kind
    width: int
    height: int
    file: bytes
    orientation: int = 1
    icc: bytes = b""
    samples: int = 0
    scans: int = 0


def kind_of(raw: bytes) -> Kind | None:
    """The format by the file's first bytes; None if it is not supported."""
    if raw[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if raw[:8] == _PNG_SIGNATURE:
        return "PNG"
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "WebP"
    if raw[4:8] == b"ftyp" and raw[8:12] in _HEIC_BRANDS:
        return "HEIC"
    return None


# JPEG

_Segment = tuple[int, bytes, bytes]
"""A marker, its segment, and the entropy-coded data after it."""

_SOF = (0xC0, 0xC1, 0xC2)
_PROGRESSIVE = 0xC2
_OTHER_SOF = (*range(0xC3, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))
_DHT, _DQT, _DRI, _SOS, _EOI = 0xC4, 0xDB, 0xDD, 0xDA, 0xD9
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)
_ICC = b"ICC_PROFILE\x00\x01\x01"
"""A profile in one segment, as small ones are."""


def plain_jpeg(raw: bytes) -> PlainFile:
    """The first picture of a JPEG file. Raises BrokenFile."""
    segments = list(_jpeg_segments(raw))
    frame = _frame(segments)
    scans = [segment for marker, segment, _ in segments if marker == _SOS]
    if not scans:
        raise BrokenFile("no picture in it")
    height, width, components = struct.unpack_from(">HHB", frame, 5)
    # A sequential picture in one scan is decoded while it is read.
    held = frame[1] == _PROGRESSIVE or len(scans) > 1 or scans[0][4] != components
    kept = [part for each in segments if _is_needed(each) for part in each[1:]]
    exif = next((s[10:] for m, s, _ in segments if m == _APP1 and s[4:10] == b"Exif\0\0"), b"")
    icc = next((s[18:] for m, s, _ in segments if m == _APP2 and s[4:18] == _ICC), b"")
    return PlainFile(
        kind="JPEG",
        width=width,
        height=height,
        file=b"".join((b"\xff\xd8", *kept, b"\xff\xd9")),
        orientation=exif_orientation(exif),
        icc=icc if len(icc) <= MOST_ICC_BYTES else b"",
        samples=_samples(frame) if held else 0,
        scans=len(scans) if held else 0,
    )


def _frame(segments: list[_Segment]) -> bytes:
    if any(marker in _OTHER_SOF for marker, _, _ in segments):
        raise BrokenFile("another kind of JPEG")
    frames = [segment for marker, segment, _ in segments if marker in _SOF]
    if len(frames) != 1 or len(frames[0]) < 10:
        raise BrokenFile("not one picture")
    return frames[0]


def _jpeg_segments(raw: bytes) -> Iterator[_Segment]:
    """Each marker with its segment, and the entropy-coded data after it, up to the end of the first
    picture."""
    at = 2
    for _ in range(MOST_SEGMENTS):
        found = _NEXT_MARKER.match(raw, at)
        if not found:
            raise BrokenFile("no marker where one has to be")
        marker, at = raw[found.end() - 1], found.end()
        if marker == _EOI:
            return
        if len(raw) < at + 2:
            break
        end = at + int.from_bytes(raw[at : at + 2], "big")
        if end < at + 2 or end > len(raw):
            break
        segment, at, entropy = b"\xff" + raw[at - 1 : end], end, b""
        if marker == _SOS:
            following = _NEXT_MARKER.search(raw, at)
            if not following:
                raise BrokenFile("it ends within its pixels")
            entropy, at = raw[at : following.start()], following.start()
        yield marker, segment, entropy
    raise BrokenFile("it is not whole, or in too many pieces")


def _is_needed(each: _Segment) -> bool:
    """JFIF and Adobe segments define the colour coding, within their first 20 bytes."""
    marker, segment, _ = each
    jfif = marker == _APP0 and segment[4:9] == b"JFIF\0" and len(segment) <= 20
    adobe = marker == _APP14 and segment[4:9] == b"Adobe" and len(segment) <= 20
    return marker in (*_SOF, _DHT, _DQT, _DRI, _SOS) or jfif or adobe


def _samples(frame: bytes) -> int:
    """The number of coefficients in memory for the frame: whole blocks of every component."""
    height, width, count = struct.unpack_from(">HHB", frame, 5)
    factors = [frame[11 + 3 * i] for i in range(count) if 11 + 3 * i < len(frame)]
    across, down = [factor >> 4 for factor in factors], [factor & 15 for factor in factors]
    if not factors or 0 in across or 0 in down:
        raise BrokenFile("sampling factors of nothing")
    units: int = -(-width // (8 * max(across))) * -(-height // (8 * max(down)))
    return units * 64 * sum(x * y for x, y in zip(across, down, strict=True))


# PNG


def plain_png(raw: bytes) -> PlainFile:
    """The default picture of a PNG file. Raises BrokenFile."""
    kept: list[bytes] = [_PNG_SIGNATURE]
    at, orientation = 8, 1
    for _ in range(MOST_CHUNKS):
        length, name = _unpack(">I4s", raw, at)
        end = at + 12 + length
        if end > len(raw):
            raise BrokenFile("it is not whole")
        if name in _PNG_NEEDED:
            kept.append(raw[at:end])
        elif name == b"eXIf":
            orientation = exif_orientation(raw[at + 8 : end - 4])
        if name == b"IEND":
            break
        at = end
    else:
        raise BrokenFile("too many chunks")
    if raw[12:16] != b"IHDR":
        raise BrokenFile("no header")
    width, height = _unpack(">II", raw, 16)
    file = b"".join(kept)
    return PlainFile(kind="PNG", width=width, height=height, file=file, orientation=orientation)


# WebP


def plain_webp(raw: bytes) -> PlainFile:
    """The first frame of a WebP file. Raises BrokenFile."""
    chunks = list(_riff(raw, 12))
    first: dict[bytes, bytes] = {}
    for name, content in chunks:
        first.setdefault(name, content)
    if b"ANMF" in first:
        first |= dict(_riff(first[b"ANMF"], 16))
    exif, icc = first.get(b"EXIF", b""), first.get(b"ICCP", b"")
    (width, height), body = _webp_picture(first)
    return PlainFile(
        kind="WebP",
        width=width,
        height=height,
        file=b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body,
        orientation=exif_orientation(exif.removeprefix(b"Exif\0\0")),
        icc=icc if len(icc) <= MOST_ICC_BYTES else b"",
    )


def _webp_picture(chunks: dict[bytes, bytes]) -> tuple[tuple[int, int], bytes]:
    """The size of the picture, and its chunks."""
    if lossless := chunks.get(b"VP8L"):
        signature, bits = _unpack("<BI", lossless, 0)
        if signature != 0x2F:
            raise BrokenFile("no lossless picture")
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1), _chunk(b"VP8L", lossless)
    lossy = chunks.get(b"VP8 ", b"")
    start, across, down = _unpack("<3sHH", lossy, 3)
    if start != b"\x9d\x01\x2a":
        raise BrokenFile("no key frame")
    width, height, body = across & 0x3FFF, down & 0x3FFF, _chunk(b"VP8 ", lossy)
    if (alpha := chunks.get(b"ALPH")) and width and height:
        canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        has_alpha = struct.pack("<I", 0x10)
        body = _chunk(b"VP8X", has_alpha + canvas) + _chunk(b"ALPH", alpha) + body
    return (width, height), body


def _riff(raw: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    for _ in range(MOST_CHUNKS):
        if at + 8 > len(raw):
            return
        name, length = _unpack("<4sI", raw, at)
        if at + 8 + length > len(raw):
            raise BrokenFile("it is not whole")
        yield name, raw[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    raise BrokenFile("too many chunks")


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


# Exif


def exif_orientation(tiff: bytes) -> int:
    """The orientation in the first directory, 1 to 8; 1 if there is none."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 10:
        return 1
    (at,) = struct.unpack_from(order + "I", tiff, 4)
    if at + 2 > len(tiff):
        return 1
    (count,) = struct.unpack_from(order + "H", tiff, at)
    for entry in range(min(count, MOST_EXIF_ENTRIES)):
        start = at + 2 + 12 * entry
        if start + 12 > len(tiff):
            return 1
        tag, kind, number, value = struct.unpack_from(order + "HHIH", tiff, start)
        if tag == _ORIENTATION:
            return value if (kind, number) == (3, 1) and 1 <= value <= 8 else 1
    return 1


def _unpack(form: str, raw: bytes, at: int) -> tuple[Any, ...]:
    try:
        return struct.unpack_from(form, raw, at)
    except struct.error as error:
        raise BrokenFile("it is not whole") from error
