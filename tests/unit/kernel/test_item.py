"""Items are made of Structs by the names of their fields, and read back as them."""

import pytest
from msgspec import Struct
from pynamodb.attributes import NumberAttribute, UnicodeAttribute, VersionAttribute

from chalicelib.kernel.dynamo.item import Index, OwnedItem, index


class Thing(Struct, frozen=True, kw_only=True):
    thing_id: str
    title: str
    version: int = 0


class Forgetful(Thing, frozen=True, kw_only=True):
    not_stored: str = "x"


class ThingItem(OwnedItem):
    store = "things"
    record = UnicodeAttribute(range_key=True, default="thing")
    version = VersionAttribute()
    title = UnicodeAttribute()
    place = NumberAttribute(null=True)

    by_title: Index["ThingItem"] = index("by-title", "title", "place")


class OtherItem(OwnedItem):
    store = "others"


def test_version_is_left_out_until_the_thing_is_stored() -> None:
    new, stored = Thing(thing_id="t", title="A"), Thing(thing_id="t", title="A", version=2)
    assert ThingItem.of(new, "t").serialize(null_check=False) == {
        "owner": {"S": "t"},
        "record": {"S": "thing"},
        "schema": {"N": "1"},
        "title": {"S": "A"},
    }
    assert ThingItem.of(stored, "t").serialize()["version"] == {"N": "2"}


def test_given_attributes_are_stored_and_the_thing_is_read_back() -> None:
    item = ThingItem.of(Thing(thing_id="t", title="A", version=1), "t", place=3)
    assert item.serialize()["place"] == {"N": "3"}
    assert item.read_as(Thing, thing_id=item.owner) == Thing(thing_id="t", title="A", version=1)


def test_field_without_an_attribute_of_the_item_is_detected_when_it_is_read() -> None:
    item = ThingItem.of(Forgetful(thing_id="t", title="A", version=1), "t")
    with pytest.raises(AttributeError, match="not_stored"):
        item.read_as(Forgetful, thing_id="t")


def test_each_kind_of_item_has_its_own_table() -> None:
    ThingItem.Meta.table_name = "things"
    assert OtherItem.Meta.table_name == OwnedItem.Meta.table_name == ""


def test_index_has_its_name_and_keys() -> None:
    keys = ThingItem.by_title.Meta.attributes
    assert ThingItem.by_title.Meta.index_name == "by-title"
    assert {name: each.is_hash_key for name, each in keys.items()} == {
        "title": True,
        "place": False,
    }
