import json
from typing import Annotated, Any

import pytest
from msgspec import Meta, Struct

from chalicelib.errors import Invalid, TooLarge
from chalicelib.kernel.parsing import MAX_BODY_BYTES, parse_json
from chalicelib.reports.drafts import Draft, UpdateDraft
from chalicelib.reports.parts import Contact
from tests.support.builders import draft_body


def parsed(**values: Any) -> Draft:
    return parse_json(json.dumps(draft_body(**values)).encode(), Draft)


def faults(body: bytes, kind: type[Any] = Draft) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        parse_json(body, kind)
    return {error.field: error.message for error in refusal.value.errors}


def faults_of(**values: Any) -> dict[str, str]:
    return faults(json.dumps(draft_body(**values)).encode())


def test_draft_has_the_sent_values_when_all_are_valid() -> None:
    draft = parsed(
        title=" Hole ",
        address="12 Market Place",
        contact={"name": "Ann", "email": "ann@example.org", "phone": "+44 (0)1904 123456"},
        anonymous=True,
    )
    assert draft.title == "Hole"
    assert draft.contact == Contact(name="Ann", email="ann@example.org", phone="+44 (0)1904 123456")
    assert draft.anonymous is True


def test_optional_texts_are_absent_when_they_are_blank() -> None:
    draft = parsed(title="  ", address="", contact={"name": "", "email": "", "phone": ""})
    assert draft.title is None and draft.address is None
    assert draft.contact == Contact()


def test_empty_photos_and_attributes_are_accepted() -> None:
    assert parsed(photo_ids=[], attributes={}).photo_ids == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_line_ends_are_normalised(end: str) -> None:
    draft = parsed(description=f"one{end}two", title=f"one{end}two")
    assert (draft.description, draft.title) == ("one\ntwo", "one two")


def test_control_characters_are_replaced_in_every_text() -> None:
    draft = parsed(
        description="a\x00b\x1bc\td", address="a\tb\x07c", attributes={"q": ["a\x0bb\x0cc"]}
    )
    assert (draft.description, draft.address) == ("a b c\td", "a b c")
    assert draft.attributes == {"q": ["a b c"]}


def test_every_fault_is_named_when_there_are_several() -> None:
    body = {"lat": "north", "long": None, "title": 7, "contact": {"email": "ann"}, "colour": "red"}
    found = faults(json.dumps(body).encode())
    assert set(found) == {
        "service_code",
        "lat",
        "description",
        "title",
        "contact.email",
        "colour",
    }
    assert found["lat"] == "must be a number"
    assert found["description"] == "is required"
    assert found["title"] == "must be text"
    assert found["contact.email"] == "must be an email address, such as name@example.org"
    assert found["colour"].startswith("is not a known field; known are: service_code, ")


@pytest.mark.parametrize(
    ("values", "field", "fix"),
    [
        ({"description": "x" * 4001}, "description", "at most 4000 characters"),
        ({"description": " \n "}, "description", "is required"),
        ({"title": "x" * 301}, "title", "at most 300 characters"),
        ({"address": "x" * 201}, "address", "at most 200 characters"),
        ({"lat": 91}, "lat", "at most 90"),
        ({"long": -181.0}, "long", "at least -180"),
        ({"lat": True}, "lat", "must be a number"),
        ({"lat": "53.9"}, "lat", "must be a number"),
        ({"anonymous": "yes"}, "anonymous", "true or false"),
        ({"contact": "Ann"}, "contact", "an object"),
        ({"contact": {"phone": "call me"}}, "contact.phone", "a phone number"),
        ({"contact": {"email": "a\x00b@example.org"}}, "contact.email", "an email address"),
        ({"contact": {"email": "x" * 250 + "@example.org"}}, "contact.email", "at most 254"),
        ({"contact": {"admin": True}}, "contact.admin", "is not a known field"),
        ({"photo_ids": ["p1"]}, "photo_ids", "a photo_id that POST /api/photos gave"),
        ({"photo_ids": ["0" * 26] * 6}, "photo_ids", "at most 5 entries"),
        ({"attributes": ["deep"]}, "attributes", "an object"),
        ({"attributes": {str(n): "5" for n in range(51)}}, "attributes", "at most 50 entries"),
        ({"version": 7}, "version", "is not a known field"),
        ({"state": "fixed"}, "state", "is not a known field"),
    ],
)
def test_fault_names_field_and_fix_when_a_value_breaks_a_rule(
    values: dict[str, Any], field: str, fix: str
) -> None:
    found = faults_of(**values)
    assert list(found) == [field]
    assert fix in found[field]


def test_longest_allowed_texts_are_accepted() -> None:
    assert len(parsed(description="x" * 4000, title="x" * 300).description) == 4000


def test_update_is_refused_when_its_text_is_too_long_or_its_state_unknown() -> None:
    found = faults(json.dumps({"text": "x" * 2001, "state": "mended"}).encode(), UpdateDraft)
    assert found["text"] == "must have at most 2000 characters"
    assert "mended" in found["state"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"\xff\xfe",
        b'{"lat": NaN}',
        b'{"lat": Infinity}',
        b'{"lat": 1e999}',
        b'{"description": "\\ud800"}',
        b"[" * 60_000,
        b'{"x": ' + b'{"a": ' * 700 + b"1" + b"}" * 701,
        b'{"attributes": ' + b'{"a": ' * 900 + b"1" + b"}" * 901,
    ],
)
def test_body_is_refused_when_it_is_not_a_json_object(body: bytes) -> None:
    assert faults(body)


def test_body_is_refused_unread_when_it_is_over_the_limit() -> None:
    with pytest.raises(TooLarge):
        parse_json(b"x" * (MAX_BODY_BYTES + 1), Draft)


class Entry(Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(max_length=5)]
    number: int = 0


class Entries(Struct, frozen=True, kw_only=True):
    entries: Annotated[tuple[Entry, ...], Meta(max_length=2)]
    more: list[Entry] | None = None


def entries(body: Any) -> Entries:
    return parse_json(json.dumps(body).encode(), Entries)


def test_entries_of_a_list_are_parsed_as_other_objects_are() -> None:
    made = entries({"entries": [{"name": " a "}], "more": [{"name": "b", "number": 2.0}]})
    assert made == Entries(entries=(Entry(name="a"),), more=[Entry(name="b", number=2)])


def test_every_fault_in_the_entries_of_a_list_is_named_with_its_place() -> None:
    body = {
        "entries": [{"name": "a", "colour": "red"}, {"number": "x"}],
        "more": [{"name": "long one"}],
    }
    assert faults(json.dumps(body).encode(), Entries) == {
        "entries[0].colour": "is not a known field; known are: name, number",
        "entries[1].name": "is required",
        "entries[1].number": "must be a whole number",
        "more[0].name": "must have at most 5 characters",
    }


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ([{"name": "a"}] * 3, "must have at most 2 entries"),
        ({"name": "a"}, "must be a list"),
    ],
)
def test_list_is_refused_when_it_is_too_long_or_not_a_list(sent: Any, message: str) -> None:
    assert faults(json.dumps({"entries": sent}).encode(), Entries) == {"entries": message}


@pytest.mark.parametrize(
    ("sent", "is_taken"), [(3, True), (3.0, True), (3.5, False), (1e300, False)]
)
def test_number_is_whole_when_json_schema_says_so(sent: float, is_taken: bool) -> None:
    body = json.dumps({"name": "a", "number": sent}).encode()
    if is_taken:
        assert parse_json(body, Entry).number == 3
    else:
        assert "number" in faults(body, Entry)
