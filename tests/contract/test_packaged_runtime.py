"""Every function of the unzipped package runs under AWS's own runtime client, on Lambda's Python:
with the packaged botocore, and with the newest on the index, to which an upgrade would lead.

The pins allow one version: it is the oldest that they allow. Without an index of packages these
tests fail, and say so.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from bench.runtime import Function, failure_of, run, sample_event
from chalicelib.errors import ConfigurationError
from infra import dependencies
from infra.package import add_sources, finish_package
from infra.runtime import VERSION, interpreter, interpreter_for_lambda
from tests.conftest import ROOT
from tests.contract.test_runtime import EVERY, functions

__all__ = ["functions"]
CLIENT = "awslambdaric"
NO_INDEX = "this test needs the network: pip did not get {}"


class Packaged(NamedTuple):
    """The unzipped package, its botocore, and a Python of Lambda's version with its client."""

    folder: Path
    botocore: Version
    python: Path


def pin(name: str, file: str = "constraints.txt") -> str:
    """The only version that the file allows. Raises ValueError if it allows several."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    (found,) = [Requirement(line) for line in lines if line.startswith(f"{name}==")]
    (allowed,) = found.specifier
    return allowed.version


def pip(python: str | Path, *arguments: str) -> None:
    """Fails the test if pip fails."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    environment = dependencies.without_credentials(os.environ)
    done = subprocess.run(
        [*command, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(f"{NO_INDEX.format(arguments[-1])}: {done.stderr[-1000:]}")


@pytest.fixture(scope="module")
def lambdas_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python of Lambda's version with AWS's runtime client, and nothing else."""
    folder = tmp_path_factory.mktemp("python")
    subprocess.run([interpreter_for_lambda().path, "-m", "venv", str(folder)], check=True)
    pip(folder / "bin" / "python", f"{CLIENT}=={pin(CLIENT)}")
    return folder / "bin" / "python"


@pytest.fixture(scope="module", params=["packaged", "newest"])
def packaged(
    request: pytest.FixtureRequest, lambdas_python: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Packaged]:
    """What `make package` makes, with its own botocore or with the newest one."""
    made, unzipped = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("unzipped")
    target = made / "package"
    target.mkdir()
    try:
        dependencies.install_packages(target)
    except ConfigurationError as error:
        pytest.fail(f"{NO_INDEX.format('the pinned packages')}: {error}")
    if request.param == "newest":
        for each in target.glob("botocore*"):
            shutil.rmtree(each)
        pip(sys.executable, "--no-deps", "--no-compile", "--target", str(target), "botocore")
    add_sources(target)
    finish_package(target, interpreter_for_lambda(), made / "deployment.zip")
    with ZipFile(made / "deployment.zip") as archive:
        archive.extractall(unzipped)
    found = Version(loaded(lambdas_python, unzipped))
    assert request.param == "newest" or found == Version(pin("botocore"))
    yield Packaged(unzipped, found, lambdas_python)


def loaded(python: Path, folder: Path) -> str:
    """The version of botocore that this Python loads from the package."""
    program = "import botocore; print(botocore.__file__, botocore.__version__)"
    done = subprocess.run(
        [python, "-c", program],
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    file, version = done.stdout.split()
    assert Path(file).is_relative_to(folder)
    return version


def test_pins_allow_one_botocore() -> None:
    assert pin("botocore", "requirements.txt") == pin("botocore")


@pytest.mark.exhaustive
def test_package_has_at_least_the_pinned_botocore(packaged: Packaged) -> None:
    assert packaged.botocore >= Version(pin("botocore"))
    found = interpreter(str(packaged.python))
    assert found and found.version == VERSION


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(EVERY))
def test_packaged_function_answers_its_sample_event(
    name: str, packaged: Packaged, functions: dict[str, Function]
) -> None:
    function = functions[name]
    outcome = run(function, [sample_event(function)], packaged.folder, str(packaged.python))
    assert failure_of(outcome) == "", f"with botocore {packaged.botocore}"
