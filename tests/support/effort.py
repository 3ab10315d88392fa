"""The number of cases that the tests try. `make test` takes a sample if all cases take long;
`make test-all` sets EXHAUSTIVE=1 and tries all of them.

A test that only `make test-all` runs is marked with `pytest.mark.exhaustive`.
"""

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

EXHAUSTIVE = os.environ.get("EXHAUSTIVE") == "1"


def effort(usual: int, exhaustive: int) -> int:
    """The number of rounds or examples to try."""
    return exhaustive if EXHAUSTIVE else usual


def sample(cases: Sequence[T], usual: int) -> Sequence[T]:
    """All cases, or `usual` of them spread evenly, with the first and the last one."""
    if EXHAUSTIVE or len(cases) <= usual:
        return cases
    step = (len(cases) - 1) / max(usual - 1, 1)
    return [cases[round(number * step)] for number in range(usual)]
