"""The councils of the catalogue, each read once in a run: tests share them, as nothing changes a
Council."""

from functools import cache

from chalicelib.catalogue.load import load
from chalicelib.catalogue.model import Council


@cache
def council_named(name: str) -> Council:
    """The council of that document, such as demo."""
    return load(name)
