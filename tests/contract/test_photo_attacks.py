"""Whatever file is sent: it is refused in a sentence, or our own pictures of it are made, and
neither costs more than 300 MB and 3 seconds.

Each file is opened as in production, in a process of its own. Its peak is what Linux counts as
VmHWM, all of the process; the time is the processor's. `ru_maxrss` would not do: a new process
inherits it from the one that started it.
"""

import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

from chalicelib.adapters.apart import outcome
from chalicelib.photos.model import Refused
from tests.attack_photos import ATTACKS, CANARY, JPEGS, saved
from tests.conftest import ROOT

MOST_MB, MOST_CPU_S = 300, 3.0
TAKEN = {
    *(name for name in JPEGS if "orientation" in name or "JPEG with" in name),
    "JPEG in CMYK",
    "JPEG in grey",
    "JPEG as vast as is taken",
    "progressive JPEG as vast as is taken",
    "progressive JPEG as vast as is taken, with many scans",
    "PNG of as many pixels as are taken",
    "PNG of as many deep pixels as are taken",
    "interlaced PNG of as many pixels as are taken",
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
    "lossless WebP of as many pixels as are taken",
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
import sys, time
from chalicelib.photos import apart
{planted}
apart.main()
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print("used", peak, time.process_time(), file=sys.stderr)
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
        pictures: tuple[bytes, ...] = outcome(done)
    except Refused as refused:
        pictures = ()
        if not (refused.reason.endswith(".") and len(refused.reason) > 30):
            found.append(f"the reason is no sentence: {refused.reason}")
    if done.returncode == 0:
        _, peak, cpu = done.stderr.split()[-3:]
        found += [f"took {int(peak) // 1024} MB"] if int(peak) > MOST_MB * 1024 else []
        found += [f"took {float(cpu):.1f} s"] if float(cpu) > MOST_CPU_S else []
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


@pytest.mark.parametrize("name", ATTACKS)
def test_file_is_refused_or_rebuilt_within_its_limits_when_it_is_hostile(name: str) -> None:
    done = opened(ATTACKS[name]())
    assert faults_of(done) == []
    try:
        page, thumbnail = outcome(done)
    except Refused as refused:
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


def test_there_are_attacks_enough() -> None:
    assert len(ATTACKS) >= 30 and set(ATTACKS) >= TAKEN


# Planted defects


def naive(raw: bytes) -> bytes:
    """Opens and saves: what a comment survives."""
    out = BytesIO()
    with Image.open(BytesIO(raw)) as image:
        image.save(out, "JPEG", progressive=True)
    return out.getvalue()


@pytest.mark.parametrize("name", ["JPEG with a comment", "JPEG with PHP in its comment"])
def test_comment_is_found_when_a_picture_is_merely_saved_again(name: str) -> None:
    assert "the canary is in it" in faults_of_picture(naive(ATTACKS[name]()))


def test_byte_behind_a_picture_is_found() -> None:
    clean = naive(saved("JPEG"))
    assert faults_of_picture(clean) == []
    assert faults_of_picture(clean + b"PK") != []


PLANTED = {
    "no most of pixels": (
        "lossless WebP of 36 megapixels",
        "from chalicelib.photos import picture\npicture.MOST_PIXELS['WebP'] = 10**9",
    ),
    "no most of scans": (
        "vast progressive JPEG of 900 scans",
        "from chalicelib.photos import picture\npicture.MOST_SCANS = 10**9",
    ),
}


@pytest.mark.parametrize("defect", PLANTED)
def test_hostile_file_is_found_to_cost_too_much_when_nothing_limits_it(defect: str) -> None:
    name, planted = PLANTED[defect]
    lifted = (
        "\nfrom chalicelib.photos import apart\napart.MOST_MEMORY_BYTES = 2**40"
        "\napart.MOST_CPU_S = 60"
    )
    assert any(
        fault.startswith("took") for fault in faults_of(opened(ATTACKS[name](), planted + lifted))
    )


def test_limits_of_the_process_refuse_what_no_rule_does() -> None:
    name, planted = PLANTED["no most of pixels"]
    assert faults_of(opened(ATTACKS[name](), planted)) == []
