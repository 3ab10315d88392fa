"""What the text messages of a day are paid from, all together: codes to sign in, codes that confirm
a subscription, and alerts. None of them can take what is kept for the others (ADR 36).
"""

from math import ceil
from typing import Literal

from chalicelib.alerts.delivery import Alert
from chalicelib.kernel.observability import logs

Purse = Literal["alerts", "codes", "sign_in"]
"""`codes` are those that confirm subscriptions."""
SIGN_IN_SHARE = 5
"""Codes to sign in may take a fifth of the texts of a day."""
KEPT_FOR_KNOWN_DEVICES = 4
"""A fourth of those is for devices that have signed in with the number before."""
CODES_SHARE = 10
"""Codes that confirm subscriptions may take a tenth; alerts have the rest."""


def purse_of(alert: Alert) -> Purse:
    """What it is paid from."""
    return "codes" if alert.what == "confirm" else "alerts"


def in_purse(purse: Purse, texts_a_day: int) -> int:
    """How many segments there are in it each day, of all that the council pays for."""
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
    """How many segments of codes to sign in go to devices that are not known: what anybody can
    spend is less than all, so nobody is kept from a device of their own by that."""
    whole = in_purse("sign_in", texts_a_day)
    return whole - whole // KEPT_FOR_KNOWN_DEVICES


def note_spent(purse: Purse, spent: int | None, most: int) -> None:
    """Measures how much is spent of the most that there is, in percent; None is more than that."""
    percent = 100 if spent is None or not most else 100 * spent // most
    logs.measured("texts were asked for", logs.TEXTS, purse=purse, texts_percent=percent)
