"""`make package`: builds sam.json and deployment.zip, which are all that an account needs. `chalice
package` makes both from app.py, chalicelib and requirements.txt, with our template fragments merged
in. Its zip contains no bytecode, and Lambda's disk is read-only, so every cold start would compile
all of it: here the zip gets the .pyc files of the runtime's own Python. Packages of the runtime
(boto3 and its dependencies) are removed.
"""

import compileall
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from py_compile import PycInvalidationMode
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import click

from chalicelib.errors import ConfigurationError
from infra.template import REGION, ROOT, STAGE, fragments

OUT = ROOT / "build" / "package"
RUNTIME_HAS = (
    "boto3",
    "botocore",
    "s3transfer",
    "jmespath",
    "dateutil",
    "python_dateutil",
    "six",
    "urllib3",
)
OURS = ("app.py", "chalicelib", "chalice")
NOT_FOR_LAMBDA = ("tests", "infra", "web", "docs", "bench", "bin")
MOST_UNZIPPED = 250 * 1024 * 1024
"""Lambda's own limit (AWS Lambda quotas, 2026)."""
MOST_ZIPPED = 30 * 1024 * 1024
RUNTIME = "python3.11"
"""The functions' Python: Chalice gives them the version that packages them."""
GLIBC = (2, 26)
"""The C library of Amazon Linux 2, on which Lambda's Python 3.11 runs (AWS, 2026)."""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""One time for every file, so that the same code makes the same zip."""


def package(out: Path = OUT) -> None:
    """Writes sam.json and deployment.zip. Raises ConfigurationError if one is not valid."""
    check_runtime(sys.version_info[:2])
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    merged = out / "fragments.json"
    merged.write_text(json.dumps(fragments()), encoding="utf-8")
    command = ["chalice", "package", "--stage", STAGE, "--merge-template", str(merged), str(out)]
    subprocess.run(command, cwd=ROOT, env=packaging_environment(os.environ), check=True)
    merged.unlink()
    finish(out / "deployment.zip")


def packaging_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of the process that installs other people's packages: without this process's
    AWS credentials, and with the region and the pinned versions."""
    kept = {name: environ[name] for name in environ if not name.startswith("AWS_")}
    pinned = {"AWS_DEFAULT_REGION": REGION, "PIP_CONSTRAINT": str(ROOT / "constraints.txt")}
    return kept | pinned


def check_runtime(version: tuple[int, int]) -> None:
    """Raises ConfigurationError unless that Python is the functions' own."""
    ours = "python{}.{}".format(*version)
    if ours != RUNTIME:
        raise ConfigurationError(
            f"The functions run on {RUNTIME}, but this is {ours}: run make clean, then make "
            f"PYTHON={RUNTIME} package."
        )


def finish(zipped: Path) -> None:
    """Removes the runtime's packages, adds bytecode, and checks the result. Raises
    ConfigurationError that names every fault.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with ZipFile(zipped) as archive:
            archive.extractall(folder)
        for path in unneeded(folder):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        compile_all(folder)
        _zip(folder, zipped)
        faults = [*faults_in(folder), *_too_large(zipped.stat().st_size, MOST_ZIPPED, "zipped")]
    if faults:
        raise ConfigurationError("The package is wrong: " + "; ".join(faults))


def unneeded(folder: Path) -> list[Path]:
    """The runtime's own packages with their metadata, the tests inside packages, and the catalogues
    that translators write: the server reads those with the same name that end with `.mo`."""
    there = [
        path
        for path in folder.iterdir()
        if path.name.split("-")[0].removesuffix(".py") in RUNTIME_HAS
    ]
    tests = [
        path
        for package in folder.iterdir()
        if package.is_dir() and package not in there
        for path in package.rglob("tests")
        if path.is_dir()
    ]
    return there + tests + [*folder.glob("chalicelib/languages/*.po")]


def compile_all(folder: Path) -> None:
    """Compiles every module in place, as .pyc files that are not checked against their source."""
    compiled = compileall.compile_dir(
        folder,
        quiet=1,
        force=True,
        stripdir=str(folder),
        prependdir="/var/task",
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )
    if not compiled:
        raise ConfigurationError("Some of the code could not be compiled.")


def faults_in(folder: Path) -> Iterator[str]:
    """Superfluous and missing parts of the package."""
    names = {path.name.split("-")[0].removesuffix(".py") for path in folder.iterdir()}
    for name in sorted(names & {*RUNTIME_HAS, *NOT_FOR_LAMBDA}):
        yield f"{name} should not be in it"
    for name in sorted(set(OURS) - {path.name for path in folder.iterdir()}):
        yield f"{name} is missing"
    runtimes = {_normal(name) for name in RUNTIME_HAS}
    there, wanted = distributions(folder), wanted_distributions() - runtimes
    for name in sorted(there - wanted):
        yield f"{name} is in it, but requirements.txt does not need it"
    for name in sorted(wanted - there):
        yield f"{name} is missing: does it have a wheel for Lambda's Linux?"
    yield from built_elsewhere(folder)
    for module in sorted(folder.rglob("*.py")):
        if not _is_compiled(module):
            yield f"{module.relative_to(folder)} is not compiled"
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    yield from _too_large(size, MOST_UNZIPPED, "unzipped")


def built_elsewhere(folder: Path) -> Iterator[str]:
    """Packages whose machine code was built on this machine, or needs a newer C library than
    Lambda's: if pip finds no suitable wheel, Chalice silently compiles the source."""
    for wheel in folder.glob("*.dist-info/WHEEL"):
        tags = re.findall(r"^Tag: \S+?-\S+?-(\S+)$", wheel.read_text(encoding="utf-8"), re.M)
        if not any(map(_runs_on_lambda, tags)):
            yield f"{wheel.parent.name} is built for {', '.join(tags)}"


def _runs_on_lambda(platform: str) -> bool:
    found = re.fullmatch(r"manylinux_(\d+)_(\d+)_x86_64", platform)
    fits = found is not None and (int(found[1]), int(found[2])) <= GLIBC
    return platform in ("any", "manylinux2014_x86_64") or fits


def distributions(folder: Path) -> set[str]:
    """The names of the packages from PyPI in a folder, normalised by PEP 503."""
    return {_normal(path.name.split("-")[0]) for path in folder.glob("*.dist-info")}


def wanted_distributions() -> set[str]:
    """The packages in requirements.txt, and their dependencies on this Python."""
    from importlib.metadata import requires

    from packaging.requirements import Requirement

    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    waiting = [Requirement(line) for line in lines if line and not line.startswith("#")]
    found: set[str] = set()
    while waiting:
        name = waiting.pop().name
        if _normal(name) not in found:
            found.add(_normal(name))
            needs = [Requirement(text) for text in requires(name) or ()]
            waiting += [
                each for each in needs if not each.marker or each.marker.evaluate({"extra": ""})
            ]
    return found


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _is_compiled(module: Path) -> bool:
    compiled = module.parent / "__pycache__" / f"{module.stem}.{sys.implementation.cache_tag}.pyc"
    return compiled.is_file() and compiled.read_bytes()[:4] == MAGIC_NUMBER


def _too_large(size: int, most: int, what: str) -> list[str]:
    return [f"{size} bytes {what}, but the limit is {most}"] if size > most else []


def _zip(folder: Path, zipped: Path) -> None:
    with ZipFile(zipped, "w", ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                info = ZipInfo(path.relative_to(folder).as_posix(), LONG_AGO)
                info.compress_type = ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                archive.writestr(info, path.read_bytes())


def main() -> None:
    try:
        package()
    except ConfigurationError as error:
        sys.exit(str(error))
    size = (OUT / "deployment.zip").stat().st_size
    click.echo(f"{OUT}: sam.json, and deployment.zip with {size / 1e6:.1f} MB.")


if __name__ == "__main__":
    main()
