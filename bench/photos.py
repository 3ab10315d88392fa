"""The cost of a hostile photo for the process that opens it, beside an ordinary one from a phone.
The files are those of tests/support/attack_photos.py; the tests check counts (pixels, scans,
calls), and this module measures time: a file's least CPU of some rounds.
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple

from bench.process import ROOT
from bench.table import Row
from tests.support.attack_photos import ATTACKS, Maker, draw_picture, save_image

GROUP = "Photos: the process that opens one, the costliest of {count} hostile files"
ORDINARY_PX = (4000, 3000)
PEER = "a phone's of 12 megapixels"
ROUNDS = 3
MOST_MB, MOST_MS = 300, 3000
"""The limits of the process (chalicelib/photos/image_sandbox_worker.py)."""
PROGRAM = """
import sys, time
from chalicelib.photos import image_sandbox_worker
image_sandbox_worker.main()
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print("used", peak, time.process_time(), file=sys.stderr)
"""


class Cost(NamedTuple):
    """The cost of opening one file."""

    megabytes: float
    cpu_ms: float


def rows(attacks: Mapping[str, Maker] = ATTACKS, rounds: int = ROUNDS) -> Iterator[Row]:
    """The costs of these files, by name."""
    ordinary = cost(save_image("JPEG", draw_picture(size=ORDINARY_PX), quality=90), rounds)
    costs = {name: cost(make(), rounds) for name, make in attacks.items()}
    row = partial(Row, group=GROUP.format(count=len(costs)), peer_name=PEER)
    heaviest = max(costs, key=lambda name: costs[name].megabytes)
    slowest = max(costs, key=lambda name: costs[name].cpu_ms)
    yield row(
        name=f"memory: {heaviest}",
        unit="MB",
        ours=costs[heaviest].megabytes,
        peer=ordinary.megabytes,
        most=MOST_MB,
    )
    yield row(
        name=f"CPU: {slowest}",
        unit="ms",
        ours=costs[slowest].cpu_ms,
        peer=ordinary.cpu_ms,
        most=MOST_MS,
    )


def cost(raw: bytes, rounds: int) -> Cost:
    """The cost of a file, refused or not. Raises RuntimeError if its process was killed."""
    each = [_open_photo(raw) for _ in range(rounds)]
    return Cost(max(one.megabytes for one in each), min(one.cpu_ms for one in each))


def _open_photo(raw: bytes) -> Cost:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=raw, capture_output=True, cwd=ROOT, check=False
    )
    if done.returncode:
        raise RuntimeError(f"A photo ended its process: {done.returncode}\n{done.stderr.decode()}")
    _, peak, cpu_s = done.stderr.split()[-3:]
    return Cost(int(peak) / 1024, float(cpu_s) * 1000)
