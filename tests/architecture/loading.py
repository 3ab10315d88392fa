"""What each module of handlers loads in a process of its own.

`python -m tests.architecture.loading` writes it to loaded.json.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from infra.routes import route_table
from tests.conftest import ROOT

RECORD = Path(__file__).with_name("loaded.json")
BELOW = {
    "aws",
    "catalogue",
    "errors",
    "events",
    "geo",
    "handlers",
    "kernel",
    "net",
    "settings",
    "texts",
}
"""The packages that stand below the slices, and the handlers themselves."""
PROGRAM = """
import json, os, sys
from importlib import import_module
import chalice.app, msgspec  # What all of them load: forked, it is loaded once.
for name in sys.argv[1:]:
    if os.fork():
        os.wait()
        continue
    import_module(f"chalicelib.handlers.{name}")
    ours = {each: sys.modules[each] for each in sys.modules if each.startswith("chalicelib.")}
    made = [each for of, module in ours.items() for each in vars(module).values()
            if isinstance(each, type) and each.__module__ == of]
    slices = sorted({each.split(".")[1] for each in ours})
    print(json.dumps([name, slices, len(ours), len(made)]), flush=True)
    os._exit(0)
"""

Loaded = dict[str, dict[str, Any]]
"""Module → the slices, and how many modules and classes."""


def handlers() -> list[str]:
    """The modules of routes and of events, below chalicelib/handlers."""
    folder = ROOT / "chalicelib" / "handlers"
    events = [
        ".".join(path.relative_to(folder).with_suffix("").parts)
        for path in folder.glob("*/*_events.py")
    ]
    return sorted({*events, *(each for modules in route_table().values() for each in modules)})


def loaded(names: Iterable[str], program: str = PROGRAM) -> Loaded:
    """What each of these modules of handlers loads."""
    done = subprocess.run(
        [sys.executable, "-c", program, *names],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {
        name: {"slices": sorted(set(slices) - BELOW), "modules": modules, "classes": classes}
        for name, slices, modules, classes in rows
    }


def as_json(found: Loaded) -> str:
    rows = (f"  {json.dumps(name)}: {json.dumps(each)}" for name, each in found.items())
    return "{\n" + ",\n".join(rows) + "\n}\n"


if __name__ == "__main__":
    RECORD.write_text(as_json(loaded(handlers())), encoding="utf-8")
