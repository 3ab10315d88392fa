"""Whatever file is sent: it is refused in a sentence, or our own pictures of it are made, and
neither costs more than 300 MB and a counted amount of work.

Each file is opened as in production, in a process of its own. Its peak is what Linux counts as
VmHWM, all of the process; `ru_maxrss` would not do: a new process inherits it from the one that
started it. Its work is counted, since time depends on the machine: the pixels that a decoder is
given, once for each scan, and the calls that Python makes. `make bench` measures the time.
"""

import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

from chalicelib.photos.image_sandbox import parse_outcome
from chalicelib.photos.model import PhotoRefused
from tests.conftest import ROOT
from tests.support.attack_photos import ATTACKS, CANARY, JPEGS, save_image
from tests.support.effort import sample

MOST_MB, MOST_MEGAPIXELS, MOST_CALLS = 300, 1600, 150_000
"""1,600 megapixels are 32 scans of the largest picture that has to be held whole."""
TAKEN = {
    *(name for name in JPEGS if "orientation" in name or "JPEG with" in name),
    "JPEG in CMYK",
    "JPEG in grey",
    "JPEG as vast as is taken",
    "progressive JPEG as vast as is taken",
    "progressive JPEG as vast as is taken, with many scans",
    "PNG with the most pixels accepted",
    "PNG with the most deep pixels accepted",
    "interlaced PNG with the most pixels accepted",
    "PNG with a text that unfolds",
    "PNG with fifty texts that unfold",
    "PNG with a profile that unfolds",
    "PNG with a long text",
    "PNG with texts and XMP",
    "PNG with Exif",
    "PNG with something behind it",
    "PNG in deep grey",
    "PNG with a palette that is clear",
    "animated PNG of ten thousand frames",
    "WebP with Exif and XMP",
    "animated WebP",
    "animated WebP of thousands of frames",
    "animated WebP on a vast canvas",
    "WebP on a canvas that is not its own",
    "lossless WebP with the most pixels accepted",
    "WebP with clear parts",
    "HEIC with Exif and XMP",
    "HEIC of a hundred pictures",
    "PNG with a palette of one colour",
    "HEIC of noise",
} - {"JPEG without its end"}
"""Pictures are made of these; the others are refused."""
SAID_IN_A_PICTURE = {0xE0, 0xDB, 0xC2, 0xC4, 0xDD}
"""Markers of a picture of ours before its pixels: JFIF, tables and a progressive frame."""

PROGRAM = """
import sys
from PIL.ImageFile import ImageFile
from chalicelib.photos import image_sandbox_worker
# A slow machine may take longer for the same work.
image_sandbox_worker.MOST_CPU_S = 600
{planted}
pixels = calls = 0
make = ImageFile.__init__
def made(self, fp, *rest):
    global pixels
    make(self, fp, *rest)
    scans = fp.getvalue().count(b"\\xff\\xda") if self.format == "JPEG" else 1
    pixels += self.size[0] * self.size[1] * scans
def count(frame, event, argument):
    global calls
    calls += event in ("call", "c_call")
ImageFile.__init__ = made
sys.setprofile(count)
image_sandbox_worker.main()
sys.setprofile(None)
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print("used", peak, pixels, calls, file=sys.stderr)
"""
LIMITS = """
import resource
from chalicelib.photos import image_sandbox_worker
image_sandbox_worker.main()
print(*resource.getrlimit(resource.RLIMIT_CPU), *resource.getrlimit(resource.RLIMIT_DATA))
"""


def opened(raw: bytes, planted: str = "") -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(planted=planted)],
        input=raw,
        capture_output=True,
        cwd=ROOT,
        check=False,
    )


def faults_of(done: "subprocess.CompletedProcess[bytes]") -> list[str]:
    """What is wrong with how a file was dealt with."""
    found = []
    try:
        pictures: tuple[bytes, ...] = parse_outcome(done)
    except PhotoRefused as refused:
        pictures = ()
        if not (refused.reason.endswith(".") and len(refused.reason) > 30):
            found.append(f"the reason is no sentence: {refused.reason}")
    if done.returncode == 0:
        _, *used = done.stderr.split()[-4:]
        kilobytes, pixels, calls = map(int, used)
        found += [f"took {kilobytes // 1024} MB"] if kilobytes > MOST_MB * 1024 else []
        found += [f"decoded {pixels} pixels"] if pixels > MOST_MEGAPIXELS * 1e6 else []
        found += [f"made {calls} calls"] if calls > MOST_CALLS else []
    for each in pictures:
        found += faults_of_picture(each)
    return found


def faults_of_picture(made: bytes) -> list[str]:
    """What stands in a picture that only our own encoder may have written."""
    found = ["the canary is in it"] if CANARY in made or CANARY[:8] in made else []
    at = 2
    while made[at + 1] != 0xDA:
        marker, length = made[at + 1], int.from_bytes(made[at + 2 : at + 4], "big")
        if marker not in SAID_IN_A_PICTURE or (marker == 0xE0 and length != 16):
            found.append(f"marker {marker:x} of {length} bytes")
        at += 2 + length
    if not made.endswith(b"\xff\xd9") or made.count(b"\xff\xd9") != 1:
        found.append("something stands behind its end")
    return found


@pytest.mark.parametrize("name", sample(list(ATTACKS), 24))
def test_file_is_refused_or_rebuilt_within_its_limits_when_it_is_hostile(name: str) -> None:
    done = opened(ATTACKS[name]())
    assert faults_of(done) == []
    try:
        page, thumbnail = parse_outcome(done)
    except PhotoRefused as refused:
        assert name not in TAKEN, refused.reason
        # By a rule: none of these needs the limits of its process.
        assert done.returncode == 0
        return
    assert name in TAKEN
    for made, longest in ((page, 1600), (thumbnail, 400)):
        with Image.open(BytesIO(made)) as image:
            image.load()
            assert (image.format, image.mode) == ("JPEG", "RGB")
            assert max(image.size) <= longest


def test_attacks_are_numerous_enough() -> None:
    assert len(ATTACKS) >= 30 and set(ATTACKS) >= TAKEN


# Planted defects


def naive(raw: bytes) -> bytes:
    """Opens and saves: what a comment survives."""
    out = BytesIO()
    with Image.open(BytesIO(raw)) as image:
        image.save(out, "JPEG", progressive=True)
    return out.getvalue()


@pytest.mark.parametrize("name", ["JPEG with a comment", "JPEG with PHP in its comment"])
def test_comment_is_detected_when_a_picture_is_only_saved_again(name: str) -> None:
    assert "the canary is in it" in faults_of_picture(naive(ATTACKS[name]()))


def test_trailing_byte_is_detected() -> None:
    clean = naive(save_image("JPEG"))
    assert faults_of_picture(clean) == []
    assert faults_of_picture(clean + b"PK") != []


PLANTED = {
    "no most of pixels": (
        "lossless WebP of 36 megapixels",
        "from chalicelib.photos import picture\npicture.MOST_PIXELS['WebP'] = 10**9",
        "took",
    ),
    "no most of scans": (
        "vast progressive JPEG of 900 scans",
        "from chalicelib.photos import picture\npicture.MOST_SCANS = 10**9",
        "decoded",
    ),
    "no most of segments": (
        "JPEG of a million segments",
        "from chalicelib.photos import containers\ncontainers.MOST_SEGMENTS = 10**9",
        "made",
    ),
    "no most of chunks": (
        "PNG of a hundred thousand chunks",
        "from chalicelib.photos import containers\ncontainers.MOST_CHUNKS = 10**9",
        "made",
    ),
}


@pytest.mark.parametrize("defect", sample(list(PLANTED), 2))
def test_hostile_file_is_detected_as_too_costly_without_limits(defect: str) -> None:
    name, planted, fault = PLANTED[defect]
    lifted = "\nimage_sandbox_worker.MOST_MEMORY_BYTES = 2**40"
    found = faults_of(opened(ATTACKS[name](), planted + lifted))
    assert [each.split()[0] for each in found] == [fault]


def test_limits_of_the_process_refuse_what_no_rule_refuses() -> None:
    name, planted, _ = PLANTED["no most of pixels"]
    assert faults_of(opened(ATTACKS[name](), planted)) == []


def test_process_that_opens_a_photo_has_its_limits() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITS], input=b"", capture_output=True, cwd=ROOT, check=True
    )
    assert [int(each) for each in done.stdout.split()[-4:]] == [3, 4, 280 << 20, 280 << 20]
