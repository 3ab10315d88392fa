"""The functions' package for this Python: our code, Chalice and botocore as `make package` changes
them. All other libraries are those that pip installed."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import botocore

from infra.package import add_sources, remove_unneeded


@contextmanager
def build_package() -> Iterator[Path]:
    """A folder with the package, which has bytecode."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        add_sources(folder)
        shutil.copytree(Path(botocore.__file__).parent, folder / "botocore")
        remove_unneeded(folder)
        subprocess.run([sys.executable, "-m", "compileall", "-q", name], check=True)
        yield folder
