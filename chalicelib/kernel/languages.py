"""The languages of residents' texts (ADR 50): English as it stands in the code, and the others from
the catalogues in `chalicelib/languages`."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from types import MappingProxyType

from chalicelib.texts import Text

FOLDER = Path(__file__).parents[1] / "languages"
IN_ENGLISH_ALONE = (
    *("/_local/", "/admin/", "/api/", "/assets/", "/crew/", "/data/", "/desk/", "/feeds/"),
    *("/health", "/open311/", "/photos/"),
)
"""The paths for staff and programs. All other pages are in every language."""
_ENGLISH_PAGE = '<html lang="en-GB">'
_MANIFEST = 'rel="manifest" href="/manifest.webmanifest"'


def translatable(text: str) -> str:
    """Marks a text that is translated later, where the language is known."""
    return text


WEEKDAYS = (
    translatable("Monday"),
    translatable("Tuesday"),
    translatable("Wednesday"),
    translatable("Thursday"),
    translatable("Friday"),
    translatable("Saturday"),
    translatable("Sunday"),
)
MONTHS = (
    translatable("January"),
    translatable("February"),
    translatable("March"),
    translatable("April"),
    translatable("May"),
    translatable("June"),
    translatable("July"),
    translatable("August"),
    translatable("September"),
    translatable("October"),
    translatable("November"),
    translatable("December"),
)


class Language:
    """A language with the translations of all texts."""

    def __init__(
        self, code: str, texts: NullTranslations, names: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """`code` is as in addresses, such as cy. `texts` without a translation stay English.
        `names` are a council's own texts in this language, by the English ones."""
        self.code = code
        self._texts = texts
        self._names = names

    def with_names(self, names: Mapping[str, str]) -> "Language":
        """The language with a council's own texts."""
        return Language(self.code, self._texts, names)

    def say(self, text: str, /, **values: object) -> str:
        """The text in this language, with its values: `say("By {name}", name=name)`."""
        if isinstance(text, Text):
            return self.say(
                text.source, **{key: self._translate_value(text.values[key]) for key in text.values}
            )
        # The translation of the empty text is the catalogue's header.
        found = self._texts.gettext(text) if text else ""
        return found.format_map(values) if values else found

    def say_many(self, count: int, one: str, many: str, /, **values: object) -> str:
        """The form of the text for that number, which it has as `{count}`."""
        return self._texts.ngettext(one, many, count).format_map({"count": count} | values)

    def weekday(self, day: date) -> str:
        """Such as Monday."""
        return self.say(WEEKDAYS[day.weekday()])

    def month(self, day: date) -> str:
        """Such as June."""
        return self.say(MONTHS[day.month - 1])

    def day(self, day: date) -> str:
        """Such as Monday 3 June 2026."""
        return f"{self.weekday(day)} {day.day} {self.month(day)} {day.year}"

    def html(self, source: str, file: str) -> str:
        """The page or template in this language. `file`, as in the catalogue, chooses between two
        translations of one text."""
        from chalicelib.kernel.translation import translate_html

        page = translate_html(source, lambda text: self._translate_in_file(text, file), self.link)
        page = page.replace(_MANIFEST, _MANIFEST.replace("/", f"/{self.code}/", 1))
        return page.replace(_ENGLISH_PAGE, f'<html lang="{self.code}">')

    def link(self, address: str) -> tuple[str, str | None]:
        """Where a link to an English page leads: to the page in this language, or else to the
        English one; then also the code of English."""
        if self is ENGLISH or not address.startswith("/"):
            return address, None
        if address.startswith(IN_ENGLISH_ALONE):
            return address, ENGLISH.code
        return f"/{self.code}{address}", None

    def address(self, address: str) -> str:
        """The address of a page in this language, or else of the English one."""
        return self.link(address)[0]

    def _translate_value(self, value: object) -> object:
        if not isinstance(value, Text):
            return value
        return self._names.get(value) or self.say(value)

    def _translate_in_file(self, text: str, file: str) -> str:
        own = self._texts.pgettext(file, text)
        return self._texts.gettext(text) if own == text else own


ENGLISH = Language("en", NullTranslations())


@cache
def language_names() -> dict[str, str]:
    """The name of each language in itself, by its code."""
    found: dict[str, str] = json.loads((FOLDER / "names.json").read_text(encoding="utf-8"))
    return found


@cache
def language(code: str) -> Language:
    """The language of that code; English if there is no catalogue."""
    path = FOLDER / f"{code}.mo"
    if not code.isalpha() or not path.is_file():
        return ENGLISH
    with path.open("rb") as file:
        return Language(code, GNUTranslations(file))
