"""One tree of values in two forms."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.georeport.reading import MAX_DEPTH, Document, UnreadableXml, read_xml
from chalicelib.georeport.wire import Tree, write

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def test_xml_has_a_declaration_and_neither_namespaces_nor_attributes() -> None:
    written = write("services", [{"service_code": "001", "metadata": True}], "xml")
    assert written == (
        b"<?xml version='1.0' encoding='utf-8'?>\n"
        b"<services><service><service_code>001</service_code><metadata>true</metadata></service>"
        b"</services>"
    )


def test_json_is_the_xml_without_its_root() -> None:
    tree: Tree = [{"service_code": "001", "metadata": True, "lat": 53.5, "at": NOON}]
    assert json.loads(write("services", tree, "json")) == [
        {"service_code": "001", "metadata": True, "lat": 53.5, "at": "2026-06-01T12:00:00Z"}
    ]


def test_empty_list_is_a_list_in_both_formats() -> None:
    assert write("service_requests", [], "json") == b"[]"
    assert read_xml(write("service_requests", [], "xml")) == Document("service_requests", [])


def test_missing_time_is_null_in_json_and_left_out_of_xml() -> None:
    tree: Tree = {"expected_datetime": None, "address_id": None}
    assert json.loads(write("request", tree, "json")) == tree
    assert read_xml(write("request", tree, "xml")).tree == {"address_id": ""}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.00001, "0.00001"),
        (-1.0815, "-1.0815"),
        (200, "200"),
        (False, "false"),
        (None, ""),
        ("a\r\nb\rc", "a\nb\nc"),
        ("<b>&amp;]]>", "<b>&amp;]]>"),
        ("a\x00b\x0bc\uffff", "a\ufffdb\ufffdc\ufffd"),
        ("\x08\x0c\x0e\x1f\ud800\udfff\ufffe", "\ufffd" * 7),
        ("\t\n\x20\ud7ff\ue000\U00010000\U0010ffff", "\t\n\x20\ud7ff\ue000\U00010000\U0010ffff"),
    ],
)
def test_value_is_text_that_every_xml_reader_accepts(value: Tree, text: str) -> None:
    assert read_xml(write("request", {"x": value}, "xml")).tree == {"x": text}


texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00\ufffe\uffff")).map(
    lambda text: "".join(c for c in text if c in "\t\n" or c >= " ")
)
scalars: st.SearchStrategy[Any] = texts | st.booleans() | st.integers() | st.none()
numbers = st.floats(allow_nan=False, allow_infinity=False)
requests = st.fixed_dictionaries(
    {"service_request_id": texts, "lat": numbers, "description": texts, "metadata": st.booleans()}
)


@given(st.lists(requests))
def test_tree_is_the_same_after_either_format(rows: list[dict[str, Any]]) -> None:
    assert json.loads(write("service_requests", rows, "json")) == rows
    back = read_xml(write("service_requests", rows, "xml")).tree
    assert isinstance(back, list)
    assert [{**row, "lat": float(row["lat"])} for row in back] == [
        {**row, "metadata": str(row["metadata"]).lower()} for row in rows
    ]


def test_name_is_read_without_its_namespace() -> None:
    document = read_xml(
        b'<s:services xmlns:s="urn:x"><s:service><s:a>1</s:a></s:service></s:services>'
    )
    assert document == Document("services", [{"a": "1"}])


def test_value_is_a_list_when_its_name_comes_more_than_once() -> None:
    raw = b"<request><media_url>a</media_url><media_url>b</media_url><x>c</x></request>"
    assert read_xml(raw).tree == {"media_url": ["a", "b"], "x": "c"}


BOMBS = [
    b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    b'<!DOCTYPE a [<!ENTITY x "'
    + b"x" * 1000
    + b'"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;&y;">]><a>&z;</a>',
    b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
    b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd">%p;]><a/>',
    b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1),
    b"<a>" * 100_000 + b"</a>" * 100_000,
    b'<?xml version="1.0" encoding="nonsense"?><a/>',
    b'<?xml version="1.0" encoding="utf-7"?><a/>',
    b"",
    b"nonsense",
    b"<a>",
    b"<a></b>",
    b"<a>\xff</a>",
    b"\xff\xfe<\x00a\x00",
    b"<a>\x00</a>",
    b"<a b=>",
    b"{}",
]


@pytest.mark.parametrize("raw", BOMBS, ids=range(len(BOMBS)))
def test_xml_is_refused_when_it_could_harm_its_reader(raw: bytes) -> None:
    with pytest.raises(UnreadableXml):
        read_xml(raw)


@given(st.binary() | st.text().map(lambda text: f"<a>{text}</a>".encode("utf-8", "replace")))
def test_any_xml_is_read_as_a_plain_tree_or_refused(raw: bytes) -> None:
    try:
        document = read_xml(raw)
    except UnreadableXml:
        return
    assert document.root
    assert json.loads(json.dumps(document.tree)) == document.tree
