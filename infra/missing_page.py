"""The "page not found" page of each council. The CDN gets it from API Gateway, which reads it as a
template of Velocity."""

from collections.abc import Callable, Mapping
from pathlib import Path

from chalicelib.catalogue.load import COUNCILS, load
from chalicelib.catalogue.model import Council
from chalicelib.kernel.templating import Pages
from infra.languages import languages_of

_MEANINGFUL = {"#": "hash", "$": "dollar"}
"""The characters that mean something in Velocity, by the name of the variable that holds each."""


TEMPLATES = Path(__file__).with_name("templates")


def missing_page(council: Council) -> str:
    """The page as HTML, with the council's header and footer."""
    return Pages(TEMPLATES, council.page_details).render("missing")


def translated_pages(council: Council) -> dict[str, str]:
    """The pages in the council's other languages, by the folder of their addresses, like `/cy/`."""
    return {
        f"/{each.code}/": Pages(
            TEMPLATES, council.page_details_in(each.code, each.spoken.say), each.spoken
        ).render("missing")
        for each in languages_of(council)
    }


def missing_pages(council: Council) -> Callable[[str], bytes]:
    """Finds the page for an address, in the language of its folder."""
    english = missing_page(council).encode()
    others = {folder: page.encode() for folder, page in translated_pages(council).items()}

    def at(address: str) -> bytes:
        return next(
            (page for folder, page in others.items() if address.startswith(folder)), english
        )

    return at


def as_velocity(page: str, others: Mapping[str, str] = {}) -> str:
    """A template of Velocity that gives exactly this text, or that of another language in the
    folder of that language."""
    held = "".join(f"#set(${name} = '{each}')" for each, name in _MEANINGFUL.items())
    variables = {ord(each): f"${{{name}}}" for each, name in _MEANINGFUL.items()}
    chosen = page.translate(variables)
    for folder, other in others.items():
        is_in = f'$input.params("proxy").startsWith("{folder[1:]}")'
        chosen = f"#if({is_in}){other.translate(variables)}#{{else}}{chosen}#end"
    return held + chosen


def missing_page_mapping() -> dict[str, dict[str, str]]:
    """The pages of all councils of the catalogue, as a mapping of CloudFormation."""
    names = sorted(document.stem for document in COUNCILS.glob("*.json"))
    return {
        name: {"Page": as_velocity(missing_page(council), translated_pages(council))}
        for name, council in ((name, load(name)) for name in names)
    }
