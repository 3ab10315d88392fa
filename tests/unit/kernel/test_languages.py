"""Texts in the language of the resident: values, plurals, dates, and English where there is no
other text."""

from datetime import date
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.dates import get_day_names, get_month_names
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from chalicelib.kernel.languages import ENGLISH, Language, language
from chalicelib.kernel.templating import environment
from chalicelib.texts import Text, either, read_back

WELSH = language("cy")
DAY = date(2026, 6, 1)


def test_text_is_said_in_the_language_of_its_code() -> None:
    assert WELSH.say("Report a problem") == "Rhoi gwybod am broblem"
    assert ENGLISH.say("Report a problem") == "Report a problem"


@pytest.mark.parametrize("code", ["en", "xx", "", "../languages/cy", "CY.mo"])
def test_language_without_a_catalogue_is_english(code: str) -> None:
    assert language(code) is ENGLISH


def test_text_has_its_values_and_braces_in_a_value_stay() -> None:
    assert ENGLISH.say("By {name}", name="{name} {0}") == "By {name} {0}"
    assert WELSH.say("By {name}", name="Ann") == "By Ann"


def test_text_for_a_number_has_the_form_of_that_number() -> None:
    said = [ENGLISH.say_many(count, "1 day", "{count} days") for count in (0, 1, 2)]
    assert said == ["0 days", "1 day", "2 days"]


def test_day_is_written_out() -> None:
    assert ENGLISH.day(DAY) == "Monday 1 June 2026"


@pytest.mark.parametrize("month", range(1, 13))
def test_months_are_those_of_the_unicode_consortium(month: int) -> None:
    day = DAY.replace(month=month)
    for each in (ENGLISH, WELSH):
        assert each.month(day) == get_month_names("wide", "format", each.code)[month]


@pytest.mark.parametrize("weekday", range(7))
def test_weekdays_are_those_of_the_unicode_consortium(weekday: int) -> None:
    day = DAY.replace(day=1 + weekday)
    for each in (ENGLISH, WELSH):
        name = get_day_names("wide", "format", each.code)[weekday]
        assert each.weekday(day).casefold() == name.casefold()


def test_template_has_its_texts_in_the_language_and_its_values_as_they_are() -> None:
    source = "<h1>Report a problem</h1><p>{{ text }}</p>"
    assert WELSH.html(source, "x.html") == "<h1>Rhoi gwybod am broblem</h1><p>{{ text }}</p>"


def test_file_chooses_between_two_translations_of_a_text(tmp_path: Path) -> None:
    texts = Catalog("cy")
    texts.add("Open", "Ar agor")
    texts.add("Open", "Agor", context="a.html")
    with (tmp_path / "cy.mo").open("w+b") as file:
        write_mo(file, texts)
        file.seek(0)
        welsh = Language("cy", GNUTranslations(file))
    said = [welsh.html("<p>Open</p>", name) for name in ("a.html", "b.html")]
    assert said == ["<p>Agor</p>", "<p>Ar agor</p>"]


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("/cookies/", ("/cy/cookies/", None)),
        ("/#news", ("/cy/#news", None)),
        ("/forms/report", ("/cy/forms/report", None)),
        ("/forms/reports/{{ id }}", ("/cy/forms/reports/{{ id }}", None)),
        ("/desk/", ("/desk/", "en")),
        ("https://ico.org.uk/", ("https://ico.org.uk/", None)),
        ("tel:999", ("tel:999", None)),
        ("#main", ("#main", None)),
        ("", ("", None)),
    ],
)
def test_link_leads_to_the_welsh_page_where_there_is_one(
    address: str, link: tuple[str, str | None]
) -> None:
    assert WELSH.link(address) == link
    assert ENGLISH.link(address) == (address, None)


def test_template_in_welsh_says_so_and_leads_to_welsh_pages(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text(
        '<html lang="en-GB"><form action="/forms/x"><a href="/desk/">Cookies</a>'
        '{{ say("Cookies") }} {{ "/cookies/"|in_language }}'
    )
    made = environment(tmp_path, WELSH).get_template("x.html").render()
    assert made == (
        '<html lang="cy"><form action="/cy/forms/x"><a href="/desk/" hreflang="en">Cwcis</a>'
        "Cwcis /cy/cookies/"
    )


def test_text_with_values_is_said_later_and_its_values_with_it() -> None:
    cookies = Text("Cookies")
    text = Text("{name}: {count} {what}", name="{what}", count=3, what=cookies)
    assert text == "{what}: 3 Cookies"
    assert ENGLISH.say(text) == text
    assert WELSH.say(text) == "{what}: 3 Cwcis"
    assert WELSH.say(Text("Cookies")) == "Cwcis"
    assert WELSH.say("") == ""


@pytest.mark.parametrize(
    ("texts", "said"),
    [((), ""), ((None, ""), ""), (("1", None), "1"), (("1", "2"), "1 or 2")],
)
def test_alternatives_are_those_that_are_given(texts: tuple[str | None, ...], said: str) -> None:
    assert either(*texts) == said
    assert WELSH.say(either("1", "2")) == "1 neu 2"


def test_stored_text_gets_its_values_back() -> None:
    templates = ("{has} of {most} (+)", "{most} photos")
    found = read_back("9 of {has} (+)", templates)
    assert isinstance(found, Text)
    assert (found.source, found.values) == (templates[0], {"has": "9", "most": "{has}"})
    assert not isinstance(read_back("9 of 3", templates), Text)
