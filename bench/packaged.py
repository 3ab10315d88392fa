"""Our code as in the functions' package, with the libraries of this Python."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.package import add_sources


@contextmanager
def packaged() -> Iterator[Path]:
    """A folder with the code: its templates are compiled, and so is every module, as is every
    module of a library that pip installed."""
    with TemporaryDirectory() as name:
        add_sources(Path(name))
        subprocess.run([sys.executable, "-m", "compileall", "-q", name], check=True)
        yield Path(name)
