"""What a newer version stored stays when this version changes it. The test takes the classes of all
items, so that no store can be forgotten; with NEWER_VERSION=1 a newer version takes turns with this
one in all tests with tables."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import boto3
import msgspec
import pytest
from msgspec.structs import replace
from pynamodb.attributes import DiscriminatorAttribute

from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.kernel.dynamo.attributes import JsonAttribute
from chalicelib.kernel.dynamo.item import SCHEMA, Item
from chalicelib.publishing.model import page_key
from chalicelib.reports.dynamo.items import ReportItem
from chalicelib.reports.keys import REPORT
from infra.local.cloud import Cloud
from tests.support.builders import report
from tests.support.newer_version import (
    ATTRIBUTE,
    LATER,
    Loss,
    item_classes,
    take_turns,
    with_later_fields,
)

PLAIN: Mapping[Any, Any] = {
    int: 1,
    float: 1.0,
    bool: True,
    str: "2026-11",
    date: "2026-11-25",
    datetime: "2026-11-25T10:00:00Z",
    time: "10:00:00",
    timedelta: "P1D",
    Decimal: "1",
    Any: "anything",
}


def example(kind: Any) -> Any:
    """A plain JSON value of that type, with something in each container."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in PLAIN:
        return PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        config = kind.__struct_config__
        tag = {str(config.tag_field): config.tag} if config.tag else {}
        return tag | {each.encode_name: example(each.type) for each in msgspec.structs.fields(kind)}
    if hasattr(kind, "_fields"):
        return [example(each) for each in get_type_hints(kind).values()]
    if origin in (Union, UnionType, Annotated):
        return example(next(each for each in inner if each is not type(None)))
    return inner[0] if origin is Literal else example_container(inner)


def example_container(inner: Sequence[Any]) -> Any:
    first, *others = map(example, (each for each in inner if each is not Ellipsis))
    is_mapping = others and not isinstance(first, float)
    return {str(first): others[0]} if is_mapping else [first, *others]


def example_text(attribute: Any) -> Any:
    """A value of an attribute, as DynamoDB gives it."""
    if attribute.attr_type != "S":
        return {"N": "1", "BOOL": True, "SS": ["a"]}[attribute.attr_type]
    for text in ("2026-11-25T10:00:00Z", "2026-11-25", "2026-11-25T10:00:00.000000+0000"):
        with suppress(ValueError):
            attribute.deserialize(text)
            return text
    raise AssertionError(f"There is no example of {attribute}: add one.")


def is_stored(item: type[Item]) -> bool:
    """Whether items are stored as this class itself, and not only as one based on it."""
    return not item.__subclasses__()


def image_of(item: type[Item]) -> dict[str, Any]:
    """An item as a newer version stores it."""
    image: dict[str, Any] = {LATER: ATTRIBUTE, "schema": {"N": "1000"}}
    for attribute in item.get_attributes().values():
        name = str(attribute.attr_name)
        if isinstance(attribute, DiscriminatorAttribute):
            image[name] = {"S": attribute.get_discriminator(item)}
        elif isinstance(attribute, JsonAttribute):
            text = json.dumps(example(attribute.kind))
            image[name] = {"S": with_later_fields(text, [attribute.kind])}
        else:
            image[name] = {attribute.attr_type: example_text(attribute)}
    return image


@pytest.mark.parametrize(
    "item", [each for each in item_classes() if is_stored(each)], ids=lambda item: item.__name__
)
def test_item_of_a_newer_version_is_stored_as_it_was_read(item: type[Item]) -> None:
    image = image_of(item)
    assert decoded(item.from_raw_data(image).serialize()) == decoded(image)


def newer_report() -> str:
    """Stores a public report as a newer version does, in a state of its own. Returns: its id."""
    stored = reports_ports().repository.create(report(version=0, visibility="public"))
    item = ReportItem.find(stored.service_request_id, REPORT)
    assert item is not None
    item.state, item.unknown = "paused", {LATER: ATTRIBUTE, "schema": {"N": "1000"}}  # type: ignore[assignment]
    item.put_on_version()
    return stored.service_request_id


def test_report_of_a_newer_version_is_published_in_its_state(cloud: Cloud) -> None:
    request_id = newer_report()
    cloud.pump.run_until_idle()
    for name in (f"data/reports/{request_id}.json", page_key(request_id)):
        held = container.published_documents().read(name)
        assert held is not None and b"paused" in held.body and LATER.encode() not in held.body


@pytest.mark.usefixtures("cloud")
def test_report_of_a_newer_version_keeps_what_it_has_when_this_version_changes_it() -> None:
    repository, request_id = reports_ports().repository, newer_report()
    before = repository.get(request_id)
    assert before is not None
    after = repository.save(replace(before, title="changed"))
    repository.save(replace(after, title="changed again"))
    item = ReportItem.find(request_id, REPORT)
    assert item is not None
    assert item.unknown == {LATER: ATTRIBUTE, "schema": {"N": "1000"}}
    assert (str(item.state), item.title, item.version) == ("paused", "changed again", 4)


@pytest.mark.usefixtures("cloud")
def test_item_says_which_schema_it_was_stored_with() -> None:
    stored = reports_ports().repository.create(report(version=0))
    table, client = container.settings().reports_table, boto3.client("dynamodb")
    key = {"service_request_id": {"S": stored.service_request_id}, "record": {"S": REPORT}}
    assert client.get_item(TableName=table, Key=key)["Item"]["schema"] == {"N": f"{SCHEMA}"}


@pytest.mark.usefixtures("cloud")
def test_loss_is_detected_when_a_report_is_stored_without_what_was_read() -> None:
    repository = reports_ports().repository
    stored = repository.create(report(version=0))
    with take_turns():
        repository.get(stored.service_request_id)
        with pytest.raises(Loss):
            repository.save(stored)


def decoded(image: Mapping[str, Any]) -> dict[str, Any]:
    """An item with its JSON texts decoded."""
    return {
        name: json.loads(each["S"]) if each.get("S", "")[:1] in ("{", "[") else each
        for name, each in image.items()
    }
