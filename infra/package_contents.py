"""The rules of the functions' package: what is removed from it, and what is a fault."""

import re
from collections.abc import Iterator
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name

from infra.compiled_templates import template_folders
from infra.dependencies import wanted_distributions
from infra.runtime import PLATFORMS, Interpreter

OURS = ("app.py", "chalicelib", "chalice")
NOT_FOR_LAMBDA = ("tests", "infra", "web", "docs", "bench", "bin")
SERVICES = (
    *("cloudfront", "codedeploy", "dynamodb", "lambda", "s3", "secretsmanager", "sesv2", "sns"),
    "sqs",
)
"""The services of AWS that functions call: botocore's descriptions of all others are removed."""
MOST_UNZIPPED = 75_000_000
"""Lambda's own limit is 250 MB (AWS Lambda quotas, 2026)."""
MOST_ZIPPED = 27_000_000


def unneeded_paths(folder: Path) -> list[Path]:
    """Programs, the tests inside packages, descriptions of services that nobody calls, templates,
    which the package has compiled, and the catalogues that translators write: the server reads
    those with the same name that end with `.mo`."""
    tests = [
        path
        for package in folder.iterdir()
        if package.is_dir()
        for path in package.rglob("tests")
        if path.is_dir()
    ]
    descriptions = folder / "botocore" / "data"
    others = [path for path in descriptions.glob("*/") if path.name not in SERVICES]
    examples = [path for name in SERVICES for path in descriptions.glob(f"{name}/*/examples-*")]
    catalogues = folder.glob("chalicelib/languages/*.po")
    templates = folder.glob("chalicelib/*/templates/*.*")
    return [*folder.glob("bin"), *tests, *others, *examples, *templates, *catalogues]


def find_faults(folder: Path, python: Interpreter) -> Iterator[str]:
    """Superfluous and missing parts of the package."""
    there = {path.name for path in folder.iterdir()}
    for name in sorted(there & {*NOT_FOR_LAMBDA}):
        yield f"{name} should not be in it"
    for name in sorted(set(OURS) - there):
        yield f"{name} is missing"
    found, wanted = distributions(folder), wanted_distributions()
    for name in sorted(found - wanted):
        yield f"{name} is in it, but requirements.txt does not need it"
    for name in sorted(wanted - found):
        yield f"{name} is missing: does it have a wheel for Lambda's Linux?"
    yield from find_missing_descriptions(folder)
    yield from find_uncompiled_templates(folder)
    yield from find_foreign_builds(folder)
    for module in sorted(folder.rglob("*.py")):
        if not _is_compiled(module, python):
            yield f"{module.relative_to(folder)} is not compiled for Python {python.version}"
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    yield from size_fault(size, MOST_UNZIPPED, "unzipped")


def find_missing_descriptions(folder: Path) -> Iterator[str]:
    """Services that functions call and botocore could not describe."""
    for name in SERVICES:
        if not list(folder.glob(f"botocore/data/{name}/*/service-2.json*")):
            yield f"botocore does not describe {name}"


def find_uncompiled_templates(folder: Path) -> Iterator[str]:
    """Folders without a compiled template."""
    for templates in template_folders(folder):
        if not list(templates.glob("compiled/*/*.py")):
            yield f"{templates.relative_to(folder)} is not compiled"


def find_foreign_builds(folder: Path) -> Iterator[str]:
    """Packages whose machine code was built on this machine, or needs a newer C library than
    Lambda's."""
    for wheel in folder.glob("*.dist-info/WHEEL"):
        tags = re.findall(r"^Tag: \S+?-\S+?-(\S+)$", wheel.read_text(encoding="utf-8"), re.M)
        if not {*tags} & {"any", *PLATFORMS}:
            yield f"{wheel.parent.name} is built for {', '.join(tags)}"


def distributions(folder: Path) -> set[NormalizedName]:
    """The canonical names of the packages from PyPI in a folder."""
    return {canonicalize_name(path.name.split("-")[0]) for path in folder.glob("*.dist-info")}


def size_fault(size: int, most: int, what: str) -> list[str]:
    return [f"{size} bytes {what}, but the limit is {most}"] if size > most else []


def _is_compiled(module: Path, python: Interpreter) -> bool:
    compiled = module.parent / "__pycache__" / f"{module.stem}.{python.cache_tag}.pyc"
    return compiled.is_file() and compiled.read_bytes()[:4] == python.magic
