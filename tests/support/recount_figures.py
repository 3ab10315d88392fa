"""Count the published figures again, in the simplest way, from the stored table: figures that are
shown must be equal, and figures that are not shown must be small, or beside a small one."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import product
from math import ceil
from typing import Any

READ = (
    *("service_request_id", "service_code", "ward_code", "state", "visibility"),
    *("requested_datetime", "updated_datetime", "expected_datetime", "closed_datetime", "delays"),
)
"""The attributes that are read from a stored report, besides its updates."""
DONE = ("fixed", "closed")
OPEN = ("open", "for_triage", "investigating", "in_progress", "action_scheduled", "reopen")
COUNTED = ("reported", "fixed", "with_target", "in_target", "reopened", "failed_repairs")
COUNTED_ALL = (*COUNTED, "open_now")
ALL = "all"
FOLDER = "data/performance/"

Row = dict[str, Any]
Key = tuple[str, str, str]


def table_rows(client: Any, table: str) -> list[Row]:
    """All items of the reports' table as plain values, read with DynamoDB's low-level client."""
    found: list[Row] = []
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    for page in pages:
        for item in page["Items"]:
            found.append({name: next(iter(value.values())) for name, value in item.items()})
    return found


def check_published(stored: Iterable[Row], published: Mapping[str, bytes]) -> int:
    """Compare the published documents (JSON by key) with the items of the table. Returns: the
    number of figures that were shown and are correct."""
    documents = {key: json.loads(body) for key, body in published.items()}
    index = documents.pop(f"{FOLDER}index.json", {"months": [], "updated_datetime": ""})
    expected = count_figures(stored, index["updated_datetime"])
    months = {month for month, _, _ in expected}
    assert {key.removeprefix(FOLDER).removesuffix(".json") for key in documents} == months
    assert [each["month"] for each in index["months"]] == sorted(months, reverse=True)
    found: dict[Key, Row] = {}
    for document in documents.values():
        for row in document["rows"]:
            found[document["month"], row["service_code"], row["ward_code"]] = row
    assert set(expected) <= set(found)
    for each in index["months"]:
        assert each["all"] == found[each["month"], ALL, ALL]
    return sum(_count_correct(row, expected.get(key, {})) for key, row in found.items())


def count_figures(stored: Iterable[Row], now: str) -> dict[Key, Row]:
    """The figures at the time `now` by month, service and ward, and the totals."""
    cohorts: dict[Key, list[Row]] = defaultdict(list)
    items = list(stored)
    archived = defaultdict(list)
    for item in items:
        if item["record"].startswith("update#"):
            entry = json.loads(item["entry"])
            archived[item["service_request_id"]].append((int(item["number"]), entry))
    for item in items:
        if item["record"] != "report" or item["visibility"] != "public":
            continue
        older = [entry for _, entry in sorted(archived[item["service_request_id"]], key=_first)]
        each = _course_of(item, older, now)
        ward = item.get("ward_code") or "unknown"
        for service, place in product((item["service_code"], ALL), (ward, ALL)):
            cohorts[item["requested_datetime"][:7], service, place].append(each)
    return {key: _figures(some) for key, some in cohorts.items()}


def _first(pair: tuple[int, Row]) -> int:
    return pair[0]


def _course_of(item: Row, older: list[Row], now: str) -> Row:
    told = {each.get("update_id", n): each for n, each in enumerate(older)}
    for n, each in enumerate(json.loads(item["updates"])):
        told[each.get("update_id", len(older) + n)] = each
    steps = list(told.values())
    is_done = item["state"] in DONE
    done_at = _done_at(item, steps) if is_done else None
    delays = json.loads(item.get("delays", "[]"))
    is_open = item["state"] in OPEN
    target = _text(delays[0]["promised_datetime"]) if delays else item.get("expected_datetime")
    backs = list(_reopenings(steps))
    return {
        "days": None if done_at is None else max(0.0, _days(item["requested_datetime"], done_at)),
        "fixed": is_done,
        "open_now": is_open,
        "with_target": bool(target and (is_done or (is_open and (delays or target <= now)))),
        "in_target": bool(target and done_at and done_at <= target),
        "reopened": bool(backs),
        "failed_repairs": backs.count("resident"),
        "reported": 1,
    }


def _done_at(item: Row, steps: list[Row]) -> str:
    """The time when the report was done: of the first update with a done state after the last one
    with another state."""
    not_done = [at for at, each in enumerate(steps) if each["state"] not in DONE]
    since = [_text(each["datetime"]) for each in steps[(not_done or [-1])[-1] + 1 :]]
    if not not_done:
        # The report was imported as done, or its first update was done.
        since += [item["closed_datetime"]] if item.get("closed_datetime") else []
        return min(since, default=item["updated_datetime"])
    return since[0] if since else item.get("closed_datetime") or item["updated_datetime"]


def _reopenings(steps: list[Row]) -> Iterator[str]:
    """For each time that the report was reopened after it was done, who reopened it."""
    states = ["fixed", *(each["state"] for each in steps)]
    for before, each in zip(states, steps, strict=False):
        if before in DONE and each["state"] == "reopen":
            yield each["by"]


def _text(moment: str) -> str:
    return moment.replace("+00:00", "Z")


def _days(start: str, end: str) -> float:
    length = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    return length.total_seconds() / 86_400


def _figures(some: list[Row]) -> Row:
    days = sorted(each["days"] for each in some if each["days"] is not None)
    figures: Row = {name: sum(each[name] for each in some) for name in COUNTED_ALL}
    if days:
        middle = (days[(len(days) - 1) // 2] + days[len(days) // 2]) / 2
        figures["median_days"] = round(middle, 1)
        figures["p90_days"] = round(days[ceil(0.9 * len(days)) - 1], 1)
    return figures


def _count_correct(row: Row, expected: Row) -> int:
    shown = 0
    for name in COUNTED_ALL:
        number = expected.get(name, 0)
        if row[name] is not None:
            assert (row[name], name) == (number, name), row
            assert number == 0 or number >= 5, (name, row)
            shown += 1
    for name in ("median_days", "p90_days"):
        if row[name] is not None:
            assert row["fixed"] is not None, row
            assert abs(row[name] - expected[name]) < 0.11, (name, row, expected)
    if row["fixed"]:
        assert row["median_days"] is not None
    return shown
