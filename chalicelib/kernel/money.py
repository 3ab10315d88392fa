"""Formats and parses amounts of money."""

import re

_TYPED = re.compile(
    r"£?\s*(?P<pounds>[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.(?P<pence>[0-9]{1,2}))?"
)


def format_pounds(pence: int) -> str:
    """£12.50, £12 for whole pounds, £1,200, -£12.50."""
    sign = "-" if pence < 0 else ""
    whole, rest = divmod(abs(pence), 100)
    return f"{sign}£{whole:,}.{rest:02}" if rest else f"{sign}£{whole:,}"


def parse_pence(typed: str) -> int | None:
    """The pence of a typed amount, such as 12.50, £12 or 1,200; None if it is not one."""
    found = _TYPED.fullmatch(typed.strip())
    if found is None:
        return None
    return int(found["pounds"].replace(",", "")) * 100 + int((found["pence"] or "").ljust(2, "0"))
