"""The keys of rounds' days in the jobs' table, without any dependency on DynamoDB.

A round on a day has `rounds#<day>` and the round's code; a premises on it has
`round#<day>#<round>` and the premises' id. One Query reads all rounds of a day without premises.
"""

from datetime import date

from chalicelib.collections.round_days import LogKey

_DAY = "rounds#"
_ROUND = "round#"


def owner_of_day(day: date) -> str:
    """The `owner` key of all rounds of a day."""
    return f"{_DAY}{day}"


def owner_of_premises(round_code: str, day: date) -> str:
    """The `owner` key of all premises on a round's day."""
    return f"{_ROUND}{day}#{round_code}"


def item_key(key: LogKey) -> tuple[str, str]:
    """The `owner` and `record` of a log."""
    if key.premises_id:
        return owner_of_premises(key.round, key.day), key.premises_id
    return owner_of_day(key.day), key.round


def log_key(owner: str, record: str) -> LogKey:
    """The key of the log in an item with this `owner` and `record`."""
    if owner.startswith(_DAY):
        return LogKey(record, date.fromisoformat(owner.removeprefix(_DAY)))
    day, _, code = owner.removeprefix(_ROUND).partition("#")
    return LogKey(code, date.fromisoformat(day), record)


def is_round(owner: str) -> bool:
    """True if the item is the log of a round, and not of a premises."""
    return owner.startswith(_DAY)
