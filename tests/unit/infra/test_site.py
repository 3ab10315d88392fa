"""The local site plays the CDN: its headers, its missing page, and what it tells the API."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from botocore.exceptions import ClientError
from chalice.app import Chalice, Response

from infra import cdn
from infra.local import site
from infra.local.edge import HSTS

NAMES = {
    "AWS::Region": "eu-west-2",
    "UploadsBucket": "uploads-x",
    "PhotosBucket": "photos-x",
    "CrewsBucket": "crews-x",
}
MISSING_PAGE = b"<h1>Page not found</h1>"
ADDED = tuple(each for each in cdn.added_headers("/", NAMES) if each.name != HSTS)
OWN_POLICY = "default-src 'none'"

Answer = tuple[int, dict[str, list[str]], bytes]


class NothingPublished:
    """A store of documents with nothing in it."""

    def get_object(self, **_: str) -> Any:
        said: Any = {"Error": {"Code": "NoSuchKey"}, "ResponseMetadata": {"HTTPStatusCode": 404}}
        raise ClientError(said, "GetObject")


def echo() -> Chalice:
    """An API that answers with the headers that it got, and has a policy of its own."""
    api = Chalice(app_name="echo")

    @api.route("/forms/echo")
    @api.route("/api/echo", methods=["GET", "POST"])
    def answer() -> Response:
        own: dict[str, str | list[str]] = {
            "Content-Security-Policy": OWN_POLICY,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "SAMEORIGIN",
        }
        request = api.current_request
        return Response(body=dict(request.headers) if request else {}, headers=own)

    return api


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = site.serve(echo(), "127.0.0.1", 0).server
    assert isinstance(server, site.Server)
    server.client, server.bucket = NothingPublished(), "published"
    server.local_pages = {"/_local/x.json": dict, "/_local/page": lambda: "<p>Words</p>"}
    server.local_forms = {
        "/_local/y": lambda posted: {"length": len(posted)},
        "/_local/number": lambda posted: {"number": int(posted)},
    }
    server.cdn_headers, server.origin_secret = lambda _: ADDED, "s" * 64
    server.missing_page = lambda path: MISSING_PAGE
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def ask(port: int, path: str, method: str = "GET", **headers: str) -> Answer:
    asked = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request(method, path, headers=asked)
        answer = connection.getresponse()
        sent: dict[str, list[str]] = {}
        for name, value in answer.getheaders():
            sent.setdefault(name, []).append(value)
        return answer.status, sent, answer.read()


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/data/nothing.json", "/assets/x.js", "/api/nothing"]
)
def test_answer_has_each_header_of_the_cdn_once(path: str, port: int) -> None:
    _, headers, _ = ask(port, path)
    assert {each.name: headers.get(each.name) for each in ADDED} == {
        each.name: [each.value] for each in ADDED
    }
    assert HSTS not in headers


def test_api_keeps_its_own_headers(port: int) -> None:
    _, headers, _ = ask(port, "/api/echo")
    assert headers["Content-Security-Policy"] == [OWN_POLICY]
    assert headers["Referrer-Policy"] == ["no-referrer"]
    assert headers["X-Frame-Options"] == ["DENY"]
    assert headers["X-Content-Type-Options"] == ["nosniff"]


def test_local_pages_have_no_header_of_the_cdn(port: int) -> None:
    for path in ("/_local/x.json", "/_s3/bucket"):
        _, headers, _ = ask(port, path, method="PUT" if "_s3" in path else "GET")
        assert not {each.name for each in ADDED} & headers.keys()


def test_page_of_this_machine_is_html_and_other_values_are_json(port: int) -> None:
    assert ask(port, "/_local/page")[1]["Content-Type"] == ["text/html; charset=utf-8"]
    assert ask(port, "/_local/page")[2] == b"<p>Words</p>"
    assert ask(port, "/_local/x.json")[1]["Content-Type"] == ["application/json"]


def test_each_answer_on_one_connection_has_headers_of_its_own(port: int) -> None:
    policy = next(each.value for each in ADDED if each.name == "Content-Security-Policy")
    wanted = {"/api/echo": OWN_POLICY, "/nothing": policy, "/_local/x.json": None}
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        for path in (*wanted, *wanted):
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            assert answer.getheader("Content-Security-Policy") == wanted[path]


def test_form_of_this_machine_is_answered_with_json(port: int) -> None:
    status, headers, body = ask(port, "/_local/y", method="POST")
    assert (status, headers["Content-Type"]) == (202, ["application/json"])
    assert json.loads(body) == {"length": 0}
    assert ask(port, "/_local/x.json", method="POST")[0] == 405


def test_form_of_this_machine_is_refused_with_what_is_wrong(port: int) -> None:
    status, _, body = ask(port, "/_local/number", method="POST")
    assert status == 400 and "invalid literal" in json.loads(body)["detail"]


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:8000", "[::1]", "[::1]:8000"]
)
def test_pages_of_this_machine_answer_to_its_own_names(host: str, port: int) -> None:
    assert ask(port, "/_local/x.json", Host=host)[0] == 200
    assert ask(port, "/_local/y", method="POST", Host=host, Origin=f"http://{host}")[0] == 202


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example",
        "rebound.example:8000",
        "localhost.rebound.example",
        "127.0.0.1.rebound.example",
        "127.0.0.1@rebound.example",
        "rebound.example@127.0.0.1",
        "127.0.0.1:8000:8000",
        "[::1",
        "192.168.0.7:8000",
        "0.0.0.0:8000",
        "",
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/_local/x.json"),
        ("GET", "/_local/page"),
        ("POST", "/_local/y"),
        ("GET", "/_local/z"),
    ],
)
def test_pages_of_this_machine_are_refused_when_another_host_is_asked(
    method: str, path: str, host: str, port: int
) -> None:
    status, _, body = ask(port, path, method=method, Host=host)
    assert status == 403
    assert b"Words" not in body and b"length" not in body


@pytest.mark.parametrize(
    "origin",
    ["http://elsewhere.example", "https://localhost:8000", "http://localhost:9", "null", ""],
)
def test_form_of_this_machine_is_refused_when_another_sites_page_sends_it(
    origin: str, port: int
) -> None:
    status, _, _ = ask(port, "/_local/y", method="POST", Host="localhost:8000", Origin=origin)
    assert status == 403


def test_site_itself_answers_to_any_host(port: int) -> None:
    assert ask(port, "/api/echo", Host="elsewhere.example")[0] == 200


def test_missing_page_is_the_cdns_own_and_documents_answer_the_status_only(port: int) -> None:
    sent = cdn.missing_headers()
    for path in ("/nothing", "/reports/nothing", "/nothing/"):
        status, headers, body = ask(port, path)
        assert (status, body) == (404, MISSING_PAGE)
        assert {name: headers[name] for name in sent} == {n: [v] for n, v in sent.items()}
    status, _, body = ask(port, "/data/tiles/14/0/0.json")
    assert status == 404 and b"<" not in body


def test_api_gets_the_viewers_address_from_the_cdn(port: int) -> None:
    got = json.loads(ask(port, "/api/echo")[2])
    assert got["x-ginnel-viewer"] == "127.0.0.1"
    assert got["x-ginnel-origin"] == "s" * 64


@pytest.mark.parametrize("write", [str.title, str.lower, str.upper])
def test_api_ignores_the_address_that_a_client_claims(
    write: Callable[[str], str], port: int
) -> None:
    forged = {write("x_ginnel_origin"): "forged", write("x_ginnel_viewer"): "203.0.113.9"}
    got = json.loads(ask(port, "/api/echo", **forged)[2])
    assert got["x-ginnel-origin"] == "s" * 64
    assert got["x-ginnel-viewer"] == "127.0.0.1"


def test_api_gets_the_language_of_the_folder_and_not_that_which_a_client_claims(port: int) -> None:
    forged = {"x-ginnel-language": "pl"}
    assert "x-ginnel-language" not in json.loads(ask(port, "/api/echo", **forged)[2])
    assert json.loads(ask(port, "/cy/forms/echo?a=b", **forged)[2])["x-ginnel-language"] == "cy"
