"""The packages from PyPI that the functions need, installed for Lambda's Python and Linux."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from chalicelib.errors import ConfigurationError
from infra.runtime import PLATFORMS, VERSION
from infra.template import ROOT

ON_LAMBDA = {
    "extra": "",
    "python_version": VERSION,
    "python_full_version": f"{VERSION}.0",
    "sys_platform": "linux",
    "platform_machine": "x86_64",
}
"""Values of the markers of requirements (PEP 508)."""
ONLY_AS_SOURCE = ("http-ece",)
"""Packages without a wheel; they have no machine code."""


def install_packages(folder: Path) -> None:
    """Installs the pinned packages into a folder. Raises ConfigurationError if pip fails."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--no-compile", "--target", str(folder)]
    command += ["--only-binary=:all:", f"--no-binary={','.join(ONLY_AS_SOURCE)}"]
    command += ["--implementation", "cp", "--python-version", VERSION]
    command += [f"--platform={each}" for each in PLATFORMS]
    command += pinned_packages()
    if subprocess.run(command, env=without_credentials(os.environ), check=False).returncode:
        raise ConfigurationError(f"pip did not install the packages for Python {VERSION}.")


def without_credentials(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of the process that installs other people's packages: without this process's
    AWS credentials."""
    return {name: environ[name] for name in environ if not name.startswith("AWS_")}


def pinned_packages() -> list[str]:
    """The packages of `wanted_distributions` with their versions in constraints.txt."""
    pins = {canonicalize_name(Requirement(line).name): line for line in _lines("constraints.txt")}
    return [pins[name] for name in sorted(wanted_distributions())]


def wanted_distributions() -> set[NormalizedName]:
    """The packages in requirements.txt and their dependencies on Lambda, by canonical names."""
    waiting = [Requirement(line) for line in _lines("requirements.txt")]
    found: set[NormalizedName] = set()
    while waiting:
        name = canonicalize_name(waiting.pop().name)
        if name not in found:
            found.add(name)
            waiting += _requirements_of(name)
    return found


def _requirements_of(name: str) -> Iterator[Requirement]:
    for each in map(Requirement, requires(name) or ()):
        if not each.marker or each.marker.evaluate(ON_LAMBDA):
            yield each


def _lines(name: str) -> list[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
