"""The collection rounds of a council: one in each ward on each day."""

from datetime import timedelta
from typing import Any

import msgspec

from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.collections.model import ROUNDS, Round, Rounds
from chalicelib.kernel.time import utc_now
from infra.import_places import replace_document

PLANNED_DAYS = 60


def publish_rounds(count: int) -> None:
    """Publishes that many rounds, each of them on every day from today on."""
    today = utc_now().date()
    dates = tuple(today + timedelta(days=number) for number in range(PLANNED_DAYS))
    items = tuple(
        Round(
            round=f"R{number}",
            container="rubbish",
            name="Black bin",
            colour="#000000",
            dates=dates,
            moved=(),
        )
        for number in range(count)
    )
    content = msgspec.json.encode(Rounds(known_until=dates[-1], items=items))
    replace_document(ROUNDS, content, publishing_ports())


def operation(kind: str) -> dict[str, Any]:
    """The operations of the first round's crew today."""
    return {
        "op_id": f"operation-{kind}",
        "round": "R0",
        "day": f"{utc_now().date()}",
        "kind": kind,
        "base_version": 0,
        "at": utc_now().isoformat(),
    }
