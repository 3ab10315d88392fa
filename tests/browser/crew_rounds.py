"""A fake API for the collection rounds on a crew's page."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Route

RoundJson = dict[str, Any]
STREETS = [
    {
        "street": street,
        "premises": [
            {"premises_id": f"{street}-{number}", "address": f"{number} {street}"}
            for number in range(1, 4)
        ],
    }
    for street in ("Dial Row", "Mill Lane")
]


def round_day(code: str, name: str = "Black bin: rubbish", **changes: Any) -> RoundJson:
    """A round of today that nobody has said anything of."""
    day = datetime.now(UTC).date().isoformat()
    return {
        "round": code,
        "container": "rubbish",
        "name": name,
        "colour": "#1d1d1d",
        "day": day,
        "version": 0,
        "state": "to_come",
        "closes_at": f"{day}T20:00:00Z",
        "finished_at": None,
        "reason": None,
        "text": "",
        "streets": [],
        "disputes": [],
        **changes,
    }


class Rounds:
    """Answers the calls of a page about rounds. `taken` are the operations that came."""

    def __init__(self, *rounds: RoundJson) -> None:
        self.rounds = {each["round"]: each for each in rounds}
        self.left: dict[str, dict[str, Any]] = {}
        self.taken: list[dict[str, Any]] = []

    def listed(self, _: Route) -> Any:
        return {"items": list(self.rounds.values()), "next": None}

    def streets(self, _: Route) -> Any:
        return {"items": STREETS, "next": None}

    def premises(self, route: Route) -> Any:
        (code,) = parse_qs(urlsplit(route.request.url).query)["round"]
        is_known = code in self.rounds
        return {"items": list(self.left.values()) if is_known else [], "next": None}

    def operations(self, route: Route) -> Any:
        sent = json.loads(route.request.post_data or "{}")["operations"]
        return {"items": [self._take(each) for each in sent]}

    def _take(self, sent: Mapping[str, Any]) -> Any:
        self.taken.append(dict(sent))
        answer = {"op_id": sent["op_id"], "result": "applied"}
        known = self.rounds[sent["round"]]
        if premises_id := sent.get("premises_id"):
            street, _, number = premises_id.rpartition("-")
            self.left[premises_id] = {
                "premises_id": premises_id,
                "address": f"{number} {street}",
                "street": street,
                "version": 1,
                "is_emptied": sent["kind"] == "emptied",
                "reason": sent.get("reason"),
                "text": sent.get("text", ""),
                "disputes": [],
            }
            return answer | {"premises": self.left[premises_id]}
        known["version"] += 1
        if street := sent.get("street"):
            others = [each for each in known["streets"] if each["street"] != street]
            said = {"street": street, "reason": sent.get("reason"), "text": ""}
            known["streets"] = [*others, *([said] if sent["kind"] == "street_missed" else [])]
        else:
            known["state"] = sent["kind"]
        return answer | {"round_day": known}
