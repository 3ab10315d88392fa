"""What the documents say of files is true."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "infra/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
FOLDERS = ("app.py", ".chalice", "bench", "chalicelib", "infra", "tests", "web")
NOT_OURS = ("node_modules", "__pycache__", "dist")
TEST_NAMED = re.compile(r"`(test_\w+)`")
TEST_DEFINED = re.compile(r"^(?:async )?def (test_\w+)", re.MULTILINE)
NAMED = re.compile(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|ts))`")
OF_PACKAGE = re.compile(r"^\*\*`chalicelib/(\w+)/`\*\*(.*)$", re.MULTILINE)
"""A paragraph of ARCHITECTURE's code map."""
IN_FILE = re.compile(r"`(\w+)` in `([\w.-]+/[\w./-]+)`")
OF_FILE = re.compile(r"`([\w.-]+/[\w./-]+)` \(`(\w+)`")
"""A constant, class or function, and the file that has it."""
LINK = re.compile(r"\]\(((?!https?:)[^)#\s]+\.md)(?:#[^)]*)?\)")


def files() -> Iterator[str]:
    """All source files, each as `/path/from/the/root`."""
    for folder in FOLDERS:
        for path in [ROOT / folder, *(ROOT / folder).rglob("*")]:
            if path.is_file() and not set(path.parts) & set(NOT_OURS):
                yield f"/{path.relative_to(ROOT).as_posix()}"


KNOWN = tuple(files())


def missing(text: str) -> set[str]:
    """The source files that a document names and that are not there. A name stands for every path
    that ends in it."""
    named = set(NAMED.findall(text))
    return {name for name in named if not any(path.endswith(f"/{name}") for path in KNOWN)}


def defined_tests() -> set[str]:
    """The names of all tests in Python."""
    sources = (ROOT / "tests").rglob("test_*.py")
    return {name for each in sources for name in TEST_DEFINED.findall(each.read_text("utf-8"))}


def missing_tests(text: str) -> set[str]:
    """The tests that a document names and that are not there; a file of tests is none of them."""
    named = set(TEST_NAMED.findall(text))
    return named - defined_tests()


def test_documents_name_only_existing_tests() -> None:
    texts = (each.read_text(encoding="utf-8") for each in DOCUMENTS)
    assert missing_tests("\n".join(texts)) == set()


def test_missing_test_is_detected_when_a_document_names_it() -> None:
    text = "`test_documents_name_only_existing_tests`, `test_that_is_gone` and `test_docs.py`"
    assert missing_tests(text) == {"test_that_is_gone"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_document_names_only_existing_files(document: Path) -> None:
    assert missing(document.read_text(encoding="utf-8")) == set()


def test_missing_file_is_detected_when_a_document_names_it() -> None:
    text = "`app.py`, `chalicelib/gone.py`, `reports/reports.py` and `forms/reports.py`"
    assert missing(text) == {"chalicelib/gone.py", "forms/reports.py"}


def not_in_package(text: str) -> set[str]:
    """The modules that a paragraph of the code map names without a folder, and that its package
    does not have."""
    return {
        f"{package}: {name}"
        for package, paragraph in OF_PACKAGE.findall(text)
        for name in NAMED.findall(paragraph)
        if "/" not in name
        and not any(
            path.startswith(f"/chalicelib/{package}/") and path.endswith(f"/{name}")
            for path in KNOWN
        )
    }


def test_code_map_names_modules_of_the_package() -> None:
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert len(OF_PACKAGE.findall(text)) > 20
    assert not_in_package(text) == set()


def test_module_of_another_package_is_detected_in_the_code_map() -> None:
    text = "**`chalicelib/jobs/`** plans. `model.py`, `forgetting.py` and `reports/views.py`.\n"
    assert not_in_package(text) == {"jobs: forgetting.py"}


def file_text(name: str) -> str:
    """The text of all files whose path ends in the name."""
    ends = [path for path in KNOWN if path.endswith(f"/{name}")]
    return "\n".join((ROOT / path[1:]).read_text(encoding="utf-8") for path in ends)


def names_not_in_their_file(text: str) -> set[str]:
    """The names that a document gives with a file that does not have them."""
    named = {*IN_FILE.findall(text), *((name, path) for path, name in OF_FILE.findall(text))}
    return {
        f"{name} in {path}"
        for name, path in named
        if not re.search(rf"\b{name}\b", file_text(path))
    }


def test_architecture_names_constants_and_functions_of_the_files() -> None:
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert len(IN_FILE.findall(text)) > 15
    assert names_not_in_their_file(text) == set()


def test_name_that_its_file_does_not_have_is_detected() -> None:
    text = "`GONE` in `tests/conftest.py`, `ROOT` in `tests/conftest.py`, `app.py` (`Gone`)"
    assert names_not_in_their_file(f"{text}, `infra/texts.py` (`Lost`)") == {
        "GONE in tests/conftest.py",
        "Lost in infra/texts.py",
    }


def lost_links(document: Path, text: str) -> set[str]:
    """The links to other documents that lead nowhere."""
    linked = set(LINK.findall(text))
    return {name for name in linked if not (document.parent / name).is_file()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_links_to_other_documents_lead_there(document: Path) -> None:
    assert lost_links(document, document.read_text(encoding="utf-8")) == set()


def test_link_that_leads_nowhere_is_detected() -> None:
    text = "[a](DEPLOY.md#costs), [b](GONE.md), [c](adr/0013-logs.md), [d](https://x.example/y.md)"
    assert lost_links(ROOT / "docs" / "ARCHITECTURE.md", text) == {"GONE.md"}


@pytest.mark.parametrize("name", ["README.md", "docs/ARCHITECTURE.md", "docs/DEPLOY.md"])
def test_review_of_the_deployment_is_linked_where_deploying_is_described(name: str) -> None:
    linked = LINK.findall((ROOT / name).read_text(encoding="utf-8"))
    assert "AWS_REVIEW.md" in {Path(each).name for each in linked}
