"""Rebuilds photos in a separate process, so that a file that breaks its decoder ends only that
process. It gets none of our credentials: its environment contains only what is needed to start
Python.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from chalicelib import settings
from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.observability import logs
from chalicelib.photos.image_sandbox_worker import Answer
from chalicelib.photos.model import PhotoRefused, Pictures
from chalicelib.photos.picture import TOO_HEAVY

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 45
"""Far more than its limit of processor time, and less than its function may run."""
PROGRAM = ("-m", "chalicelib.photos.image_sandbox_worker")


def rebuild_in_sandbox(raw: bytes) -> Pictures:
    """The pictures of a photo. Raises PhotoRefused; UpstreamFailed if the process could not run."""
    try:
        process = run_program(PROGRAM, raw)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UpstreamFailed("We could not check the photo.") from error
    return parse_outcome(process)


def run_program(program: Sequence[str], raw: bytes) -> "subprocess.CompletedProcess[bytes]":
    """The output of that Python program for an untrusted file. Raises OSError,
    subprocess.TimeoutExpired."""
    return subprocess.run(
        [sys.executable, *program],
        input=raw,
        capture_output=True,
        timeout=PATIENCE_S,
        cwd=ROOT,
        env=settings.for_another_program(),
        check=False,
    )


def parse_outcome(process: "subprocess.CompletedProcess[bytes]") -> Pictures:
    """The result of the process. Raises as `rebuild_in_sandbox`."""
    if process.returncode < 0:
        # A limit or a decoder's defect ended it, and would do so again: the file is the cause.
        code = f"signal {-process.returncode}"
        logs.event("a photo was refused, it ended its process", "warning", code=code)
        raise PhotoRefused(TOO_HEAVY)
    if process.returncode:
        code = f"exit {process.returncode}"
        stack = _places(process.stderr.decode(errors="replace"))
        logs.event("photos cannot be rebuilt", "error", code=code, stack=stack)
        raise UpstreamFailed("We could not check the photo.")
    head, _, pictures = process.stdout.partition(b"\n")
    answer = msgspec.json.decode(head, type=Answer)
    if answer.refused:
        raise PhotoRefused(answer.refused)
    return Pictures(pictures[: answer.page_bytes], pictures[answer.page_bytes :])


def _places(traceback: str) -> list[str]:
    """`file:line function` of each frame of our own code in the process's traceback."""
    frames = re.findall(r'File "[^"]*/(chalicelib/[^"]+)", line (\d+), in (\S+)', traceback)
    return [f"{path}:{line} {function}" for path, line, function in frames]
