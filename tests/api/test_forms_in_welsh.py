"""The pages without JavaScript in another language, below its folder: no text of ours is in
English. The catalogue here puts each text in brackets, so that all that stands outside of them has
passed it by."""

import re
from collections.abc import Iterator, Sequence
from html import unescape
from http import HTTPStatus
from pathlib import Path
from shutil import copy

import boto3
import msgspec
import pytest
from babel.messages.catalog import Catalog
from chalice.test import Client

import app
from chalicelib.bootstrap import container
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.gazetteer.model import PLACES
from chalicelib.kernel import languages as spoken
from chalicelib.reports.usecases import submission
from chalicelib.reports.usecases.access import Author
from infra import languages
from infra.demo.facilities import demo_tables
from infra.demo.gazetteer import COMMITTED
from infra.facilities import import_facilities, kind_named
from infra.local.cloud import Cloud
from tests.api.test_forms import REPORT, Answers
from tests.support.builders import draft
from tests.support.councils import council_named
from tests.support.forms import URLENCODED, File, PageReader, encode_form

BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
COUNCIL = council_named("demo")
OWN = set(re.findall(r'"([^"]+)"', str(msgspec.json.encode(COUNCIL.translations["cy"]), "utf-8")))
"""What the council says in Welsh."""
SHOWN = {"English", "Market Place", "7, Market Place", "9@example.org"}
NAMES = SHOWN | {each.strip(".") for each in OWN}
ANSWERS: dict[str, Answers] = {
    "where": {"q": "market place"},
    "place": {"place": "53.959,-1.0815,Market Place", "address": "7"},
    "service": {"service_code": "street-light"},
    "questions": {"attributes.what": "out"},
    "description": {"description": "1234", "title": "5678"},
    "contact": {"contact.name": "9", "contact.email": "9@example.org"},
}


class Browser:
    """A browser without JavaScript on pages below /cy/. The CDN has made the folder a header."""

    def __init__(self, client: Client) -> None:
        self.http = client.http

    def open(self, path: str) -> PageReader:
        return self.show("GET", path)

    def fill(
        self,
        answers: Answers,
        *,
        press: str | None = None,
        action: str = REPORT,
        files: Sequence[File] = (),
    ) -> PageReader:
        """Fills in the page's form, which leads to a page in the same language."""
        form = self.page.form(f"/cy{action}")
        body, kind = encode_form(
            form, form.filled(answers, press), {"photos": files} if files else {}
        )
        return self.show("POST", form.action, body, kind)

    def to(self, step: str) -> PageReader:
        """Fills in ordinary answers up to that step of a report."""
        self.open(f"/cy{REPORT}")
        for _ in self.steps_before(step):
            pass
        return self.page

    def steps_before(self, last: str) -> Iterator[str]:
        """Yields each step before that one, and then fills in its ordinary answers. Fails if a step
        does not accept them."""
        passed: list[str] = []
        while (step := self.step) != last:
            assert step not in passed, self.page.text
            passed.append(step)
            yield step
            self.fill(ANSWERS.get(step, {}))

    @property
    def step(self) -> str:
        return dict(self.page.form(f"/cy{REPORT}").fields)["step"]

    @property
    def past_the_catalogue(self) -> set[str]:
        """The texts of the page that are outside of brackets, but for names of the council and of
        places. What is typed in these tests has no letters."""
        body = re.sub(r"<style\b.*?</style>|<[^>]*>", "\n", self.html, flags=re.DOTALL)
        text = unescape(body)
        while BRACKETED.search(text):
            text = BRACKETED.sub("", text)
        lines = {each.strip(" –,:()“”.") for each in re.split("\n| – ", text)}
        return {each for each in lines if re.search("[A-Za-z]", each)} - NAMES

    def show(self, method: str, path: str, body: bytes = b"", kind: str = URLENCODED) -> PageReader:
        assert path.startswith("/cy/"), f"{path} is an English page"
        headers = {"Content-Type": kind, "x-ginnel-language": "cy"}
        answer = self.http.request(method, path.removeprefix("/cy"), body=body, headers=headers)
        if answer.status_code == HTTPStatus.SEE_OTHER:
            return self.open(answer.headers["Location"])
        self.html = answer.body.decode()
        self.page = PageReader(self.html)
        assert '<html lang="cy">' in self.html
        assert answer.headers["Content-Language"] == "cy"
        assert not re.search('(?:href|action)="/forms/[^"]*"(?! hreflang="en")', self.html)
        return self.page


@pytest.fixture
def browser(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    bracketed(tmp_path)
    monkeypatch.setattr(spoken, "FOLDER", tmp_path)
    body = COMMITTED[PLACES].read_bytes()
    boto3.client("s3").put_object(Bucket=cloud.bucket, Key=PLACES, Body=body)
    forget()
    with Client(app.app) as client:
        yield Browser(client)
    monkeypatch.undo()
    forget()


def bracketed(folder: Path) -> None:
    """A catalogue that puts each text of the Welsh one in brackets."""
    welsh = languages.read_language(languages.FOLDER / "cy.po").catalogue
    made = Catalog("cy")
    for each in welsh:
        if isinstance(each.id, tuple):
            made.add(each.id, [f"⟦{each.id[1]}⟧"] * welsh.num_plurals, context=each.context)
        elif each.id:
            made.add(each.id, f"⟦{each.id}⟧", context=each.context)
    (folder / "cy.mo").write_bytes(languages.as_mo(made))
    copy(languages.FOLDER / "names.json", folder)


def forget() -> None:
    spoken.language.cache_clear()
    spoken.language_names.cache_clear()
    container.forget_built()


def test_whole_report_passes_no_text_by_the_catalogue(browser: Browser) -> None:
    browser.open(f"/cy{REPORT}")
    for step in browser.steps_before("check"):
        assert browser.past_the_catalogue == set(), step
    assert browser.past_the_catalogue == set()
    browser.fill({}, press="⟦Send report⟧")
    assert "⟦Report sent⟧" in browser.page.title
    assert browser.past_the_catalogue == set()
    (request_id,) = reports_ports().repository.list_ids()
    browser.open(f"/cy/forms/reports/{request_id}")
    assert browser.past_the_catalogue == set()


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        ("where", {}),
        ("where", {"q": "123456789"}),
        ("where", {"q": "1" * 300}),
        ("where", {"address": "1" * 3_000}),
        ("place", {}),
        ("place", {"place": "10,10,7"}),
        ("place", {"place": "words"}),
        ("service", {}),
        ("questions", {}),
        ("description", {}),
        ("description", {"description": "1" * 5_000, "title": "2" * 500}),
        ("contact", {"contact.email": "9", "contact.phone": "9"}),
    ],
)
def test_faults_of_a_field_pass_no_text_by_the_catalogue(
    step: str, wrong: Answers, browser: Browser
) -> None:
    browser.to(step)
    browser.fill(wrong)
    assert "⟦There is a problem⟧" in browser.page.text
    assert browser.past_the_catalogue == set()


@pytest.mark.parametrize(
    "files",
    [
        [File("1", "image/jpeg", b"1")],
        [File("1", "image/jpeg", b"")] * 6,
        [File("1", "image/jpeg", b"1" * (4 * 1024**2 + 1))],
        [File("1", "image/jpeg", b"1")] * 6,
    ],
)
def test_refused_photos_pass_no_text_by_the_catalogue(
    files: Sequence[File], browser: Browser
) -> None:
    browser.to("photos")
    browser.fill({}, files=files)
    assert browser.past_the_catalogue == set()


@pytest.mark.parametrize("page", ["", "/update", "/flag"])
def test_pages_of_a_report_pass_no_text_by_the_catalogue(page: str, browser: Browser) -> None:
    report = stored()
    browser.open(f"/cy{report}{page}")
    assert browser.past_the_catalogue == set()


@pytest.mark.parametrize(
    ("page", "wrong", "right"),
    [
        ("/update", {"text": ""}, {"text": "1"}),
        ("/flag", {}, {"reason": "other"}),
    ],
)
def test_update_and_flag_pass_no_text_by_the_catalogue(
    page: str, wrong: Answers, right: Answers, browser: Browser
) -> None:
    report = stored()
    browser.open(f"/cy{report}{page}")
    browser.fill(wrong, action=f"{report}{page}")
    assert "⟦There is a problem⟧" in browser.page.text
    assert browser.past_the_catalogue == set()
    browser.fill(right, action=f"{report}{page}")
    assert "⟦There is a problem⟧" not in browser.page.text
    assert browser.past_the_catalogue == set()


def test_following_passes_no_text_by_the_catalogue(browser: Browser) -> None:
    report = stored()
    browser.open(f"/cy{report}")
    for wish in ({}, {"to": "9"}, {"to": "9@example.org"}):
        browser.fill(wish, action=f"{report}/follow")
        assert browser.past_the_catalogue == set()


def test_nearest_passes_no_text_by_the_catalogue(browser: Browser) -> None:
    council = container.council()
    table = demo_tables()["street-light"]
    import_facilities(kind_named("street-light", council), table, council, publishing_ports())
    lights = "?kind=street-light"
    for query in ("", "?kind=x&q=1", lights, f"{lights}&q=123456789", f"{lights}&q=market+place"):
        browser.open(f"/cy/forms/nearest{query}")
        past = {each for each in browser.past_the_catalogue if not each.startswith("Light L")}
        assert {each for each in past if not re.fullmatch(r"[0-9]+ m", each)} == set()


@pytest.mark.parametrize("path", ["/forms/reports/1", "/forms/reports/7K3M2QXV9HTD"])
def test_problem_page_passes_no_text_by_the_catalogue(path: str, browser: Browser) -> None:
    browser.open(f"/cy{path}")
    assert browser.past_the_catalogue == set()


def test_signing_in_passes_no_text_by_the_catalogue(browser: Browser) -> None:
    for address in ("/forms/sign-in", "/forms/sign-in?sure=proven"):
        browser.open(f"/cy{address}")
        assert browser.past_the_catalogue == set()
    browser.open("/cy/forms/sign-in")
    browser.fill({"address": "9"}, action="/forms/sign-in")
    assert browser.past_the_catalogue == set()
    browser.fill({"address": "9@example.org"}, action="/forms/sign-in")
    assert browser.past_the_catalogue == set()
    while any(each.action == "/cy/forms/sign-in/code" for each in browser.page.forms):
        browser.fill({"code": "123456"}, action="/forms/sign-in/code")
        assert browser.past_the_catalogue == set()


@pytest.mark.parametrize(
    "address", ["code?attempt=1", f"code?attempt={'1' * 32}", f"confirm/{'1' * 32}?token=1", "done"]
)
def test_page_of_signing_in_passes_no_text_by_the_catalogue(address: str, browser: Browser) -> None:
    browser.open(f"/cy/forms/sign-in/{address}")
    assert browser.past_the_catalogue == set()


def stored() -> str:
    """The address of a public report whose texts have no letters."""
    made = draft(title="12", description="34", address="56")
    report = submission.submit(made, "stored", Author(), reports_ports())
    return f"/forms/reports/{report.service_request_id}"
