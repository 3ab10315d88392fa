"""Where a running stack says how its AWS is reached, for `python -m infra`."""

import json
from pathlib import Path

RUNNING = Path(__file__).resolve().parents[2] / ".local" / "stack.json"


def announce(environment: dict[str, str]) -> None:
    """Writes down the environment in which another process works on the stack."""
    RUNNING.parent.mkdir(exist_ok=True)
    RUNNING.touch(mode=0o600)
    RUNNING.write_text(json.dumps(environment), encoding="utf-8")


def withdraw(environment: dict[str, str]) -> None:
    """Takes that back, unless another stack has written its own meanwhile."""
    if RUNNING.exists() and RUNNING.read_text(encoding="utf-8") == json.dumps(environment):
        RUNNING.unlink()
