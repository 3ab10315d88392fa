"""What is in the zip that Lambda gets, and what is not."""

import json
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from chalicelib.errors import ConfigurationError
from infra import dependencies, package, package_contents, runtime
from infra.template import merged_template
from tests.conftest import ROOT

MODULES = {
    "app.py": "import chalicelib\n",
    "botocore/data/endpoints.json": '{"partitions":[]}',
    "botocore/docs/__init__.py": "",
    "botocore/docs/docstring.py": "",
    "botocore/docs/utils.py": "import re",
    "chalicelib/__init__.py": "",
    "chalicelib/model.py": "SAID = 'as it was packaged'\n",
    "chalicelib/forms/templates/compiled/en/tmpl_1.py": "",
    "chalice/__init__.py": "",
    "msgspec/__init__.py": "",
    **{
        f"botocore/data/{name}/2020-01-01/service-2.json": "{}"
        for name in package_contents.SERVICES
    },
    **{
        f"{name.replace('-', '_')}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n"
        for name in dependencies.wanted_distributions()
    },
}
UNNEEDED = {
    "bin/a-program": "",
    "botocore/docs/bcdoc/restdoc.py": "",
    "botocore/data/ec2/2016-11-15/service-2.json.gz": "",
    "botocore/data/s3/2020-01-01/examples-1.json": "",
    "chalicelib/forms/templates/report.html": "",
    "chalicelib/languages/cy.po": "",
    "msgspec/tests/test_it.py": "",
}
OTHER_VERSION = "3.9"


@pytest.fixture
def python() -> runtime.Interpreter:
    """The Python of this process, in place of Lambda's."""
    found = runtime.interpreter(sys.executable)
    assert found
    return found


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def names_in(zipped: Path) -> set[str]:
    with ZipFile(zipped) as opened:
        return set(opened.namelist())


def test_package_loses_what_functions_do_not_need_and_gains_bytecode(
    tmp_path: Path, python: runtime.Interpreter
) -> None:
    kept = {"chalicelib/languages/cy.mo": ""}
    folder = write(tmp_path / "task", MODULES | UNNEEDED | kept)
    package.finish_package(folder, python, tmp_path / "deployment.zip")
    names = names_in(tmp_path / "deployment.zip")
    compiled = {name for name in names if name.endswith(".pyc")}
    assert names - compiled == {*MODULES, *kept}
    assert len(compiled) == len([name for name in MODULES if name.endswith(".py")])
    with ZipFile(tmp_path / "deployment.zip") as opened:
        path = f"chalicelib/__pycache__/model.{python.cache_tag}.pyc"
        assert opened.read(path)[:4] == python.magic


def test_bytecode_is_used_without_checking_its_source(
    tmp_path: Path, python: runtime.Interpreter
) -> None:
    folder = write(tmp_path / "task", MODULES)
    package.finish_package(folder, python, tmp_path / "deployment.zip")
    (folder / "chalicelib" / "model.py").write_text("SAID = 'compiled anew'\n")
    program = "from chalicelib.model import SAID; print(SAID)"
    command = [sys.executable, "-B", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=True, env={})
    assert done.stdout.strip() == "as it was packaged"


def test_package_is_the_same_when_the_code_is_the_same(
    tmp_path: Path, python: runtime.Interpreter
) -> None:
    first = write(tmp_path / "first", MODULES)
    second = write(tmp_path / "second", dict(reversed(MODULES.items())))
    package.finish_package(first, python, tmp_path / "first.zip")
    package.finish_package(second, python, tmp_path / "second.zip")
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"tests/test_it.py": ""}, "tests should not be in it"),
        ({"infra/resources.json": ""}, "infra should not be in it"),
        ({"moto-5.2.5.dist-info/METADATA": ""}, "moto is in it"),
        ({"app.py": None}, "app.py is missing"),
        ({"pi_heif-1.0.dist-info/WHEEL": None}, "pi-heif is missing: does it have a wheel"),
        (
            {"botocore/data/s3/2020-01-01/service-2.json": None},
            "botocore does not describe s3",
        ),
        (
            {"chalicelib/forms/templates/compiled/en/tmpl_1.py": None}
            | {"chalicelib/forms/templates/report.html": ""},
            "chalicelib/forms/templates is not compiled",
        ),
        ({"pillow-1.0.dist-info/WHEEL": "Tag: cp313-cp313-linux_x86_64\n"}, "built for linux_x86"),
        (
            {"pillow-1.0.dist-info/WHEEL": "Tag: cp313-cp313-manylinux_2_35_x86_64\n"},
            "pillow-1.0.dist-info is built for manylinux_2_35",
        ),
        ({"chalicelib/broken.py": "def"}, "could not be compiled"),
    ],
)
def test_package_is_refused_when_it_has_superfluous_or_missing_files(
    files: dict[str, str | None], fault: str, tmp_path: Path, python: runtime.Interpreter
) -> None:
    wanted = {name: text for name, text in (MODULES | files).items() if text is not None}
    folder = write(tmp_path / "task", wanted)
    with pytest.raises(ConfigurationError, match=fault):
        package.finish_package(folder, python, tmp_path / "deployment.zip")


def test_package_is_refused_when_it_is_too_large(
    tmp_path: Path, python: runtime.Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package_contents, "MOST_UNZIPPED", 100)
    monkeypatch.setattr(package, "MOST_ZIPPED", 50)
    folder = write(tmp_path / "task", MODULES)
    with pytest.raises(ConfigurationError, match=r"unzipped, but the limit is 100; .* limit is 50"):
        package.finish_package(folder, python, tmp_path / "deployment.zip")


def test_module_without_bytecode_is_reported(tmp_path: Path, python: runtime.Interpreter) -> None:
    write(tmp_path, MODULES)
    faults = set(package_contents.find_faults(tmp_path, python))
    assert f"app.py is not compiled for Python {python.version}" in faults


def test_needed_packages_are_the_requirements_and_their_dependencies() -> None:
    wanted = dependencies.wanted_distributions()
    assert {"pynamodb", "botocore", "urllib3", "jinja2", "markupsafe", "pyjwt", "pi-heif"} <= wanted
    assert "cryptography" in wanted
    assert not wanted & {"moto", "pytest", "boto3", "oidc-provider-mock", "pillow-heif"}


def test_each_needed_package_is_pinned() -> None:
    pinned = dependencies.pinned_packages()
    assert len(pinned) == len(dependencies.wanted_distributions())
    assert all("==" in each for each in pinned)


def test_services_are_those_of_the_policies() -> None:
    """Policies grant what functions call, and nothing else (tests/contract/test_policies.py)."""
    text = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / ".chalice" / "policies").glob("*.json")
    )
    clients = {"ses": "sesv2"}
    not_called = {"logs", "aws"}
    granted = {clients.get(name, name) for name in re.findall(r'"([a-z0-9]+):[A-Z]\w+"', text)}
    assert granted - not_called == set(package_contents.SERVICES)


def test_python_of_lambda_is_found_where_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runtime, "VERSION", "{}.{}".format(*sys.version_info))
    monkeypatch.setenv("LAMBDA_PYTHON", sys.executable)
    assert runtime.interpreter_for_lambda().path == sys.executable


@pytest.mark.parametrize("named", [sys.executable, "/nowhere/python", "/bin/false"])
def test_nothing_is_packaged_without_the_python_of_lambda(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "VERSION", OTHER_VERSION)
    monkeypatch.setenv("LAMBDA_PYTHON", named)
    with pytest.raises(ConfigurationError, match=r"on Python 3\.9, .* make LAMBDA_PYTHON="):
        package.package(tmp_path / "package")
    assert list(tmp_path.iterdir()) == []


def test_credentials_are_not_passed_to_the_installation_of_packages() -> None:
    own = {"PATH": "/bin", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_PROFILE": "production"}
    assert dependencies.without_credentials(own) == {"PATH": "/bin"}


def test_template_is_written_without_white_space() -> None:
    """CloudFormation takes 1 MB, with the code's address in each function."""
    written = package.compact_json(merged_template())
    assert json.loads(written) == merged_template()
    assert len(written.encode()) < 450_000


@pytest.mark.exhaustive
def test_whole_package_is_made(tmp_path: Path) -> None:
    """It downloads the packages from PyPI."""
    package.package(tmp_path / "package")
    names = names_in(tmp_path / "package" / "deployment.zip")
    assert {"app.py", "chalicelib/handlers/api.py", "pynamodb/models.py"} <= names
