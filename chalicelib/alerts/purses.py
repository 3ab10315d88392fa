"""What the text messages of a day are paid from: anybody can ask for codes, which leave alerts
enough."""

from math import ceil
from typing import Literal

from chalicelib.alerts.delivery import Alert

Purse = Literal["alerts", "codes"]
CODES_SHARE = 5
"""Codes may take a fifth of the texts of a day, alerts the rest."""


def purse_of(alert: Alert) -> Purse:
    """What it is paid from."""
    return "codes" if alert.what == "confirm" else "alerts"


def in_purse(purse: Purse, texts_a_day: int) -> int:
    """How many segments there are in it each day, of all that the council pays for."""
    codes = ceil(texts_a_day / CODES_SHARE)
    return codes if purse == "codes" else texts_a_day - codes
