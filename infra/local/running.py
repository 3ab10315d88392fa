"""Stores how to reach the AWS of a running stack, for `python -m infra`."""

import json
from pathlib import Path

RUNNING = Path(__file__).resolve().parents[2] / ".local" / "stack.json"


def announce(environment: dict[str, str]) -> None:
    """Stores the environment in which another process works on the stack."""
    RUNNING.parent.mkdir(exist_ok=True)
    RUNNING.touch(mode=0o600)
    RUNNING.write_text(json.dumps(environment), encoding="utf-8")


def withdraw(environment: dict[str, str]) -> None:
    """Removes it, unless another stack has stored its own meanwhile."""
    if RUNNING.exists() and RUNNING.read_text(encoding="utf-8") == json.dumps(environment):
        RUNNING.unlink()
