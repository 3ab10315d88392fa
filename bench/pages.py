"""Residents' pages in Lighthouse on its slow phone: the points that are missing from 100, and the
layout shift. How fast a page loads depends on the machine: the median of several runs counts.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench import stack, static, web
from bench.process import ROOT
from bench.table import Row

GROUP = "Pages in Lighthouse (points below 100)"
RUNS = 3
PAGES = {"home": "/", "report": "/report/", "map": "/map/", "nearest": "/nearest/"}
PERFORMANCE, SHIFT = "performance", "layout shift"
FULL = {"accessibility": "accessibility", "best-practices": "best practices", "seo": "SEO"}
"""Lighthouse's categories in which no point may be missing."""
MOST_PERFORMANCE, MOST_SHIFT = 5, 0.02
LIGHTHOUSE = ROOT / "bench" / "lighthouse" / "node_modules" / "lighthouse" / "cli" / "index.js"
OPTIONS = (
    "--quiet",
    "--output=json",
    "--chrome-flags=--headless --no-sandbox --disable-gpu",
)
TRIES = 3


@dataclass(frozen=True)
class Result:
    """One run: the missing points by category, and the layout shift."""

    missing: dict[str, float]
    shift: float


def rows(runs: int = RUNS) -> Iterator[Row]:
    """The rows for the pages of the seeded stack. Raises RuntimeError if Lighthouse fails or there
    is no browser."""
    with stack.running_stack(seed="demo", pump=False) as here:
        report_path = static.documents(here.url)[-1]
        for name, path in (PAGES | {web.REPORT: report_path}).items():
            yield from _rows_of(name, [result_of(here.url + path) for _ in range(runs)])


def _rows_of(name: str, results: Sequence[Result]) -> Iterator[Row]:
    for category, words in FULL.items():
        most = max(result.missing[category] for result in results)
        yield Row(group=GROUP, name=f"{name}: {words}", unit="points", ours=most, most=0)
    yield Row(
        group=GROUP,
        name=f"{name}: {PERFORMANCE}, median of {len(results)}",
        unit="points",
        ours=median(result.missing["performance"] for result in results),
        most=MOST_PERFORMANCE,
    )
    yield Row(
        group=GROUP,
        name=f"{name}: {SHIFT}",
        unit="",
        ours=max(result.shift for result in results),
        most=MOST_SHIFT,
    )


def result_of(address: str) -> Result:
    """What Lighthouse finds on the page. Tries again when it could not record the page, which it
    asks for on a busy machine."""
    browser = shutil.which("chromium")
    if browser is None:
        raise RuntimeError("Lighthouse needs a browser: apt-get install chromium")
    for _ in range(TRIES):
        done = subprocess.run(
            ["node", LIGHTHOUSE, address, *OPTIONS],
            capture_output=True,
            check=False,
            env={**os.environ, "CHROME_PATH": browser},
        )
        if not done.returncode:
            return _read(json.loads(done.stdout))
    raise RuntimeError(f"Lighthouse failed at {address}: {done.stderr.decode()[-2000:]}")


def _read(said: dict[str, Any]) -> Result:
    return Result(
        missing={name: round(100 - 100 * it["score"]) for name, it in said["categories"].items()},
        shift=said["audits"]["cumulative-layout-shift"]["numericValue"],
    )
