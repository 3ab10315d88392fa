"""The "page not found" page of each council. The CDN gets it from API Gateway, which reads it as a
template of Velocity."""

from pathlib import Path

from chalicelib.catalogue.load import COUNCILS, load
from chalicelib.catalogue.model import Council
from chalicelib.kernel.templating import Pages

_MEANINGFUL = {"#": "hash", "$": "dollar"}
"""The characters that mean something in Velocity, by the name of the variable that holds each."""


def missing_page(council: Council) -> str:
    """The page as HTML, with the council's header and footer."""
    return Pages(Path(__file__).with_name("templates"), council.said).render("missing")


def as_velocity(page: str) -> str:
    """A template of Velocity that gives exactly this text."""
    held = "".join(f"#set(${name} = '{each}')" for each, name in _MEANINGFUL.items())
    variables = {ord(each): f"${{{name}}}" for each, name in _MEANINGFUL.items()}
    return held + page.translate(variables)


def mapping() -> dict[str, dict[str, str]]:
    """The pages of all councils of the catalogue, as a mapping of CloudFormation."""
    names = sorted(document.stem for document in COUNCILS.glob("*.json"))
    return {name: {"Page": as_velocity(missing_page(load(name)))} for name in names}
