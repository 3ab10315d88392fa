"""The demo council with garden waste subscriptions for twelve months."""

import json
from pathlib import Path
from typing import Any

from chalicelib.catalogue.load import COUNCILS

ITEMS = {"join": "Bin for a year", "add": "Further bin", "renew": "Bin for the next year"}
SERVICE = {
    "service_code": "garden-waste",
    "service_name": "Garden waste collection",
    "group": "Bins at home",
    "description": "Subscribe to the collection of garden waste",
    "kind": "payment",
    "needs": "premises",
    "steps": ["premises", "items", "contact", "check", "pay"],
    "visibility": "private",
    "team": "waste",
    "service_level": {"working_days": 10},
    "photo": "none",
    "fund": "garden",
    "price": {
        "items": [{"code": code, "name": name} for code, name in ITEMS.items()],
        "most_items": 4,
        "lists": [
            {"begins": "2020-01-01", "items": {code: {"first_pence": 3650} for code in ITEMS}}
        ],
    },
}


def garden_document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((COUNCILS / "demo.json").read_bytes())
    others = [each for each in document["services"] if each["service_code"] != "garden-waste"]
    document["services"] = [*others, SERVICE]
    document["garden"] = {"service": "garden-waste", "container": "garden"}
    return document


def garden_council(folder: Path) -> str:
    """The path of its document, written into the folder."""
    path = folder / "council.json"
    path.write_text(json.dumps(garden_document()), encoding="utf-8")
    return str(path)
