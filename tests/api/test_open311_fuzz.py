"""Ten thousand broken forms and documents posted, and as many documents read: nothing breaks, and
nothing is stored."""

from random import Random
from typing import Any
from urllib.parse import quote_plus

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap.partners import partners_ports
from chalicelib.georeport.reading import UnreadableXml, read_xml
from chalicelib.georeport.wire import write
from tests.api.conftest import Api
from tests.support.composition import replace_built
from tests.support.effort import effort
from tests.support.fakes_partners import MemoryKeys
from tests.support.open311 import FORM, OtherSystem, other_system

CASES = effort(600, 10_000)
ODD = [
    "",
    "-",
    "0",
    "-1",
    "1e309",
    "nan",
    "\x00",
    "\u202e",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "'; DROP TABLE reports; --",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "%00%0d%0aSet-Cookie: a=b",
    "x" * 5000,
    "\n" * 300,
    "{{7*7}}",
    "${jndi:ldap://x}",
    "attribute[",
    "]]>",
    "&lt;!ENTITY",
    "0001-01-01T00:00:00Z",
    "1999-12-31T23:59:59Z",
    "2000-01-01T00:00:00Z",
    "2100-12-31T23:59:59Z",
    "2101-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
]
NAMES = [
    "api_key",
    "service_code",
    "lat",
    "long",
    "lon",
    "address_string",
    "address_id",
    "description",
    "email",
    "first_name",
    "phone",
    "media_url",
    "status",
    "update_id",
    "updated_datetime",
    "service_request_id",
    "jurisdiction_id",
    "attribute[size]",
    "attribute[size][]",
    "attribute[fixmystreet_id]",
    "attribute[][]",
    "attribute[a[b]]",
    "attribute",
    "",
]
# One of these is in every case, and none of them can be part of a report or an update.
BREAKERS: list[dict[str, str]] = [
    {"api_key": "nonsense"},
    {"api_key": "\x00"},
    {"service_code": "dragon"},
    {"lat": "1e309"},
    {"lat": "north"},
    {"long": "181"},
    {"lat": "-53.959"},
    {"attribute[size]": "gigantic"},
    {"jurisdiction_id": "elsewhere.example"},
]
TYPES = [FORM, "multipart/form-data; boundary=b", "multipart/form-data", "text/xml", "", "a/b"]
BOMB = b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 99 + b'"><!ENTITY d "&b;&b;&b;">]><a>&d;</a>'
DOCUMENTS = [
    BOMB,
    b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
    b"<a>" * 3000 + b"</a>" * 3000,
    write("service_requests", [{"service_code": "pothole", "lat": 53.959, "long": -1.0815}], "xml"),
]


@pytest.fixture
def other(api: Api, monkeypatch: pytest.MonkeyPatch) -> OtherSystem:
    """A partner whose key is looked up in memory, and holds for as many calls as there are."""
    ports = replace(partners_ports(), keys=MemoryKeys())
    monkeypatch.setattr(MemoryKeys, "count", lambda *_: 1)
    replace_built(monkeypatch, partners_ports, ports)
    return other_system(api, sets_state=True)


def broken_form(random: Random, key: str) -> bytes:
    """A form with something in it that no report has, amid what may be in one."""
    values: list[tuple[str, str]] = [
        ("api_key", key),
        ("service_code", "pothole"),
        ("lat", "53.959"),
        ("long", "-1.0815"),
    ]
    breaker = random.choice(BREAKERS)
    values = [(name, value) for name, value in values if name not in breaker]
    values += breaker.items()
    # The first value counts: what is added may not come before.
    added = [(random.choice(NAMES), random.choice(ODD)) for _ in range(random.randrange(4))]
    return "&".join(f"{quote_plus(n)}={quote_plus(v)}" for n, v in values + added).encode()


def mangled(random: Random, raw: bytes) -> bytes:
    """The same with some bytes cut out, doubled or changed."""
    for _ in range(random.randrange(1, 5)):
        at, to = sorted(random.randrange(len(raw) + 1) for _ in range(2))
        middle = random.choice(
            [b"", raw[at:to] * 2, random.randbytes(3), b"%", b"\xff", b"<", b"&"]
        )
        raw = raw[:at] + middle + raw[to:]
    return raw


def case_of(random: Random, key: str) -> tuple[str, bytes, str]:
    """Where, what and as what something is posted."""
    path = random.choice(["requests.xml", "requests.json", "servicerequestupdates.xml"])
    content_type = random.choice(TYPES) if random.random() < 0.3 else FORM
    match random.randrange(10):
        case 0:
            return path, mangled(random, random.choice(DOCUMENTS)), random.choice(TYPES)
        case 1:
            return path, random.randbytes(random.randrange(200)), content_type
        case 2 | 3:
            return path, mangled(random, broken_form(random, "nonsense")), content_type
        case _:
            return path, broken_form(random, key), content_type


def test_nothing_fails_or_is_stored_for_random_posts(other: OtherSystem) -> None:
    random, seen = Random(311), set()
    for number in range(CASES):
        path, body, content_type = case_of(random, other.key)
        answer = other.post(path, body, content_type=content_type)
        assert answer.status_code in (400, 403, 404), (number, path, content_type, body)
        assert answer.headers["Content-Type"].startswith(("text/xml", "application/json"))
        if path.endswith("xml"):
            assert read_xml(answer.body).root == "errors", (number, body)
        seen.add(answer.status_code)
    assert seen == {400, 403, 404}
    assert other.api.stored_ids() == []


def test_no_query_causes_an_internal_error(other: OtherSystem) -> None:
    random = Random(312)
    moments = ["start_date", "end_date", "updated_after", "updated_before"]
    names = [*NAMES, "page", "page_size", "extensions", *moments * 3]
    paths = ["requests.xml", "requests/x.json", "services/x.xml", "servicerequestupdates.json"]
    for number in range(500):
        asked: Any = {random.choice(names): random.choice(ODD) for _ in range(3)}
        answer = other.get(random.choice(paths), {"api_key": other.key, **asked})
        assert answer.status_code in (200, 400, 403, 404), (number, asked)


def test_every_mangled_document_is_read_or_refused() -> None:
    random = Random(313)
    whole = write("service_requests", [{"service_request_id": "1", "lat": 53.9, "x": "é"}], "xml")
    refused = 0
    for _ in range(10_000):
        raw = mangled(random, BOMB if random.random() < 0.1 else whole)
        try:
            read_xml(raw)
        except UnreadableXml:
            refused += 1
    assert 0 < refused < 10_000
