"""Photos rebuilt in a process of their own: whatever a file does to its decoder ends there."""

import logging
import subprocess
import sys
from pathlib import Path

import msgspec

from chalicelib.errors import UpstreamFailed
from chalicelib.photos.apart import Answer
from chalicelib.photos.model import Pictures, Refused
from chalicelib.photos.picture import TOO_HEAVY

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 45
"""Far more than the time of the processor that it gets, and less than its function may run."""


def rebuild_apart(raw: bytes) -> Pictures:
    """The pictures of a photo. Raises Refused; UpstreamFailed where the process could not run."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "chalicelib.photos.apart"],
            input=raw,
            capture_output=True,
            timeout=PATIENCE_S,
            cwd=ROOT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UpstreamFailed("The photo could not be looked at.") from error
    return outcome(done)


def outcome(done: "subprocess.CompletedProcess[bytes]") -> Pictures:
    """What the process answered. Raises as `rebuild_apart`."""
    if done.returncode < 0:
        # A limit or a decoder's defect ended it, and would again: it is the file's own doing.
        log.warning("A photo was refused: signal %s ended its process", -done.returncode)
        raise Refused(TOO_HEAVY)
    if done.returncode:
        log.error("Photos cannot be rebuilt: %s", done.stderr.decode(errors="replace")[-2000:])
        raise UpstreamFailed("The photo could not be looked at.")
    head, _, pictures = done.stdout.partition(b"\n")
    answer = msgspec.json.decode(head, type=Answer)
    if answer.refused:
        raise Refused(answer.refused)
    return Pictures(pictures[: answer.page_bytes], pictures[answer.page_bytes :])
