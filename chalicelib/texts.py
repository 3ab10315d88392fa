"""Texts for people, written where nobody knows their language yet."""


class Text(str):
    """An English text with its values, for code that does not know the language of its reader:
    `Language.say` says it in another one. Values may be such texts, too."""

    source: str
    values: dict[str, object]

    def __new__(cls, source: str, /, **values: object) -> "Text":
        made = super().__new__(cls, source.format_map(values) if values else source)
        made.source, made.values = source, values
        return made
