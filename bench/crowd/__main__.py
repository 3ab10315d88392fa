"""`python -m bench.crowd`: a thousand reports, ten thousand subscriptions. Status 1 if a
subscriber missed an alert, or got one that does not match."""

import argparse
import logging
import os
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

from bench.crowd.compare import run_and_compare

SHOWN = 20


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.crowd", description=__doc__)
    parser.add_argument("--reports", type=int, default=1_000)
    parser.add_argument("--subscriptions", type=int, default=10_000)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    began, cpu = time.monotonic(), time.process_time()
    # The functions log to standard output.
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        found = run_and_compare(options.reports, options.subscriptions)
    took, cpu = time.monotonic() - began, time.process_time() - cpu
    print(f"{options.reports:,} reports, {options.subscriptions:,} subscriptions")
    print(f"expected {found.expected:,}, landed {found.landed:,}")
    print(f"missing {len(found.missing):,}, extra {len(found.extra):,}")
    print(f"queries for a fact: {found.queries_mean:.2f}, at most {max(found.queries)}")
    print(f"{took:.0f} s, {cpu:.0f} s of CPU")
    for each in (*found.missing[:SHOWN], *found.extra[:SHOWN]):
        print(each, file=sys.stderr)
    return 1 if found.missing or found.extra else 0


if __name__ == "__main__":
    sys.exit(main())
