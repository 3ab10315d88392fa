"""One way to addresses that somebody gave us, and two modules that it consists of."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

CODE = ROOT / "chalicelib"
WAYS = {
    *("aiohttp", "ftplib", "http.client", "httpx", "imaplib", "requests", "smtplib", "socket"),
    *("ssl", "urllib.request", "urllib3"),
}
"""What opens a connection by itself. AWS is reached by botocore, a geocoder by geopy."""


def ways(text: str) -> set[str]:
    """What a module imports that opens connections."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {way for way in WAYS for name in found if f"{name}.".startswith(f"{way}.")}


def test_only_two_modules_open_connections() -> None:
    found = {path: ways(path.read_text(encoding="utf-8")) for path in CODE.rglob("*.py")}
    own = Path("net")
    assert {path.relative_to(CODE): which for path, which in found.items() if which} == {
        own / "safe_http_client.py": {"http.client"},
        own / "internet.py": {"socket", "ssl"},
    }


@pytest.mark.parametrize(
    "planted",
    [
        "import urllib.request",
        "from urllib import request",
        "from urllib.request import urlopen",
        "def f():\n    import requests",
        "from http import client",
        "import http.client as c",
        "from httpx._client import Client",
    ],
)
def test_module_is_detected_when_it_opens_connections(planted: str) -> None:
    assert len(ways(planted)) == 1


def test_module_is_accepted_when_it_only_reads_addresses() -> None:
    assert ways("from urllib.parse import urlsplit\nfrom http import HTTPStatus") == set()
