"""`python -m bench.serve SEED pump|still`: a local stack with the built web client, until its input
ends."""

import json
import os
import sys

from bench.process import WEB
from infra.local.stack import LocalStack, Options


def main() -> None:
    # The functions log to standard output; the process that started this reads one line there.
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    seed, pump = sys.argv[1:]
    stack = LocalStack(Options(seed=seed, web=WEB))
    stack.start()
    if pump == "still":
        stack.cloud.pump.stop()
    ready = {"url": stack.url, "environment": stack.outside_environment()}
    answer.write(json.dumps(ready) + "\n")
    answer.flush()
    sys.stdin.read()
    stack.stop()


if __name__ == "__main__":
    main()
