"""Where a running stack keeps its files, and how `python -m infra` reaches its AWS."""

import json
import os
from pathlib import Path

FOLDER = Path(os.environ.get("STATE_FOLDER") or Path(__file__).resolve().parents[2] / ".local")
"""One stack's files. Two stacks at the same time need a folder each."""
RUNNING = FOLDER / "stack.json"


def store_environment(environment: dict[str, str]) -> None:
    """Stores the environment in which another process works on the stack."""
    RUNNING.parent.mkdir(parents=True, exist_ok=True)
    RUNNING.touch(mode=0o600)
    RUNNING.write_text(json.dumps(environment), encoding="utf-8")


def remove_environment(environment: dict[str, str]) -> None:
    """Removes it, unless another stack has stored its own meanwhile."""
    if RUNNING.exists() and RUNNING.read_text(encoding="utf-8") == json.dumps(environment):
        RUNNING.unlink()
