"""The daily budget of all text messages: codes to sign in, codes that confirm a subscription, and
alerts. None of them can take the part that is kept for the others (ADR 36)."""

from math import ceil
from typing import Literal

from chalicelib.alerts.delivery import Alert
from chalicelib.kernel.observability import logs

Purse = Literal["alerts", "codes", "sign_in"]
"""`codes` pays for the codes that confirm subscriptions."""
Counted = Purse | Literal["emails"]
"""`emails` counts emails about disruptions, road works and collections; only the first two wait
when the day's quota is used up."""
SIGN_IN_SHARE = 5
"""Codes to sign in may take a fifth of the texts of a day."""
KEPT_FOR_KNOWN_DEVICES = 4
"""A fourth of those is kept for devices that have signed in with the number before."""
CODES_SHARE = 10
"""Codes that confirm subscriptions may take a tenth; alerts have the rest."""


def purse_of(alert: Alert) -> Purse:
    """The purse that the alert is paid from."""
    return "codes" if alert.what == "confirm" else "alerts"


def in_purse(purse: Purse, texts_a_day: int) -> int:
    """How many segments the purse has each day, out of all that the council pays for."""
    sign_in = ceil(texts_a_day / SIGN_IN_SHARE)
    codes = min(ceil(texts_a_day / CODES_SHARE), texts_a_day - sign_in)
    match purse:
        case "sign_in":
            return sign_in
        case "codes":
            return codes
        case "alerts":
            return texts_a_day - sign_in - codes


def for_strangers(texts_a_day: int) -> int:
    """How many segments of codes to sign in go to devices that are not known. This is less than the
    whole purse, so nobody can spend so much that a person cannot sign in on a device of their
    own."""
    whole = in_purse("sign_in", texts_a_day)
    return whole - whole // KEPT_FOR_KNOWN_DEVICES


def note_spent(purse: Purse, spent: int | None, most: int) -> None:
    """Measures the share of the budget that is spent, in percent. None means more than `most`."""
    percent = 100 if spent is None or not most else 100 * spent // most
    logs.measured("texts were asked for", logs.TEXTS, purse=purse, texts_percent=percent)
