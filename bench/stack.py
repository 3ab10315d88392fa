"""The local stack in a separate process, and this process as its client. moto is not imported here,
because it would affect the measurements.
"""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.process import ROOT
from chalicelib.bootstrap import container


@dataclass(frozen=True)
class Stack:
    """A running stack: its address, the environment of its AWS, its process, and the headers of a
    signed-in officer."""

    url: str
    environment: dict[str, str]
    pid: int
    officer: dict[str, str]


@contextmanager
def running_stack(*, seed: str = "none", pump: bool = True) -> Iterator[Stack]:
    """A local stack; without its pump, streams and queues are not read."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.serve", seed, "pump" if pump else "still"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert process.stdout
        said = process.stdout.readline()
        if not said:
            raise RuntimeError("The local stack did not start; its reason stands above.")
        ready = json.loads(said)
        officer = {"Authorization": f"Bearer {_tokens(ready['url'])['officer']}"}
        yield Stack(ready["url"], ready["environment"], process.pid, officer)
    finally:
        process.communicate()


@contextmanager
def working_environment(environment: dict[str, str]) -> Iterator[None]:
    """Sets those variables in this process for the block, and rebuilds everything from them."""
    before = dict(os.environ)
    os.environ.update(environment)
    container.forget_built()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        container.forget_built()


def _tokens(url: str) -> dict[str, str]:
    with urllib.request.urlopen(f"{url}/_local/tokens.json") as answer:
        known: dict[str, str] = json.loads(answer.read())
        return known
