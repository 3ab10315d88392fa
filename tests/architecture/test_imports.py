"""What a cold start loads, and what import-linter holds."""

import os
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
    "http_ece",
    "jwt",
    "jinja2",
    "multipart",
    "PIL",
    "moto",
    "ssl",
)


def loaded_by(statement: str, **environment: str) -> set[str]:
    """The heavy packages that a new process has loaded after the statement."""
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | environment,
        check=True,
    )
    return {name.split(".")[0] for name in done.stdout.split()} & set(HEAVY)


def test_app_loads_nothing_heavy_when_it_is_imported() -> None:
    assert loaded_by("import app") == set()


STARTED_BY_LAMBDA = {
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_DEFAULT_REGION": "eu-west-2",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
}


def test_function_of_the_api_loads_the_database_when_lambda_starts_it() -> None:
    start = "import chalicelib.handlers.api"
    assert loaded_by(start) == set()
    assert loaded_by(start, **STARTED_BY_LAMBDA) == {"botocore", "pynamodb", "ssl"}


def test_request_makes_its_clients_of_what_the_start_has_read() -> None:
    """A description of AWS takes 40 ms of CPU to read."""
    program = """
import chalicelib.handlers.api
from chalicelib.bootstrap import container
files = container.session().get_component("data_loader").file_loader
read = files.load_file
files.load_file = lambda path: print(path) or read(path)
container.client("dynamodb"), container._secrets_manager()
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | STARTED_BY_LAMBDA | {"COUNCIL": "demo", "SITE_URL": "https://x.example"},
        check=True,
    )
    assert done.stdout == ""


def test_facts_are_made_from_the_stream_without_a_database() -> None:
    handler = "from chalicelib.handlers.reports import reports_events\n"
    record = "{'eventID': '', 'dynamodb': {}}"
    assert loaded_by(f"{handler}reports_events._fact_of({record})") == set()


def test_forms_are_loaded_only_with_their_first_page() -> None:
    program = "import app, sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    loaded = set(done.stdout.split())
    assert "chalicelib.handlers.forms.forms" in loaded
    assert not {name for name in loaded if name.startswith("chalicelib.forms")}


def test_heavy_import_is_detected_when_there_is_one() -> None:
    assert "botocore" in loaded_by("import app, botocore")


PLANTED = {
    "chalicelib/reports/model.py": "chalicelib.reports.usecases",
    "chalicelib/publishing/model.py": "chalicelib.publishing.usecases",
    "chalicelib/handlers/http/auth.py": "infra",
    "chalicelib/geo/planted.py": "boto3",
    "chalicelib/reports/planted.py": "chalicelib.publishing.model",
    "chalicelib/reports/published.py": "chalicelib.reports.model",
    "chalicelib/catalogue/planted.py": "chalice",
    "chalicelib/gazetteer/planted.py": "botocore",
    "chalicelib/forms/planted.py": "chalicelib.reports.model",
    "chalicelib/handlers/cases/planted.py": "chalicelib.handlers.jobs.jobs",
    "chalicelib/kernel/planted.py": "chalicelib.events",
    "chalicelib/publishing/ports_planted.py": "chalicelib.handlers.http.auth",
}
"""What a module imports against the layers."""
PLANTED_CIRCLES = {
    "chalicelib/forms/answers.py": "chalicelib.forms.flow",
    "chalicelib/reports/states.py": "chalicelib.reports.views",
}


def linted(folder: Path) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        capture_output=True,
        text=True,
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200"},
        check=False,
    )
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a copy with every planted violation in it."""
    copy = tmp_path_factory.mktemp("planted")
    ignored = shutil.ignore_patterns("__pycache__", "*.pmtiles")
    for name in ("chalicelib", "infra"):
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", copy)
    for path, imported in (PLANTED | PLANTED_CIRCLES).items():
        with (copy / path).open("a") as module:
            module.write(f"import {imported}\n")
    done = linted(copy)
    assert done.returncode != 0
    return done.stdout


def test_layers_are_respected() -> None:
    done = linted(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", PLANTED)
def test_planted_violation_of_the_layers_is_detected(path: str, planted: str) -> None:
    module = path.removesuffix(".py").replace("/", ".")
    assert f"{module} -> {PLANTED[path]} (l." in planted


@pytest.mark.parametrize("path", PLANTED_CIRCLES)
def test_planted_circle_of_imports_is_detected(path: str, planted: str) -> None:
    package = path.rpartition("/")[0].replace("/", ".")
    assert f"No cycles are allowed in {package}." in planted
