"""Small, invented places in the form in which the council publishes them: facilities, wards and
road works."""

import json
from typing import Any, NamedTuple

import boto3
import msgspec

from chalicelib.bootstrap import container
from chalicelib.facilities.model import (
    Facility,
    FacilityList,
    KindEntry,
    KindList,
    digest,
    index_of,
)
from infra.local.stack import LocalStack

HOME = {"lat": 53.9301, "long": -1.1402}
"""A place away from the reports of the other tests, so that it does not affect them."""
ALWAYS = tuple((day, 0, 1440) for day in range(7))
ONE_MINUTE = ((0, 0, 1),)

TOILETS = (
    Facility(
        facility_id="toilets-1",
        kind="toilets",
        name="River Street toilets",
        lat=53.9310,
        long=-1.1402,
        address="River Street",
        opening_hours="Open always",
        opens=ALWAYS,
        accessible=True,
        phone="01904 960001",
        url="https://example.org/toilets",
    ),
    Facility(
        facility_id="toilets-2",
        kind="toilets",
        name="Bridge toilets",
        lat=53.9301,
        long=-1.1340,
        opens=ONE_MINUTE,
    ),
    *(
        Facility(
            facility_id=f"toilets-{number}",
            kind="toilets",
            name=f"Far toilets {number}",
            lat=53.95 + number / 1000,
            long=-1.10,
        )
        for number in range(3, 9)
    ),
)
LIGHTS = tuple(
    Facility(
        facility_id=f"lights-{number}",
        kind="lights",
        name=f"Street light L{number}",
        lat=HOME["lat"] + number / 5000,
        long=HOME["long"],
    )
    for number in range(1, 4)
)
PARKS = (
    Facility(
        facility_id="parks-1",
        kind="parks",
        name="Square Park",
        lat=53.9305,
        long=-1.1405,
        polygon=((((-1.145, 53.929), (-1.139, 53.929), (-1.139, 53.932), (-1.145, 53.932)),),),
    ),
)
LIBRARIES = (
    Facility(
        facility_id="libraries-1",
        kind="libraries",
        name="Quiet Library",
        lat=53.9320,
        long=-1.1390,
    ),
)
KINDS = (
    ("toilets", "Public toilet", "Public toilets", "public-toilet", TOILETS),
    ("lights", "Street light", "Street lights", "street-light", LIGHTS),
    ("parks", "Park", "Parks", "something-else", PARKS),
    ("libraries", "Library", "Libraries", None, LIBRARIES),
)
WEST, SOUTH, EAST, NORTH = -1.16, 53.91, -1.12, 53.95
WARD = {"code": "W1", "name": "Riverside"}
WARDS = {
    "items": [
        {
            **WARD,
            "box": [WEST, SOUTH, EAST, NORTH],
            "polygons": [[[[WEST, SOUTH], [EAST, SOUTH], [EAST, NORTH], [WEST, NORTH]]]],
        }
    ],
    "valid_from": "2024-05-02",
    "earlier": [],
}
ROADWORK = {
    "ref": "R1",
    "description": "New water main",
    "location": "River Street",
    "status": "planned",
    "starts": "2026-05-03",
    "ends": "2036-05-03",
    "organisation": "Eskerby Water",
    "traffic": "Two-way signals",
    "lat": 53.9311,
    "long": -1.1402,
}
COUNCILLOR = {
    "name": "Jo Marsh",
    "party": "Independent",
    "email": "jo.marsh@example.org",
    "phone": "01904 960002",
}
WARD_DOCUMENT = {
    "ward": {**WARD, "councillors": [COUNCILLOR]},
    "open_reports": 1,
    "reports": [
        {
            "service_request_id": "7K3M2QXV9HTD",
            "title": "Hole by the bridge",
            "service_code": "pothole",
            "lat": HOME["lat"],
            "long": HOME["long"],
            "requested_datetime": "2026-05-03T10:00:00Z",
            "expected_datetime": "2026-05-20T16:00:00Z",
        }
    ],
    "roadworks": [
        {**ROADWORK, "ref": "R2", "location": "Far Street", "lat": 53.9110},
        ROADWORK,
        {**ROADWORK, "ref": "R3", "location": "Past Street", "ends": "2026-05-04"},
    ],
    "updated_datetime": "2026-05-03T10:00:00Z",
}
NEIGHBOUR = {
    "name": "Wold District Council",
    "polygons": [[[-1.09, 53.95], [-0.7, 53.95], [-0.7, 53.97], [-1.09, 53.97]]],
    "phone": None,
    "url": "https://wold.example/report",
}
ADDRESSES = {
    "facilities": "/data/facilities/{kind}.json",
    "facility_kinds": "/data/facilities/kinds.json",
    "facility_index": "/data/facilities/{kind}.idx",
    "wards": "/data/wards.json",
    "ward": "/data/wards/{code}.json",
    "postcodes": "/data/postcodes.json",
}
SAID = {**ADDRESSES, "neighbours": [NEIGHBOUR]}
POSTCODES = {"attribution": "", "sectors": {"ZZ9 9": [["AA", HOME["lat"], HOME["long"]]]}}


def publish_places(stack: LocalStack) -> None:
    """Put all places into the published bucket, at the keys of `/data/index.json`."""
    kinds: list[KindEntry] = []
    for kind, label, plural, service_code, items in KINDS:
        index = index_of(items)
        listed = FacilityList(
            kind=kind,
            label=label,
            plural=plural,
            service_code=service_code,
            attribution="Made up",
            index=digest(index),
            items=items,
        )
        put_object(stack, f"data/facilities/{kind}.json", msgspec.json.encode(listed))
        put_object(stack, f"data/facilities/{kind}.idx", index)
        kinds.append(
            KindEntry(
                kind=kind,
                label=label,
                plural=plural,
                icon="",
                count=len(items),
                service_code=service_code,
            )
        )
    put_object(
        stack, "data/facilities/kinds.json", msgspec.json.encode(KindList(items=tuple(kinds)))
    )
    put_json(stack, "data/wards.json", WARDS)
    put_json(stack, "data/wards/W1.json", WARD_DOCUMENT)
    put_json(stack, "data/postcodes.json", POSTCODES)
    held = boto3.client("s3").get_object(Bucket=stack.cloud.bucket, Key="data/index.json")
    put_json(stack, "data/index.json", {**json.loads(held["Body"].read()), **SAID})


def put_json(stack: LocalStack, key: str, document: Any) -> None:
    put_object(stack, key, json.dumps(document).encode())


def put_object(stack: LocalStack, key: str, body: bytes) -> None:
    boto3.client("s3").put_object(Bucket=stack.cloud.bucket, Key=key, Body=body)


class StoredFile(NamedTuple):
    """A stored document."""

    body: bytes
    content_type: str


def published_files(stack: LocalStack) -> dict[str, StoredFile]:
    """The published documents of places, by key."""
    client, bucket = boto3.client("s3"), stack.cloud.bucket
    found = {}
    for each in client.list_objects_v2(Bucket=bucket, Prefix="data/").get("Contents", []):
        if not each["Key"].startswith(("data/tiles/", "data/reports/")):
            answer = client.get_object(Bucket=bucket, Key=each["Key"])
            found[each["Key"]] = StoredFile(answer["Body"].read(), answer["ContentType"])
    return found


def restore_places(stack: LocalStack, before: dict[str, StoredFile]) -> None:
    """Restore the documents of places."""
    client, bucket = boto3.client("s3"), stack.cloud.bucket
    for key in published_files(stack).keys() - before.keys():
        client.delete_object(Bucket=bucket, Key=key)
    for key, held in before.items():
        client.put_object(Bucket=bucket, Key=key, Body=held.body, ContentType=held.content_type)
    # The API caches what it has read for a minute.
    container.forget_built()
