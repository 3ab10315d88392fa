"""The functions' Python on Lambda, and the one of this machine that compiles for it."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chalicelib.errors import ConfigurationError
from chalicelib.settings import for_another_program

VERSION = "3.13"
RUNTIME = f"python{VERSION}"
GLIBC = (2, 34)
"""The C library of Amazon Linux 2023, on which Lambda's Python 3.12 and newer run (AWS, 2026)."""
LEAST_GLIBC = 17
PLATFORMS = (
    "manylinux2014_x86_64",
    *(f"manylinux_2_{minor}_x86_64" for minor in range(LEAST_GLIBC, GLIBC[1] + 1)),
)
"""The wheels' names for a Linux that Lambda's programs run on."""
_INTERPRETER_QUERY = (
    "import importlib.util, json, sys; "
    "print(json.dumps(['%d.%d' % sys.version_info[:2], sys.implementation.cache_tag, "
    "importlib.util.MAGIC_NUMBER.hex()]))"
)


@dataclass(frozen=True)
class Interpreter:
    """A Python of this machine. `cache_tag` and `magic` are in the name and at the start of the
    bytecode that it makes."""

    path: str
    version: str
    cache_tag: str
    magic: bytes


def interpreter_for_lambda() -> Interpreter:
    """A Python with the functions' version: LAMBDA_PYTHON, the one on the path, or one of pyenv's.
    Raises ConfigurationError if there is none."""
    for path in _candidates():
        found = interpreter(path)
        if found and found.version == VERSION:
            return found
    raise ConfigurationError(
        f"The functions run on Python {VERSION}, whose bytecode no other version makes, and none "
        f"was found: install it (apt install {RUNTIME}, pyenv install {VERSION}, or "
        f"uv python install {VERSION}), or name it with make LAMBDA_PYTHON=<path> package."
    )


def _candidates() -> Iterator[str]:
    if named := os.environ.get("LAMBDA_PYTHON"):
        yield named
        return
    if on_path := shutil.which(RUNTIME):
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(pyenv.glob(f"versions/{VERSION}.*/bin/python")))


def interpreter(path: str) -> Interpreter | None:
    """The Python at a path; None if that does not run."""
    try:
        done = subprocess.run(
            [path, "-I", "-c", _INTERPRETER_QUERY],
            env=for_another_program(),
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    version, cache_tag, magic = json.loads(done.stdout)
    return Interpreter(path, version, cache_tag, bytes.fromhex(magic))
