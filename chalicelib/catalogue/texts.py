"""The council's own texts in another language, by code, or by English name for things without one.
A missing text is shown in English."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta, structs

from chalicelib.catalogue.questions import Attribute
from chalicelib.catalogue.wards import WardCode
from chalicelib.catalogue.words import Code, LongText, ShortText, Strict


class FooterLink(Strict, frozen=True, kw_only=True):
    """A link in the footer to a page of the council's own."""

    label: ShortText
    url: Annotated[str, Meta(pattern=r"^https://[!-~]+$", max_length=500)]


LanguageCode = Annotated[str, Meta(pattern="^[a-z]{2,3}$")]
RequestedLanguage = Annotated[
    str, Meta(max_length=20, description="a language that the council offers, such as en or cy")
]
"""Checked by the council, which names the languages that it offers."""
FooterLinks = Annotated[tuple[FooterLink, ...], Meta(max_length=4)]


class QuestionTexts(Strict, frozen=True, kw_only=True):
    """A question of a service; `values` are the names of its answers by key."""

    description: ShortText | None = None
    datatype_description: ShortText | None = None
    values: Mapping[Code, ShortText] = {}


class ServiceTexts(Strict, frozen=True, kw_only=True):
    """A service, with its questions by code, and the names of what can be ordered by its code.
    `keywords` are searched beside the English ones."""

    service_name: ShortText | None = None
    description: ShortText | None = None
    keywords: tuple[ShortText, ...] = ()
    attributes: Mapping[Code, QuestionTexts] = {}
    items: Mapping[Code, ShortText] = {}


class AreaTexts(Strict, frozen=True, kw_only=True):
    """The area of another organisation."""

    name: ShortText | None = None
    advice: LongText | None = None


class CalendarTexts(Strict, frozen=True, kw_only=True):
    """A calendar, with the names of its slots by code, and that of its place."""

    name: ShortText | None = None
    slots: Mapping[Code, ShortText] = {}
    place: ShortText | None = None


class KindTexts(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """A kind of facility: one of them, and several."""

    label: ShortText | None = None
    plural: ShortText | None = None


class CouncilTexts(Strict, frozen=True, kw_only=True):
    """All texts in one language. `groups`, `areas` and `neighbours` are by their English names, all
    others by code. `identity_providers` are the labels of their buttons."""

    name: ShortText | None = None
    opening_hours: ShortText | None = None
    footer_links: FooterLinks = ()
    example_place: ShortText | None = None
    groups: Mapping[ShortText, ShortText] = {}
    services: Mapping[Code, ServiceTexts] = {}
    areas: Mapping[ShortText, AreaTexts] = {}
    neighbours: Mapping[ShortText, ShortText] = {}
    facility_kinds: Mapping[Code, KindTexts] = {}
    calendars: Mapping[Code, CalendarTexts] = {}
    containers: Mapping[Code, ShortText] = {}
    wards: Mapping[WardCode, ShortText] = {}
    identity_providers: Mapping[Code, ShortText] = {}


def question_with_texts(question: Attribute, texts: ServiceTexts) -> Attribute:
    """The question with its texts."""
    own = texts.attributes.get(question.code, QuestionTexts())
    return structs.replace(
        question,
        **texts_given(own, "description", "datatype_description"),
        values=tuple(
            structs.replace(each, name=own.values.get(each.key, each.name))
            for each in question.values
        ),
    )


def texts_given(texts: Strict | None, *names: str) -> dict[str, Any]:
    """The texts of these names that are not empty."""
    return {name: text for name in names if (text := getattr(texts, name, None))}
