"""`make package`: builds sam.json and deployment.zip, which are all that an account needs (ADR 15).

The zip has the code, Chalice's runtime and the pinned packages for Lambda's Python, with bytecode:
Lambda's disk is read-only, so without bytecode every cold start would compile all of it.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import chalice
import click

from chalicelib.errors import ConfigurationError
from chalicelib.settings import for_another_program
from infra.compiled_templates import compile_templates
from infra.dependencies import install_packages
from infra.descriptions import leave_out_docstrings, shorten_descriptions
from infra.package_contents import MOST_ZIPPED, find_faults, size_fault, unneeded_paths
from infra.runtime import Interpreter, interpreter_for_lambda
from infra.template import ROOT, deployed_template

OUT = ROOT / "build" / "package"
CHALICE_MODULES = ("__init__.py", "app.py")
"""The modules of Chalice that a function needs; the others deploy."""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""One time for every file, so that the same code makes the same zip."""


def package(out: Path = OUT) -> None:
    """Writes sam.json and deployment.zip. Raises ConfigurationError if they cannot be made, or are
    not valid."""
    python = interpreter_for_lambda()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install_packages(folder)
        add_sources(folder)
        finish_package(folder, python, out / "deployment.zip")
    (out / "sam.json").write_text(compact_json(deployed_template()), encoding="utf-8")


def compact_json(template: dict[str, object]) -> str:
    return json.dumps(template, separators=(",", ":"))


def add_sources(folder: Path) -> None:
    """Copies our code and Chalice's, and compiles our templates."""
    shutil.copy(ROOT / "app.py", folder)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "chalicelib", folder / "chalicelib", ignore=ignored)
    (folder / "chalice").mkdir()
    for name in CHALICE_MODULES:
        shutil.copy(Path(chalice.__file__).parent / name, folder / "chalice")
    compile_templates(folder)


def finish_package(folder: Path, python: Interpreter, zipped: Path) -> None:
    """Removes what the functions do not need, adds bytecode, checks and zips the folder. Raises
    ConfigurationError that names every fault."""
    remove_unneeded(folder)
    compile_all(folder, python)
    _zip(folder, zipped)
    size = zipped.stat().st_size
    if faults := [*find_faults(folder, python), *size_fault(size, MOST_ZIPPED, "zipped")]:
        raise ConfigurationError("The package is wrong: " + "; ".join(faults))


def remove_unneeded(folder: Path) -> None:
    """Removes what the functions do not need."""
    for path in unneeded_paths(folder):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shorten_descriptions(folder / "botocore" / "data")
    leave_out_docstrings(folder / "botocore" / "docs")


def compile_all(folder: Path, python: Interpreter) -> None:
    """Compiles every module in place, as .pyc files that are not checked against their source."""
    command = [python.path, "-I", "-m", "compileall", "-q", "-f", "-s", str(folder)]
    command += ["-p", "/var/task", "--invalidation-mode", "unchecked-hash", str(folder)]
    if subprocess.run(command, env=for_another_program(), check=False).returncode:
        raise ConfigurationError("Some of the code could not be compiled.")


def _zip(folder: Path, zipped: Path) -> None:
    with ZipFile(zipped, "w", ZIP_DEFLATED, compresslevel=9) as archive:
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
