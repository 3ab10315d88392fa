"""The daily budget of text messages, in segments. Codes to sign in, codes that confirm
subscriptions and alerts each have a line of the budget, and cannot use the others' (ADR 36)."""

from math import ceil
from typing import Literal

from chalicelib.alerts.delivery import Alert
from chalicelib.kernel.observability import logs

SmsBudgetLine = Literal["alerts", "codes", "sign_in"]
"""A line of the budget of text messages; `codes` is for the codes that confirm subscriptions."""
BudgetLine = SmsBudgetLine | Literal["emails"]
"""`emails` counts emails about disruptions, road works and collections; only the first two wait
when the day's quota is used up."""
SIGN_IN_SHARE = 5
"""Codes to sign in may use one fifth of the day's segments."""
KNOWN_DEVICES_DIVISOR = 4
"""One fourth of those is kept for known devices."""
CODES_SHARE = 10
"""Codes that confirm subscriptions may use one tenth; alerts have the rest."""


def budget_line_of(alert: Alert) -> SmsBudgetLine:
    """The line of the budget that the alert is charged to."""
    return "codes" if alert.what == "confirm" else "alerts"


def segments_a_day(line: SmsBudgetLine, texts_a_day: int) -> int:
    """How many segments the line has each day, out of the `texts_a_day` that the council pays
    for."""
    sign_in = ceil(texts_a_day / SIGN_IN_SHARE)
    codes = min(ceil(texts_a_day / CODES_SHARE), texts_a_day - sign_in)
    match line:
        case "sign_in":
            return sign_in
        case "codes":
            return codes
        case "alerts":
            return texts_a_day - sign_in - codes


def segments_for_unknown_devices(texts_a_day: int) -> int:
    """How many segments a day codes to sign in may use on devices that are not known. It is less
    than the whole line, so nobody can use up the budget that lets people sign in on known
    devices."""
    all_devices = segments_a_day("sign_in", texts_a_day)
    return all_devices - all_devices // KNOWN_DEVICES_DIVISOR


def measure_spending(line: SmsBudgetLine, spent: int | None, most: int) -> None:
    """Logs the percentage of the line that is spent; None means that it has no segments left."""
    percent = 100 if spent is None or not most else 100 * spent // most
    logs.measurement("texts were asked for", logs.TEXTS, purse=line, texts_percent=percent)
