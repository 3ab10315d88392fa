"""What a cold start loads, and what import-linter holds."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

HEAVY = (
    "boto3",
    "botocore",
    "pynamodb",
    "geopy",
    "cryptography",
    "jwt",
    "jinja2",
    "multipart",
    "PIL",
    "moto",
)


def loaded_by(statement: str) -> set[str]:
    """The heavy packages that a new process has loaded after the statement."""
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return {name.split(".")[0] for name in done.stdout.split()} & set(HEAVY)


def test_app_loads_nothing_heavy_when_it_is_imported() -> None:
    assert loaded_by("import app") == set()


def test_forms_are_loaded_only_with_their_first_page() -> None:
    program = "import app, sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    loaded = set(done.stdout.split())
    assert "chalicelib.handlers.forms" in loaded
    assert not {name for name in loaded if name.startswith("chalicelib.forms")}


def test_heavy_import_is_found_out_when_there_is_one() -> None:
    assert "botocore" in loaded_by("import app, botocore")


PLANTED = {
    "chalicelib/reports/states.py": "from chalicelib.reports import usecases\n",
    "chalicelib/publishing/model.py": "from chalicelib.publishing import usecases\n",
    "chalicelib/handlers/auth.py": "import infra\n",
    "chalicelib/geo/planted.py": "import boto3\n",
    "chalicelib/reports/planted.py": "from chalicelib.publishing import model\n",
    "chalicelib/catalogue/planted.py": "import chalice\n",
    "chalicelib/gazetteer/planted.py": "import botocore\n",
    "chalicelib/forms/planted.py": "from chalicelib.reports import model\n",
    "chalicelib/forms/answers.py": "from chalicelib.forms import flow\n",
    "chalicelib/publishing/ports_planted.py": "from chalicelib.handlers import auth\n",
}


@pytest.mark.parametrize("path", [None, *PLANTED])
def test_layers_hold_and_a_planted_violation_is_found(path: str | None, tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "*.pmtiles")
    for name in ("chalicelib", "infra"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    for name in ("pyproject.toml", "app.py"):
        shutil.copy(ROOT / name, tmp_path)
    if path is not None:
        with (tmp_path / path).open("a") as module:
            module.write(PLANTED[path])
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        check=False,
    )
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    assert (done.returncode == 0) == (path is None), done.stdout
