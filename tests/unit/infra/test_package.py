"""What is in the zip that Lambda gets, and what is not."""

import subprocess
import sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from zipfile import ZipFile

import pytest

from chalicelib.errors import ConfigurationError
from infra import package

MODULES = {
    "app.py": "import chalicelib\n",
    "chalicelib/__init__.py": "",
    "chalicelib/model.py": "SAID = 'as it was packaged'\n",
    "chalice/__init__.py": "",
    "msgspec/__init__.py": "",
    "msgspec/tests/test_it.py": "",
    **{
        f"{name.replace('-', '_')}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n"
        for name in package.wanted_distributions() - set(package.RUNTIME_HAS)
        if name != "python-dateutil"
    },
}
RUNTIMES = {
    "botocore/__init__.py": "",
    "botocore-1.44.5.dist-info/METADATA": "",
    "python_dateutil-2.9.0.dist-info/METADATA": "",
    "six.py": "",
}


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    """What `chalice package` leaves: sources alone, and what the runtime has."""
    return archive(tmp_path / "deployment.zip", MODULES | RUNTIMES)


def archive(path: Path, files: dict[str, str]) -> Path:
    with ZipFile(path, "w") as opened:
        for name, text in files.items():
            opened.writestr(name, text)
    return path


def test_package_loses_runtime_packages_and_tests_and_gains_bytecode(
    zipped: Path,
) -> None:
    package.finish(zipped)
    with ZipFile(zipped) as opened:
        names = set(opened.namelist())
        magic = opened.read("chalicelib/__pycache__/model.cpython-311.pyc")[:4]
    modules = {name for name in MODULES if name.endswith(".py") and "tests" not in name}
    assert modules <= names
    assert not {name for name in names if name.partition("/")[0] in {*RUNTIMES, "botocore"}}
    assert not {name for name in names if "tests" in name or "dateutil" in name}
    assert len([name for name in names if name.endswith(".pyc")]) == len(modules)
    assert magic == MAGIC_NUMBER


def test_package_has_the_catalogues_that_the_server_reads_alone(tmp_path: Path) -> None:
    catalogues = {f"chalicelib/languages/cy.{kind}": "" for kind in ("mo", "po")}
    zipped = archive(tmp_path / "deployment.zip", MODULES | catalogues)
    package.finish(zipped)
    with ZipFile(zipped) as opened:
        found = [name for name in opened.namelist() if name.startswith("chalicelib/languages/")]
    assert found == ["chalicelib/languages/cy.mo"]


def test_bytecode_is_used_without_checking_its_source(zipped: Path, tmp_path: Path) -> None:
    package.finish(zipped)
    folder = tmp_path / "task"
    with ZipFile(zipped) as opened:
        opened.extractall(folder)
    (folder / "chalicelib" / "model.py").write_text("SAID = 'compiled anew'\n")
    program = "from chalicelib.model import SAID; print(SAID)"
    command = [sys.executable, "-B", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=True, env={})
    assert done.stdout.strip() == "as it was packaged"


def test_package_is_the_same_when_the_code_is_the_same(tmp_path: Path) -> None:
    first = archive(tmp_path / "first.zip", MODULES)
    second = archive(tmp_path / "second.zip", dict(reversed(MODULES.items())))
    package.finish(first)
    package.finish(second)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"tests/test_it.py": ""}, "tests should not be in it"),
        ({"infra/resources.json": ""}, "infra should not be in it"),
        ({"moto-5.2.5.dist-info/METADATA": ""}, "moto is in it"),
        ({"app.py": None}, "app.py is missing"),
        ({"pi_heif-1.0.dist-info/WHEEL": None}, "pi-heif is missing: does it have a wheel"),
        ({"pillow-1.0.dist-info/WHEEL": "Tag: cp311-cp311-linux_x86_64\n"}, "built for linux_x86"),
        (
            {"pillow-1.0.dist-info/WHEEL": "Tag: cp311-cp311-manylinux_2_28_x86_64\n"},
            "pillow-1.0.dist-info is built for manylinux_2_28",
        ),
        ({"chalicelib/broken.py": "def"}, "could not be compiled"),
    ],
)
def test_package_is_refused_when_it_has_superfluous_files(
    files: dict[str, str | None], fault: str, tmp_path: Path
) -> None:
    wanted = {name: text for name, text in (MODULES | files).items() if text is not None}
    with pytest.raises(ConfigurationError, match=fault):
        package.finish(archive(tmp_path / "deployment.zip", wanted))


def test_package_is_refused_when_it_is_too_large(
    zipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "MOST_UNZIPPED", 100)
    with pytest.raises(ConfigurationError, match="bytes unzipped, but the limit is 100"):
        package.finish(zipped)


def test_module_without_bytecode_is_reported(tmp_path: Path) -> None:
    for name in MODULES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert "app.py is not compiled" in set(package.faults_in(tmp_path))


def test_needed_packages_are_the_requirements_and_their_dependencies() -> None:
    wanted = package.wanted_distributions()
    assert {"pynamodb", "botocore", "jinja2", "markupsafe", "pyjwt", "pi-heif"} <= wanted
    assert "cryptography" in wanted
    assert not wanted & {"moto", "pytest", "boto3", "oidc-provider-mock", "pillow-heif"}


def test_packaging_is_refused_when_lambda_runs_another_python() -> None:
    package.check_runtime((3, 11))
    for version in ((3, 9), (3, 12)):
        with pytest.raises(ConfigurationError, match=r"make PYTHON=python3\.11 package"):
            package.check_runtime(version)


def test_nothing_is_packaged_when_lambda_runs_another_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "RUNTIME", "python3.9")
    with pytest.raises(ConfigurationError, match=r"run on python3\.9"):
        package.package(tmp_path / "package")
    assert list(tmp_path.iterdir()) == []


def test_credentials_are_not_passed_to_the_installation_of_packages() -> None:
    own = {"PATH": "/bin", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_PROFILE": "production"}
    given = package.packaging_environment(own)
    assert set(given) == {"PATH", "AWS_DEFAULT_REGION", "PIP_CONSTRAINT"}
