"""The package's templates are compiled, and render what the sources render."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.compiled_templates import template_folders
from infra.package import add_sources
from tests.conftest import ROOT

PAGES = """
from zoneinfo import ZoneInfo
from chalicelib.alerts.message_senders import email_of
from chalicelib.bootstrap import messaging
from chalicelib.bootstrap.alerts import message_composer
from tests.support.councils import council_named
from chalicelib.handlers import api
from chalicelib.kernel.languages import language
from chalicelib.publishing.pages import JinjaPages
from infra.local.templates import messages
from tests.support.builders import NOON
from tests.support.fakes_publishing import report_view

for code in ("en", "cy"):
    _, message = next(messages(message_composer(language(code))))
    email = email_of(message, "resident@example.org", messaging.email_look())
    print(email.html, email.text)
    pages = JinjaPages(council=council_named("demo").page_details, zone=ZoneInfo("Europe/London"),
                       now=lambda: NOON, language=language(code))
    print(pages.render_report(report_view("7K3M2QXV9HTD")).decode())
    path = "/forms/bins"
    form = api.handle({
        "requestContext": {"httpMethod": "GET", "resourcePath": path, "path": path},
        "path": path,
        "headers": {"x-ginnel-language": code},
        "multiValueQueryStringParameters": None,
        "pathParameters": {},
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }, None)
    assert form["statusCode"] == 200
    print(form["body"])
"""


SETTINGS = {"COUNCIL": "demo", "SITE_URL": "https://report.council.example"}


def rendered(*folders: Path) -> str:
    """The pages as a new process renders them with the code in the first of these folders."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", PAGES],
        capture_output=True,
        text=True,
        env=os.environ | SETTINGS | {"PYTHONPATH": ":".join(map(str, folders))},
        check=True,
    )
    return "\n".join(line for line in done.stdout.splitlines() if not line.startswith('{"time'))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of a package, in which the sources of templates say nothing."""
    folder = tmp_path_factory.mktemp("task")
    add_sources(folder)
    for templates in template_folders(folder):
        for source in templates.glob("*.*"):
            source.write_text("")
    return folder


def test_compiled_templates_render_what_their_sources_render(package: Path) -> None:
    pages = rendered(ROOT)
    assert 'lang="cy"' in pages
    assert rendered(package, ROOT) == pages


def test_each_template_is_compiled_once_for_each_language(package: Path) -> None:
    for templates in template_folders(package):
        sources = len(list(templates.glob("*.*")))
        found = {each.name: len(list(each.glob("*.py"))) for each in templates.glob("compiled/*")}
        assert found == {"en": sources, "cy": sources}
